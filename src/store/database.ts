import type { IDatabase } from './boss.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

/** Runs one statement with `$1` placeholders. Rows as the driver gives them: `bigint` as a number, `timestamptz` as a Date. */
export interface Queryable {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/**
 * Statements that commit together. After one of them failed, the rest fail too until the rollback that
 * `transaction()` does when its function rejects: never catch inside and go on.
 */
export interface Transaction extends Queryable {
  /** Lets pg-boss work inside this transaction: `boss.insert(queue, jobs, { db: tx.boss })`. */
  boss: IDatabase
}

export interface Database extends Queryable {
  kind: 'pglite' | 'postgresql'
  /** The connection pg-boss uses outside of our transactions. */
  boss: IDatabase
  /**
   * Commits when `work` resolves and rolls back when it rejects. On PGlite there is one connection, so a
   * transaction that awaits `database.query()` instead of its own `tx.query()` waits for itself for ever.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs `work` while no other process, nor anything else in this one, runs work of the same key: for what touches one
   * repository outside. On PostgreSQL it holds a connection meanwhile.
   */
  exclusively<T>(key: number, work: () => Promise<T>): Promise<T>
  /** Several statements without parameters, outside of a transaction unless they open one: migrations. */
  execute(sql: string): Promise<void>
  /** Calls `heard` for each notification, at best effort: a lost connection loses some, so also poll. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:5432/name`; any number of processes share it. */
  url?: string
  /** Where PGlite keeps its files: one process at a time, enforced. Absent, and without a `url`, it lives in memory. */
  directory?: string
  /** Connections to PostgreSQL; default 20. */
  connections?: number
}

/** Opens PostgreSQL when there is a `url`, else PGlite. Migrations are the caller's next step. */
export const openDatabase = async (options: DatabaseOptions): Promise<Database> =>
  options.url ? openPostgres(options.url, options.connections) : openPglite(options.directory)
