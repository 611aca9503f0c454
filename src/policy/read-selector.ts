import { globMistake, type PatternAllowance } from './pattern-allowance.ts'
import type { Selector } from './policy.ts'
import type { SelectorShape } from './schema.ts'
import { daysIn } from './schema-words.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

/** A selector as written, with single values made lists. */
export const readSelector = (written: SelectorShape): Selector => ({
  ...(written.any ? { any: written.any.map(readSelector) } : {}),
  ...(written.all ? { all: written.all.map(readSelector) } : {}),
  ...(written.not ? { not: readSelector(written.not) } : {}),
  ...list('names', written.names),
  ...list('topics', written.topics),
  ...(written.properties ? { properties: readProperties(written.properties) } : {}),
  ...list('visibility', written.visibility),
  ...list('templates', written.templates),
  ...list('language', written.language),
  ...list('team', written.team),
  ...list('owner', written.owner),
  ...(written.entity ? { entity: readEntity(written.entity) } : {}),
  ...(written.age ? { age: readAge(written.age) } : {}),
  ...(written.archived === undefined ? {} : { archived: written.archived }),
  ...(written.fork === undefined ? {} : { fork: written.fork }),
  ...(written.template === undefined ? {} : { template: written.template }),
})

const list = <Key extends string, Value extends string>(
  key: Key,
  value: Value | readonly Value[] | undefined,
): { [K in Key]?: readonly Value[] } =>
  value === undefined
    ? {}
    : ({ [key]: typeof value === 'string' ? [value] : value } as { [K in Key]: readonly Value[] })

const readEntity = (written: NonNullable<SelectorShape['entity']>): NonNullable<Selector['entity']> => ({
  ...list('kind', written.kind),
  ...list('type', written.type),
  ...list('lifecycle', written.lifecycle),
  ...list('system', written.system),
})

const readAge = ({ over, under }: NonNullable<SelectorShape['age']>): NonNullable<Selector['age']> => ({
  ...(over === undefined ? {} : { over: daysIn(over) }),
  ...(under === undefined ? {} : { under: daysIn(under) }),
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

/** What the shape alone doesn't tell: globs that are none, what can never hold; anywhere in a selector. */
export const selectorProblems = (
  selector: SelectorShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
  patterns: PatternAllowance,
): YamlProblem[] => {
  const within = (name: 'any' | 'all') =>
    (selector[name] ?? []).flatMap((each, index) =>
      selectorProblems(each, [...path, name, index], yaml, patterns),
    )
  const globs = (written: string | string[] | undefined, ...keys: string[]) =>
    valueProblems(written, [...path, ...keys], yaml, glob => globMistake(glob, patterns))
  const { entity } = selector
  return [
    ...valueProblems(selector.names, [...path, 'names'], yaml, name => nameMistake(name, patterns)),
    ...valueProblems(selector.team, [...path, 'team'], yaml, teamMistake),
    ...valueProblems(selector.templates, [...path, 'templates'], yaml, templateMistake),
    ...globs(selector.owner, 'owner'),
    ...(selector.properties && Object.keys(selector.properties).length === 0
      ? [{ message: emptyProperties, ...yaml.locate([...path, 'properties']) }]
      : []),
    ...(entity ? entityKeys.flatMap(key => globs(entity[key], 'entity', key)) : []),
    ...(entity && Object.keys(entity).length === 0
      ? [{ message: emptyEntity, ...yaml.locate([...path, 'entity']) }]
      : []),
    ...(selector.age ? ageProblems(selector.age, [...path, 'age'], yaml) : []),
    ...within('any'),
    ...within('all'),
    ...(selector.not ? selectorProblems(selector.not, [...path, 'not'], yaml, patterns) : []),
  ]
}

const entityKeys = ['kind', 'type', 'lifecycle', 'system'] as const
const emptyEntity =
  'Entity is empty, which every repository would be. Expected kind, type, lifecycle or system.'
const emptyProperties =
  'Properties is empty, which would hold for every repository. Expected at least one property with its value.'

/** The mistakes of a value, or of each of a list. */
export const valueProblems = (
  written: string | readonly string[] | undefined,
  path: readonly PropertyKey[],
  yaml: YamlText,
  mistake: (value: string) => string | undefined,
): YamlProblem[] =>
  [written ?? []].flat().flatMap((value, index) => {
    const found = mistake(value)
    const place = typeof written === 'string' ? path : [...path, index]
    return found ? [{ message: `"${value.slice(0, 60)}" ${found}.`, ...yaml.locate(place) }] : []
  })

export const nameMistake = (name: string, patterns: PatternAllowance): string | undefined =>
  name.includes('/')
    ? 'has a slash. Expected a repository’s name without its owner'
    : globMistake(name, patterns)

const teamMistake = (team: string): string | undefined =>
  /^(?:@[\w-]+\/)?[\w.-]+$/.test(team)
    ? undefined
    : 'is no team. Expected its slug, as payments, or "@acme/payments"'

const templateMistake = (template: string): string | undefined =>
  /^template:[^/\s]+\/[^/\s]+$/i.test(template)
    ? undefined
    : 'is no template. Expected its ref, as template:default/payments-service'

const ageProblems = (
  age: NonNullable<SelectorShape['age']>,
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  const { over, under } = readAge(age)
  const at = yaml.locate(path)
  if (over === undefined && under === undefined)
    return [{ message: 'Age is empty. Expected over, under or both.', ...at }]
  if (over === undefined || under === undefined || over + 1 < under) return []
  const message = `Nothing is older than ${age.over} and younger than ${age.under}. Expected an over that is less than under.`
  return [{ message, ...at }]
}
