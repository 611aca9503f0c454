import type { PolicyBook } from './policy-book.ts'
import type { AuditEntry } from './store/audit.ts'
import type { Installation } from './store/installations.ts'
import type { PublishedIn } from './store/published.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'

/** Of the one pull request that offers a first policy. */
export const starterKey = 'starter-policy'

/** How far an account is on its way to a policy. */
export interface Onboarding {
  installation: number
  account: string
  /** `broken`: there is one with a mistake, and none before it. `removed`: there was one, and it was taken away. */
  policy: 'in-force' | 'broken' | 'removed' | 'none'
  policyRepository: { name: string; there: boolean }
  /** Where the starter policy was offered; absent while it was not. */
  pullRequest?: string
  /** What is the case and what to do next, for an admin. Plain text. */
  sentence: string
}

export interface OnboardingSources {
  store: Store
  policies: Pick<PolicyBook, 'repositoryName'>
}

/** From what is stored; asks nobody. */
export async function onboardingOf(
  installation: Installation,
  { store, policies }: OnboardingSources,
): Promise<Onboarding> {
  const { id, account, accountId } = installation
  const name = policies.repositoryName
  const repository = await store.repositories.named(accountId, name)
  const base = { installation: id, account, policyRepository: { name, there: repository !== undefined } }
  const offered = repository && (await offerIn(repository, store))
  const told = { ...base, ...(offered?.url ? { pullRequest: offered.url } : {}) }
  const decided = await policyOf(installation, store)
  if (decided) return { ...told, ...decided }
  if (!repository)
    return { ...told, policy: 'none', sentence: whereToCreate(installation, name, await originOf(id, store)) }
  const sentence =
    offered?.sentence ?? (await heldIn(repository.id, store)) ?? (await progressOf(installation, store))
  return { ...told, policy: 'none', sentence }
}

export const onboardings = async (sources: OnboardingSources): Promise<Onboarding[]> => {
  const all: Onboarding[] = []
  for (const installation of await sources.store.installations.active())
    all.push(await onboardingOf(installation, sources))
  return all
}

async function policyOf(
  { account, accountId }: Installation,
  store: Store,
): Promise<Pick<Onboarding, 'policy' | 'sentence'> | undefined> {
  const inForce = await store.policies.inForce(accountId)
  const latest = await store.policies.latest(accountId)
  const [problem] = latest?.problems ?? []
  const where = problem && `${problem.path}:${problem.line}:${problem.column}`
  if (inForce && inForce.files.length > 0)
    return {
      policy: 'in-force',
      sentence:
        `The policy of ${account} is in force as of commit ${inForce.commit.slice(0, 7)}.` +
        (where ? ` A later change has a mistake at ${where}; correct it, and it takes over.` : ''),
    }
  if (where)
    return {
      policy: 'broken',
      sentence: `The policy of ${account} has a mistake at ${where}, so nothing is asked of anybody. Correct it there.`,
    }
  if (latest)
    return {
      policy: 'removed',
      sentence: `The policy of ${account} was taken away. Golden Path only looks until there is one again.`,
    }
  return undefined
}

async function offerIn(
  repository: Repository,
  store: Store,
): Promise<{ url?: string; sentence: string } | undefined> {
  const row = await store.published.get(repository.id, starterKey)
  if (!isOffered(row)) return undefined
  const url = (await store.snapshots.latest(repository.id))?.repository.url
  return {
    ...(url ? { url: `${url}/pull/${row.externalId}` } : {}),
    sentence:
      row.detail.ended === 'person'
        ? `Pull request ${row.externalId} with a starter policy was closed, and none is opened again. Write golden-path.yml in ${repository.owner}/${repository.name}, or reopen it.`
        : `Pull request ${row.externalId} of ${repository.owner}/${repository.name} offers a starter policy. Change what you like and merge it; until then Golden Path only looks.`,
  }
}

/** GitHub has answered with a number: it is never offered a second time. */
export const isOffered = (row: PublishedIn | undefined): row is PublishedIn & { externalId: string } =>
  row?.state === 'done' && row.externalId !== undefined

/** In the audit: why nothing is offered for now. */
export const held = 'starter-policy-held'

async function heldIn(repositoryId: number, store: Store): Promise<string | undefined> {
  const isReason = ({ what, detail }: AuditEntry): boolean =>
    what === held || (/^pull-request-(refused|skipped)$/.test(what) && detail.key === starterKey)
  const entry = (await store.audit.list({ repositoryId })).find(isReason)
  return typeof entry?.detail.sentence === 'string' ? entry.detail.sentence : undefined
}

async function progressOf({ id, account }: Installation, store: Store): Promise<string> {
  const ids = (await store.repositories.ofInstallation(id)).map(each => each.id)
  const seen = await store.snapshots.lookedAt(ids)
  return `Golden Path has looked at ${seen} of ${ids.length} repositories of ${account}. A starter policy is offered when all are seen.`
}

const whereToCreate = ({ account, accountType }: Installation, name: string, origin: string): string => {
  const page =
    accountType === 'User' ? 'new' : `organizations/${encodeURIComponent(account)}/repositories/new`
  return (
    `${account} has no repository ${name} that Golden Path may see, so there is no place for a policy. ` +
    `Create it with a README at ${origin}/${page}?name=${encodeURIComponent(name)}, or add it to the installation if it exists. ` +
    'A starter policy is then offered there as a pull request.'
  )
}

/** Of the GitHub that the repositories lie on. */
async function originOf(installationId: number, store: Store): Promise<string> {
  const some = await store.repositories.ofInstallation(installationId, { limit: 20 })
  const [snapshot] = await store.snapshots.ofRepositories(some.map(({ id }) => id))
  return snapshot?.repository.url ? new URL(snapshot.repository.url).origin : 'https://github.com'
}
