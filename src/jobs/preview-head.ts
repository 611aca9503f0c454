import type { PreviewJob, ReadForPreviewJob, SuggestJob } from '../intake/job.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { JobDependencies } from './jobs.ts'

/**
 * The head of a pull request as it was last looked at, with the job that asks about it. `undefined` when all that is asked
 * about is outdated: a newer head has a preview of its own.
 */
export async function headOf<Job extends PreviewJob | ReadForPreviewJob | SuggestJob>(
  jobs: readonly Job[],
  deps: JobDependencies,
): Promise<{ snapshot: Snapshot; job: Job } | undefined> {
  const [first] = jobs
  if (!first) return undefined
  const repository = await deps.store.repositories.get(first.repositoryId)
  const installation = repository && (await deps.store.installations.get(repository.installationId))
  if (!repository || repository.goneAt || installation?.suspendedAt || installation?.goneAt) return undefined
  const snapshot = await deps.store.snapshots.latest(repository.id, `pull:${first.pullRequest}`)
  const job = jobs.findLast(({ sha }) => sha === snapshot?.target.sha)
  return snapshot && job && { snapshot, job }
}
