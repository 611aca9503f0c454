import type { Job, JobKind } from '../intake/job.ts'
import { createBell } from './bell.ts'
import { type Claim, claim, complete, fail, heartbeat, release, settle } from './claim.ts'
import type { Queryable, Transaction } from './database.ts'
import type { Queue } from './queue.ts'
import { channel } from './queue-names.ts'

/** What a handler gets: everything that is to be done at one key, however many events asked for it. */
export interface Work<Kind extends JobKind = JobKind> {
  kind: Kind
  key: string
  installationId: number
  /** All unsettled, oldest first; at least one. */
  jobs: Extract<Job, { kind: Kind }>[]
  /**
   * Settles these jobs in the caller's transaction, together with what came of them. A handler that resolves settles
   * them anyway; after a crash in between they would be done twice.
   */
  settle(tx: Transaction): Promise<void>
  /** Aborted when the run exceeds its time or the process stops. */
  signal: AbortSignal
}

export type Handlers = { [Kind in JobKind]: (work: Work<Kind>) => Promise<void> }

/** Thrown by a handler that was told when to come back, as by a rate limit: costs no try. */
export class RetryLater extends Error {
  readonly afterSeconds: number

  constructor(message: string, afterSeconds: number) {
    super(message)
    this.name = 'RetryLater'
    this.afterSeconds = afterSeconds
  }
}

export interface WorkerOptions {
  /** Jobs at once in this process; default 8. The last slot is kept for a second installation. */
  concurrency?: number
  /** A run's limit, default 600. Its signal is aborted then; half a minute later it counts as failed. */
  timeLimitSeconds?: number
  /** How long `stop()` lets running jobs finish, default 20; what still runs goes to the next worker. */
  drainSeconds?: number
  /** Told of each failed try, and of troubles with the queue itself, then without a claim. */
  onError?: (error: unknown, claimed?: Pick<Claim, 'key' | 'kind' | 'retryCount'>) => void
  /** Told of each finished try: for metrics. */
  onDone?: (claimed: Pick<Claim, 'key' | 'kind'>, seconds: number, outcome: 'done' | 'failed') => void
}

/** For delayed jobs and retries, which nothing announces; the others are notified. */
const pollMs = 500
const graceMs = 30_000

interface Running {
  claimed: Claim
  promise: Promise<void>
  abort: AbortController
}

/** Works on jobs until the function it answers with is called and has resolved. */
export const startWorker = async (
  queue: Queue,
  handlers: Handlers,
  options: WorkerOptions = {},
): Promise<() => Promise<void>> => {
  const { concurrency = 8, timeLimitSeconds = 600, drainSeconds = 20, onError = () => {} } = options
  const running = new Map<string, Running>()
  const bell = createBell()
  let stopping = false

  const start = (claimed: Claim): void => {
    const abort = new AbortController()
    const began = performance.now()
    const done = (outcome: 'done' | 'failed') =>
      options.onDone?.(claimed, (performance.now() - began) / 1000, outcome)
    const promise = run(queue, handlers, claimed, abort, timeLimitSeconds)
      .then(
        () => done('done'),
        async (error: unknown) => {
          onError(error, claimed)
          // A run that the stop cut off is not the job's failure: stop() gives it back.
          if (!stopping || !abort.signal.aborted) await failed(queue, claimed, error)
          done('failed')
        },
      )
      .catch(onError)
      .finally(() => {
        running.delete(claimed.id)
        bell.ring()
      })
    running.set(claimed.id, { claimed, promise, abort })
  }

  const loop = async () => {
    while (!stopping) {
      try {
        while (!stopping && running.size < concurrency) {
          const claims = await claimNext(queue, running, concurrency)
          for (const claimed of claims) start(claimed)
          if (claims.length === 0) break
        }
      } catch (error) {
        onError(error)
      }
      if (!stopping) await bell.wait(pollMs)
    }
  }

  const unlisten = await queue.database.listen(channel, bell.ring)
  let beating: Promise<void> | undefined
  const heartbeats = setInterval(
    () => {
      const beat = async () => {
        await heartbeat(
          queue,
          [...running.values()].map(({ claimed }) => claimed),
        )
        // On PGlite nobody but this process runs jobs, and it is alive.
        if (queue.database.kind === 'postgresql') await queue.recover()
      }
      beating = beat().catch(onError)
    },
    (queue.silenceSeconds * 1000) / 3,
  )
  const looping = loop()

  return async function stop() {
    stopping = true
    bell.ring()
    await looping
    await within(drainSeconds * 1000, settled(running))
    const left = [...running.values()].map(({ claimed }) => claimed)
    for (const { abort } of running.values()) abort.abort(new Error('The process is stopping.'))
    await within(1_000, settled(running))
    clearInterval(heartbeats)
    await beating
    await unlisten()
    if (left.length > 0) await release(queue, left)
  }
}

/**
 * One installation may fill all slots but one, so that another's job never waits for a slow job of the first.
 * Turns (turns.ts) do the rest.
 */
const claimNext = (
  queue: Queue,
  running: ReadonlyMap<string, Running>,
  concurrency: number,
): Promise<Claim[]> => {
  const share = Math.max(1, concurrency - 1)
  const counts = new Map<number, number>()
  for (const { claimed } of running.values()) {
    counts.set(claimed.installationId, (counts.get(claimed.installationId) ?? 0) + 1)
  }
  const full = concurrency === 1 ? [] : [...counts].filter(([, count]) => count >= share).map(([id]) => id)
  return claim(queue, Math.max(1, concurrency - running.size - 1), full)
}

const run = async (
  queue: Queue,
  handlers: Handlers,
  claimed: Claim,
  abort: AbortController,
  timeLimitSeconds: number,
): Promise<void> => {
  // None when an earlier try settled them and died before it was completed.
  if (claimed.reasons.length > 0) {
    const limit = new Error(`${claimed.key} ran for more than ${timeLimitSeconds} s.`)
    const timer = setTimeout(() => abort.abort(limit), timeLimitSeconds * 1000)
    try {
      // By its kind the claim's jobs are of that kind: the key says it, and enqueue() wrote both.
      const handler = handlers[claimed.kind] as (work: Work) => Promise<void>
      await Promise.race([handler(workOf(claimed, abort.signal)), graceAfter(abort.signal)])
    } finally {
      clearTimeout(timer)
    }
  }
  await complete(queue, claimed)
}

const workOf = (claimed: Claim, signal: AbortSignal): Work => ({
  kind: claimed.kind,
  key: claimed.key,
  installationId: claimed.installationId,
  jobs: claimed.reasons.map(({ job }) => job),
  settle: (on: Queryable) => settle(claimed, on),
  signal,
})

/** Rejects half a minute after the abort: a handler that does not listen must not hold its slot for ever. */
const graceAfter = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), graceMs).unref(), {
      once: true,
    })
  })

const failed = (queue: Queue, claimed: Claim, error: unknown): Promise<void> =>
  fail(queue, claimed, error, error instanceof RetryLater ? error.afterSeconds : undefined)

const settled = async (running: ReadonlyMap<string, Running>): Promise<void> => {
  await Promise.all([...running.values()].map(({ promise }) => promise))
}

const within = async (ms: number, promise: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    promise,
    new Promise<void>(resolve => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}
