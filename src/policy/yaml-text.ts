import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { aliasProblem, countNodes } from '../snapshot/entities/yaml-nodes.ts'
import { withoutStacks } from '../snapshot/without-stacks.ts'
import { withTimeLimit } from './time-limit.ts'
import { allTokens, type TokensLeft, takeTokens } from './yaml-size.ts'

/** 1-based. */
export interface Position {
  line: number
  column: number
}

export interface YamlProblem extends Position {
  message: string
}

export interface YamlText {
  value: unknown
  /** Where the value at `path` begins, or the key that leads to it; the nearest parent's where there is none. */
  locate: (path: readonly PropertyKey[], what?: 'key' | 'value') => Position
  /** Where the character at `offset` within the scalar at `path` stands, as far as that can be told. */
  locateWithin: (path: readonly PropertyKey[], offset: number) => Position
  /** A scalar as it was written: `10.10`, which is read as 10.1. */
  written: (path: readonly PropertyKey[]) => string | undefined
}

export type ReadYaml = { ok: true; yaml: YamlText } | { ok: false; problems: [YamlProblem, ...YamlProblem[]] }

const mostBytes = 1_048_576
const mostProblems = 20
// The last resort, for what is few tokens and yet slow; what people write takes under 0.3 s.
const readingMilliseconds = 3_000
const deepest = 100

const start: Position = { line: 1, column: 1 }
const problem = (message: string, position: Position = start): ReadYaml => ({
  ok: false,
  problems: [{ message, ...position }],
})

/**
 * Reads one YAML document with the position of everything in it. Never throws, never takes longer than 3 s.
 * @param left what the files of one policy may still hold
 */
export const readYaml = (text: string, left: TokensLeft = allTokens()): ReadYaml => {
  // Counted in UTF-16 units: never more than the bytes, and no walk through a 20 MB string.
  if (text.length > mostBytes) {
    return problem(
      `The file has ${text.length} characters. Expected at most 1 MiB; split it into golden-path/*.yml.`,
    )
  }
  const nul = text.indexOf('\0')
  if (nul !== -1) return problem('A NUL byte stands here. Expected plain text.', positionAt(text, nul))
  const isFirst = left.tokens === allTokens().tokens
  if (!takeTokens(text, left)) {
    return problem(
      isFirst
        ? 'The file has more than 120,000 keys, values and brackets. Expected fewer.'
        : 'The policy’s files have more than 120,000 keys, values and brackets together. Expected fewer.',
    )
  }
  try {
    const read = withTimeLimit(readingMilliseconds, () => parse(text))
    return read.ended
      ? read.value
      : problem('Reading this as YAML takes longer than 3 s. Split it into golden-path/*.yml.')
  } catch (error) {
    if (error instanceof ReferenceError) {
      return problem('Its aliases (*name) multiply beyond reason. Write out what they stand for.')
    }
    return problem('It is nested too deep to be read. Expected the shape of docs/policy.md.')
  }
}

const parse = (text: string): ReadYaml => {
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return line === 0 ? start : { line, column: col }
  }
  // prettyErrors copies the line for each error: with one long line that is quadratic. uniqueKeys compares each
  // key with each other: also quadratic, so repeated keys are found below.
  const document = withoutStacks(() =>
    parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false }),
  )
  const found = firstOfEachLine(
    [...document.errors, ...document.warnings].map(error => ({
      message: yamlMessage(error.code, error.message),
      ...at(error.pos[0]),
    })),
  )
  const tooMany = aliasProblem(countNodes(document.contents))
  if (tooMany) found.push({ message: `It ${tooMany}. Write out what they stand for.`, ...start })
  if (found.length === 0) found.push(...structureProblems(document.contents, at))
  const [first, ...rest] = found
  if (first) return { ok: false, problems: [first, ...rest.slice(0, mostProblems - 1)] }

  const value: unknown = document.toJS({ maxAliasCount: 100 })
  const childrenOf = childIndex()
  const trail = (path: readonly PropertyKey[]) =>
    walk(document.contents, path, node => resolve(node, document), childrenOf)
  const locate: YamlText['locate'] = (path, what = 'value') => at(offsetOf(trail(path), path.length, what))
  const locateWithin: YamlText['locateWithin'] = (path, offset) => {
    const steps = trail(path)
    const node = steps.at(-1)?.value
    const begin = offsetOf(steps, path.length, 'value')
    if (!isScalar(node)) return at(begin)
    if (node.type === 'BLOCK_LITERAL') return withinBlock(text, String(node.value), begin, offset, at)
    // Where the text stands as it is (plain, or quoted without an escape) the offset holds; in folded text it doesn't.
    const written = String(node.value)
    const verbatim = text.indexOf(written, begin)
    const isHere = verbatim !== -1 && verbatim <= (node.range?.[1] ?? begin)
    return at(isHere ? verbatim + offset : begin)
  }
  const written: YamlText['written'] = path => {
    const steps = trail(path)
    const node = steps.at(-1)?.value
    return steps.length === path.length + 1 && isScalar(node) ? node.source : undefined
  }
  return { ok: true, yaml: { value, locate, locateWithin, written } }
}

/** One broken bracket makes the parser stumble a hundred times; the first on a line is the one to look at. */
const firstOfEachLine = (problems: YamlProblem[]): YamlProblem[] => {
  const lines = new Set<number>()
  return problems.filter(({ line }) => !lines.has(line) && lines.add(line))
}

