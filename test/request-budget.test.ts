import { describe, expect, it } from 'vitest'
import { createRequestBudget, RateLimited } from '../src/request-budget.ts'

const read = { write: false }
const write = { write: true }
const content = { write: true, creates: 'comment' as const }

/** A clock that a sleep moves on, and nothing else. */
const budgetAt = (patience: number) => {
  let now = 0
  const budget = createRequestBudget(patience, {
    now: () => now,
    sleep: async milliseconds => {
      now += milliseconds
    },
  })
  const spend = async (
    request: { write: boolean; creates?: 'issue' | 'comment' },
    times: number,
  ): Promise<void> => {
    for (let each = 0; each < times; each++) (await budget.take(request))()
  }
  return { budget, spend, now: () => now }
}

describe("an installation's request budget", () => {
  it('lets 810 points through in a minute, and the next when the first is a minute old', async () => {
    const { spend, now } = budgetAt(120_000)
    await spend(write, 162)
    expect(now()).toBe(0)
    await spend(read, 1)
    expect(now()).toBe(60_000)
  })

  it('counts what creates content by itself: 72 in a minute, 450 in an hour', async () => {
    const { spend, now } = budgetAt(7_200_000)
    await spend(content, 72)
    expect(now()).toBe(0)
    await spend(content, 1)
    expect(now()).toBe(60_000)
    await spend(content, 450 - 73)
    expect(now()).toBeLessThan(3_600_000)
    await spend(content, 1)
    expect(now()).toBeGreaterThanOrEqual(3_600_000)
  })

  it('gives up a place that is longer away than its patience, and says when to come back', async () => {
    const { budget, spend } = budgetAt(10_000)
    await spend(write, 162)
    const refused = await budget.take(read).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimited)
    expect((refused as RateLimited).retryAfter).toBe(60)
  })

  it('sends nothing before GitHub said it may', async () => {
    const { budget, spend, now } = budgetAt(10_000)
    budget.pause(5_000)
    await spend(read, 1)
    expect(now()).toBe(5_000)
  })

  it('has at most 50 requests on their way', async () => {
    const { budget, now } = budgetAt(10_000)
    const releases = await Promise.all(Array.from({ length: 50 }, () => budget.take(read)))
    const refused = budget.take(read)
    await expect(refused).rejects.toBeInstanceOf(RateLimited)
    expect(now()).toBeGreaterThan(0)
    releases[0]?.()
    await expect(budget.take(read)).resolves.toBeTypeOf('function')
  })
})
