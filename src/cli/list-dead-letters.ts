import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { openQueue } from '../store/queue.ts'
import { plainLine } from './plain-line.ts'
import { UsageError } from './usage-error.ts'

export interface DeadLetterOptions {
  databaseUrl?: string
  dataDir?: string
  /** Keys to try again; an empty list stands for all. */
  replay?: string[] | true
}

/** Lists the jobs that failed at their last try, or gives them a new set of tries. PGlite lets in one process: stop the service first. */
export async function listDeadLetters(options: DeadLetterOptions, write: (text: string) => void): Promise<0> {
  if (!options.databaseUrl && !options.dataDir)
    throw new UsageError(
      'Which database? Give --database-url (as DATABASE_URL of the service) or --data-dir (as DATA_DIR).',
    )
  const database = await openDatabase({ url: options.databaseUrl, directory: options.dataDir })
  try {
    await migrate(database)
    const queue = await openQueue(database)
    try {
      if (options.replay) {
        const replayed = await queue.replay(options.replay === true ? undefined : options.replay)
        write(`${replayed} ${replayed === 1 ? 'job is' : 'jobs are'} tried again by the service.\n`)
        return 0
      }
      const letters = await queue.deadLetters()
      if (letters.length === 0) write('No job has failed for good.\n')
      for (const { key, diedAt, tries, error } of letters)
        write(
          `${key}\n  failed after ${tries} ${tries === 1 ? 'try' : 'tries'}, on ${diedAt}: ${plainLine(error)}\n`,
        )
      return 0
    } finally {
      await queue.close()
    }
  } finally {
    await database.close()
  }
}
