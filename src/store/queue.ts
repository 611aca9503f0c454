import { PgBoss } from 'pg-boss'
import type { Job } from '../intake/job.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { type DeadLetter, deadLettersOf, replay } from './dead-letters.ts'
import { coalesce, ensureRuns } from './ensure-runs.ts'
import { toJson } from './json.ts'
import { deadLetterQueueName, queueName } from './queue-names.ts'
import { type QueueStatus, statusOf } from './queue-status.ts'
import { recoverActive, resendLost } from './recover.ts'

const day = 86_400

export interface QueueOptions {
  /** How often a job is tried before it is a dead letter, and the wait between: doubling, with jitter. */
  retry?: { tries: number; delaySeconds: number; maxDelaySeconds: number }
  /** A worker that was not heard from for so long is dead, and its jobs go to another; default 30. */
  silenceSeconds?: number
  /** Told what went wrong in the background: maintenance, a lost connection. */
  onError?: (error: Error) => void
}

/** Ten tries span 15 to 30 minutes: an outage of that length needs nobody. */
const defaultRetry = { tries: 10, delaySeconds: 5, maxDelaySeconds: 300 }

export interface EnqueueOptions {
  /** Joins the caller's transaction: the jobs exist exactly if it commits. */
  tx?: Transaction
  /** Seconds to wait before the run; a waiting job with the same key keeps the earlier time. */
  startAfter?: number
}

export interface Queue {
  database: Database
  boss: PgBoss
  silenceSeconds: number
  /** Stores each job's reason and sees to it that a run that knows of it follows the commit. */
  enqueue(jobs: readonly Job[], options?: EnqueueOptions): Promise<void>
  status(): Promise<QueueStatus>
  deadLetters(limit?: number): Promise<DeadLetter[]>
  /** Gives dead letters a new set of tries; all of them without keys. Answers with how many. */
  replay(keys?: readonly string[]): Promise<number>
  /** Gives jobs of dead workers to others. Workers call it every few seconds. */
  recover(): Promise<void>
  /** Forgets reasons that were settled so many days ago. */
  prune(olderThanDays: number): Promise<void>
  close(): Promise<void>
}

/**
 * Jobs on pg-boss, one code path for PGlite and PostgreSQL. pg-boss's `exclusive` policy keeps one job a key,
 * waiting or running; what is to be done lives in `job_reasons`, so that coalescing loses nothing. The database is
 * to be migrated. Jobs that a dead process left are recovered here: at once on PGlite, where no other process can be
 * running them, after 30 s of silence on PostgreSQL.
 */
export const openQueue = async (database: Database, options: QueueOptions = {}): Promise<Queue> => {
  const { silenceSeconds = 30 } = options
  const boss = new PgBoss({
    db: database.boss,
    backend: database.kind === 'pglite' ? 'pglite' : 'postgres',
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    maintenanceIntervalSeconds: 600,
    ...(database.kind === 'pglite' ? { reindex: false, monitorVacuum: false } : {}),
  })
  boss.on('error', options.onError ?? (() => {}))
  await boss.start()
  await createQueues(boss, options.retry ?? defaultRetry)
  const queue: Queue = {
    database,
    boss,
    silenceSeconds,
    enqueue: async (jobs, { tx, startAfter } = {}) => {
      if (jobs.length === 0) return
      const write = async (on: Transaction) => {
        await insertReasons(on, jobs)
        await ensureRuns(boss, on, coalesce(jobs), startAfter)
      }
      await (tx ? write(tx) : database.transaction(write))
    },
    status: () => statusOf(database),
    deadLetters: limit => deadLettersOf(database, limit),
    replay: keys => database.transaction(tx => replay(boss, tx, keys)),
    recover: () => recoverActive(boss, database, silenceSeconds),
    prune: async days => {
      await database.query(`delete from job_reasons where settled_at < now() - $1 * interval '1 day'`, [days])
    },
    close: () => boss.stop({ graceful: false, close: false }),
  }
  await recoverActive(boss, database, database.kind === 'pglite' ? 0 : silenceSeconds)
  await database.transaction(tx => resendLost(boss, tx))
  return queue
}

const createQueues = async (
  boss: PgBoss,
  { tries, delaySeconds, maxDelaySeconds }: NonNullable<QueueOptions['retry']>,
): Promise<void> => {
  const retry = {
    retryLimit: tries - 1,
    retryDelay: delaySeconds,
    // pg-boss waits at least a second once it backs off; tests want none.
    ...(delaySeconds > 0 ? { retryBackoff: true, retryDelayMax: maxDelaySeconds } : { retryBackoff: false }),
  }
  // A dead letter is what tells that nobody is to try again: it stays until replayed or cured.
  const deadLetters = { retentionSeconds: 3650 * day, deleteAfterSeconds: day }
  await boss.createQueue(deadLetterQueueName, deadLetters)
  // pg-boss's own limit on a run lies far above ours (work.ts), which tells the handler first.
  const jobs = {
    ...retry,
    expireInSeconds: 2 * 3600,
    deleteAfterSeconds: 3600,
    deadLetter: deadLetterQueueName,
  }
  await boss.createQueue(queueName, { policy: 'exclusive', ...jobs })
  await boss.updateQueue(queueName, jobs)
}

const insertReasons = (tx: Queryable, jobs: readonly Job[]) =>
  tx.query(
    `insert into job_reasons (key, kind, installation_id, priority, job)
     select key, kind, "installationId", priority, job from json_to_recordset($1::text::json)
       as jobs (key text, kind text, "installationId" bigint, priority text, job jsonb)`,
    [
      toJson(
        jobs.map(job => ({
          key: job.key,
          kind: job.kind,
          installationId: job.installationId,
          priority: job.priority,
          job,
        })),
      ),
    ],
  )
