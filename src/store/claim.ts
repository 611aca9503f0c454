import type { Job, JobKind } from '../intake/job.ts'
import type { Queryable } from './database.ts'
import { ensureRuns, lockKeys, wantedByReasons } from './ensure-runs.ts'
import type { Queue } from './queue.ts'
import { deadLetterQueueName, queueName } from './queue-names.ts'

/** A job that this process has taken, with all that is to be done at its key. */
export interface Claim {
  id: string
  /** Names the attempt: a claim that was taken over by another worker settles nothing. */
  retryCount: number
  key: string
  kind: JobKind
  installationId: number
  reasons: { id: number; job: Job }[]
}

interface Payload {
  key: string
  kind: JobKind
  installationId: number
}

/** Takes up to `limit` ready jobs, highest priority first, none of the installations to pass over. */
export const claim = async (queue: Queue, limit: number, passOver: readonly number[]): Promise<Claim[]> =>
  // In one transaction: a job that was taken without its reasons would be nobody's.
  queue.database.transaction(async tx => {
    const taken = await queue.boss.fetch<Payload>(queueName, {
      db: tx.boss,
      batchSize: limit,
      ...(passOver.length > 0 ? { ignoreGroups: passOver.map(String) } : {}),
    })
    if (taken.length === 0) return []
    const reasons = await tx.query<{ key: string; id: number; job: Job }>(
      'select key, id, job from job_reasons where key = any($1::text[]) and settled_at is null order by id',
      [taken.map(({ data }) => data.key)],
    )
    return taken.map(({ id, retryCount, data }) => ({
      id,
      retryCount,
      key: data.key,
      kind: data.kind,
      installationId: data.installationId,
      reasons: reasons.filter(reason => reason.key === data.key).map(({ id, job }) => ({ id, job })),
    }))
  })

/** Exactly the reasons that the claim saw. Again is no harm. */
export const settle = async (claimed: Claim, on: Queryable): Promise<void> => {
  await on.query(
    'update job_reasons set settled_at = now() where id = any($1::bigint[]) and settled_at is null',
    [claimed.reasons.map(({ id }) => id)],
  )
}

/** It is done: its reasons are settled, an older dead letter of the key is cured, and what came meanwhile gets a run. */
export const complete = async (queue: Queue, claimed: Claim): Promise<void> => {
  await queue.database.transaction(async tx => {
    // Waits for whoever is adding a reason at this moment, so that it is seen below.
    await lockKeys(tx, [claimed.key])
    const answer = await queue.boss.complete(queueName, attempt(claimed), null, { db: tx.boss })
    if (affected(answer) === 0) return
    await settle(claimed, tx)
    await tx.query(`delete from pgboss.job where name = $1 and state < 'active' and singleton_key = $2`, [
      deadLetterQueueName,
      claimed.key,
    ])
    await ensureRuns(queue.boss, tx, await wantedByReasons(tx, 'key = $1', [claimed.key]))
  })
}

/** It failed: pg-boss tries again later or makes it a dead letter. News that came meanwhile don't wait for that. */
export const fail = async (
  queue: Queue,
  claimed: Claim,
  error: unknown,
  retryAfterSeconds: number | undefined,
): Promise<void> => {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  if (retryAfterSeconds !== undefined) {
    // Told to come back later is no failure of the job. One statement: in a campaign thousands are told so.
    await queue.database.query(
      `update pgboss.job set state = 'retry', start_after = pgboss.job_now() + $4 * interval '1 second',
         retry_limit = greatest(retry_limit, retry_count) + 1, output = jsonb_build_object('message', $5::text)
       where name = $1 and id = $2 and retry_count = $3 and state = 'active'`,
      [queueName, claimed.id, claimed.retryCount, retryAfterSeconds, message],
    )
    return
  }
  await queue.database.transaction(async tx => {
    await lockKeys(tx, [claimed.key])
    const answer = await queue.boss.fail(queueName, attempt(claimed), { message }, { db: tx.boss })
    if (affected(answer) === 0) return
    const news = await wantedByReasons(tx, 'key = $1 and id <> all($2::bigint[])', [
      claimed.key,
      claimed.reasons.map(({ id }) => id),
    ])
    await ensureRuns(queue.boss, tx, news)
  })
}

/** Gives claims back unharmed, to be taken at once by the next worker: this process ends. */
export const release = async (queue: Queue, claims: readonly Claim[]): Promise<void> => {
  await queue.database.query(
    `update pgboss.job set state = 'retry', start_after = pgboss.job_now(), retry_limit = retry_limit + 1
     where name = $1 and state = 'active' and (id::text || ':' || retry_count) = any($2::text[])`,
    [queueName, claims.map(({ id, retryCount }) => `${id}:${retryCount}`)],
  )
}

/** Says that these are still being worked on. */
export const heartbeat = async (queue: Queue, claims: readonly Claim[]): Promise<void> => {
  if (claims.length > 0) await queue.boss.touch(queueName, claims.map(attempt))
}

const attempt = ({ id, retryCount }: Claim) => ({ id, retryCount })

/** pg-boss answers with it and leaves it out of its types. */
const affected = (answer: object): number => (answer as { affected?: number }).affected ?? 0
