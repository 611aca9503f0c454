import type { z } from 'zod'
import { hint, oneOf } from './nearest.ts'
import { keysAt, mappingAt, wordsAt } from './schema-walk.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

type Issue = z.core.$ZodIssue
type Path = PropertyKey[]

/** What a file is held against, and what it holds. */
interface Held {
  schema: z.ZodType
  yaml: YamlText
}

/** A file of another kind has thousands of unknown keys; the first hundred say so. */
const mostKeys = 100

/** What zod found, as sentences at the places where it stands. */
export const shapeProblems = (issues: readonly Issue[], schema: z.ZodType, yaml: YamlText): YamlProblem[] =>
  issues.flatMap(issue => sentences(issue, [], { schema, yaml }))

const sentences = (issue: Issue, parent: Path, held: Held): YamlProblem[] => {
  const { schema, yaml } = held
  const path = [...parent, ...issue.path]
  const found = valueAt(yaml.value, path)
  const here = (message: string): YamlProblem[] => [{ message, ...yaml.locate(path) }]

  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, held)
  if (issue.code === 'invalid_union') return unionSentences(issue, path, held)
  if (path.length === 0 && found === null) {
    const [first, second] = keysAt(schema, [])
    return here(`The file is empty. Expected ${first === 'version' ? '"version: 1"' : first} and ${second}.`)
  }
  if (found === undefined) return here(missing(path, expectation(issue, path, schema), schema))
  if (path[0] === 'version')
    return here(
      typeof found === 'object'
        ? `${foundHere(found, undefined)}. Expected 1.`
        : `Version ${shown(found)} is not known. Expected 1.`,
    )
  if (issue.code === 'invalid_key') return here('An empty key stands here. Expected a name.')
  if (issue.code === 'too_small' && typeof found !== 'number') {
    const least = issue.origin === 'array' ? 'at least one' : 'some text'
    return here(`${capitalised(lastName(path))} is empty. Expected ${least}.`)
  }
  const expected = wordsAt(schema, path, 'expects')
  if (expected?.expects !== undefined)
    return here(`${notOne(found, expected.name)}. Expected ${expected.expects}${dateHint(found, issue)}.`)
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const word = typeof found === 'string' ? hint(found, values) : ''
    const name = wordsAt(schema, path)?.name
    const not = name ? notOne(found, name) : `${shown(found)} can't stand here`
    return here(`${not}. Expected ${oneOf(values)}${word}.`)
  }
  if (issue.code === 'invalid_type')
    return here(
      `${foundHere(found, yaml.written(path))}. Expected ${expectation(issue, path, schema)}${typeHint(found, issue)}.`,
    )
  // What a schema says by a check of its own is a sentence already.
  return here(issue.message)
}

const unknownKeys = (keys: readonly string[], path: Path, { schema, yaml }: Held): YamlProblem[] => {
  const known = keysAt(schema, path)
  return keys.slice(0, mostKeys).map(key => ({
    message: `"${bounded(key)}" is no key of ${placeName(path, schema)}. Expected ${oneOf(known)}${hint(key, known)}.`,
    ...yaml.locate([...path, key], 'key'),
  }))
}

/** Of a union's branches the one whose kind fits what was found says what is wrong within it. */
const unionSentences = (issue: Issue & { code: 'invalid_union' }, path: Path, held: Held): YamlProblem[] => {
  const { schema, yaml } = held
  const found = valueAt(yaml.value, path)
  const fitting = issue.errors
    .filter(branch => !branch.some(inner => isOfAnotherKind(inner, found)))
    // Of several shapes the one that was come nearest to.
    .toSorted((a, b) => a.length - b.length)[0]
  if (fitting) return fitting.flatMap(inner => sentences(inner, path, held))
  const words = wordsAt(schema, path, 'expects')?.expects
  const expected = [
    ...new Set(words ? [words] : issue.errors.flat().map(inner => expectation(inner, path, schema))),
  ].join(' or ')
  if (found === undefined) return [{ message: missing(path, expected, schema), ...yaml.locate(path) }]
  const quotes = typeof found === 'number' && !words ? '; put it in quotes if it is text' : ''
  return [
    {
      message: `${foundHere(found, yaml.written(path))}. Expected ${expected}${quotes}.`,
      ...yaml.locate(path),
    },
  ]
}

const isOfAnotherKind = (issue: Issue, found: unknown): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof found !== 'string'))

const missing = (path: Path, expected: string, schema: z.ZodType): string =>
  `${capitalised(placeName(path.slice(0, -1), schema))} has no "${String(path.at(-1) ?? '')}". Expected ${expected}.`

const expectation = (issue: Issue, path: Path, schema: z.ZodType): string => {
  const words = wordsAt(schema, path, 'expects')?.expects
  if (words !== undefined) return words
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  if (issue.code === 'invalid_union')
    return [...new Set(issue.errors.flat().map(inner => expectation(inner, path, schema)))].join(' or ')
  if (issue.code !== 'invalid_type') return 'something else'
  const kinds: Record<string, string> = {
    string: 'text',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
  }
  return kinds[issue.expected] ?? issue.expected
}

const typeHint = (found: unknown, issue: Issue): string => {
  if (issue.code !== 'invalid_type') return ''
  if (issue.expected === 'boolean' && typeof found === 'string')
    return ['true', 'false'].includes(found) ? '; take it out of its quotes' : hint(found, ['true', 'false'])
  const isPlain = typeof found === 'number' || typeof found === 'boolean'
  return issue.expected === 'string' && isPlain ? '; put it in quotes' : ''
}

/** `2027-1-5` is meant as a day, and only lacks its noughts. */
const dateHint = (found: unknown, issue: Issue): string => {
  if (typeof found !== 'string' || issue.code !== 'invalid_format' || issue.format !== 'date') return ''
  const [, year, month = '', day = ''] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(found) ?? []
  const padded = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const isDay = year !== undefined && !Number.isNaN(Date.parse(padded)) && padded !== found
  return isDay ? `; the nearest is "${padded}"` : ''
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? String(value) : 'a number'
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? `"${bounded(value)}"`
    : typeof value === 'object'
      ? capitalised(kindOf(value))
      : String(value)

/** `"enfroce" is no level`, or `A list stands here` for what can't be shown in a word. */
const notOne = (found: unknown, name: string): string =>
  typeof found === 'object' || typeof found === 'boolean'
    ? `${capitalised(kindOf(found))} stands here`
    : `${shown(found)} is no ${name}`

/** `5 is a number`, as it was written: 10.10 is read as 10.1. */
const foundHere = (value: unknown, written: string | undefined): string => {
  if (typeof value === 'object' || typeof value === 'boolean')
    return `${capitalised(kindOf(value))} stands here`
  const asWritten = typeof value === 'number' && written !== undefined ? bounded(written) : shown(value)
  return `${asWritten} is ${kindOf(value)}`
}

const bounded = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** `a selector`; a section of the file by its key. */
const placeName = (path: readonly PropertyKey[], schema: z.ZodType): string => {
  const name = mappingAt(schema, path)?.name
  if (name !== undefined) return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`
  return path.length === 0 ? 'the file' : `"${lastName(path)}"`
}

const lastName = (path: readonly PropertyKey[]): string =>
  path.findLast((part): part is string => typeof part === 'string') ?? 'the file'

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown => {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}
