import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document as YamlDocument,
} from 'yaml'
import { withoutStacks } from '../snapshot/without-stacks.ts'
import { aliasProblem, countNodes } from '../snapshot/yaml-nodes.ts'
import { withTimeLimit } from './time-limit.ts'
import { allTokens, type TokensLeft, takeTokens } from './yaml-size.ts'

/** A repository's file as data, for the organisation's own conditions. */
export type ReadDocument =
  | {
      ok: true
      docs: unknown[]
      lineOf: (path: readonly (string | number)[]) => { line: number; column: number }
    }
  /** The file's own fault, as a sentence without its path. */
  | { ok: false; message: string; line: number; column: number }

// The yaml package reads about 0.6 MiB a second and some hostile text far slower, hence bounds on what is read; the
// limit of time is the last resort. Beyond any of them it is the repository's own doing and fails, or a huge file
// would be a way around a control.
const longestYaml = 262_144
const shortYaml = 8_192
const readingMilliseconds = 5_000

export const isData = (path: string): boolean => /\.(ya?ml|json)$/i.test(path)

/** What the files of one repository may take together: 100 of them, each as slow as one may be, would take a minute. */
export interface Reading {
  left: TokensLeft
  /** For the lines in JSON files, which are looked up while the time of the conditions runs. */
  forLines: TokensLeft
}

const tokensForLines = 5_000

export const startReading = (): Reading => ({ left: allTokens(), forLines: { tokens: tokensForLines } })

/** Reads YAML or JSON by the path's extension; anything else has no documents. Never throws, bounded in time. */
export const readDocument = (path: string, text: string, reading = startReading()): ReadDocument => {
  if (!isData(path)) return { ok: true, docs: [], lineOf: () => first }
  if (/\.json$/i.test(path)) {
    // JSON.parse is a hundred times faster; only what it refuses, as comments, is left to the YAML reader.
    const value = parseJson(text)
    if (value !== undefined)
      return { ok: true, docs: [integers(value)], lineOf: lazily(text, reading.forLines) }
  }
  if (text.length > longestYaml) {
    return mistake(`has ${text.length} characters, more than the 256 KiB that a condition reads`)
  }
  const isFirst = reading.left.tokens === allTokens().tokens
  if (!takeTokens(text, reading.left))
    return mistake(
      isFirst
        ? 'has more than 120,000 keys, values and brackets'
        : 'is not read: the files that conditions look at have more than 120,000 keys, values and brackets together',
    )
  try {
    // Too little to take long; the watchdog would cost more than the reading.
    if (text.length < shortYaml) return parseYaml(text)
    const read = withTimeLimit(readingMilliseconds, () => parseYaml(text))
    return read.ended ? read.value : mistake('takes longer than 5 s to read as YAML')
  } catch (error) {
    const aliases = error instanceof ReferenceError
    return mistake(aliases ? 'has aliases that multiply beyond reason' : 'is nested too deep to be read')
  }
}

const first = { line: 1, column: 1 }
const mistake = (message: string, at = first): ReadDocument => ({ ok: false, message, ...at })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const parseYaml = (text: string): ReadDocument => {
  const lines = new LineCounter()
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return line === 0 ? first : { line, column: col }
  }
  // prettyErrors and uniqueKeys are quadratic in hostile text; the last of two equal keys holds, as in JSON.
  const parsed = withoutStacks(() =>
    parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true }),
  )
  const documents = Array.isArray(parsed) ? parsed : []
  for (const document of documents) {
    const [error] = document.errors
    if (error) return mistake(`is not valid YAML: ${error.message.slice(0, 200)}`, position(error.pos[0]))
    const tooMany = aliasProblem(countNodes(document.contents))
    if (tooMany) return mistake(tooMany)
  }
  const [document] = documents
  return {
    ok: true,
    docs: documents.map(each => integers(each.toJS({ maxAliasCount: 100 }))),
    lineOf: path => (document ? position(offsetOf(document, path)) : first),
  }
}

/** The line in a JSON file, asked only for a finding. */
const lazily =
  (
    text: string,
    left: TokensLeft,
  ): ((path: readonly (string | number)[]) => { line: number; column: number }) =>
  path => {
    if (!takeTokens(text, left)) return first
    try {
      const read = withTimeLimit(readingMilliseconds, () => parseYaml(text))
      return read.ended && read.value.ok ? read.value.lineOf(path) : first
    } catch {
      return first
    }
  }

/** The value at `path`, or the key of the nearest parent that is there. */
const offsetOf = (document: YamlDocument, path: readonly (string | number)[]): number => {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const last = index === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!pair || !isScalar(pair.key)) return offset
      offset =
        (last && isScalar(pair.value) ? pair.value.range?.[0] : undefined) ?? pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)]
      if (!(isScalar(item) || isMap(item) || isSeq(item))) return offset
      offset = item.range?.[0] ?? offset
      node = item
    } else return offset
  }
  return offset
}

/** CEL knows int (a bigint here) and double; a whole number in a file is an int, in place. */
const integers = (root: unknown): unknown => {
  if (typeof root === 'number') return integer(root)
  const open: unknown[] = [root]
  const seen = new Set<unknown>()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    const members = next as Record<string, unknown>
    for (const [key, value] of Object.entries(members)) {
      if (typeof value === 'number') members[key] = integer(value)
      else if (typeof value === 'object' && value !== null) open.push(value)
    }
  }
  return root
}

const integer = (value: number): number | bigint => (Number.isSafeInteger(value) ? BigInt(value) : value)
