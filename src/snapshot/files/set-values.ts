import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { fullAllowance, takeTokens } from '../entities/entity-file-bounds.ts'
import { aliasProblem, countNodes } from '../entities/yaml-nodes.ts'
import { withoutStacks } from '../without-stacks.ts'

/** A value by the keys that lead to it; of a list's item by its number, counted from 0. */
export interface Setting {
  path: readonly string[]
  value: unknown
}

/** Of longer texts a person takes care. */
const longestText = 65_536

/**
 * The text of a YAML or JSON file with values set in one document, all else left as it is to the letter: comments,
 * order, quotes, line ends. The characters of a value are replaced, or lines added; writing the whole document anew would
 * change every line that its author wrote in another style. `undefined` where that can't be done surely.
 *
 * @param document counted from 0, empty ones too
 */
export const setValues = (
  text: string,
  settings: readonly Setting[],
  isJson: boolean,
  document = 0,
): string | undefined => {
  if (text.length > longestText || takeTokens(text, fullAllowance()) !== undefined) return undefined
  try {
    return withoutStacks(() => settled(text, settings, isJson, document))
  } catch {
    // Nested too deep, or aliases without end: nothing that a tool should write into.
    return undefined
  }
}

const settled = (
  text: string,
  settings: readonly Setting[],
  isJson: boolean,
  document: number,
): string | undefined => {
  let changed = text
  for (const setting of settings) {
    const documents = documentsOf(changed)
    const next = documents && withSetting(changed, documents[document], setting, isJson)
    if (next === undefined) return undefined
    changed = next
  }
  return isAsMeant(text, changed, settings, isJson, document) ? changed : undefined
}

export const documentsOf = (text: string): Document[] | undefined => {
  const parsed = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false })
  const documents = Array.isArray(parsed) ? [...parsed] : []
  const isSound = documents.every(
    document => document.errors.length === 0 && !aliasProblem(countNodes(document.contents)),
  )
  return isSound ? documents : undefined
}

/** The proof of the splicing: read again, the file holds what it held, and what was to be set. */
const isAsMeant = (
  before: string,
  after: string,
  settings: readonly Setting[],
  isJson: boolean,
  document: number,
): boolean => {
  const [wanted, made] = [valuesOf(before, isJson), valuesOf(after, isJson)]
  if (!wanted || !made) return false
  for (const { path, value } of settings) wanted[document] = withValue(wanted[document], path, value)
  return JSON.stringify(wanted) === JSON.stringify(made)
}

const valuesOf = (text: string, isJson: boolean): unknown[] | undefined => {
  if (isJson && text.trim() !== '') {
    const value = parseJson(text)
    if (value !== undefined) return [value]
  }
  return documentsOf(text)?.map(document => document.toJS({ maxAliasCount: 100 }) as unknown)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** At the same place as before, or at the end: so the comparison holds the order of keys, too. */
const withValue = (root: unknown, path: readonly string[], value: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(root))
    return Number(key) < root.length
      ? root.with(Number(key), withValue(root[Number(key)], rest, value))
      : root
  const members =
    typeof root === 'object' && root !== null && !Array.isArray(root) ? Object.entries(root) : []
  const at = members.findIndex(([name]) => name === key)
  const entry: [string, unknown] = [key, withValue(members[at]?.[1], rest, value)]
  return Object.fromEntries(at === -1 ? [...members, entry] : members.with(at, entry))
}

const withSetting = (
  text: string,
  document: Document | undefined,
  { path, value }: Setting,
  isJson: boolean,
): string | undefined => {
  let node: unknown = document?.contents ?? undefined
  if (node === undefined || (isScalar(node) && node.value === null && node.source === ''))
    return isJson ? undefined : withLines(text, text.length, blockLines('', path, value))
  for (const [index, key] of path.entries()) {
    if (isSeq(node)) {
      const item: unknown = node.items[Number(key)]
      if (index === path.length - 1) return isScalar(item) ? withScalar(text, item, value, isJson) : undefined
      node = item
      continue
    }
    if (!isMap(node)) return undefined
    const pair = pairOf(node, key)
    if (!pair) return withMember(text, node, path.slice(index), value, isJson)
    if (index === path.length - 1) return withReplaced(text, pair, value, isJson)
    node = pair.value
  }
  return undefined
}

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
  // Of equal keys the last holds.
  map.items.findLast(pair => isScalar(pair.key) && String(pair.key.value) === key)

const withReplaced = (text: string, pair: Pair, value: unknown, isJson: boolean): string | undefined => {
  const node = pair.value
  const keyEnd = isScalar(pair.key) ? pair.key.range?.[1] : undefined
  // Nothing but a comment: the value goes before it.
  if (
    keyEnd !== undefined &&
    isScalar(node) &&
    node.value === null &&
    !node.source &&
    !node.anchor &&
    !node.tag
  )
    return /^\s*:/.test(text.slice(keyEnd, keyEnd + 100))
      ? withText(text, text.indexOf(':', keyEnd) + 1, ` ${inStyleOf(node, value, isJson)}`)
      : undefined
  return isScalar(node) || isCollection(node) ? withScalar(text, node, value, isJson) : undefined
}

