import { describe, expect, it } from 'vitest'
import { type ContentLedger, createContentBudget, ledgerInMemory } from '../src/content-budget.ts'
import { createRequestBudget, RateLimited } from '../src/request-budget.ts'

const minute = 60_000
const hour = 60 * minute

/** Asks for so many of a kind at one time; answers how many were let through. */
const letThrough = async (
  budget: ReturnType<typeof createContentBudget>,
  kind: 'issue' | 'pull-request' | 'comment',
  times: number,
  now: number,
): Promise<number> => {
  let through = 0
  for (let each = 0; each < times; each++) if ((await budget.spend(kind, now)) <= 0) through++
  return through
}

/** Fills the hour as fast as the minutes allow. */
const fill = async (budget: ReturnType<typeof createContentBudget>, kind: 'issue' | 'comment') => {
  let through = 0
  for (let at = 0; at < 20 * minute; at += minute) through += await letThrough(budget, kind, 100, at)
  return through
}

describe('what creates content', () => {
  it('keeps a part of the minute and of the hour for answers and pull requests, whatever a campaign does', async () => {
    const budget = createContentBudget(ledgerInMemory())
    expect(await letThrough(budget, 'issue', 100, 0)).toBe(60)
    expect(await letThrough(budget, 'pull-request', 100, 0)).toBe(6)
    expect(await letThrough(budget, 'comment', 100, 0)).toBe(6)

    const another = createContentBudget(ledgerInMemory())
    expect(await fill(another, 'issue')).toBe(400)
    const later = 30 * minute
    expect(await letThrough(another, 'pull-request', 100, later)).toBe(30)
    expect(await letThrough(another, 'comment', 100, later)).toBe(20)
    expect(await letThrough(another, 'issue', 1, later)).toBe(0)
  })

  it('never passes 450 in any hour or 72 in any minute', async () => {
    const budget = createContentBudget(ledgerInMemory())
    const times: number[] = []
    for (let at = 0; at < 3 * hour; at += 7_000)
      for (const kind of ['comment', 'issue', 'pull-request'] as const)
        for (let each = 0; each < 9; each++) if ((await budget.spend(kind, at)) <= 0) times.push(at)
    const most = (length: number): number =>
      Math.max(...times.map(from => times.filter(at => at >= from && at < from + length).length))
    expect(most(hour)).toBe(450)
    expect(most(minute)).toBeLessThanOrEqual(72)
  })

  it('waits for nothing that a clock wrote which was a day ahead', async () => {
    const budget = createContentBudget(ledgerInMemory())
    expect(await letThrough(budget, 'issue', 61, 24 * hour)).toBe(60)
    expect(await budget.queue('one', 24 * hour)).toBeGreaterThan(0)
    expect(await budget.queue('one', 0)).toBe(0)
    expect(await budget.spend('comment', 0)).toBe(0)
  })

  it('is remembered by the ledger: another process knows what this one did', async () => {
    const ledger = ledgerInMemory()
    expect(await fill(createContentBudget(ledger), 'comment')).toBe(450)
    const afterRestart = createContentBudget(ledger)
    expect(await afterRestart.spend('comment', 20 * minute)).toBe(40 * minute)
    expect(await afterRestart.spend('comment', hour)).toBe(0)
  })
})

