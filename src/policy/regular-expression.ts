import { RE2JS } from 're2js'

/** RE2 instead of JavaScript's own: what a policy or a repository writes must not take exponential time. */

const longestPattern = 1_000

/** A regular expression, or the sentence that says why it is none. */
export const compilePattern = (pattern: string): RE2JS | string => {
  if (pattern.length > longestPattern)
    return `A regular expression has ${pattern.length} characters. Expected at most ${longestPattern}`
  try {
    return RE2JS.compile(pattern)
  } catch {
    return `"${pattern.slice(0, 60)}" is no regular expression of RE2 syntax (no look-around, no back references)`
  }
}

// Compiling takes 40 µs, looking into a small file 10. A bound on what is kept, since a file may bring its own expressions.
const kept = new Map<string, RE2JS>()
const mostKept = 200
const largestKept = 500

/** Whether the expression is found in the text; a sentence where it is none. May take long: call it within a time limit. */
export const findIn = (text: string, pattern: string): boolean | string => {
  const compiled = take(pattern)
  if (typeof compiled === 'string') return compiled
  const found = compiled.matcher(text).find()
  putBack(pattern, compiled)
  return found
}

/** Where the expression begins in the text, at most `most` times. */
export const placesIn = (text: string, pattern: string, most: number): number[] => {
  const compiled = take(pattern)
  if (typeof compiled === 'string') return []
  const matcher = compiled.matcher(text)
  const places: number[] = []
  while (places.length < most && matcher.find()) places.push(matcher.start())
  putBack(pattern, compiled)
  return places
}

// Taken out while in use: one that was cut off half way is not to be used again.
const take = (pattern: string): RE2JS | string => {
  const compiled = kept.get(pattern) ?? compilePattern(pattern)
  kept.delete(pattern)
  return compiled
}

const putBack = (pattern: string, compiled: RE2JS): void => {
  if (compiled.programSize() > largestKept) return
  if (kept.size >= mostKept) kept.clear()
  kept.set(pattern, compiled)
}
