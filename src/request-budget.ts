/** Keeps one installation below GitHub's secondary limits, instead of meeting them. */

/** GitHub's figures, with a tenth kept back for what we cannot see, such as a second replica. */
const pointsPerMinute = 810
const contentPerMinute = 72
const contentPerHour = 450
const concurrent = 50

export interface RequestBudget {
  /** Waits until the request may be made. Rejects with `RateLimited` when that is longer than `patience`. */
  take: (request: { write: boolean; createsContent: boolean }) => Promise<() => void>
  /** GitHub said no: nothing goes out before `milliseconds` have passed. */
  pause: (milliseconds: number) => void
}

/** GitHub or our own budget says to come back later; the job is tried again after `retryAfter` seconds. */
export class RateLimited extends Error {
  override name = 'RateLimited'
  readonly retryAfter: number
  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = retryAfter
  }
}

interface Clock {
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
}

/** `patience`, in milliseconds: a job that would wait longer gives its place to another. */
export function createRequestBudget(patience = 10_000, clock: Clock = realClock): RequestBudget {
  const points = slidingWindow(60_000, pointsPerMinute)
  const contentMinute = slidingWindow(60_000, contentPerMinute)
  const contentHour = slidingWindow(3_600_000, contentPerHour)
  let pausedUntil = 0
  let running = 0

  return {
    pause: milliseconds => {
      pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds)
    },
    take: async ({ write, createsContent }) => {
      const deadline = clock.now() + patience
      const cost = write ? 5 : 1
      for (;;) {
        const now = clock.now()
        const wait = Math.max(
          pausedUntil - now,
          points.wait(now, cost),
          createsContent ? Math.max(contentMinute.wait(now, 1), contentHour.wait(now, 1)) : 0,
          running >= concurrent ? 20 : 0,
        )
        if (wait <= 0) break
        if (now + wait > deadline)
          throw new RateLimited(
            'The request budget of this installation is used up for now',
            Math.ceil(wait / 1000),
          )
        await clock.sleep(wait)
      }
      const now = clock.now()
      points.add(now, cost)
      if (createsContent) {
        contentMinute.add(now, 1)
        contentHour.add(now, 1)
      }
      running++
      return () => {
        running--
      }
    },
  }
}

function slidingWindow(length: number, limit: number) {
  let spent: { at: number; cost: number }[] = []
  return {
    /** Milliseconds until `cost` fits. */
    wait(now: number, cost: number): number {
      spent = spent.filter(entry => entry.at > now - length)
      let over = spent.reduce((sum, entry) => sum + entry.cost, 0) + cost - limit
      if (over <= 0) return 0
      for (const entry of spent) {
        over -= entry.cost
        if (over <= 0) return entry.at + length - now
      }
      return length
    },
    add(now: number, cost: number): void {
      spent.push({ at: now, cost })
    },
  }
}