describe('the line of those who open issues', () => {
  it('tells 2,000 each a time of its own turn, asks the ledger for none who waits, and all come in 5 hours', async () => {
    let asked = 0
    const memory = ledgerInMemory()
    const ledger: ContentLedger = {
      spend: (now, waitFor) => {
        asked++
        return memory.spend(now, waitFor)
      },
    }
    const budget = createContentBudget(ledger)
    let waiting = Array.from({ length: 2_000 }, (_, index) => ({ key: `${index}`, at: 0 }))
    let runs = 0
    let now = 0
    const opened: string[] = []
    while (waiting.length > 0) {
      now = Math.min(...waiting.map(({ at }) => at))
      const due = waiting.filter(({ at }) => at <= now)
      waiting = waiting.filter(({ at }) => at > now)
      for (const { key } of due) {
        runs++
        const wait = await budget.queue(key, now)
        if (wait <= 0) opened.push(key)
        else waiting.push({ key, at: now + wait })
      }
    }
    expect(new Set(opened).size).toBe(2_000)
    expect(opened.slice(0, 3)).toEqual(['0', '1', '2'])
    expect(now).toBeGreaterThan(4 * hour)
    expect(now).toBeLessThan(5 * hour)
    // Once to be told when, once to come.
    expect(runs).toBeLessThanOrEqual(4_000)
    expect(asked).toBe(2_000)
  })

  it('gives who is woken early the place that it had', async () => {
    const budget = createContentBudget(ledgerInMemory())
    await fill(budget, 'issue')
    const now = 20 * minute
    const first = await budget.queue('first', now)
    expect(first).toBe(40 * minute)
    const others = await Promise.all(Array.from({ length: 100 }, (_, index) => budget.queue(`${index}`, now)))
    expect(Math.max(...others)).toBeGreaterThan(first)
    expect(await budget.queue('first', now + minute)).toBe(first - minute)
    expect(await budget.queue('first', now + first)).toBe(0)
  })

  it('does not let newcomers pass those who wait', async () => {
    const budget = createContentBudget(ledgerInMemory())
    await letThrough(budget, 'issue', 60, 0)
    const places = await Promise.all(Array.from({ length: 60 }, (_, index) => budget.queue(`${index}`, 0)))
    expect(new Set(places)).toEqual(new Set([minute]))
    expect(await budget.queue('newcomer', minute)).toBe(minute)
    expect(await budget.queue('0', minute)).toBe(0)
  })

  it('goes on without those who never come', async () => {
    const budget = createContentBudget(ledgerInMemory())
    await letThrough(budget, 'issue', 60, 0)
    for (let index = 0; index < 60; index++) await budget.queue(`gone ${index}`, 0)
    expect(await budget.queue('newcomer', 12 * minute)).toBe(0)
  })
})

describe('a turn', () => {
  const at = (now: { ms: number }) =>
    createRequestBudget(0, { now: () => now.ms, sleep: () => Promise.reject(new Error('No patience')) })

  it('is paid once: the request that opens the issue is not counted again', async () => {
    const now = { ms: 0 }
    const budget = at(now)
    for (let index = 0; index < 60; index++) {
      const over = await budget.turn(`${index}`)
      ;(await budget.take({ write: true, creates: 'issue' }))()
      over()
    }
    const refused = await budget.turn('61').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimited)
    expect((refused as RateLimited).retryAfter).toBe(60)
    ;(await budget.take({ write: true, creates: 'comment' }))()
  })

  it('is what a comment of a campaign takes: replies and pull requests keep their part', async () => {
    const budget = at({ ms: 0 })
    for (let index = 0; index < 60; index++) {
      const over = await budget.turn(`comment on ${index}`)
      ;(await budget.take({ write: true, creates: 'comment' }))()
      over()
    }
    await expect(budget.turn('comment on 60')).rejects.toBeInstanceOf(RateLimited)
    for (const creates of ['pull-request', 'comment'] as const)
      for (let index = 0; index < 6; index++) (await budget.take({ write: true, creates }))()
    await expect(budget.take({ write: true, creates: 'comment' })).rejects.toBeInstanceOf(RateLimited)
  })

  it('does not wait for the time that a wrong clock showed', async () => {
    const now = { ms: 24 * hour }
    const budget = at(now)
    for (let index = 0; index < 162; index++) (await budget.take({ write: true }))()
    await expect(budget.take({ write: true })).rejects.toBeInstanceOf(RateLimited)
    now.ms = 0
    ;(await budget.take({ write: true }))()
  })

  it('that was not used opens nothing later', async () => {
    const now = { ms: 0 }
    const budget = at(now)
    for (let index = 0; index < 60; index++) (await budget.turn(`${index}`))()
    await expect(budget.take({ write: true, creates: 'issue' })).rejects.toBeInstanceOf(RateLimited)
  })

  it('waits while GitHub asks for quiet, and costs no place', async () => {
    const now = { ms: 0 }
    const budget = at(now)
    budget.pause(30_000)
    await expect(budget.turn('1')).rejects.toMatchObject({ retryAfter: 30 })
    now.ms = 30_000
    await expect(budget.turn('1')).resolves.toBeTypeOf('function')
  })
})
