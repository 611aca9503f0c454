import { type Job, jobKey, type ReadForPreviewJob } from '../intake/job.ts'
import { changeOf, type Subject } from '../policy/preview.ts'
import { isToBeRead } from '../policy/preview-summary.ts'
import { policyReads, readsFor } from '../policy/reads.ts'
import { storedPages } from '../preview-stored.ts'
import { RateLimited } from '../request-budget.ts'
import { complete } from '../snapshot/complete-snapshot.ts'
import { CommitGone, RepositoryNotVisible } from '../snapshot/github/answer.ts'
import { isNothing, missingFrom } from '../snapshot/missing.ts'
import { type Snapshot, snapshotVersion } from '../snapshot/snapshot.ts'
import type { Work } from '../store/work.ts'
import type { JobDependencies } from './jobs.ts'
import { headOf } from './preview-head.ts'

/** Repositories that one run reads of: then others have their turn, and a newer head takes the place of this one. */
const sliceSize = 50
/** A check run that is written again and again is noise. */
const showEveryMilliseconds = 3 * 60_000
/** So many failures in a row are an outage and no matter of these repositories. */
const mostFailuresInARow = 5

/**
 * `read-for-preview`: reads what a proposed policy needs and the stored snapshots don't have, and only where it decides
 * something. What was read is kept with the snapshot, so that a crash, or the merge, finds it done.
 */
export async function readForPreview(work: Work<'read-for-preview'>, deps: JobDependencies): Promise<void> {
  const head = await headOf(work.jobs, deps)
  if (!head) return
  const { snapshot, job } = head
  const proposal = await deps.policies.proposed(snapshot)
  if (!proposal || 'problems' in proposal) return
  const { read, last } = await readSlice(
    { job, snapshot },
    stored => proposal.subjectOf(stored, snapshot),
    work.signal,
    deps,
  )
  await deps.queue.enqueue(nextJobs({ ...job, read: job.read + read }, last, deps.now()))
}

/** `last` is the id of the repository that was reached; `undefined` at the end. */
async function readSlice(
  head: { job: ReadForPreviewJob; snapshot: Snapshot },
  subjectOf: (snapshot: Snapshot) => Subject | undefined,
  signal: AbortSignal,
  deps: JobDependencies,
): Promise<{ read: number; last?: number }> {
  const { ownerId, id: policyRepository } = head.snapshot.repository
  const ids = (await deps.store.repositories.idsOf(ownerId)).filter(id => id > head.job.after)
  let read = 0
  let failures = 0
  for await (const page of storedPages(deps.store, ids))
    for (const snapshot of page) {
      const plan = planFor(snapshot, subjectOf, deps.now())
      if (!plan) continue
      if (read === sliceSize || signal.aborted) return { read, last: snapshot.repository.id - 1 }
      try {
        // The policy repository is to be as the pull request has it.
        const seen = snapshot.repository.id === policyRepository ? head.snapshot : snapshot
        await completeOne(seen, plan, deps)
        read++
        failures = 0
      } catch (error) {
        if (error instanceof RateLimited) throw error
        const isGone = error instanceof RepositoryNotVisible || error instanceof CommitGone
        if (!isGone && ++failures === mostFailuresInARow) throw error
        deps.log.info({ err: error, repository: snapshot.repository.id }, 'Not read for a preview')
      }
    }
  return { read }
}

/** What to read of a repository; `undefined` when nothing is missing, or nothing of it would decide anything. */
function planFor(
  snapshot: Snapshot,
  subjectOf: (snapshot: Snapshot) => Subject | undefined,
  now: Date,
): ReturnType<typeof policyReads> | undefined {
  if (snapshot.version !== snapshotVersion) return undefined
  const subject = subjectOf(snapshot)
  if (!subject?.after) return undefined
  const { policy, snapshot: seen } = subject.after
  const plan = readsFor(policy, policyReads(policy), seen)
  if (isNothing(missingFrom(seen, plan))) return undefined
  return isToBeRead(changeOf(subject, now)) ? plan : undefined
}

async function completeOne(
  snapshot: Snapshot,
  plan: ReturnType<typeof policyReads>,
  deps: JobDependencies,
): Promise<void> {
  const repository = await deps.store.repositories.get(snapshot.repository.id)
  if (!repository || repository.goneAt) return
  const completed = await complete(snapshot, plan, await deps.sources(repository), deps.now())
  await deps.store.snapshots.put(completed)
}

function nextJobs(job: ReadForPreviewJob, last: number | undefined, now: Date): Job[] {
  const isDue = now.getTime() - Date.parse(job.shownAt) >= showEveryMilliseconds
  const { installationId, repositoryId, pullRequest, sha, read, reason } = job
  const shown: Job = {
    kind: 'preview',
    key: jobKey.preview(repositoryId, pullRequest),
    installationId,
    repositoryId,
    pullRequest,
    sha,
    reading: last === undefined ? 'done' : 'under way',
    read,
    priority: 'push',
    reason,
  }
  if (last === undefined) return [shown]
  const next: Job = { ...job, after: last, shownAt: isDue ? now.toISOString() : job.shownAt }
  return isDue ? [next, shown] : [next]
}
