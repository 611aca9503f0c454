import type { Job } from '../../src/intake/job.ts'
import type { Database, Transaction } from '../../src/store/database.ts'

/** Jobs of a transaction that has not committed yet. */
const pending = new WeakMap<Transaction, Job[]>()

/** Keeps jobs until their transaction commits; false for a transaction of somebody else. */
export function holdBack(tx: Transaction, jobs: readonly Job[]): boolean {
  pending.get(tx)?.push(...jobs)
  return pending.has(tx)
}

/** The database as one process sees it: nothing answers once `alive` throws, and what was not committed is not. */
export function mortal(
  database: Database,
  alive: () => void,
  commit: (jobs: readonly Job[]) => void,
): Database {
  return {
    ...database,
    query: async (sql, values) => {
      alive()
      return database.query(sql, values)
    },
    async transaction(work) {
      alive()
      let jobs: Job[] = []
      const result = await database.transaction(async tx => {
        jobs = []
        const own: Transaction = {
          boss: tx.boss,
          query: async (sql, values) => {
            alive()
            return tx.query(sql, values)
          },
        }
        pending.set(own, jobs)
        const done = await work(own)
        alive()
        return done
      })
      commit(jobs)
      return result
    },
    exclusively: (key, work) =>
      database.exclusively(key, async () => {
        alive()
        return work()
      }),
  }
}
