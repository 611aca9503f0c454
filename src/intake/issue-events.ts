import { type Event, ignored, type Outcome, otherAction, withoutRepository } from './event.ts'
import { type IssueTouch, jobKey } from './job.ts'
import { at, idAt, textAt } from './payload.ts'

/**
 * What may have ended or revived an issue of ours. GitHub tells of an issue that became a discussion by no action of its
 * own here: it is seen at the next write, which meets an issue that is gone. A lock changes nothing: edits go through.
 */
const touches: Record<string, IssueTouch['action']> = {
  closed: 'closed',
  reopened: 'reopened',
  deleted: 'deleted',
  transferred: 'transferred',
}

/** `issues`: somebody else than the app did something to an issue, perhaps to one of ours. */
export function issueChanged(event: Event): Outcome {
  const { payload, repository, context, because } = event
  const action = Object.hasOwn(touches, event.action ?? '') ? touches[event.action ?? ''] : undefined
  if (!action) return otherAction(event)
  if (!repository) return withoutRepository
  const number = idAt(payload, 'issue', 'number')
  const isOurs =
    idAt(payload, 'issue', 'performed_via_github_app', 'id') === context.appId ||
    (context.appSlug !== undefined && textAt(payload, 'issue', 'user', 'login') === `${context.appSlug}[bot]`)
  if (!number || !isOurs || at(payload, 'issue', 'pull_request')) return ignored('It is no issue of ours.')
  return {
    jobs: [
      {
        kind: 'keep-issue',
        key: jobKey.keepIssue(repository.id),
        installationId: repository.installationId,
        repositoryId: repository.id,
        priority: 'push',
        reason: because('issue-changed'),
        touched: { number, action, by: textAt(payload, 'sender', 'login') ?? '' },
      },
    ],
  }
}
