import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { postgresDirectory, startPostgres } from '../../demo/postgres.ts'

/** Where a server that already runs is: set by `setup()`, or by hand to test against another PostgreSQL. */
const variable = 'TEST_POSTGRES_URL'

/** As a vitest `globalSetup`: one server for the whole run instead of one a test file. */
export const setup = async (): Promise<() => Promise<void>> => {
  const server = await startPostgres(await postgresDirectory())
  process.env[variable] = server.url.href
  return () => server.stop()
}

/** An empty database of one's own, on the run's server or else on one of its own; `drop()` it after the last test. */
export const createPostgresDatabase = async (): Promise<{ url: string; drop(): Promise<void> }> => {
  const running = process.env[variable]
  const own = running ? undefined : await startPostgres(await postgresDirectory())
  const server = running ?? own?.url.href ?? ''
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await asAdmin(server, `drop database ${name} with (force)`)
      await own?.stop()
    },
  }
}

const asAdmin = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
