import { describe, expect, it } from 'vitest'
import { ageInDays, dayAfter, days } from '../../../src/controls/support/age.ts'

describe('the age of something', () => {
  it.each([
    ['2026-11-22T23:59:59Z', '2026-11-22', 0],
    ['2026-11-21T23:59:59Z', '2026-11-22', 1],
    ['2026-11-22', '2026-12-22', 30],
    ['2024-02-28T00:00:00Z', '2024-03-01', 2],
    ['2027-01-01T00:00:00Z', '2026-11-22', 0],
    ['some day', '2026-11-22', undefined],
    ['', '2026-11-22', undefined],
  ])('of %s on %s is %s days', (since, today, expected) => {
    expect(ageInDays(since, today)).toBe(expected)
  })

  it.each([
    ['2026-10-23T09:30:00Z', 30, '2026-11-22'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2024-02-28', 2, '2024-03-01'],
  ])('so old as to be due: %s and %i days is %s', (since, count, expected) => {
    expect(dayAfter(since, count)).toBe(expected)
  })

  it('reads as words', () => {
    expect([0, 1, 2].map(days)).toEqual(['0 days', '1 day', '2 days'])
  })
})
