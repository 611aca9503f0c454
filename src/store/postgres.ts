import pg from 'pg'
import type { Database, Queryable, Transaction } from './database.ts'
import { oneAtATime } from './one-at-a-time.ts'

const int8 = 20
// GitHub's ids and our counts stay below 2^53.
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

const reconnectMs = 1_000
/** Ours among the advisory locks of a database that others may use too: "gold". */
const lockSpace = 0x676f6c64

export const openPostgres = async (url: string, connections = 20): Promise<Database> => {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    max: connections,
    types,
    application_name: 'golden-path',
  })
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {})
  await pool.query('select 1').catch(async (cause: unknown) => {
    await pool.end()
    throw new Error(
      `PostgreSQL at ${withoutSecrets(url)} did not answer (${reasonOf(cause)}). Check DATABASE_URL and that the server runs.`,
      { cause },
    )
  })
  const inThisProcess = oneAtATime()
  const listeners = new Set<() => Promise<void>>()
  let closing: Promise<void> | undefined
  return {
    kind: 'postgresql',
    ...queryableOn(pool),
    boss: bossOn(pool),
    transaction: async work => {
      const client = await pool.connect()
      let broken = false
      try {
        await client.query('begin')
        const result = await work({ ...queryableOn(client), boss: bossOn(client) })
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => {
          broken = true
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    exclusively: (key, work) =>
      inThisProcess(key, async () => {
        const client = await pool.connect()
        let broken = false
        try {
          await client.query('select pg_advisory_lock($1, hashtext($2))', [lockSpace, String(key)])
          return await work()
        } finally {
          // A lock that can't be given back goes with its connection.
          await client.query('select pg_advisory_unlock_all()').catch(() => {
            broken = true
          })
          client.release(broken)
        }
      }),
    execute: async sql => {
      await pool.query(sql)
    },
    listen: async (channel, heard) => {
      const stop = await listenOn(url, channel, heard)
      const remove = async () => {
        listeners.delete(remove)
        await stop()
      }
      listeners.add(remove)
      return remove
    },
    close: () => {
      closing ??= Promise.all([...listeners].map(stop => stop())).then(() => pool.end())
      return closing
    },
  }
}

const queryableOn = (connection: pg.Pool | pg.PoolClient): Queryable => ({
  query: async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await connection.query(sql, [...values])).rows as Row[],
})

const bossOn = (connection: pg.Pool | pg.PoolClient): Transaction['boss'] => ({
  executeSql: async (text, values) => {
    // pg answers with an array when the text held several statements, whatever its types say.
    const results: pg.QueryResult | pg.QueryResult[] = await connection.query(text, values)
    return { rows: Array.isArray(results) ? results.flatMap(result => result.rows) : results.rows }
  },
})

/** A connection of its own, reconnected every second while it is lost. */
const listenOn = async (
  url: string,
  channel: string,
  heard: (payload: string) => void,
): Promise<() => Promise<void>> => {
  let stopped = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  const retry = () => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(reconnect, reconnectMs)
  }
  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'golden-path listen',
      keepAlive: true,
    })
    client = next
    next.on('notification', message => heard(message.payload ?? ''))
    next.on('error', () => {})
    next.on('end', retry)
    await next.connect()
    await next.query(`listen ${pg.escapeIdentifier(channel)}`)
  }
  const reconnect = () => {
    // Whatever was notified meanwhile is lost: one call makes the listener look for itself.
    connect().then(() => heard(''), retry)
  }
  await connect()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await client?.end().catch(() => {})
  }
}

/** Where the database is, fit for a log: no user, no password, no options. */
const withoutSecrets = (url: string): string => {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`
  } catch {
    return 'the address in DATABASE_URL'
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
