import type { Document, YAMLMap } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml'

/** Children are pushed on a list of our own: a recursive walk would end at about 5,000 levels. */
function* nodesOf(root: unknown): Generator<unknown> {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (node === null || node === undefined) continue
    yield node
    if (isPair(node)) waiting.push(node.value, node.key)
    else if (isMap(node) || isSeq(node)) for (const item of node.items) waiting.push(item)
  }
}

export const countNodes = (contents: unknown): { aliases: number; nodes: number } => {
  let aliases = 0
  let nodes = 0
  for (const node of nodesOf(contents)) {
    nodes += 1
    if (isAlias(node)) aliases += 1
  }
  return { aliases, nodes }
}

/** The parser may look through the whole document for each alias: 0.1 µs a step. */
const mostAliasSteps = 5_000_000

/** Why the aliases can't be followed, to stand after "it" or the file's name; `undefined` when they can. */
export const aliasProblem = ({ aliases, nodes }: { aliases: number; nodes: number }): string | undefined =>
  aliases * nodes > mostAliasSteps
    ? `uses ${aliases.toLocaleString('en')} aliases among ${nodes.toLocaleString('en')} keys and values, more than can be followed`
    : undefined

export interface Duplicate {
  key: string
  offset: number
  first: number
}

/** The parser's own rule, scalar keys of equal value, in one pass over each map. */
export const duplicateKey = (document: Document): Duplicate | undefined => {
  let earliest: Duplicate | undefined
  for (const node of nodesOf(document.contents)) {
    if (!isMap(node)) continue
    const found = duplicateIn(node)
    if (found && (!earliest || found.offset < earliest.offset)) earliest = found
  }
  return earliest
}

const duplicateIn = (map: YAMLMap): Duplicate | undefined => {
  const seen = new Map<unknown, number>()
  for (const pair of map.items) {
    const key: unknown = pair.key
    // NaN equals nothing, not even itself.
    if (!isScalar(key) || Number.isNaN(key.value)) continue
    const offset = key.range?.[0] ?? 0
    const first = seen.get(key.value)
    if (first !== undefined) return { key: String(key.value), offset, first }
    seen.set(key.value, offset)
  }
  return undefined
}
