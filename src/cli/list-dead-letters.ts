import type { DeadLetter } from '../store/dead-letters.ts'
import { openQueue, type Queue } from '../store/queue.ts'
import { type DatabaseOptions, withDatabase } from './open-database.ts'
import { plainLine } from './plain-line.ts'

export interface DeadLetterOptions extends DatabaseOptions {
  /** Keys to try again; an empty list stands for all. */
  replay?: string[] | true
}

/** Lists the jobs that failed at their last try, or gives them a new set of tries. PGlite lets in one process: stop the service first. */
export const listDeadLetters = (options: DeadLetterOptions, write: (text: string) => void): Promise<0> =>
  withDatabase<0>(options, async database => {
    const queue = await openQueue(database)
    try {
      write(options.replay ? await replayed(queue, options.replay) : await listed(queue))
      return 0
    } finally {
      await queue.close()
    }
  })

async function replayed(queue: Queue, keys: string[] | true): Promise<string> {
  const count = await queue.replay(keys === true ? undefined : keys)
  return `${count} ${count === 1 ? 'job is' : 'jobs are'} tried again by the service.\n`
}

async function listed(queue: Queue): Promise<string> {
  return deadLetterText(await queue.deadLetters())
}

export const deadLetterText = (
  letters: readonly Pick<DeadLetter, 'key' | 'diedAt' | 'tries' | 'error'>[],
): string => {
  if (letters.length === 0) return 'No job has failed for good.\n'
  const told = letters.map(
    ({ key, diedAt, tries, error }) =>
      `${key}\n  failed after ${tries} ${tries === 1 ? 'try' : 'tries'}, on ${diedAt}: ${plainLine(error)}\n`,
  )
  return `${told.join('')}Once the cause is gone, --replay has them tried again, --replay KEY one of them.\n`
}
