import type { Document, LineCounter, Node, Pair } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml'
import type { Location } from '../snapshot.ts'

/** Where a value stands in a JSON tree: `['metadata', 'tags', 0]`. */
export type FieldPath = readonly (string | number)[]

/** From an offset in the text to a line and column of the file. */
export interface Lines {
  at: (offset: number) => { line: number; column: number }
}

/** @param text with its byte order mark, if any; the mark takes no column. */
export const linesOf = (text: string, counter: LineCounter): Lines => {
  const mark = text.startsWith('\ufeff') ? 1 : 0
  return {
    at: offset => {
      const { line, col } = counter.linePos(Math.min(offset, text.length))
      return { line: Math.max(line, 1), column: Math.max(line <= 1 ? col - mark : col, 1) }
    },
  }
}

/** `value` where what it says is wrong, `key` where something is missing from it or it should not be there. */
export type PointAt = 'key' | 'value'

/**
 * The place to point at for a field. Where the field isn't in the file (a missing property, something inside an
 * alias or a placeholder) the nearest thing around it that is; for the whole document its first key.
 */
export const locate = (
  document: Document,
  lines: Lines,
  path: string,
  field: FieldPath,
  part: PointAt = 'value',
): Location => {
  let offset = startOf(document.contents) ?? document.range?.[0] ?? 0
  let node: unknown = document.contents
  for (const [depth, step] of field.entries()) {
    const child = childOf(node, step)
    if (!child) break
    const keyed = isPair(child) ? child : undefined
    node = keyed ? keyed.value : child
    const last = part === 'value' && depth === field.length - 1
    // The value says most when the value is at fault; an empty one (`tags:`) has no place of its own.
    const value = last && !isEmpty(node) ? startOf(node) : undefined
    offset = value ?? startOf(keyed?.key) ?? startOf(node) ?? offset
  }
  return { path, ...lines.at(offset) }
}

/** The source text of the field, for the message: at most `limit` characters of it. */
export const sourceOf = (
  document: Document,
  text: string,
  field: FieldPath,
  limit = 200,
): string | undefined => {
  let node: unknown = document.contents
  for (const step of field) {
    const child = childOf(node, step)
    if (!child) return undefined
    node = isPair(child) ? child.value : child
  }
  const range = (node as Node | null)?.range
  return range ? text.slice(range[0], Math.min(range[1], range[0] + limit)) : undefined
}

const childOf = (node: unknown, step: string | number): Pair | Node | undefined => {
  if (isMap(node)) return node.items.find(pair => keyOf(pair) === String(step))
  if (isSeq(node)) return node.items[Number(step)] as Node | undefined
  return undefined
}

export const keyOf = (pair: Pair): string | undefined => {
  const key: unknown = pair.key
  if (!isScalar(key)) return undefined
  return key.value === null ? '' : String(key.value)
}

const isEmpty = (node: unknown): boolean =>
  node === null || node === undefined || (isScalar(node) && node.value === null && !node.source)

const startOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined
