/** What GitHub counts as content, and how much of it goes out. */

/**
 * GitHub's figures are about 80 a minute and 500 an hour, for what notifies people: issues, comments, pull requests, reviews.
 * Check runs notify nobody and are not counted. A tenth is kept back for what we cannot see, such as another app's token.
 * A part of the rest is kept for answers to people and another for pull requests, behind which no campaign of issues gets.
 */
const limits = {
  issue: { minute: 60, hour: 400 },
  'pull-request': { minute: 66, hour: 430 },
  comment: { minute: 72, hour: 450 },
} as const

export type Content = keyof typeof limits

const minute = 60_000
const hour = 3_600_000

/** Who counted on a place and did not come within so long gets another. */
const overdue = 10 * minute

/** By more than clocks are corrected by in passing. */
const setBack = 5 * minute

/** What was created within the last hour, wherever that is remembered. Times in milliseconds since 1970. */
export interface ContentLedger {
  /** Adds one unless `waitFor` says to wait. It is given the times of the last hour, oldest first. */
  spend: (
    now: number,
    waitFor: (spent: readonly number[]) => number,
  ) => Promise<{ wait: number; spent: readonly number[] }>
}

/** For a process that shares GitHub with no other: a restart forgets. */
export function ledgerInMemory(): ContentLedger {
  let spent: number[] = []
  return {
    spend: async (now, waitFor) => {
      spent = spent.filter(at => at > now - hour && at <= now + setBack)
      const wait = waitFor(spent)
      if (wait <= 0) spent.push(now)
      return { wait: Math.max(0, wait), spent: [...spent] }
    },
  }
}

/**
 * One installation's. Those who wait to open an issue or to comment on one have a place in a line that is kept in memory: each is told once when to
 * come back, and until then costs nothing. A restart forgets the places, not what was spent; who comes back is then told again.
 */
export function createContentBudget(ledger: ContentLedger) {
  let spent: readonly number[] = []
  let line: { key: string; at: number }[] = []
  let latest = Number.NEGATIVE_INFINITY

  /** A clock that was set back must not make anybody wait until its former time comes. */
  const look = (now: number): void => {
    if (now < latest - setBack) {
      spent = []
      line = []
    }
    latest = now
  }
  const spend = async (kind: Content, now: number): Promise<number> => {
    look(now)
    const known = waitAfter(kind, spent, now)
    if (known > 0) return known
    const answer = await ledger.spend(now, times => waitAfter(kind, times, now))
    spent = answer.spent
    return answer.wait
  }
  const enter = (key: string, at: number, now: number): number => {
    const index = line.findLastIndex(each => each.at <= at)
    line.splice(index + 1, 0, { key, at })
    return at - now
  }

  return {
    /** Milliseconds to wait; 0 when it may be created now, and then it is counted. */
    spend,
    /** The same for what tells a verdict, at the rate of issues and in the order in which it was asked for. `key` says who asks. */
    queue: async (key: string, now: number): Promise<number> => {
      look(now)
      line = line.filter(each => each.at > now - overdue)
      const place = line.find(each => each.key === key)
      if (place && place.at > now) return place.at - now
      if (place) {
        line = line.filter(each => each !== place)
        const wait = await spend('issue', now)
        return wait > 0 ? enter(key, now + wait, now) : 0
      }
      const at = placeAfter(spent, line, now)
      if (at > now) return enter(key, at, now)
      const wait = await spend('issue', now)
      return wait > 0 ? enter(key, Math.max(now + wait, placeAfter(spent, line, now)), now) : 0
    },
  }
}

function waitAfter(kind: Content, spent: readonly number[], now: number): number {
  const { minute: aMinute, hour: anHour } = limits[kind]
  return Math.max(
    0,
    (spent[spent.length - anHour] ?? Number.NEGATIVE_INFINITY) + hour - now,
    (spent[spent.length - aMinute] ?? Number.NEGATIVE_INFINITY) + minute - now,
  )
}

/** The first time that is free when everybody who waits has come. */
function placeAfter(spent: readonly number[], line: readonly { at: number }[], now: number): number {
  const fromTheEnd = (nth: number): number =>
    (nth <= line.length ? line[line.length - nth]?.at : spent[spent.length - (nth - line.length)]) ??
    Number.NEGATIVE_INFINITY
  return Math.max(now, fromTheEnd(limits.issue.hour) + hour, fromTheEnd(limits.issue.minute) + minute)
}