const withText = (text: string, at: number, added: string): string =>
  text.slice(0, at) + added + text.slice(at)

const withScalar = (
  text: string,
  node: Scalar | YAMLMap | YAMLSeq,
  value: unknown,
  isJson: boolean,
): string | undefined => {
  if (!(isScalar(node) || isCollection(node)) || !node.range || node.anchor || node.tag) return undefined
  // A block has lines of its own, of which nobody knows which are meant.
  const isBlock = isCollection(node)
    ? !node.flow
    : node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL
  const [begin, end] = node.range
  if (isBlock) return undefined
  return text.slice(0, begin) + inStyleOf(node, value, isJson) + text.slice(end)
}

/** Text keeps the quotes that its author gave it. */
const inStyleOf = (node: Scalar | YAMLMap | YAMLSeq, value: unknown, isJson: boolean): string => {
  if (isJson || !isScalar(node) || typeof value !== 'string') return written(value, isJson || !isScalar(node))
  if (node.type === Scalar.QUOTE_DOUBLE) return JSON.stringify(value)
  if (node.type === Scalar.QUOTE_SINGLE && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  return written(value, false)
}

/** Adds what is left of the path to a mapping that is there. */
const withMember = (
  text: string,
  map: YAMLMap,
  path: readonly string[],
  value: unknown,
  isJson: boolean,
): string | undefined => {
  const [first] = map.items
  const last = map.items.at(-1)
  const firstAt = first && isScalar(first.key) ? first.key.range?.[0] : undefined
  const end = last ? endOf(last) : undefined
  if (map.flow) return withFlowMember(text, map, path, value, isJson, firstAt, end)
  if (firstAt === undefined || end === undefined) return undefined
  const lineStart = text.lastIndexOf('\n', firstAt - 1) + 1
  const before = text.slice(lineStart, firstAt)
  if (!/^[ -]*$/.test(before)) return undefined
  return withLines(text, end, blockLines(' '.repeat(before.length), path, value))
}

const withFlowMember = (
  text: string,
  map: YAMLMap,
  path: readonly string[],
  value: unknown,
  isJson: boolean,
  firstAt: number | undefined,
  end: number | undefined,
): string | undefined => {
  const member = `${writtenKey(path[0] ?? '', isJson)}: ${nested(path.slice(1), value, isJson)}`
  if (firstAt === undefined || end === undefined) {
    const [begin, close] = map.range ?? []
    return begin === undefined || close === undefined || map.items.length > 0
      ? undefined
      : `${text.slice(0, begin)}{ ${member} }${text.slice(close)}`
  }
  const lineStart = text.lastIndexOf('\n', firstAt - 1) + 1
  const before = text.slice(lineStart, firstAt)
  // Each member on a line of its own: so is the new one.
  const between = lineStart > 0 && before.trim() === '' ? `${lineEnd(text)}${before}` : ' '
  return `${text.slice(0, end)},${between}${member}${text.slice(end)}`
}

/** Where the last character of a pair stands, without what follows it. */
const endOf = ({ key, value }: Pair): number | undefined => {
  if (isCollection(value) && !value.flow) {
    const last = value.items.at(-1)
    if (isMap(value) && last) return endOf(last as Pair)
    return value.range?.[1]
  }
  if (isScalar(value) || isCollection(value)) return value.range?.[1]
  return isScalar(key) ? key.range?.[1] : undefined
}

const blockLines = (indentation: string, path: readonly string[], value: unknown): string[] =>
  path.map((key, index) => {
    const isLast = index === path.length - 1
    const indented = indentation + '  '.repeat(index)
    return `${indented}${writtenKey(key, false)}:${isLast ? ` ${written(value, false)}` : ''}`
  })

/** New lines after the line on which `offset` stands, and after a comment at its end. */
const withLines = (text: string, offset: number, lines: readonly string[]): string => {
  const end = lineEnd(text)
  const content = text.slice(0, offset).trimEnd().length
  const next = text.indexOf('\n', content)
  const added = lines.map(line => line + end).join('')
  if (next !== -1) return text.slice(0, next + 1) + added + text.slice(next + 1)
  return text.trim() === '' ? text + added : `${text}${end}${added}`
}

const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const nested = (path: readonly string[], value: unknown, isJson: boolean): string => {
  const [key, ...rest] = path
  return key === undefined
    ? written(value, true)
    : `{ ${writtenKey(key, isJson)}: ${nested(rest, value, isJson)} }`
}

const writtenKey = (key: string, isJson: boolean): string =>
  isJson || !/^[A-Za-z_][\w./-]*$/.test(key) ? JSON.stringify(key) : key

/** On one line. JSON is YAML in flow style, so what is no plain word is written as that. */
const written = (value: unknown, isFlow: boolean): string => {
  if (isFlow || typeof value !== 'string') return JSON.stringify(value)
  const plain = stringify(value, { lineWidth: 0 }).trimEnd()
  return plain.includes('\n') ? JSON.stringify(value) : plain
}
