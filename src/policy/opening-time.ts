import type { IssueSettings } from './policy.ts'

const minute = 60_000
const day = 24 * 60

/** Milliseconds until an issue may be opened; 0 when it may be now. `now` in milliseconds since 1970. */
export function opensIn(openOn: IssueSettings['openOn'], now: number): number {
  if (!openOn) return 0
  const clock = clockIn(openOn.timeZone)
  let at = now
  // Each round goes on to the next begin or midnight. A night in which the clocks change costs one round more.
  for (let round = 0; round < 30; round++) {
    const local = clock(at)
    if (openOn.days.includes(local.day) && local.minutes < openOn.to) {
      if (local.minutes >= openOn.from) return at - now
      at += (openOn.from - local.minutes) * minute
    } else at += (day - local.minutes) * minute
    at -= at % minute
  }
  return at - now
}

/** The day of the week, Monday being 1, and the minutes since midnight, as a clock in that zone shows them. */
function clockIn(timeZone: string): (at: number) => { day: number; minutes: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return at => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return {
      day: weekdays.indexOf(parts.get('weekday') ?? '') + 1,
      minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    }
  }
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
