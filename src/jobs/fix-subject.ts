import { readRef } from '../effects/pull-request/branch-tip.ts'
import { defaultBranchOf } from '../effects/pull-request/render-fix.ts'
import { jobKey, type KeepFixJob } from '../intake/job.ts'
import { type Snapshot, snapshotVersion } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import type { JobDependencies } from './jobs.ts'
import { lookAt } from './look.ts'

/**
 * The jobs that are about the default branch. A fork's pull request is not named by the event of a button on its check run;
 * what was last looked at at that commit tells whose it was, and a pull request gets suggestions instead.
 */
export async function ofDefaultBranch(
  jobs: readonly KeepFixJob[],
  deps: JobDependencies,
): Promise<KeepFixJob[]> {
  const own: KeepFixJob[] = []
  for (const job of jobs) {
    const { repositoryId, installationId, asked, reason } = job
    const judged = asked?.sha ? await deps.store.snapshots.atCommit(repositoryId, asked.sha) : undefined
    if (!asked?.sha || judged?.target.kind === 'default-branch') own.push(job)
    else if (judged?.target.kind === 'pull-request' && judged.target.pullRequest)
      await deps.queue.enqueue([
        {
          kind: 'suggest',
          key: jobKey.suggest(repositoryId, judged.target.pullRequest),
          installationId,
          repositoryId,
          priority: 'pull-request',
          reason,
          pullRequest: judged.target.pullRequest,
          sha: asked.sha,
          asked: { by: asked.by, ...(asked.comment ? { comment: asked.comment } : {}) },
        },
      ])
    else
      deps.log.info(
        { repository: repositoryId, sha: asked.sha },
        'Nothing is repaired at this commit: it is no head of a branch or pull request any more.',
      )
  }
  return own
}

/**
 * The default branch as it is now. What was stored before a merge would open again what was merged just now, so its head is
 * asked for first, one request, and looked at where it is another.
 */
export async function headOfDefaultBranch(
  repository: Repository,
  jobs: readonly KeepFixJob[],
  deps: JobDependencies,
): Promise<Snapshot | undefined> {
  const stored = await deps.store.snapshots.latest(repository.id)
  if (stored?.version === snapshotVersion) {
    const github = await deps.github.asInstallation(repository.installationId)
    const outside = { github, app: deps.app, repository: stored.repository }
    if ((await readRef(defaultBranchOf(stored), outside)) === stored.target.sha) return stored
  }
  const reasons = jobs.map(({ reason }) => reason)
  await lookAt({ repository, kind: 'default-branch', reasons }, deps)
  const looked = await deps.store.snapshots.latest(repository.id)
  return looked?.target.sha ? looked : undefined
}
