const day = 86_400_000

/**
 * Whole days from an ISO 8601 time to the day that is judged for; 0 on the day itself and before it. `undefined` where the
 * text is no time: then nothing can be said of its age.
 */
export const ageInDays = (since: string, today: string): number | undefined => {
  const days = (Date.parse(today) - Date.parse(since.slice(0, 10))) / day
  return Number.isFinite(days) ? Math.max(0, Math.round(days)) : undefined
}

/** The ISO date so many days after a time that `ageInDays` can read. */
export const dayAfter = (since: string, count: number): string =>
  new Date(Date.parse(since.slice(0, 10)) + count * day).toISOString().slice(0, 10)

/** `1 day`, `45 days` */
export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)
