import { randomUUID } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import type { JobKind, Priority } from '../intake/job.ts'
import type { Queryable, Transaction } from './database.ts'
import { toJson } from './json.ts'
import { channel, queueName } from './queue-names.ts'
import { isHigher, priorityOf, takeTurns } from './turns.ts'

/** A key that must have a run ahead of it. */
export interface Wanted {
  key: string
  kind: JobKind
  installationId: number
  priority: Priority
}

/** One a key, at the highest priority that any of them asks for. */
export const coalesce = (jobs: readonly Wanted[]): Wanted[] => {
  const wanted = new Map<string, Wanted>()
  for (const { key, kind, installationId, priority } of jobs) {
    const other = wanted.get(key)
    if (!other || isHigher(priority, other.priority)) wanted.set(key, { key, kind, installationId, priority })
  }
  return [...wanted.values()]
}

/** The keys with unsettled reasons for which `condition` holds. */
export const wantedByReasons = async (
  tx: Queryable,
  condition: string,
  values: readonly unknown[],
): Promise<Wanted[]> => {
  const rows = await tx.query<Omit<Wanted, 'installationId'> & { installation_id: number }>(
    `select key, kind, installation_id, priority from job_reasons where settled_at is null and ${condition} order by id`,
    values,
  )
  return coalesce(rows.map(({ installation_id: installationId, ...row }) => ({ ...row, installationId })))
}

/**
 * After the commit each key has a run ahead of it that starts after the commit, or a running one whose end will see
 * the new reasons. A waiting job's row is locked until then, so that it can't be claimed by a worker that does not see
 * them yet; whoever ends a run takes `lockKeys()` first, and so waits as well.
 */
export const ensureRuns = async (
  boss: PgBoss,
  tx: Transaction,
  wanted: readonly Wanted[],
  startAfter = 0,
): Promise<void> => {
  if (wanted.length === 0) return
  await lockKeys(
    tx,
    wanted.map(({ key }) => key),
  )
  const turn = await takeTurns(tx, queueName, wanted)
  let missing = [...wanted]
  // Round again only when a waiting job was claimed or a silent one recovered between two of these statements.
  while (missing.length > 0) {
    const found = await findJobs(
      tx,
      missing.map(({ key }) => key),
    )
    const waiting = missing.filter(({ key }) => found.get(key)?.state === 'waiting')
    await advance(
      tx,
      waiting.map(want => {
        const has = found.get(want.key)?.priority ?? 0
        const priority = isHigher(want.priority, priorityOf(has)) ? turn(want) : has
        return { key: want.key, priority }
      }),
      startAfter,
    )
    missing = await insertMissing(
      boss,
      tx,
      missing.filter(({ key }) => !found.has(key)),
      turn,
      startAfter,
    )
  }
  await tx.query('select pg_notify($1, $2)', [channel, ''])
}

interface FoundJob {
  singleton_key: string
  state: 'waiting' | 'active'
  priority: number
}

/**
 * One at a time adds to a key or ends its run. Senders with the same keys in another order would otherwise wait for each
 * other until PostgreSQL fails one of them.
 */
export const lockKeys = async (tx: Queryable, keys: readonly string[]): Promise<void> => {
  await tx.query(
    `select pg_advisory_xact_lock(hash)
     from (select distinct hashtextextended(key, 0) as hash from unnest($1::text[]) as key order by 1) as hashes`,
    [keys],
  )
}

/** Running ones are not locked: heartbeats lock them in whatever order they come. */
const findJobs = async (tx: Queryable, keys: readonly string[]): Promise<Map<string, FoundJob>> => {
  const rows = await tx.query<FoundJob>(
    `with waiting as (
       select singleton_key, 'waiting' as state, priority from pgboss.job
       where name = $1 and coalesce(singleton_key, '') = any($2::text[]) and state < 'active' and policy = 'exclusive'
       for update
     ), running as (
       select singleton_key, 'active' as state, priority from pgboss.job
       where name = $1 and coalesce(singleton_key, '') = any($2::text[]) and state = 'active' and policy = 'exclusive'
     )
     select * from waiting union all select * from running`,
    [queueName, keys],
  )
  return new Map(rows.map(row => [row.singleton_key, row]))
}

/** News for a waiting job: perhaps a higher priority, an earlier start, and if it failed before, a full set of tries. */
const advance = async (
  tx: Queryable,
  jobs: readonly { key: string; priority: number }[],
  startAfter: number,
): Promise<void> => {
  if (jobs.length === 0) return
  await tx.query(
    `update pgboss.job set priority = news.priority,
       start_after = least(job.start_after, pgboss.job_now() + $3 * interval '1 second'),
       retry_limit = greatest(job.retry_limit, job.retry_count + queue.retry_limit)
     from json_to_recordset($2::text::json) as news (key text, priority integer), pgboss.queue
     where job.name = $1 and job.singleton_key = news.key and job.state < 'active' and queue.name = $1`,
    [queueName, toJson(jobs), startAfter],
  )
}

/** Answers with those that somebody else inserted first. */
const insertMissing = async (
  boss: PgBoss,
  tx: Transaction,
  missing: readonly Wanted[],
  turn: (want: Wanted) => number,
  startAfter: number,
): Promise<Wanted[]> => {
  if (missing.length === 0) return []
  const rows = missing.map(want => ({ want, id: randomUUID() as string }))
  const inserted = await boss.insert(
    queueName,
    rows.map(({ want, id }) => ({
      id,
      data: { key: want.key, kind: want.kind, installationId: want.installationId },
      priority: turn(want),
      singletonKey: want.key,
      group: { id: String(want.installationId) },
      startAfter,
    })),
    { db: tx.boss, returnId: true },
  )
  const ids = new Set(inserted)
  return rows.filter(({ id }) => !ids.has(id)).map(({ want }) => want)
}
