import { Pair, parseLines } from 'dot-properties'
import { type Position, positionAt, start } from './positions.ts'

/** The keys of a .properties file as they are written, dots and all; of equal ones the last holds, as in Java. */
export const readProperties = (
  text: string,
): { doc: Record<string, string>; lineOf: (key: string) => Position } => {
  const pairs = parseLines(text, true).flatMap(line => (line instanceof Pair ? [line] : []))
  // Not an assignment each: `__proto__` is a key like any other.
  const doc = Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
  return {
    doc,
    lineOf: key => {
      const pair = pairs.findLast(each => each.key === key)
      return pair?.range ? positionAt(text, pair.range[0]) : start
    },
  }
}
