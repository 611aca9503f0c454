import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type AssessJob, type Job, jobKey, type Priority } from '../../src/intake/job.ts'
import { claim } from '../../src/store/claim.ts'
import type { Database } from '../../src/store/database.ts'
import { openQueue, type Queue, type QueueOptions } from '../../src/store/queue.ts'
import { RetryLater, startWorker, type Work, type WorkerOptions } from '../../src/store/work.ts'
import { describeOnEachDatabase } from '../support/database.ts'
import { handlersOf } from '../support/handlers.ts'

const assess = (repositoryId: number, options: Partial<Omit<AssessJob, 'kind'>> = {}): AssessJob => ({
  kind: 'assess',
  key: jobKey.assess(repositoryId, { kind: 'default-branch' }),
  installationId: 1,
  priority: 'push',
  repositoryId,
  target: { kind: 'default-branch' },
  reason: { why: 'push' },
  ...options,
})

const quickRetry: QueueOptions = { retry: { tries: 3, delaySeconds: 0, maxDelaySeconds: 1 } }

const until = async (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const deadline = Date.now() + 25_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited 25 s for ${what}.`)
    await wait(10)
  }
}

describeOnEachDatabase('the queue', database => {
  let queue: Queue
  let stops: (() => Promise<void>)[] = []

  const open = async (options: QueueOptions = quickRetry) => {
    queue = await openQueue(database(), options)
    return queue
  }
  /** Only `assess` jobs are run; any other kind fails the test's expectations by never finishing. */
  const work = async (handle: (work: Work<'assess'>) => Promise<void>, options: WorkerOptions = {}) => {
    const refuse = async () => {
      throw new Error('no such handler in this test')
    }
    const stop = await startWorker(queue, handlersOf(refuse, { assess: handle }), options)
    stops.push(stop)
    return stop
  }
  const isIdle = async () => {
    const { counts } = await queue.status()
    return counts.length === 0
  }

  beforeEach(async () => {
    await open()
  })
  afterEach(async () => {
    await Promise.all(stops.map(stop => stop()))
    stops = []
    await queue.close()
    await clear(database())
  })

  it('runs a job as soon as it is committed, long before the next poll', async () => {
    let began = 0
    const delays: number[] = []
    await work(async () => {
      delays.push(performance.now() - began)
    })
    for (let i = 1; i <= 9; i++) {
      await wait(60)
      began = performance.now()
      await queue.enqueue([assess(i)])
      await until(() => delays.length === i, 'the run')
    }
    // Polling alone would take 250 ms in the middle.
    expect(delays.sort((a, b) => a - b)[4]).toBeLessThan(150)
  })

  it('coalesces what waits under one key into one run that sees every reason in order', async () => {
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'a' } })])
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'b' } }), assess(2)])
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'c' } })])
    const runs: string[][] = []
    await work(async ({ key, jobs }) => {
      runs.push([key, ...jobs.map(({ reason }) => reason.after ?? '')])
    })
    await until(isIdle, 'the queue to be empty')
    expect(runs.sort()).toEqual([
      ['assess:1:default-branch', 'a', 'b', 'c'],
      ['assess:2:default-branch', ''],
    ])
  })

  it('never runs a key twice at once, and runs again for what came while it ran', async () => {
    let atOnce = 0
    let most = 0
    const seen: string[][] = []
    const handle = async ({ jobs }: Work<'assess'>) => {
      most = Math.max(most, ++atOnce)
      await wait(30)
      seen.push(jobs.map(({ reason }) => reason.delivery ?? ''))
      atOnce--
    }
    // Two workers, as two replicas.
    await work(handle)
    await work(handle)
    const sent: string[] = []
    for (let i = 0; i < 40; i++) {
      sent.push(String(i))
      await queue.enqueue([assess(1, { reason: { why: 'push', delivery: String(i) } })])
      await wait(5)
    }
    await until(isIdle, 'the queue to be empty')
    expect(most).toBe(1)
    expect(seen.flat()).toEqual(sent)
    expect(seen.length).toBeLessThan(40)
    expect(seen.length).toBeGreaterThan(1)
  })

  it('loses nothing between workers and senders that race for the same keys', async () => {
    const seen = new Map<string, number>()
    const handle = async ({ jobs }: Work<'assess'>) => {
      for (const { reason } of jobs) {
        seen.set(reason.delivery ?? '', (seen.get(reason.delivery ?? '') ?? 0) + 1)
      }
    }
    await work(handle)
    await work(handle)
    const send = async (sender: number) => {
      for (let i = 0; i < 40; i++) {
        // In both orders, so that senders cross.
        const keys = sender % 2 === 0 ? [1, 2, 3] : [3, 2, 1]
        await queue.enqueue(
          keys.map(key => assess(key, { reason: { why: 'push', delivery: `${sender}.${i}.${key}` } })),
        )
      }
    }
    await Promise.all([0, 1, 2, 3].map(send))
    await until(isIdle, 'the queue to be empty')
    expect(seen.size).toBe(4 * 40 * 3)
    expect([...seen.values()].filter(times => times !== 1)).toEqual([])
  })

  it('claims no waiting job while somebody is adding a reason to it', async () => {
    const seen: string[][] = []
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'a' } })])
    await database().transaction(async tx => {
      await queue.enqueue([assess(1, { reason: { why: 'push', after: 'b' } })], { tx })
      void work(async ({ jobs }) => {
        seen.push(jobs.map(({ reason }) => reason.after ?? ''))
      })
      await wait(300)
      expect(seen).toEqual([])
    })
    await until(isIdle, 'the queue to be empty')
    expect(seen).toEqual([['a', 'b']])
  })

  it('ends no run while somebody is adding a reason to it', async () => {
    const seen: string[][] = []
    const gate = Promise.withResolvers<void>()
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'a' } })])
    await work(async ({ jobs }) => {
      seen.push(jobs.map(({ reason }) => reason.after ?? ''))
      await gate.promise
    })
    await until(() => seen.length === 1, 'the run')
    await database().transaction(async tx => {
      await queue.enqueue([assess(1, { reason: { why: 'push', after: 'b' } })], { tx })
      gate.resolve()
      await wait(300)
    })
    await until(isIdle, 'the queue to be empty')
    expect(seen).toEqual([['a'], ['b']])
  })

  it('goes by priority, and raises a waiting job that somebody now waits for', async () => {
    const order: number[] = []
    const priorities: Priority[] = ['sweep', 'push', 'pull-request', 'sweep', 'push']
    await queue.enqueue(priorities.map((priority, i) => assess(i + 1, { priority })))
    await queue.enqueue([assess(4, { priority: 'pull-request' })])
    await work(
      async ({ jobs }) => {
        order.push(jobs[0]?.repositoryId ?? 0)
      },
      { concurrency: 1 },
    )
    await until(isIdle, 'the queue to be empty')
    expect(order).toEqual([3, 4, 2, 5, 1])
  })

  it('lets one job of a quiet installation pass 500 of a busy one', async () => {
    const busy = Array.from({ length: 500 }, (_, i) => assess(i + 1, { installationId: 1 }))
    await queue.enqueue(busy)
    await queue.enqueue([assess(1001, { installationId: 2 })])
    await queue.enqueue([assess(1002, { installationId: 3 }), assess(1003, { installationId: 3 })])
    const order: number[] = []
    await work(
      async ({ jobs }) => {
        order.push(jobs[0]?.repositoryId ?? 0)
      },
      // One slot, so that turns alone decide.
      { concurrency: 1 },
    )
    await until(isIdle, 'the queue to be empty')
    expect(order.length).toBe(503)
    for (const quiet of [1001, 1002, 1003]) expect(order.indexOf(quiet)).toBeLessThan(10)
  })

  it('keeps a slot for another installation while one fills the rest with slow jobs', async () => {
    const gate = Promise.withResolvers<void>()
    let other = false
    await queue.enqueue(Array.from({ length: 10 }, (_, i) => assess(i + 1, { installationId: 1 })))
    let slow = 0
    await work(
      async ({ installationId }) => {
        if (installationId === 2) other = true
        else {
          slow++
          await gate.promise
        }
      },
      { concurrency: 4 },
    )
    await until(() => slow === 3, 'three slow jobs')
    await queue.enqueue([assess(100, { installationId: 2 })])
    await until(() => other, "the other installation's job")
    expect(slow).toBe(3)
    gate.resolve()
    await until(isIdle, 'the queue to be empty')
  })

  it('tries again, ends in the dead letters with its reasons, and is replayed from there', async () => {
    let broken = true
    let tries = 0
    let seen: Job[] = []
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'abc' } })])
    const errors: string[] = []
    const handle = async ({ jobs }: Work<'assess'>) => {
      tries++
      if (broken) throw new Error('GitHub is down')
      seen = jobs
    }
    await work(handle, { onError: error => errors.push(String(error)) })
    await until(async () => (await queue.status()).deadLetters === 1, 'a dead letter')
    expect(tries).toBe(3)
    expect(errors).toEqual(Array(3).fill('Error: GitHub is down'))
    const [letter] = await queue.deadLetters()
    expect(letter).toMatchObject({
      key: 'assess:1:default-branch',
      kind: 'assess',
      installationId: 1,
      tries: 3,
      error: 'Error: GitHub is down',
      jobs: [{ repositoryId: 1, reason: { why: 'push', after: 'abc' } }],
    })
    expect(await isIdle()).toBe(true)

    broken = false
    expect(await queue.replay(['assess:9:default-branch'])).toBe(0)
    expect(await queue.replay([letter?.key ?? ''])).toBe(1)
    await until(() => seen.length > 0, 'the replay')
    expect(seen).toMatchObject([{ reason: { why: 'push', after: 'abc' } }])
    await until(isIdle, 'the queue to be empty')
    expect(await queue.deadLetters()).toEqual([])
  })

  it('leaves a dead letter dead over a restart, and cures it when a later run of its key succeeds', async () => {
    let broken = true
    const seen: string[] = []
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'first' } })])
    const stop = await work(async ({ jobs }) => {
      if (broken) throw new Error('no')
      seen.push(...jobs.map(({ reason }) => reason.after ?? ''))
    })
    await until(async () => (await queue.status()).deadLetters === 1, 'a dead letter')
    await stop()
    await queue.close()
    await open()
    expect(await isIdle()).toBe(true)
    broken = false
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'second' } })])
    await work(async ({ jobs }) => {
      seen.push(...jobs.map(({ reason }) => reason.after ?? ''))
    })
    await until(isIdle, 'the queue to be empty')
    expect(seen).toEqual(['first', 'second'])
    expect((await queue.status()).deadLetters).toBe(0)
  })

  it('comes back when a handler was told to, without losing a try', async () => {
    let tries = 0
    await queue.enqueue([assess(1)])
    await work(async () => {
      tries++
      if (tries <= 4) throw new RetryLater('rate limited', 0)
    })
    await until(isIdle, 'the queue to be empty')
    expect(tries).toBe(5)
    expect((await queue.status()).deadLetters).toBe(0)
  })

  it('starts a delayed job late, and at once when news make it urgent', async () => {
    await queue.enqueue([assess(1), assess(2)], { startAfter: 60 })
    await queue.enqueue([assess(1)])
    await queue.enqueue([assess(3)], { startAfter: 1 })
    const began = performance.now()
    const at = new Map<number, number>()
    await work(async ({ jobs }) => {
      at.set(jobs[0]?.repositoryId ?? 0, performance.now() - began)
    })
    await until(() => at.size === 2, 'the first and the third')
    expect(at.get(1)).toBeLessThan(700)
    expect(at.get(3)).toBeGreaterThan(600)
    await until(async () => (await queue.status()).counts.length === 1, 'the third to be completed')
    expect((await queue.status()).counts).toEqual([{ kind: 'assess', state: 'delayed', count: 1 }])
  })

  it("takes part in the caller's transaction", async () => {
    await expect(
      database().transaction(async tx => {
        await queue.enqueue([assess(1)], { tx })
        throw new Error('roll back')
      }),
    ).rejects.toThrow('roll back')
    expect(await isIdle()).toBe(true)
    await database().transaction(tx => queue.enqueue([assess(2)], { tx }))
    expect((await queue.status()).counts).toEqual([{ kind: 'assess', state: 'waiting', count: 1 }])
  })

  it('hands a job back when the worker stops in the middle of it', async () => {
    let started = false
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'abc' } })])
    const stop = await work(
      async ({ signal }) => {
        started = true
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      { drainSeconds: 0.1 },
    )
    await until(() => started, 'the run')
    await stop()
    const again: Job[] = []
    await work(async ({ jobs }) => {
      again.push(...jobs)
    })
    await until(isIdle, 'the queue to be empty')
    expect(again).toMatchObject([{ reason: { after: 'abc' } }])
  })

  it('blames a job for the death of its process only after many', async () => {
    await queue.enqueue([assess(1), assess(2)])
    // Claimed by processes that die.
    expect(await claim(queue, 2, [])).toHaveLength(2)
    await database().query(
      `update pgboss.job set data = data || '{"deaths":24}' where singleton_key = 'assess:1:default-branch'`,
    )
    await queue.close()
    await open({ ...quickRetry, silenceSeconds: 0 })
    expect(await queue.deadLetters()).toMatchObject([
      {
        key: 'assess:1:default-branch',
        error: 'Its process died or fell silent in the middle of it 25 times.',
        jobs: [{ repositoryId: 1 }],
      },
    ])
    expect((await queue.status()).counts).toEqual([{ kind: 'assess', state: 'retrying', count: 1 }])
  })

  it('settles in the transaction of the handler, so that a crash after it repeats nothing', async () => {
    const runs: string[][] = []
    await queue.enqueue([assess(1, { reason: { why: 'push', after: 'abc' } })])
    let crash = true
    await work(async ({ jobs, settle }) => {
      runs.push(jobs.map(({ reason }) => reason.after ?? ''))
      await database().transaction(tx => settle(tx))
      if (crash) {
        crash = false
        throw new Error('died between the commit and its answer')
      }
    })
    await until(isIdle, 'the queue to be empty')
    expect(runs).toEqual([['abc']])
  })
})

const clear = async (database: Database): Promise<void> => {
  await database.query('delete from pgboss.job')
  await database.query('delete from job_reasons')
}
