import type { PgBoss } from 'pg-boss'
import type { Database, Transaction } from './database.ts'
import { ensureRuns, wantedByReasons } from './ensure-runs.ts'
import { channel, deadLetterQueueName, queueName } from './queue-names.ts'

/** A job is not blamed for the death of its process until it was there this many times: it may be what kills it. */
const mostDeaths = 25

/** Makes jobs of silent workers waiting again, without costing them a try. */
export const recoverActive = async (
  boss: PgBoss,
  database: Database,
  silentForSeconds: number,
): Promise<void> => {
  const silent = await database.query<{ id: string; retryCount: number; deaths: number }>(
    `update pgboss.job
     set data = data || jsonb_build_object('deaths', coalesce((data->>'deaths')::int, 0) + 1), state = 'retry',
       start_after = pgboss.job_now(), retry_limit = greatest(retry_limit, retry_count) + 1
     where name = $1 and id in (select id from pgboss.job where name = $1 and state = 'active'
       and heartbeat_on <= pgboss.job_now() - $2 * interval '1 second' for update skip locked)
     returning id, retry_count as "retryCount", (data->>'deaths')::int as deaths`,
    [queueName, silentForSeconds],
  )
  if (silent.length === 0) return
  const hopeless = silent.filter(({ deaths }) => deaths >= mostDeaths).map(({ id }) => id)
  if (hopeless.length > 0) {
    await database.query(
      'update pgboss.job set retry_limit = retry_count where name = $1 and id = any($2::uuid[])',
      [queueName, hopeless],
    )
    const message = `Its process died or fell silent in the middle of it ${mostDeaths} times.`
    await boss.fail(queueName, hopeless, { message })
  }
  await database.query('select pg_notify($1, $2)', [channel, ''])
}

/** Reasons without a job to carry them, dead letters apart: nothing of ours makes such, an operator's hand may. */
export const resendLost = async (boss: PgBoss, tx: Transaction): Promise<void> => {
  const lost = await wantedByReasons(
    tx,
    `not exists (select from pgboss.job where name = $1 and state <= 'active' and policy = 'exclusive'
       and coalesce(singleton_key, '') = key)
     and not exists (select from pgboss.job where name = $2 and state < 'active' and singleton_key = key)`,
    [queueName, deadLetterQueueName],
  )
  await ensureRuns(boss, tx, lost)
}
