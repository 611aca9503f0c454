import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { type Allowance, takeTokens } from '../entities/entity-file-bounds.ts'
import { keyOf, linesOf } from '../entities/yaml-lines.ts'
import { duplicateKey } from '../entities/yaml-nodes.ts'
import { plain } from '../quoted-text.ts'
import { withoutStacks } from '../without-stacks.ts'

/** Lines and columns count from 1. */
export interface Place {
  line: number
  column: number
}

export interface YamlEntry {
  key: string
  place: Place
  value: unknown
}

/** One YAML document as nodes with their places. Aliases are followed. */
export interface YamlFile {
  root: unknown
  /** Of a map, in the order written; of anything else none. */
  entries: (node: unknown) => readonly YamlEntry[]
  /** Of a map, under this key. */
  field: (node: unknown, key: string) => YamlEntry | undefined
  items: (node: unknown) => readonly unknown[]
  /** Of a scalar, as a string; `''` for an empty value. */
  text: (node: unknown) => string | undefined
  placeOf: (node: unknown) => Place
  /** As written in the file, with the place of any character of it. */
  source: (node: unknown) => { text: string; at: (offset: number) => Place }
  /** Begins on a line of its own instead of within `{…}`. */
  isBlock: (node: unknown) => boolean
}

export type ReadYamlFile = { ok: true; file: YamlFile } | ({ ok: false; message: string } & Place)

const tooDeep = 'nests deeper than a YAML parser can follow'

/** Reads the one document. Never throws; what it may take is bounded by the tokens that are left. */
export const readYamlFile = (text: string, allowance: Allowance): ReadYamlFile => {
  const counter = new LineCounter()
  const lines = linesOf(text, counter)
  const mistake = (message: string, place: Place = { line: 1, column: 1 }): ReadYamlFile => ({
    ok: false,
    message,
    ...place,
  })
  if (takeTokens(text, allowance) !== undefined)
    return mistake('holds more keys, values and brackets than are read of one repository')
  let document: Document
  try {
    document = withoutStacks(() =>
      // uniqueKeys compares each key with every other; `duplicateKey` takes one pass.
      parseDocument(text, {
        lineCounter: counter,
        prettyErrors: false,
        uniqueKeys: false,
      }),
    )
  } catch {
    return mistake(tooDeep)
  }
  const [error] = document.errors
  if (error)
    return mistake(
      /call stack/.test(error.message)
        ? tooDeep
        : `is not valid YAML: ${plain(error.message.replace(/\.$/, ''))}`,
      lines.at(error.pos[0]),
    )
  const twice = duplicateKey(document)
  if (twice) return mistake(`has the key "${plain(twice.key)}" twice in one map`, lines.at(twice.offset))
  return { ok: true, file: fileOf(document, text, offset => lines.at(offset)) }
}

const fileOf = (document: Document, text: string, at: (offset: number) => Place): YamlFile => {
  const meant = aliasesOf(document)
  const follow = (node: unknown): unknown => (isAlias(node) ? meant.get(node) : node)
  const rangeOf = (node: unknown): [number, number] => {
    const real = follow(node)
    const range = isScalar(real) || isMap(real) || isSeq(real) ? real.range : undefined
    return range ? [range[0], range[1]] : [0, 0]
  }
  const placeOf = (node: unknown): Place => at(rangeOf(node)[0])
  // Kept by node: thousands of aliases may lead to one map of thousands of keys.
  const maps = new Map<unknown, { list: YamlEntry[]; byKey: Map<string, YamlEntry> }>()
  const mapOf = (node: unknown): { list: YamlEntry[]; byKey: Map<string, YamlEntry> } => {
    const map = follow(node)
    const before = maps.get(map)
    if (before) return before
    const list: YamlEntry[] = []
    for (const pair of isMap(map) ? map.items : []) {
      const key = keyOf(pair)
      if (key !== undefined) list.push({ key, place: placeOf(pair.key), value: pair.value })
    }
    const made = { list, byKey: new Map(list.map(entry => [entry.key, entry])) }
    if (isMap(map)) maps.set(map, made)
    return made
  }
  return {
    root: document.contents,
    entries: node => mapOf(node).list,
    field: (node, key) => mapOf(node).byKey.get(key),
    items: node => {
      const list = follow(node)
      return isSeq(list) ? list.items : []
    },
    text: node => {
      const scalar = follow(node)
      if (!isScalar(scalar)) return undefined
      return scalar.value === null || scalar.value === undefined ? '' : String(scalar.value)
    },
    placeOf,
    source: node => {
      const [from, to] = rangeOf(node)
      return { text: text.slice(from, to), at: offset => at(from + offset) }
    },
    isBlock: node => {
      const collection = follow(node)
      return (isMap(collection) || isSeq(collection)) && collection.flow !== true
    },
  }
}

/** What each alias stands for, in one walk: the parser's own way looks through the whole document for each of them. */
const aliasesOf = (document: Document): Map<unknown, unknown> => {
  const anchors = new Map<string, unknown>()
  const meant = new Map<unknown, unknown>()
  const waiting: unknown[] = [document.contents]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (isAlias(node)) meant.set(node, anchors.get(node.source))
    else if (isPair(node)) waiting.push(node.value, node.key)
    else if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor) anchors.set(node.anchor, node)
      if (!isScalar(node)) for (const item of [...node.items].reverse()) waiting.push(item)
    }
  }
  return meant
}
