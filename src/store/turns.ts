import type { Priority } from '../intake/job.ts'
import type { Queryable } from './database.ts'

/**
 * Fairness between installations, as start-time fair queueing: within a priority every job gets a turn, an
 * installation's jobs get turns in a row, and who has nothing waiting begins at the turn that is being served. So
 * one job of a quiet installation goes before the other 499 of a busy one, and nobody waits for ever. The turn is
 * part of pg-boss's integer priority; it starts at 0 again whenever nothing waits.
 */
export interface Claimant {
  installationId: number
  priority: Priority
}

const span = 10_000_000

const rank: Record<Priority, number> = { 'pull-request': 30, push: 20, sweep: 10 }

const base = (priority: Priority): number => rank[priority] * span

export const isHigher = (a: Priority, b: Priority): boolean => rank[a] > rank[b]

/** The priority that a pg-boss job of ours was given, from its number. */
export const priorityOf = (number: number): Priority =>
  number > base('push') ? 'pull-request' : number > base('sweep') ? 'push' : 'sweep'

/** Gives out pg-boss priorities, one a call, in the order of calls. */
export const takeTurns = async (
  tx: Queryable,
  queue: string,
  claimants: readonly Claimant[],
): Promise<(claimant: Claimant) => number> => {
  const distinct = [...new Map(claimants.map(claimant => [nameOf(claimant), claimant])).values()]
  const rows = await tx.query<{
    installation_id: number
    base: number
    head: number | null
    tail: number | null
  }>(
    `select claimant.installation_id, claimant.base,
       (select max(priority) from pgboss.job where name = $1 and state < 'active' and not blocked
          and start_after <= pgboss.job_now() and priority > claimant.base - $3 and priority <= claimant.base) as head,
       (select min(priority) from pgboss.job where name = $1 and state < 'active' and not blocked
          and priority > claimant.base - $3 and priority <= claimant.base
          and group_id = claimant.installation_id::text) as tail
     from json_to_recordset($2::text::json) as claimant (installation_id bigint, base integer)`,
    [
      queue,
      JSON.stringify(
        distinct.map(({ installationId, priority }) => ({
          installation_id: installationId,
          base: base(priority),
        })),
      ),
      span,
    ],
  )
  const next = new Map(
    rows.map(row => [
      `${row.installation_id} ${row.base}`,
      Math.max(row.head === null ? 0 : row.base - row.head, row.tail === null ? 0 : row.base - row.tail + 1),
    ]),
  )
  return claimant => {
    const name = nameOf(claimant)
    const turn = Math.min(next.get(name) ?? 0, span - 1)
    next.set(name, turn + 1)
    return base(claimant.priority) - turn
  }
}

const nameOf = (claimant: Claimant): string => `${claimant.installationId} ${base(claimant.priority)}`
