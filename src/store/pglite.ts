import { mkdir } from 'node:fs/promises'
import { PGlite, type Transaction as PgliteTransaction, types } from '@electric-sql/pglite'
import { fromPglite } from 'pg-boss'
import { lockDirectory } from './data-directory.ts'
import type { Database, Transaction } from './database.ts'
import { oneAtATime } from './one-at-a-time.ts'

/**
 * PostgreSQL compiled to WASM in this very process: one connection, shared with our own thread. Files are
 * written before a commit is answered, so what was acknowledged outlives `kill -9`.
 */
export const openPglite = async (directory: string | undefined): Promise<Database> => {
  if (directory) await mkdir(directory, { recursive: true })
  const unlock = directory ? await lockDirectory(directory) : async () => {}
  const pglite = await create(directory).catch(async (cause: unknown) => {
    await unlock()
    throw new Error(
      `The database in ${directory ?? 'memory'} could not be opened. If its disk was full or its files were changed, restore a backup of it, or move it away to start anew.`,
      { cause },
    )
  })
  let closing: Promise<void> | undefined
  return {
    kind: 'pglite',
    boss: fromPglite(pglite),
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pglite.query<Row>(sql, [...values])).rows,
    transaction: work => pglite.transaction(tx => work(transactionOn(tx))),
    exclusively: oneAtATime(),
    execute: async sql => {
      await pglite.exec(sql)
    },
    listen: async (channel, heard) => {
      const unlisten = await pglite.listen(channel, heard)
      return async () => {
        // After close() there is nothing left to unsubscribe from.
        if (!closing) await unlisten()
      }
    },
    close: () => {
      closing ??= pglite.close().finally(unlock)
      return closing
    },
  }
}

const create = (directory: string | undefined): Promise<PGlite> =>
  PGlite.create({ ...(directory ? { dataDir: directory } : {}), parsers: { [types.INT8]: Number } })

const transactionOn = (tx: PgliteTransaction): Transaction => ({
  query: async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await tx.query<Row>(sql, [...values])).rows,
  boss: {
    executeSql: async (text, values) => {
      if (values?.length) return tx.query(text, values)
      const results = await tx.exec(text)
      return { rows: results.flatMap(result => result.rows) }
    },
  },
})
