import { readCommand } from './commands.ts'
import { type Event, ignored, type Outcome, otherAction, withoutRepository } from './event.ts'
import { jobKey } from './job.ts'
import { at, idAt, textAt } from './payload.ts'

/**
 * `issue_comment`: a new comment may command something. An edit never does, so that nobody has done what they wrote later;
 * nor does a comment of a program, whoever it speaks for, so that two of them can't talk for ever. Whether it stands
 * where commands are heard is seen later, from what is stored.
 */
export const comment = (event: Event): Outcome => {
  const { action, payload, repository, because } = event
  if (action !== 'created') return otherAction(event)
  const login = textAt(payload, 'comment', 'user', 'login')
  const id = idAt(payload, 'comment', 'user', 'id')
  const isPerson =
    textAt(payload, 'comment', 'user', 'type') === 'User' &&
    idAt(payload, 'sender', 'id') === id &&
    idAt(payload, 'comment', 'performed_via_github_app', 'id') === undefined
  if (!login || !id || !isPerson) return ignored('It was not written by a person.')
  const body = at(payload, 'comment', 'body')
  const command = typeof body === 'string' ? readCommand(body) : undefined
  if (!command) return ignored('It commands nothing.')
  if (!repository) return withoutRepository
  const issue = idAt(payload, 'issue', 'number')
  const number = idAt(payload, 'comment', 'id')
  if (!issue || !number) return ignored('It names no comment of an issue.')
  return {
    jobs: [
      {
        kind: 'command',
        key: jobKey.command(repository.id, number),
        installationId: event.installationId,
        priority: 'pull-request',
        reason: because('comment'),
        repositoryId: repository.id,
        issue,
        isPullRequest: at(payload, 'issue', 'pull_request') != null,
        comment: number,
        author: { login, id },
        command,
      },
    ],
  }
}
