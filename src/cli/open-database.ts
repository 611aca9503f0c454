import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DirectoryInUse } from '../store/data-directory.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { requireMigrated } from '../store/migrate.ts'
import { openStore, type Store } from '../store/store.ts'
import { UsageError } from './usage-error.ts'

/** Which database of a service is meant. */
export interface DatabaseOptions {
  databaseUrl?: string
  dataDir?: string
}

/** Opens what a service uses. PGlite lets in one process: its service must be stopped. Throws a UsageError that says what to do. */
const openGiven = async ({ databaseUrl, dataDir }: DatabaseOptions): Promise<Database> => {
  if (!databaseUrl && !dataDir)
    throw new UsageError(
      'Which database? Give --database-url (as DATABASE_URL of the service) or --data-dir (as DATA_DIR).',
    )
  // Otherwise an empty database would be made there.
  if (!databaseUrl && dataDir && !(await isDirectory(dataDir)))
    throw new UsageError(`There is no directory ${dataDir}. Expected the DATA_DIR of the service.`)
  if (!databaseUrl && dataDir && !(await holdsDatabase(dataDir)))
    throw new UsageError(`${dataDir} holds no database. Expected the DATA_DIR of the service.`)
  try {
    return await openDatabase({ url: databaseUrl, directory: dataDir })
  } catch (error) {
    if (!(error instanceof DirectoryInUse))
      throw new UsageError(error instanceof Error ? error.message : String(error))
    throw new UsageError(
      `${dataDir} is in use by ${error.owner}. PGlite lets in one process: stop the service, ask, and start it again; ` +
        'or ask a copy of the directory that was made while it was stopped. On PostgreSQL (--database-url) it can keep running.',
    )
  }
}

/** Lets `work` use what a service of this version stored. Changes no table. */
export const withDatabase = async <T>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> => {
  const database = await openGiven(options)
  try {
    await requireMigrated(database).catch((error: unknown) => {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    })
    return await work(database)
  } finally {
    await database.close()
  }
}

export const withStore = <T>(options: DatabaseOptions, work: (store: Store) => Promise<T>): Promise<T> =>
  withDatabase(options, database => work(openStore(database)))

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

const holdsDatabase = async (directory: string): Promise<boolean> =>
  (await stat(join(directory, 'PG_VERSION')).catch(() => undefined))?.isFile() ?? false
