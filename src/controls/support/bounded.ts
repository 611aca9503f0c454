import type { Finding } from '../control.ts'

/**
 * GitHub takes 50 annotations a request: 10,000 broken lines would be 200 requests, and nobody reads the second hundred.
 */
export const mostFindings = 100

/** The first hundred; the last of them says how many more there are. */
export const bounded = (findings: readonly Finding[]): Finding[] => {
  const next = findings[mostFindings - 1]
  if (findings.length <= mostFindings || !next) return [...findings]
  const left = findings.length - mostFindings + 1
  return [
    ...findings.slice(0, mostFindings - 1),
    {
      message: `${left.toLocaleString('en')}${follow}`,
      ...(next.location ? { location: next.location } : {}),
      next: 'Fix those above first',
    },
  ]
}

const follow = ' more findings like these follow from here on.'

/** How many a list does not name, when it was cut and this is the last of it. */
export const leftOut = (last: Finding | undefined): number | undefined => {
  const [, amount] = /^(\d[\d,]{0,15}) /.exec(last?.message ?? '') ?? []
  return amount !== undefined && last?.message === amount + follow
    ? Number(amount.replaceAll(',', ''))
    : undefined
}
