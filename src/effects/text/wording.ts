import { dayInWords } from '../../policy/days.ts'

/** How numbers, dates, commits and lists read, so that every text reads the same. */

export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${amount.toLocaleString('en-US')} ${amount === 1 ? one : many}`

/** `15 January 2027`; a text that is no ISO date comes back as it is. */
export const longDate: (date: string) => string = dayInWords

export const shortSha = (sha: string): string => (/^[0-9a-f]{40}$/.test(sha) ? sha.slice(0, 7) : sha)

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** The first sentence and what follows it. A full stop inside `a.b` or `v1.2` ends nothing. */
export function splitSentence(text: string): { first: string; rest: string } {
  const end = /[.!?](?=\s)/.exec(text)
  return end
    ? { first: text.slice(0, end.index + 1), rest: text.slice(end.index + 1).trim() }
    : { first: text, rest: '' }
}

const acronyms = new Set(['pci', 'dss', 'soc', 'ssdf', 'osps', 'nist', 'iso', 'csf', 'hipaa', 'gdpr', 'cis'])

/** `pci-dss-4.0.1` reads `PCI DSS 4.0.1`. */
export const frameworkName = (id: string): string =>
  id
    .split('-')
    .map(part =>
      part === 'soc2'
        ? 'SOC 2'
        : acronyms.has(part)
          ? part.toUpperCase()
          : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join(' ')
