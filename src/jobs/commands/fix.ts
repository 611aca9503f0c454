import { renderClosed, renderPreparing } from '../../effects/reply/render-reply.ts'
import { jobKey } from '../../intake/job.ts'
import type { JobDependencies } from '../jobs.ts'
import { answer, answerFirst, type Commanded } from './commanded.ts'
import { openHead } from './open-head.ts'

/** Hands the fixes to the job that makes them, which goes on with the reply: suggestions on a pull request, else a pull request. */
export async function prepareFix(commanded: Commanded, deps: JobDependencies): Promise<void> {
  const { job, subject, asked } = commanded
  const base = {
    installationId: subject.installationId,
    repositoryId: subject.id,
    priority: 'pull-request',
    reason: { why: 'comment', ...(job.reason.delivery ? { delivery: job.reason.delivery } : {}) },
  } as const
  if (!job.isPullRequest) {
    await answerFirst(commanded, deps, renderPreparing(commanded.words))
    await deps.queue.enqueue([
      {
        ...base,
        kind: 'keep-fix',
        key: jobKey.keepFix(subject.id),
        asked: { by: job.author.login, comment: asked },
      },
    ])
    return
  }
  const head = await openHead(subject, job.issue, deps)
  if (!head) return answer(commanded, deps, renderClosed())
  await answerFirst(commanded, deps, renderPreparing(commanded.words))
  await deps.queue.enqueue([
    {
      ...base,
      kind: 'suggest',
      key: jobKey.suggest(subject.id, job.issue),
      pullRequest: job.issue,
      sha: head,
      asked: { by: job.author.login, comment: asked },
    },
  ])
}
