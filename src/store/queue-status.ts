import type { JobKind } from '../intake/job.ts'
import type { Queryable } from './database.ts'
import { deadLetterQueueName, queueName } from './queue-names.ts'

export type WaitingState = 'waiting' | 'delayed' | 'retrying' | 'active'

export interface QueueStatus {
  counts: { kind: JobKind; state: WaitingState; count: number }[]
  /** Seconds that the longest waiting ready job has waited; 0 when none waits. */
  oldestWaitingSeconds: number
  deadLetters: number
}

export const statusOf = async (database: Queryable): Promise<QueueStatus> => {
  const counts = await database.query<QueueStatus['counts'][number] & { oldest: number | null }>(
    `select data->>'kind' as kind, state, count(*)::int as count,
       extract(epoch from now() - min(since))::float8 as oldest
     from (
       select data, greatest(created_on, start_after) as since,
         case when state = 'active' then 'active' when start_after > pgboss.job_now() and state = 'created' then 'delayed'
           when state = 'retry' then 'retrying' else 'waiting' end as state
       from pgboss.job where name = $1 and state <= 'active'
     ) as jobs
     group by 1, 2 order by 1, 2`,
    [queueName],
  )
  const [dead] = await database.query<{ count: number }>(
    `select count(distinct singleton_key)::int as count from pgboss.job where name = $1 and state < 'active'`,
    [deadLetterQueueName],
  )
  const waited = counts.filter(({ state }) => state === 'waiting').map(({ oldest }) => oldest ?? 0)
  return {
    counts: counts.map(({ kind, state, count }) => ({ kind, state, count })),
    oldestWaitingSeconds: Math.max(0, ...waited),
    deadLetters: dead?.count ?? 0,
  }
}
