import { readdir, readFile } from 'node:fs/promises'
import type { Database } from './database.ts'

const directory = new URL('./migrations/', import.meta.url)
/** Any number that nobody else locks: of several processes that start at once, one migrates and the others wait. */
const lock = 7_236_110

interface Migration {
  number: number
  sql: string
}

/** Brings the database to this version's tables: forward only, all or nothing. Refuses a newer database. */
export const migrate = async (database: Database): Promise<void> => {
  const migrations = await readMigrations()
  const newest = migrations.at(-1)?.number ?? 0
  await database.transaction(async tx => {
    if (database.kind === 'postgresql') await tx.query('select pg_advisory_xact_lock($1)', [lock])
    await tx.query(
      'create table if not exists migrations (number integer primary key, applied_at timestamptz not null default now())',
    )
    const [row] = await tx.query<{ number: number | null }>('select max(number) as number from migrations')
    const applied = row?.number ?? 0
    if (applied > newest) {
      throw new Error(
        `The database is at migration ${applied}, this version of Golden Path knows ${newest}. ` +
          'A newer version has used it: start that one, or restore the backup taken before the upgrade.',
      )
    }
    for (const migration of migrations.filter(({ number }) => number > applied)) {
      await tx.boss.executeSql(migration.sql)
      await tx.query('insert into migrations (number) values ($1)', [migration.number])
    }
  })
}

/** For those who only read: the database must have this version's tables already. */
export const requireMigrated = async (database: Database): Promise<void> => {
  const newest = (await readMigrations()).at(-1)?.number ?? 0
  const [table] = await database.query<{ exists: boolean }>(
    `select to_regclass('migrations') is not null as exists`,
  )
  const [row] = table?.exists
    ? await database.query<{ number: number | null }>('select max(number) as number from migrations')
    : []
  const applied = row?.number ?? 0
  if (applied === newest) return
  throw new Error(
    applied === 0
      ? 'Golden Path has never used this database. Expected the one that the service uses.'
      : `The database is at migration ${applied}, this version of Golden Path expects ${newest}. Ask with the version that the service runs.`,
  )
}

const readMigrations = async (): Promise<Migration[]> => {
  const names = (await readdir(directory)).filter(name => /^\d{6}\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async name => ({
      number: Number.parseInt(name, 10),
      sql: await readFile(new URL(name, directory), 'utf8'),
    })),
  )
}
