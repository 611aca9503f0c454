import { expandBraces, glob, isTrueGlob } from '../snapshot/files/linear-glob.ts'

/**
 * What the globs and regular expressions of one policy may have together, in characters and compiled instructions.
 * Compiling takes up to 5 µs for each: 1 s for all of them, and 1 min without a bound.
 */
export interface PatternAllowance {
  left: number
}

export const fullPatternAllowance = (): PatternAllowance => ({ left: 100_000 })

/** More than any path that people write down. */
const longestGlob = 200

const usedUp =
  'is beyond what the globs and regular expressions of a policy may have together. Expected fewer'

/** Why a glob can't be taken, to stand after it; `undefined` for one that can, and is compiled now. */
export const globMistake = (pattern: string, allowance: PatternAllowance): string | undefined => {
  if (pattern.length > longestGlob) return `is longer than ${longestGlob} characters`
  if (allowance.left <= 0) return usedUp
  try {
    for (const alternative of expandBraces(pattern).filter(isTrueGlob)) allowance.left -= alternative.length
    if (allowance.left <= 0) return usedUp
    glob(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'is no glob'
  }
}

/** The same for a regular expression of `size` instructions. */
export const sizeMistake = (size: number, allowance: PatternAllowance): string | undefined => {
  allowance.left -= size
  return allowance.left <= 0 ? usedUp : undefined
}
