import { renderClosed, renderLooked, renderLooking, renderNotSeen } from '../../effects/reply/render-reply.ts'
import type { JobDependencies } from '../jobs.ts'
import { lookAt } from '../look.ts'
import { answer, answerFirst, type Commanded } from './commanded.ts'
import { openHead } from './open-head.ts'

/** Looks again as a re-run does, settings too, and says what came of it. */
export async function recheck(commanded: Commanded, deps: JobDependencies): Promise<void> {
  const { job, subject, words } = commanded
  const { store } = deps
  const head = job.isPullRequest ? await openHead(subject, job.issue, deps) : undefined
  if (job.isPullRequest && !head) return answer(commanded, deps, renderClosed())
  await answerFirst(commanded, deps, renderLooking(words))
  const before = deps.now().toISOString()
  const target = head
    ? { kind: 'pull-request' as const, sha: head, pullRequest: job.issue }
    : { kind: 'default-branch' as const }
  await lookAt({ repository: subject, ...target, reasons: [{ ...job.reason, why: 're-run' }] }, deps)
  const key = head ? `pull:${job.issue}` : 'default-branch'
  const snapshot = await store.snapshots.latest(subject.id, key)
  const verdict = await store.verdicts.latest(subject.id, key)
  if (!snapshot || !verdict || snapshot.takenAt < before || snapshot.target.sha !== verdict.sha)
    return answer(commanded, deps, renderNotSeen())
  const { url } = snapshot.repository
  const page = head ? `${url}/pull/${job.issue}/checks` : `${url}/commit/${verdict.sha}/checks`
  await answer(commanded, deps, renderLooked(verdict, url ? page : undefined, words.isNeutral))
}
