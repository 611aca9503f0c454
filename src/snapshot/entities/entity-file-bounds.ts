import { Lexer } from 'yaml'
import type { EntityError, Location } from '../snapshot.ts'

/** Bytes and characters alike: a catalogue file of 1 MiB holds about 3,000 entities. */
export const largestFile = 1 << 20

/**
 * The parser takes 2 to 14 s for 1 MiB of brackets or short keys, and up to 1 s for this many tokens. A file of plain
 * entities holds one token for every 4 characters, and some 60 for each entity. Beyond a bound the file is refused,
 * whatever Backstage would say: otherwise a file too large to judge would be a way around an enforced control.
 */
const mostTokens = 120_000

/** Judging one takes up to 1 ms. */
export const mostDocuments = 1_000

/** Location targets that are globs; each is compared with every path of the repository. */
export const mostGlobs = 20

/**
 * What may still be judged of one repository. Its files share what one file may have: 200 of them, each as slow as is
 * allowed, would take minutes.
 */
export interface Allowance {
  tokens: number
  documents: number
}

export const fullAllowance = (): Allowance => ({
  tokens: mostTokens,
  documents: mostDocuments,
})

/** Takes what the text holds from the allowance; answers where in the text it is used up. */
export const takeTokens = (text: string, allowance: Allowance): number | undefined => {
  let offset = 0
  for (const token of allowance.tokens > 0 ? new Lexer().lex(text) : []) {
    offset += token.length
    allowance.tokens -= 1
    if (allowance.tokens === 0) break
  }
  return allowance.tokens > 0 ? undefined : Math.min(offset, text.length)
}

/** What makes a file refused before it is parsed. */
export const refusal = (path: string, text: string, allowance: Allowance): EntityError | undefined => {
  const at = (offset: number): Location => ({
    path,
    line: text.slice(0, offset).split('\n').length,
    column: offset - text.lastIndexOf('\n', offset - 1),
  })
  if (text.length > largestFile) {
    const message = `The file is ${(text.length / largestFile).toFixed(1)} MiB. Expected at most 1 MiB; split it, and name the parts in a Location`
    return { message, location: { path, line: 1, column: 1 } }
  }
  const nul = text.indexOf('\0')
  if (nul !== -1)
    return {
      message: 'The file holds a NUL byte, which YAML does not allow. Save it as UTF-8 text',
      location: at(nul),
    }
  const isFirst = allowance.tokens === mostTokens
  const usedUp = takeTokens(text, allowance)
  if (usedUp === undefined) return undefined
  const many = `more than ${mostTokens.toLocaleString('en')} keys, values and brackets`
  const message = isFirst
    ? `The file is too intricate: ${many}. Expected entities, which hold some 60 each`
    : `The catalogue files are too intricate: up to here they hold ${many} together, and no more is read. Expected entities, which hold some 60 each`
  return { message, location: at(usedUp) }
}
