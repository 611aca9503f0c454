import { describe, expect, it } from 'vitest'
import type { Waiver } from '../../src/policy/policy.ts'
import { consideredWaivers, endsSoon, firstDay, waiverFor } from '../../src/policy/waivers.ts'

const waiver = (odd: Partial<Waiver> = {}): Waiver => ({
  repository: 'legacy-*',
  control: 'techdocs',
  until: '2027-03-31',
  reason: 'Switched off in March',
  approvedBy: '@acme/security',
  source: { path: 'golden-path.yml', line: 9 },
  ...odd,
})

const standing = (day: string, odd: Partial<Waiver> = {}, maxWaiverDays?: number, name = 'legacy-api') =>
  consideredWaivers(
    { waivers: [waiver(odd)], ...(maxWaiverDays ? { maxWaiverDays } : {}) },
    'techdocs',
    name,
    day,
  ).map(each => `${each.standing} ${each.daysLeft}`)

describe('a waiver', () => {
  it.each([
    ['holds long before its end', '2026-01-01', {}, undefined, 'holds 455'],
    ['holds on its last day', '2027-03-31', {}, undefined, 'holds 1'],
    ['has ended on the next', '2027-04-01', {}, undefined, 'ended 0'],
    [
      'has not begun on the day before its first',
      '2026-12-31',
      { from: '2027-01-01' },
      undefined,
      'not-begun 0',
    ],
    ['holds on its first day', '2027-01-01', { from: '2027-01-01' }, undefined, 'holds 90'],
    ['of more than max-waiver holds on its last days', '2027-01-01', {}, 90, 'holds 90'],
    ['and not on the day before them', '2026-12-31', {}, 90, 'too-early 0'],
    ['of one day at most holds on that day', '2027-03-31', {}, 1, 'holds 1'],
    ['of one day at most does not hold before', '2027-03-30', {}, 1, 'too-early 0'],
    ['counts the days of a leap year', '2028-02-28', { until: '2028-03-01' }, undefined, 'holds 3'],
  ])('%s', (_, day, odd, max, expected) => {
    expect(standing(day, odd, max)).toEqual([expected])
  })

  it('is for whom its glob names, whatever the case', () => {
    expect(standing('2027-01-01', {}, undefined, 'Legacy-API')).toEqual(['holds 90'])
    expect(standing('2027-01-01', {}, undefined, 'api')).toEqual(['elsewhere 0'])
  })

  it('begins where it says, or where max-waiver lets it, whichever is later', () => {
    expect(firstDay(waiver(), undefined)).toBeUndefined()
    expect(firstDay(waiver({ from: '2027-02-01' }), 90)).toBe('2027-02-01')
    expect(firstDay(waiver({ from: '2026-02-01' }), 90)).toBe('2027-01-01')
  })

  it('is found among hundreds for thousands of repositories in no time', () => {
    const waivers = Array.from({ length: 300 }, (_, index) => waiver({ repository: `team-${index}-*` }))
    const policy = { waivers, maxWaiverDays: 900 }
    const before = process.threadCpuUsage()
    const excused = Array.from({ length: 2_000 }, (_, index) =>
      waiverFor(policy, 'techdocs', `team-${index}-api`, '2027-01-01'),
    ).filter(found => found !== undefined)
    const { user } = process.threadCpuUsage(before)
    expect(excused.length).toBe(300)
    // It takes 0.1 s; with a glob and two dates worked out for each question it took 3.
    expect(user / 1_000).toBeLessThan(1_000)
  })

  it('is near its end from two weeks before it', () => {
    expect(endsSoon(waiver(), '2027-03-16')).toBe(false)
    expect(endsSoon(waiver(), '2027-03-17')).toBe(true)
  })

  it('of several, the longest that holds is told', () => {
    const waivers = [
      waiver({ until: '2027-01-31' }),
      waiver({ until: '2027-03-31', from: '2027-02-01' }),
      waiver({ until: '2027-02-28', control: 'owner-exists' }),
    ]
    expect(waiverFor({ waivers }, 'techdocs', 'legacy-api', '2027-01-01')?.until).toBe('2027-01-31')
    expect(waiverFor({ waivers }, 'techdocs', 'legacy-api', '2027-02-01')?.until).toBe('2027-03-31')
    expect(waiverFor({ waivers }, 'techdocs', 'legacy-api', '2027-04-01')).toBeUndefined()
  })
})
