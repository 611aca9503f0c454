import { type Content, type ContentLedger, createContentBudget, ledgerInMemory } from './content-budget.ts'

/** Keeps one installation below GitHub's secondary limits, instead of meeting them. */

/** GitHub's figures, with a tenth kept back for what we cannot see, such as a second replica. */
const pointsPerMinute = 810
const concurrent = 50

export interface RequestBudget {
  /** Waits until the request may be made. Rejects with `RateLimited` when that is longer than `patience`. */
  take: (request: { write: boolean; creates?: Content }) => Promise<() => void>
  /**
   * A turn to open an issue or to comment on it, before anything is asked of GitHub for it. Rejects at once with `RateLimited` when others come
   * first; whoever has the same `key` keeps its place in the line. The answer is called when the turn is over.
   */
  turn: (key: string) => Promise<() => void>
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

export interface Clock {
  now: () => number
  sleep: (milliseconds: number) => Promise<void>
}

const realClock: Clock = {
  now: () => Date.now(),
  sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
}

/**
 * `patience`, in milliseconds: a job that would wait longer gives its place to another. `ledger` remembers what was created
 * for longer than this process lives.
 */
export function createRequestBudget(
  patience = 10_000,
  clock: Clock = realClock,
  ledger: ContentLedger = ledgerInMemory(),
): RequestBudget {
  const points = slidingWindow(60_000, pointsPerMinute)
  const content = createContentBudget(ledger)
  let pausedUntil = 0
  let running = 0
  /** Turns that were given and are not over, and how many of them have created nothing yet. */
  const turns = { given: 0, unused: 0 }

  return {
    pause: milliseconds => {
      pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds)
    },
    turn: async key => {
      const now = clock.now()
      const paused = pausedUntil - now
      const wait = paused > 0 ? paused : await content.queue(key, now)
      if (wait > 0) throw usedUp('Issues are opened and commented on one after the other', wait)
      turns.given++
      turns.unused++
      return () => {
        turns.given--
        turns.unused = Math.min(turns.unused, turns.given)
      }
    },
    take: async ({ write, creates }) => {
      const deadline = clock.now() + patience
      const cost = write ? 5 : 1
      for (;;) {
        const now = clock.now()
        let wait = Math.max(pausedUntil - now, points.wait(now, cost), running >= concurrent ? 20 : 0)
        if (wait <= 0) {
          // Taken at once: while the ledger is asked, others pass here.
          const takeBack = points.add(now, cost)
          running++
          wait = creates ? await contentWait(creates, now) : 0
          if (wait <= 0) break
          takeBack()
          running--
        }
        if (now + wait > deadline)
          throw usedUp('The request budget of this installation is used up for now', wait)
        await clock.sleep(wait)
      }
      return () => {
        running--
      }
    },
  }

  async function contentWait(creates: Content, now: number): Promise<number> {
    // It was counted when the turn was given. Whoever takes another's leaves it the place that it would have had itself.
    if (creates !== 'pull-request' && turns.unused > 0) {
      turns.unused--
      return 0
    }
    return content.spend(creates, now)
  }
}

const usedUp = (message: string, milliseconds: number): RateLimited =>
  new RateLimited(message, Math.ceil(milliseconds / 1000))

function slidingWindow(length: number, limit: number) {
  let spent: { at: number; cost: number }[] = []
  return {
    /** Milliseconds until `cost` fits. */
    wait(now: number, cost: number): number {
      // Later than now: the clock was set back, and nobody is to wait until it comes there again.
      spent = spent.filter(entry => entry.at > now - length && entry.at <= now)
      let over = spent.reduce((sum, entry) => sum + entry.cost, 0) + cost - limit
      if (over <= 0) return 0
      for (const entry of spent) {
        over -= entry.cost
        if (over <= 0) return entry.at + length - now
      }
      return length
    },
    /** Answers with what undoes it. */
    add(now: number, cost: number): () => void {
      const entry = { at: now, cost }
      spent.push(entry)
      return () => {
        spent = spent.filter(each => each !== entry)
      }
    },
  }
}