/** In a `|` block the lines stand as they are, each indented alike, below the line of the `|`. */
const withinBlock = (
  text: string,
  value: string,
  begin: number,
  offset: number,
  at: (offset: number) => Position,
): Position => {
  const before = value.slice(0, offset).split('\n')
  const { line } = at(begin)
  const firstLine = text.slice(text.indexOf('\n', begin) + 1)
  const indentation = firstLine.length - firstLine.trimStart().length
  return { line: line + before.length, column: indentation + (before.at(-1)?.length ?? 0) + 1 }
}

const yamlMessage = (code: string, message: string): string => {
  if (message.includes('call stack')) return 'It is nested too deep to be read from here on.'
  if (code === 'MULTIPLE_DOCS')
    return 'A second document begins here. Expected one document a file; remove the ---.'
  if (code === 'TAG_RESOLVE_FAILED') return `${bounded(message)}. Expected plain YAML without tags.`
  return `Not valid YAML: ${bounded(message.replace(/\.$/, ''))}.${quotesHint(code, message)}`
}

/** What `@acme/security`, `*-api`, `{{ doc.x }} is wrong` and `PCI: audit` lack, and the parser doesn't say. */
const quotesHint = (code: string, message: string): string => {
  const isBegun =
    code === 'BAD_SCALAR_START' ||
    message.startsWith('Alias cannot be') ||
    message.startsWith('Unexpected scalar at node end')
  if (isBegun) return ' A text that begins like this belongs in quotes.'
  return message.startsWith('Nested mappings are not allowed in compact')
    ? ' A text with a colon and a space in it belongs in quotes.'
    : ''
}

const bounded = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

/** Keys that are never what they seem: one would vanish, the other be taken for a name. */
const noKeys: Readonly<Record<string, string>> = {
  ['__proto__']: '"__proto__" can\'t be a key. Expected another name.',
  '<<': 'Merge keys (<<) are not read. Write out what they stand for.',
}

/** What the yaml package would find only in quadratic time, or later without a place. */
const structureProblems = (contents: Node | null, at: (offset: number) => Position): YamlProblem[] => {
  const problems: YamlProblem[] = []
  const anchors = new Set<string>()
  visit(contents, {
    Node(_, node, parents) {
      if (parents.length > deepest * 2) throw new RangeError('nested too deep')
      if (isAlias(node) && !anchors.has(node.source)) {
        const message = `*${bounded(node.source)} names no &${bounded(node.source)} before it.`
        problems.push({ message, ...at(node.range?.[0] ?? 0) })
      }
      if (!isAlias(node) && node.anchor) anchors.add(node.anchor)
      if (!isMap(node)) return
      const seen = new Map<unknown, number>()
      for (const { key } of node.items) {
        if (!isScalar(key)) {
          const offset =
            (isAlias(key) || isMap(key) || isSeq(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0
          problems.push({ message: 'This key is no plain word. Expected a name.', ...at(offset) })
          continue
        }
        const offset = key.range?.[0] ?? 0
        if (Object.hasOwn(noKeys, String(key.value)))
          problems.push({ message: noKeys[String(key.value)] ?? '', ...at(offset) })
        const first = seen.get(String(key.value))
        if (first === undefined) seen.set(String(key.value), offset)
        else {
          const line = at(first).line
          problems.push({
            message: `"${bounded(String(key.value))}" is here twice; the first is on line ${line}.`,
            ...at(offset),
          })
        }
      }
    },
  })
  return problems
}

interface Step {
  key?: Node
  value?: Node
}

/** The pairs of each mapping by key, kept: a search for each of 10,000 problems or rules would be quadratic. */
const childIndex = () => {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>()
  return (map: YAMLMap): Map<string, Pair> => {
    const index =
      indexes.get(map) ??
      new Map(map.items.map(pair => [isScalar(pair.key) ? String(pair.key.value) : '', pair]))
    indexes.set(map, index)
    return index
  }
}

/** The nodes along `path`, as far as they are there; the first is the document's root. */
const walk = (
  root: Node | null,
  path: readonly PropertyKey[],
  resolved: (node: unknown) => unknown,
  childrenOf: ReturnType<typeof childIndex>,
): Step[] => {
  const steps: Step[] = [root ? { value: root } : {}]
  let node: unknown = resolved(root)
  for (const part of path) {
    const step: Step = {}
    if (isMap(node)) {
      const pair = childrenOf(node).get(String(part))
      if (!pair) break
      step.key = pair.key as Node
      if (pair.value) step.value = pair.value as Node
    } else if (isSeq(node)) {
      const item = node.items[Number(part)]
      if (!item) break
      step.value = item as Node
    } else break
    steps.push(step)
    node = resolved(step.value)
  }
  return steps
}

const resolve = (node: unknown, document: ReturnType<typeof parseDocument>): unknown =>
  isAlias(node) ? node.resolve(document) : node

const offsetOf = (steps: Step[], length: number, what: 'key' | 'value'): number => {
  const last = steps.at(-1)
  // The path ends before it should: something is missing, so the mapping it is missing from is shown.
  const complete = steps.length === length + 1
  const [first, second] = what === 'value' && complete ? [last?.value, last?.key] : [last?.key, last?.value]
  return first?.range?.[0] ?? second?.range?.[0] ?? 0
}

const positionAt = (text: string, offset: number): Position => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
