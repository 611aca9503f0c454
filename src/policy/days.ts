/** Days are ISO dates, `2026-11-22`, in UTC: they compare as text. */

const millisecondsADay = 86_400_000

export const shiftDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * millisecondsADay).toISOString().slice(0, 10)

/** How many days `to` lies after `from`; negative when before. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / millisecondsADay)

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
