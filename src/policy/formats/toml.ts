import { parse, TomlError } from 'smol-toml'
import { inCelTypes } from '../cel-value.ts'
import { type Position, start } from './positions.ts'

export type ReadToml =
  | { ok: true; doc: unknown; lineOf: (path: readonly (string | number)[]) => Position }
  | { ok: false; message: string; position: Position }

// Each level is a call of the parser's; nobody nests brackets deeper.
const deepest = 100

export const readToml = (text: string): ReadToml => {
  try {
    const doc = inCelTypes(parse(text, { integersAsBigInt: 'asNeeded', maxDepth: deepest }))
    return { ok: true, doc, lineOf: path => lineOf(text, path) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'it breaks off'
    return {
      ok: false,
      message: `is not valid TOML: ${reason.slice(0, 200)}`,
      position: { line: error.line, column: error.column },
    }
  }
}

/** The parser keeps no places: the line that holds the last key under its table's header, as far as that can be seen. */
const lineOf = (text: string, path: readonly (string | number)[]): Position => {
  const wanted = path.filter(step => typeof step === 'string')
  let best = start
  let bestDepth = 0
  let table: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\[?([^\]]+)\]/.exec(line)
    const key = header ? undefined : /^\s*([\w."'-][^=]{0,200}?)\s*=/.exec(line)
    if (header) table = keysIn(header[1] ?? '')
    const here = header ? table : key ? [...table, ...keysIn(key[1] ?? '')] : []
    const depth = here.length
    if (depth > bestDepth && depth <= wanted.length && here.every((part, at) => part === wanted[at])) {
      bestDepth = depth
      best = { line: index + 1, column: line.length - line.trimStart().length + 1 }
    }
  }
  return best
}

const keysIn = (written: string): string[] =>
  (written.match(/"[^"]*"|'[^']*'|[^.\s]+/g) ?? []).map(part => part.replace(/^["']|["']$/g, ''))
