import { renderGivenUp } from '../effects/reply/render-reply.ts'
import type { AskedComment, Job } from '../intake/job.ts'
import { wasLetThrough } from './commands/limit.ts'
import type { JobDependencies } from './jobs.ts'
import { isUnderWay, reply } from './reply.ts'

/** Read at once; more are dead only after an outage, and then the newest are waited for. */
const most = 1_000

/** Told in one round: the next is minutes away, and GitHub takes so many writes a minute. */
const mostAtOnce = 20

/**
 * A command whose job, or that of the work it asked for, failed at its last try: its reply must not say for ever that it is under
 * way. A replay tells its result in the same reply.
 */
export async function answerWhatDied(deps: JobDependencies): Promise<void> {
  if (deps.dryRun) return
  const letters = (await deps.queue.deadLetters(most))
    .filter(({ jobs }) => jobs.some(askedBy))
    .map(letter => ({ ...letter, id: `${letter.key} ${letter.diedAt}` }))
  const before = told.get(deps.store) ?? new Set()
  // What was replayed or cured is forgotten.
  const kept = new Set(letters.map(({ id }) => id).filter(id => before.has(id)))
  told.set(deps.store, kept)
  for (const { id, key, tries, jobs } of letters
    .filter(letter => !kept.has(letter.id))
    .slice(0, mostAtOnce)) {
    try {
      for (const job of jobs) {
        const asked = askedBy(job)
        if (asked && (await isWaitedFor(job, asked, deps)))
          await reply(deps, { id: asked.repositoryId }, asked, renderGivenUp(tries))
      }
      kept.add(id)
    } catch (error) {
      deps.log.warn({ err: error, job: key }, 'A command failed, and its reply could not say so yet.')
    }
  }
}

/** Ids of dead letters that nothing is left to be said of. Forgotten at a restart: the same text twice is no write. */
const told = new WeakMap<JobDependencies['store'], Set<string>>()

type Asked = AskedComment & { repositoryId: number }

const askedBy = (job: Job): Asked | undefined => {
  if (job.kind === 'command') return { repositoryId: job.repositoryId, issue: job.issue, id: job.comment }
  if (job.kind !== 'keep-fix' && job.kind !== 'suggest') return undefined
  const comment = job.asked?.comment
  return comment && { repositoryId: job.repositoryId, ...comment }
}

/** One that was answered with its result is done; one that was not to be answered at all stays so. */
const isWaitedFor = async (job: Job, asked: Asked, deps: JobDependencies): Promise<boolean> =>
  (await isUnderWay(deps, asked)) ?? (job.kind === 'command' && (await wasLetThrough(job, deps)))
