import { isKnown } from '../../controls/control.ts'
import { isSeenByAll } from '../../effects/issue/plan-issue-place.ts'
import type { CommandPlace } from '../../effects/reply/render-reply.ts'
import type { AskedComment, CommandJob } from '../../intake/job.ts'
import type { PolicyInForce } from '../../policy-book.ts'
import type { Repository } from '../../store/repositories.ts'
import type { Store } from '../../store/store.ts'
import type { JobDependencies } from '../jobs.ts'
import { isAnswered, reply } from '../reply.ts'

/** A command with all that is needed to carry it out. */
export interface Commanded {
  job: CommandJob
  /** The repository that it is about; the comment may stand in a central one for issues. */
  subject: Repository
  /** Where the comment stands. */
  place: Repository
  asked: AskedComment
  inForce: PolicyInForce
  words: CommandPlace
}

/**
 * The subject of a conversation: a pull request's own repository; of an issue the repository whose tracking issue it is.
 * `undefined`: an issue that is none of ours, where nothing is a command.
 */
export async function subjectOf(
  place: Repository,
  { isPullRequest, issue }: Pick<CommandJob, 'isPullRequest' | 'issue'>,
  store: Store,
): Promise<Repository | undefined> {
  if (isPullRequest) return place
  const own = await store.published.get(place.id, 'issue')
  if (own && own.detail.home === undefined && own.externalId === `${issue}`) return place
  const [row] = await store.published.issuesIn(place.id, [issue])
  const subject = row && (await store.repositories.get(row.repositoryId))
  return subject?.installationId === place.installationId && !subject.goneAt ? subject : undefined
}

/** What nobody has looked at yet may be seen by anybody. */
export async function isPublic(repository: Repository, store: Store): Promise<boolean> {
  const metadata = (await store.snapshots.latest(repository.id))?.facts.metadata
  return !metadata || !isKnown(metadata) || isSeenByAll(metadata.value)
}

export const answer = ({ subject, asked }: Commanded, deps: JobDependencies, text: string): Promise<void> =>
  reply(deps, subject, asked, text)

/** What is under way; not over a result that is there already, when the same is done again after a crash. */
export async function answerFirst(
  { subject, asked }: Commanded,
  deps: JobDependencies,
  text: string,
): Promise<void> {
  if (!(await isAnswered(deps, subject, asked))) await reply(deps, subject, asked, text, true)
}
