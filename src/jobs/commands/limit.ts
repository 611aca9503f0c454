import type { CommandJob } from '../../intake/job.ts'
import type { JobDependencies } from '../jobs.ts'

/** `stranger`: in a public repository, no member of the organisation, and may do no more there than anybody. */
export type Who = 'team' | 'stranger'

/** Answered within an hour and a repository. Strangers have a few among them, so that they take none from the others. */
export const mostAnswered: Record<Who, number> = { team: 20, stranger: 5 }

/** Heard within an hour and a repository; for what is beyond GitHub is not asked who it is, and nothing is written down. */
const mostHeard = 100

const what = 'commanded'

/** Whether a command was let through, however long ago. */
export const wasLetThrough = async (
  { repositoryId, comment }: Pick<CommandJob, 'repositoryId' | 'comment'>,
  { store }: Pick<JobDependencies, 'store'>,
): Promise<boolean> =>
  (await store.audit.since(repositoryId, what, new Date(0).toISOString())).some(
    each => each.comment === comment && each.allowed === 'carry-out',
  )

/**
 * Counts a command, once however often its job is tried. `carry-out`, or `say-so` for the first beyond the limit, or `ignore`.
 * `who` is asked only where it matters; `member` when no more than what is stored may tell.
 */
export async function allowance(
  job: CommandJob,
  who: (by: 'access' | 'member') => Promise<Who>,
  { store, now }: Pick<JobDependencies, 'store' | 'now'>,
): Promise<'carry-out' | 'say-so' | 'ignore'> {
  const hourAgo = new Date(now().getTime() - 3_600_000).toISOString()
  const before = await store.audit.since(job.repositoryId, what, hourAgo)
  const own = before.find(({ comment }) => comment === job.comment)
  if (own) return own.allowed === 'say-so' ? 'say-so' : own.allowed === 'ignore' ? 'ignore' : 'carry-out'
  const isFlood = before.length >= mostHeard
  const kind = await who(isFlood ? 'member' : 'access')
  const answered = before.filter(each => each.who === kind && each.allowed !== 'ignore').length
  const limit = mostAnswered[kind]
  const allowed = answered < limit ? 'carry-out' : answered === limit && kind === 'team' ? 'say-so' : 'ignore'
  if (isFlood && allowed === 'ignore') return allowed
  await store.audit.append([
    {
      at: now().toISOString(),
      repositoryId: job.repositoryId,
      what,
      detail: { comment: job.comment, by: job.author.login, command: job.command.name, who: kind, allowed },
    },
  ])
  return allowed
}
