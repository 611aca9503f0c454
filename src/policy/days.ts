/** Days are ISO dates, `2026-11-22`, in UTC: they compare as text. */

const millisecondsADay = 86_400_000

export const shiftDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * millisecondsADay).toISOString().slice(0, 10)

/** How many days `to` lies after `from`; negative when before. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / millisecondsADay)

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `15 January 2027`; a text that is no ISO date comes back as it is. */
export function dayInWords(date: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(date) ?? []
  const name = months[Number(month) - 1]
  return year && day && name ? `${Number(day)} ${name} ${year}` : date
}
