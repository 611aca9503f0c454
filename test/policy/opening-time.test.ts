import { describe, expect, it } from 'vitest'
import { opensIn } from '../../src/policy/opening-time.ts'

const weekdays = [1, 2, 3, 4, 5]
const office = { days: weekdays, from: 8 * 60, to: 17 * 60, timeZone: 'Europe/Berlin' }

/** When it opens, as a UTC time. */
const opens = (openOn: Parameters<typeof opensIn>[0], now: string): string =>
  new Date(Date.parse(now) + opensIn(openOn, Date.parse(now))).toISOString()

describe('when issues may be opened', () => {
  it.each<[string, Parameters<typeof opensIn>[0], string, string]>([
    ['at any time without a setting', undefined, '2026-11-22T03:00:30.500Z', '2026-11-22T03:00:30.500Z'],
    ['at once within its hours', office, '2026-11-23T07:00:00.000Z', '2026-11-23T07:00:00.000Z'],
    ['until its last minute', office, '2026-11-23T15:59:59.000Z', '2026-11-23T15:59:59.000Z'],
    ['not from then on', office, '2026-11-23T16:00:00.000Z', '2026-11-24T07:00:00.000Z'],
    ['not before the first', office, '2026-11-23T06:59:01.000Z', '2026-11-23T07:00:00.000Z'],
    ['on Monday, from a Friday evening', office, '2026-11-20T20:13:07.000Z', '2026-11-23T07:00:00.000Z'],
    ['on Monday, from a Sunday', office, '2026-11-22T12:00:00.000Z', '2026-11-23T07:00:00.000Z'],
    // Clocks go forward on 28 March 2027 at 01:00 UTC, and back on 25 October 2026.
    ['over the begin of summer time', office, '2027-03-26T20:00:00.000Z', '2027-03-29T06:00:00.000Z'],
    ['over its end', office, '2026-10-23T20:00:00.000Z', '2026-10-26T07:00:00.000Z'],
    [
      'in an hour that the change of clocks leaves out: as soon as it is over',
      { days: [7], from: 2 * 60 + 15, to: 4 * 60, timeZone: 'Europe/Berlin' },
      '2027-03-27T23:30:00.000Z',
      '2027-03-28T01:15:00.000Z',
    ],
    [
      'on one day a week, round the clock',
      { days: [3], from: 0, to: 24 * 60, timeZone: 'UTC' },
      '2026-11-26T00:00:00.000Z',
      '2026-12-02T00:00:00.000Z',
    ],
    [
      'half an hour beside the others',
      { days: weekdays, from: 9 * 60, to: 10 * 60, timeZone: 'Asia/Kolkata' },
      '2026-11-23T00:00:00.000Z',
      '2026-11-23T03:30:00.000Z',
    ],
    [
      'across the date line',
      { days: [1], from: 0, to: 60, timeZone: 'Pacific/Kiritimati' },
      '2026-11-22T08:00:00.000Z',
      '2026-11-22T10:00:00.000Z',
    ],
  ])('%s', (_, openOn, now, expected) => {
    expect(opens(openOn, now)).toBe(expected)
  })
})
