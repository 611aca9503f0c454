import type { Database } from './database.ts'

const hour = 3_600_000

/** What lies further ahead was written by a clock that was wrong: nobody is to wait until its time comes. */
const clocksDiffer = 300_000

/** When something was created at GitHub within the last hour, by installation. */
export const content = (database: Database) => ({
  /**
   * Writes down that something is about to be created, unless `waitFor` says to wait: it is given the times of the last hour,
   * oldest first. One after the other over all processes, so that two can't take the last place. Times in milliseconds since 1970.
   */
  spend: (
    installationId: number,
    now: number,
    waitFor: (spent: readonly number[]) => number,
  ): Promise<{ wait: number; spent: number[] }> =>
    database.transaction(async tx => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`content:${installationId}`])
      const rows = await tx.query<{ at: number }>(
        `select (extract(epoch from at) * 1000)::float8 as at from content_created
         where installation_id = $1 and at > $2 and at <= $3 order by content_created.at`,
        [installationId, new Date(now - hour), new Date(now + clocksDiffer)],
      )
      const spent = rows.map(({ at }) => at)
      const wait = waitFor(spent)
      if (wait > 0) return { wait, spent }
      await tx.query(
        `with over as (
           delete from content_created where installation_id = $1 and at <= $3
         )
         insert into content_created (installation_id, at) values ($1, $2)`,
        [installationId, new Date(now), new Date(now - hour)],
      )
      return { wait: 0, spent: [...spent, now] }
    }),
})
