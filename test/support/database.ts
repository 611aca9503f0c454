import { afterAll, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createPostgresDatabase } from './postgres.ts'

/** Describes the same behaviour on PGlite in memory and on a real PostgreSQL, each migrated and empty at the start. */
export const describeOnEachDatabase = (name: string, body: (database: () => Database) => void): void => {
  for (const kind of ['PGlite', 'PostgreSQL'] as const) {
    describe(`${name}, on ${kind}`, () => {
      let database: Database | undefined
      let drop = async () => {}
      beforeAll(async () => {
        const created = kind === 'PostgreSQL' ? await createPostgresDatabase() : undefined
        if (created) drop = created.drop
        database = await openDatabase(created ? { url: created.url } : {})
        await migrate(database)
      })
      afterAll(async () => {
        await database?.close()
        await drop()
      })
      body(() => {
        if (!database) throw new Error('The database is open only while tests run.')
        return database
      })
    })
  }
}
