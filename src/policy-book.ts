import type { Control } from './controls/control.ts'
import { builtInPolicy } from './policy/built-in.ts'
import { parsePolicy } from './policy/parse.ts'
import type { Policy, PolicyFile, PolicyProblem, ReadPlan } from './policy/policy.ts'
import { policyFiles, withPolicyCheck } from './policy/policy-valid.ts'
import type { Subject } from './policy/preview.ts'
import { policyReads } from './policy/reads.ts'
import type { RepositoryIdentity, Snapshot } from './snapshot/snapshot.ts'
import type { Transaction } from './store/database.ts'
import type { Store } from './store/store.ts'

export interface PolicyInForce {
  policy: Policy
  plan: ReadPlan
}

export type PolicyBook = ReturnType<typeof openPolicyBook>

/** Which policy holds for whom: the last good one of each owner, parsed once. */
export function openPolicyBook(
  store: Store,
  options: { library: ReadonlyMap<string, Control>; policyRepository: string },
) {
  const parsed = new Map<number, { readAt: string; policy: Policy }>()

  const organisationPolicy = async (ownerId: number): Promise<Policy | undefined> => {
    const stored = await store.policies.inForce(ownerId)
    if (!stored || stored.files.length === 0) return undefined
    const before = parsed.get(ownerId)
    if (before?.readAt === stored.readAt && before.policy.version === stored.version) return before.policy
    const result = parsePolicy(stored.files, { version: stored.version, library: options.library })
    if (!result.ok)
      throw new Error(
        `The policy of account ${ownerId}, stored at ${stored.version}, no longer parses: ${result.problems[0]?.message}. ` +
          'It was accepted by an earlier version of Golden Path; push a corrected policy file.',
      )
    parsed.set(ownerId, { readAt: stored.readAt, policy: result.policy })
    return result.policy
  }

  const isPolicyRepository = (name: string): boolean =>
    name.toLowerCase() === options.policyRepository.toLowerCase()

  /** The files of another policy than is in force, or than the default branch holds; `undefined` where there are none, or they can't be read. */
  const proposedFiles = async (
    snapshot: Snapshot,
    on?: Transaction,
  ): Promise<readonly PolicyFile[] | undefined> => {
    if (!isPolicyRepository(snapshot.repository.name)) return undefined
    const read = policyFiles(snapshot)
    if ('outcome' in read) return undefined
    const { ownerId } = snapshot.repository
    const inForce = await store.policies.inForce(ownerId, on)
    const latest = await store.policies.latest(ownerId, on)
    return [inForce, latest].some(stored => sameFiles(stored?.files ?? [], read.files))
      ? undefined
      : read.files
  }

  return {
    isPolicyRepository,
    /** In each organisation the repository that holds its policy is called so. */
    repositoryName: options.policyRepository,
    /** `undefined` when nothing is asked of the repository: then the app only looks. */
    inForce: async (repository: { name: string; ownerId: number }): Promise<PolicyInForce | undefined> => {
      const own = await organisationPolicy(repository.ownerId)
      const policy = isPolicyRepository(repository.name) ? withPolicyCheck(own, options.library) : own
      return policy && { policy, plan: policyReads(policy) }
    },
    /** Where people read the version in force; absent before there is one. */
    url: async (repository: RepositoryIdentity): Promise<string | undefined> => {
      const stored = await store.policies.inForce(repository.ownerId)
      if (!stored || stored.files.length === 0 || repository.url === '') return undefined
      return `${new URL(repository.url).origin}/${repository.owner}/${options.policyRepository}/blob/${stored.commit}`
    },
    isProposal: async (snapshot: Snapshot, on?: Transaction): Promise<boolean> =>
      (await proposedFiles(snapshot, on)) !== undefined,
    /** What a look at the policy repository would change for a repository, whichever it is; `undefined` where it proposes nothing. */
    proposed: async (
      snapshot: Snapshot,
    ): Promise<Proposal | { problems: readonly PolicyProblem[] } | undefined> => {
      const files = await proposedFiles(snapshot)
      if (!files) return undefined
      const { repository, target } = snapshot
      const parsed =
        files.length === 0 ? undefined : parsePolicy(files, { version: target.sha, library: options.library })
      if (parsed && !parsed.ok) return { problems: parsed.problems }
      return proposalOf(await organisationPolicy(repository.ownerId), parsed?.policy, {
        ...options,
        isPolicyRepository,
      })
    },
    /**
     * Takes what the policy repository's default branch says as the policy in force, if it parses. Answers whether
     * what is in force changed. What could not be read changes nothing: absence must be known. Nor does a look that
     * began before the one that decided last.
     */
    adopt: async (snapshot: Snapshot, now: Date, tx: Transaction): Promise<boolean> => {
      if (!isPolicyRepository(snapshot.repository.name) || snapshot.target.kind !== 'default-branch')
        return false
      const read = policyFiles(snapshot)
      if ('outcome' in read || snapshot.target.sha === '') return false
      const { files } = read
      const latest = await store.policies.latest(snapshot.repository.ownerId, tx)
      if (latest ? sameFiles(latest.files, files) : files.length === 0) return false
      if (latest && latest.readAt > snapshot.takenAt) return false
      const version = snapshot.target.sha
      const result =
        files.length === 0
          ? ({ ok: true, problems: [] } as const)
          : parsePolicy(files, { version, library: options.library })
      await store.policies.save(
        {
          ownerId: snapshot.repository.ownerId,
          version,
          commit: version,
          files: [...files],
          problems: [...result.problems],
          readAt: snapshot.takenAt,
        },
        tx,
      )
      await store.audit.append(
        [
          {
            at: now.toISOString(),
            repositoryId: snapshot.repository.id,
            what: result.ok ? (files.length === 0 ? 'policy-removed' : 'policy-in-force') : 'policy-refused',
            detail: { version, files: files.map(file => file.path), problems: result.problems.length },
          },
        ],
        tx,
      )
      return result.ok
    },
  }
}

