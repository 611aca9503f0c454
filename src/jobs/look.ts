import { assess } from '../assess.ts'
import { type AssessJob, jobKey, type Reason } from '../intake/job.ts'
import type { Subject } from '../look.ts'
import { CommitGone, RepositoryNotVisible } from '../snapshot/github/answer.ts'
import type { Repository } from '../store/repositories.ts'
import type { Work } from '../store/work.ts'
import { retryGivenUp } from './conclude.ts'
import type { JobDependencies } from './jobs.ts'

/** `assess`: looks at one repository at one ref, and sees to what follows from it elsewhere. */
export async function look(work: Work<'assess'>, deps: JobDependencies): Promise<void> {
  const [first] = work.jobs
  if (!first) return
  const repository = await deps.store.repositories.get(first.repositoryId)
  const installation = repository && (await deps.store.installations.get(repository.installationId))
  if (!repository || repository.goneAt || installation?.suspendedAt || installation?.goneAt) {
    deps.log.info(
      { repository: first.repositoryId },
      'Not looked at: the repository is gone, or its installation is suspended.',
    )
    return
  }
  const subject = await subjectOf(repository, work.jobs, deps)
  if (subject) await lookAt(subject, deps)
}

/** The same for whoever has the repository at hand. */
export async function lookAt(subject: Subject, deps: JobDependencies): Promise<void> {
  try {
    const { repository } = await assess(subject, deps)
    const { name, owner, ownerId } = subject.repository
    if (repository.name !== name || repository.owner !== owner || repository.ownerId !== ownerId)
      await deps.store.repositories.renamed(repository)
  } catch (error) {
    if (error instanceof RepositoryNotVisible)
      deps.log.warn(
        { repository: subject.repository.id, name: subject.repository.name },
        'GitHub does not show this repository to the app: deleted, or taken out of the installation. Nothing is changed.',
      )
    else if (error instanceof CommitGone)
      deps.log.info({ repository: subject.repository.id, sha: subject.sha }, error.message)
    else throw error
  }
}

/** The newest event decides what is looked at; a re-run of a bare commit is looked up in what was judged before. */
async function subjectOf(
  repository: Repository,
  jobs: readonly AssessJob[],
  deps: JobDependencies,
): Promise<Subject | undefined> {
  const reasons = jobs.map(job => job.reason)
  const target = jobs.at(-1)?.target ?? { kind: 'default-branch' as const }
  switch (target.kind) {
    case 'default-branch': {
      const pushed = reasons.findLast(reason => reason.why === 'push')
      return { repository, kind: 'default-branch', sha: pushed?.after, reasons }
    }
    case 'pull-request':
      return {
        repository,
        kind: 'pull-request',
        sha: target.sha,
        pullRequest: target.pullRequest,
        base: target.base,
        reasons,
      }
    case 'merge-group':
      return {
        repository,
        kind: 'merge-group',
        sha: target.sha,
        ref: target.ref,
        base: target.base,
        reasons,
      }
    case 'commit': {
      const judged = await deps.store.snapshots.atCommit(repository.id, target.sha)
      if (!judged && (await retryGivenUp(repository.id, target.sha, deps))) return undefined
      if (!judged || judged.target.kind === 'directory') {
        deps.log.info(
          { repository: repository.id, sha: target.sha },
          'Not run again: the commit is no head any more.',
        )
        return undefined
      }
      const { kind, ref, pullRequest, base } = judged.target
      return { repository, kind, sha: target.sha, ref, pullRequest, base, reasons }
    }
  }
}

export const sweepJob = (repository: { id: number; installationId: number }, reason: Reason): AssessJob => ({
  kind: 'assess',
  key: jobKey.assess(repository.id, { kind: 'default-branch' }),
  installationId: repository.installationId,
  repositoryId: repository.id,
  target: { kind: 'default-branch' },
  priority: 'sweep',
  reason,
})
