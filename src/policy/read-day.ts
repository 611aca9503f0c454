const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/**
 * A day as people write it, as an ISO date: `2027-03-31`, `31 March 2027`, `March 31, 2027`, months by three letters or more.
 * `undefined` for anything else: `3/4/2027` is another day on either side of the ocean.
 */
export const readDay = (text: string): string | undefined => {
  const words = text
    .slice(0, 40)
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
  const [first = '', second = '', third = ''] = words
  if (words.length === 1) {
    const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(first) ?? []
    return dayOf(Number(year), Number(month), Number(day))
  }
  if (words.length !== 3 || !/^\d{4}$/.test(third)) return undefined
  const [day, month] = /^\d/.test(first) ? [first, second] : [second, first]
  if (!/^\d{1,2}(?:st|nd|rd|th)?$/.test(day)) return undefined
  return dayOf(Number(third), monthOf(month), Number.parseInt(day, 10))
}

/** From 1; 0 for what is none. */
const monthOf = (name: string): number =>
  name.length < 3 ? 0 : months.findIndex(month => month.startsWith(name.replace(/\.$/, ''))) + 1

/** There is no 30 February. */
const dayOf = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(Date.UTC(year, month - 1, day))
  const isThatDay =
    year >= 1000 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  return isThatDay ? date.toISOString().slice(0, 10) : undefined
}