/** One policy in the place of another. Absent: nothing is asked of ordinary repositories. */
export interface Proposal {
  before?: Policy
  after?: Policy
  /** The same for one repository. The policy repository has checks of its own, and becomes what the proposal's look saw. */
  subjectOf: (stored: Snapshot, proposed: Snapshot) => Subject | undefined
}

export function proposalOf(
  before: Policy | undefined,
  after: Policy | undefined,
  options: { library: ReadonlyMap<string, Control>; isPolicyRepository: (name: string) => boolean },
): Proposal {
  const [checkedBefore, checkedAfter] = [before, after].map(each => withPolicyCheck(each, options.library))
  return {
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    subjectOf: (stored, proposed) => {
      const isPolicy = options.isPolicyRepository(stored.repository.name)
      const [was, is] = isPolicy ? [checkedBefore, checkedAfter] : [before, after]
      const next =
        stored.repository.id === proposed.repository.id ? { ...proposed, target: stored.target } : stored
      const subject = {
        ...(was ? { before: { snapshot: stored, policy: was } } : {}),
        ...(is ? { after: { snapshot: next, policy: is } } : {}),
      }
      return was || is ? subject : undefined
    },
  }
}

/**
 * The policy that a verdict on a repository of this owner was decided by, as it was, or a sentence that says why it can't
 * be had. `onPolicyRepository`: with the checks of the policy itself.
 */
export async function policyAt(
  store: Store,
  asked: { ownerId: number; version: string; onPolicyRepository: boolean },
  library: ReadonlyMap<string, Control>,
): Promise<{ policy: Policy } | { why: string }> {
  const { ownerId, version, onPolicyRepository } = asked
  const stored = version === 'built-in' ? undefined : await store.policies.at(ownerId, version)
  if (!stored && version !== 'built-in')
    return { why: `The policy of version ${version} is not in the database.` }
  const parsed = stored && parsePolicy(stored.files, { version, library })
  if (parsed && !parsed.ok) {
    const [first] = parsed.problems
    return {
      why: `The policy of version ${version} was accepted by another version of Golden Path; for this one it has a mistake: ${first?.path}:${first?.line}: ${first?.message}`,
    }
  }
  const policy = onPolicyRepository ? withPolicyCheck(parsed?.policy, library) : parsed?.policy
  return { policy: policy ?? builtInPolicy }
}

const sameFiles = (a: readonly PolicyFile[], b: readonly PolicyFile[]): boolean =>
  a.length === b.length &&
  a.every((each, index) => each.path === b[index]?.path && each.text === b[index]?.text)
