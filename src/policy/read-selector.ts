import { globMistake, type PatternAllowance } from './pattern-allowance.ts'
import type { Selector } from './policy.ts'
import type { SelectorShape } from './schema.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

/** A selector as written, with single values made lists. */
export const readSelector = (written: SelectorShape): Selector => ({
  ...(written.any ? { any: written.any.map(readSelector) } : {}),
  ...(written.all ? { all: written.all.map(readSelector) } : {}),
  ...(written.not ? { not: readSelector(written.not) } : {}),
  ...(written.names === undefined ? {} : { names: [written.names].flat() }),
  ...(written.topics === undefined ? {} : { topics: [written.topics].flat() }),
  ...(written.properties ? { properties: readProperties(written.properties) } : {}),
  ...(written.visibility === undefined ? {} : { visibility: [written.visibility].flat() }),
  ...(written.templates === undefined ? {} : { templates: [written.templates].flat() }),
  ...(written.language === undefined ? {} : { language: [written.language].flat() }),
  ...(written.archived === undefined ? {} : { archived: written.archived }),
  ...(written.fork === undefined ? {} : { fork: written.fork }),
  ...(written.template === undefined ? {} : { template: written.template }),
})

// GitHub keeps a true_false property as the text "true" or "false".
const readProperties = (
  written: NonNullable<SelectorShape['properties']>,
): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? String(value) : value,
    ]),
  )

/** Name globs that are none, anywhere in a selector. `key` is where the globs stand, when not under `names`. */
export const selectorProblems = (
  selector: SelectorShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
  patterns: PatternAllowance,
  key = 'names',
): YamlProblem[] => {
  const within = (name: 'any' | 'all') =>
    (selector[name] ?? []).flatMap((each, index) =>
      selectorProblems(each, [...path, name, index], yaml, patterns),
    )
  const names = selector.names === undefined ? [] : [selector.names].flat()
  const bad = names.flatMap((name, index) => {
    const mistake = nameMistake(name, patterns)
    const place = typeof selector.names === 'string' ? [...path, key] : [...path, key, index]
    return mistake ? [{ message: `"${name.slice(0, 60)}" ${mistake}.`, ...yaml.locate(place) }] : []
  })
  const not = selector.not ? selectorProblems(selector.not, [...path, 'not'], yaml, patterns) : []
  return [...bad, ...within('any'), ...within('all'), ...not]
}

const nameMistake = (name: string, patterns: PatternAllowance): string | undefined =>
  name.includes('/')
    ? 'has a slash. Expected a repository’s name without its owner'
    : globMistake(name, patterns)
