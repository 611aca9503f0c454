import { glob } from '../../snapshot/files/linear-glob.ts'
import type { ControlContext, Parameter } from '../control.ts'

/** A parameter whose value has one type, so that a control reads what it declared. */
export interface Typed<T> extends Parameter {
  default: T
  accepts: (value: unknown) => value is T
}

/** What the rule gives under this name, or the default. */
export const given = <T>(context: ControlContext, name: string, parameter: Typed<T>): T => {
  const value = context.parameters[name]
  return parameter.accepts(value) ? value : parameter.default
}

export const wholeNumber = (standard: number, least: number, most: number): Typed<number> => ({
  default: standard,
  expects: `a whole number from ${least} to ${most}`,
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
})

export const yesOrNo = (standard: boolean): Typed<boolean> => ({
  default: standard,
  expects: 'true or false',
  accepts: (value): value is boolean => typeof value === 'boolean',
})

export const choice = <T extends string>(standard: T, choices: readonly T[]): Typed<T> => ({
  default: standard,
  expects: `one of ${choices.join(', ')}`,
  accepts: (value): value is T => choices.some(each => each === value),
})

export const choices = <T extends string>(
  standard: readonly T[],
  all: readonly T[],
): Typed<readonly T[]> => ({
  default: standard,
  expects: `a list of ${all.join(', ')}`,
  accepts: (value): value is readonly T[] =>
    Array.isArray(value) && value.every(each => all.some(one => one === each)),
})

/** `what` reads after "a list of": `names of checks, such as [test]`. */
export const names = (standard: readonly string[], what: string): Typed<readonly string[]> => ({
  default: standard,
  expects: `a list of ${what}`,
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) &&
    value.every(each => typeof each === 'string' && each.trim() !== '' && each.length <= 200),
})

/** Compared with every path of a repository, of which there may be 100,000. */
const mostGlobs = 50

export const globs = (standard: readonly string[], most = mostGlobs): Typed<readonly string[]> => ({
  default: standard,
  expects: `a list of at most ${most} globs, such as ["vendor/**"]`,
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.length <= most && value.every(isGlob),
})

const isGlob = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.trim() === '') return false
  try {
    return glob(value) !== undefined
  } catch {
    return false
  }
}

/** Whether any of the globs means the path. */
export const matchesAny = (patterns: readonly string[]): ((path: string) => boolean) => {
  const matchers = patterns.map(pattern => glob(pattern))
  return path => matchers.some(matches => matches(path))
}
