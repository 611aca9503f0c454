import { isWorkflow } from '../effects/pull-request/pull-request-refusal.ts'
import { type FixProposal, proposeFixes } from '../fix-proposal.ts'
import { type Copies, copyPaths } from '../policy/fixable.ts'
import type { Policy } from '../policy/policy.ts'
import type { PolicyInForce } from '../policy-book.ts'
import { proposalReads } from '../proposal/reads.ts'
import { complete } from '../snapshot/complete-snapshot.ts'
import { readActivity } from '../snapshot/github/activity.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Sources } from '../snapshot/take.ts'
import type { Repository } from '../store/repositories.ts'
import type { JobDependencies } from './jobs.ts'

/** A proposal with the snapshot that it was made from. */
export interface Proposed {
  snapshot: Snapshot
  proposal: FixProposal
}

/** Everything that can be repaired of a stored snapshot, with what only a proposal needs read now. */
export async function propose(
  stored: Snapshot,
  repository: Repository,
  inForce: PolicyInForce,
  deps: JobDependencies,
  owner?: string,
): Promise<Proposed> {
  const { policy } = inForce
  const sources = await deps.sources(repository)
  const snapshot = lacksCatalogInfo(stored) ? await withWorkers(stored, sources, deps) : stored
  const installation = await deps.store.installations.get(repository.installationId)
  // Without what is recorded of it, GitHub decides.
  const mayWorkflows = installation === undefined || installation.permissions.workflows === 'write'
  const proposal = await proposeFixes(snapshot, policy, deps.now(), {
    directory: sources.directory,
    copies: await copiesOf(policy, repository, deps),
    ...(mayWorkflows ? {} : { forbids: forbidsWorkflows }),
    ...(owner ? { owner } : {}),
  })
  return { snapshot, proposal }
}

const forbidsWorkflows = (path: string): string | undefined =>
  isWorkflow(path)
    ? `It changes ${path}, and the app lacks the permission workflows: write. An owner of the organisation can give it.`
    : undefined

/** Only a first catalogue file is guessed from who works there: nothing of it is asked for anybody else. */
const lacksCatalogInfo = ({ files }: Snapshot): boolean => {
  const fact = files['catalog-info.yaml']
  return fact?.known === true && !fact.value.exists
}

async function withWorkers(stored: Snapshot, sources: Sources, deps: JobDependencies): Promise<Snapshot> {
  const snapshot = await complete(stored, proposalReads, sources, deps.now())
  const activity = await readActivity(sources.github, snapshot.repository, sources.directory)
  return { ...snapshot, activity }
}

/** What `fix: { copy }` copies, as the policy repository's default branch has it; what can't be read is not offered. */
async function copiesOf(policy: Policy, { ownerId }: Repository, deps: JobDependencies): Promise<Copies> {
  const paths = copyPaths(policy)
  if (paths.length === 0) return {}
  const home = await deps.store.repositories.named(ownerId, deps.policies.repositoryName)
  const stored = home && !home.goneAt ? await deps.store.snapshots.latest(home.id) : undefined
  if (!home || !stored) return {}
  const reads = { files: [...paths], facts: [] }
  const { files } = await complete(stored, reads, await deps.sources(home), deps.now())
  return Object.fromEntries(
    paths.flatMap(path => {
      const fact = files[path]
      return fact?.known && fact.value.exists ? [[path, fact.value.text]] : []
    }),
  )
}
