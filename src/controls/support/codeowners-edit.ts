import type { Codeowners } from '../../snapshot/files/codeowners.ts'
import { file, type Snapshot } from '../../snapshot/snapshot.ts'

/** An owner on a line of CODEOWNERS, and what is to stand there; nothing at all when absent. */
export interface OwnerChange {
  /** Counted from 1, as is the column. */
  line: number
  column: number
  from: string
  to?: string
}

export const newCodeowners = '.github/CODEOWNERS'

export const codeownersText = (snapshot: Snapshot, { path }: Codeowners): string | undefined => {
  const fact = file(snapshot, path)
  return fact.known && fact.value.exists ? fact.value.text : undefined
}

/** The text with owners changed, everything else of each line as it is; `undefined` where one is not where it should be. */
export const withOwners = (text: string, changes: readonly OwnerChange[]): string | undefined => {
  const lines = text.split('\n')
  for (const { line, column, from, to } of changes.toSorted((a, b) => b.column - a.column)) {
    const before = lines[line - 1] ?? ''
    // A byte order mark takes no column.
    const at = column - 1 + (line === 1 && before.startsWith('\ufeff') ? 1 : 0)
    if (before.slice(at, at + from.length) !== from) return undefined
    const kept = to === undefined ? before.slice(0, at).trimEnd() : before.slice(0, at) + to
    lines[line - 1] = kept + before.slice(at + from.length)
  }
  return lines.join('\n')
}

/**
 * The text with a rule before all others, so that whoever owned something by a later rule still does. It stands above the comment
 * that the first rule begins with, below a heading of the file.
 */
export const withFirstRule = (text: string, rule: string): string => {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = text.split('\n')
  const isRule = (line: string): boolean => !/^\ufeff?\s*(?:#|$)/.test(line)
  const first = lines.findIndex(isRule)
  if (first === -1) {
    const gap = text === '' || text.endsWith('\n') ? '' : end
    return `${text}${gap}${rule}${text.endsWith('\n') || text === '' ? end : ''}`
  }
  const blank = lines.slice(0, first).findLastIndex(line => line.trim() === '')
  // Without a blank line nobody can tell a heading from a comment on the rule.
  const at = blank + 1
  const mark = at === 0 && text.startsWith('\ufeff') ? '\ufeff' : ''
  const rest = lines.slice(at).join('\n')
  const above = at === 0 ? '' : `${lines.slice(0, at).join('\n')}\n`
  return `${above}${mark}${rule}${end}${mark ? rest.slice(1) : rest}`
}
