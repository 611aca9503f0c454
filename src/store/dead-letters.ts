import type { PgBoss } from 'pg-boss'
import type { Job, JobKind } from '../intake/job.ts'
import type { Queryable, Transaction } from './database.ts'
import { ensureRuns, wantedByReasons } from './ensure-runs.ts'
import { deadLetterQueueName } from './queue-names.ts'

/** A job that failed at its last try. Its reasons are kept until it is replayed or a later run of its key succeeds. */
export interface DeadLetter {
  key: string
  kind: JobKind
  installationId: number
  /** ISO 8601, UTC. */
  diedAt: string
  tries: number
  /** Message of the last error. */
  error: string
  jobs: Job[]
}

interface Row {
  key: string
  kind: JobKind
  installation_id: number
  died_at: Date
  tries: number
  error: string | null
  jobs: Job[] | null
}

/** Newest first. */
export const deadLettersOf = async (database: Queryable, limit = 100): Promise<DeadLetter[]> => {
  const rows = await database.query<Row>(
    `with letters as (
       select distinct on (singleton_key) singleton_key as key, data, created_on as died_at,
         coalesce(source_retry_count, 0) + 1 as tries, source_output->>'message' as error
       from pgboss.job where name = $1 and state < 'active' order by singleton_key, created_on desc
     )
     select key, data->>'kind' as kind, (data->>'installationId')::bigint as installation_id, died_at, tries, error,
       (select jsonb_agg(job order by id) from job_reasons
        where job_reasons.key = letters.key and settled_at is null) as jobs
     from letters order by died_at desc, key limit $2`,
    [deadLetterQueueName, limit],
  )
  return rows.map(row => ({
    key: row.key,
    kind: row.kind,
    installationId: row.installation_id,
    diedAt: row.died_at.toISOString(),
    tries: row.tries,
    error: row.error ?? 'its process died',
    jobs: row.jobs ?? [],
  }))
}

/** Gives them a new set of tries; all without keys. Answers with how many. */
export const replay = async (
  boss: PgBoss,
  tx: Transaction,
  keys: readonly string[] | undefined,
): Promise<number> => {
  const letters = await tx.query<{ singleton_key: string }>(
    `delete from pgboss.job where name = $1 and state < 'active'
       and ($2::text[] is null or singleton_key = any($2::text[])) returning singleton_key`,
    [deadLetterQueueName, keys ?? null],
  )
  const dead = [...new Set(letters.map(letter => letter.singleton_key))]
  const wanted = await wantedByReasons(tx, 'key = any($1::text[])', [dead])
  await ensureRuns(boss, tx, wanted)
  return wanted.length
}
