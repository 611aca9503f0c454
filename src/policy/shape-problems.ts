import type { z } from 'zod'
import { hint, oneOf } from './nearest.ts'
import { knownKeys } from './schema.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

type Issue = z.core.$ZodIssue
type Path = PropertyKey[]

/** A file of another kind has thousands of unknown keys; the first hundred say so. */
const mostKeys = 100

/** What zod found, as sentences at the places where it stands. */
export const shapeProblems = (issues: readonly Issue[], yaml: YamlText): YamlProblem[] =>
  issues.flatMap(issue => sentences(issue, [], yaml))

const sentences = (issue: Issue, parent: Path, yaml: YamlText): YamlProblem[] => {
  const path = [...parent, ...issue.path]
  const found = valueAt(yaml.value, path)
  const here = (message: string): YamlProblem[] => [{ message, ...yaml.locate(path) }]

  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path)
    return issue.keys.slice(0, mostKeys).map(key => ({
      message: `"${bounded(key)}" is no key of ${placeName(path)}. Expected ${oneOf(known)}${hint(key, known)}.`,
      ...yaml.locate([...path, key], 'key'),
    }))
  }
  if (issue.code === 'invalid_union') return unionSentences(issue, path, yaml)
  if (found === undefined) {
    const name = String(path.at(-1) ?? '')
    return here(
      `${capitalised(placeName(path.slice(0, -1)))} has no "${name}". Expected ${expectation(issue)}.`,
    )
  }
  if (path.length === 0 && found === null) {
    return here('The file is empty. Expected "version: 1" and rules.')
  }
  if (path[0] === 'version') return here(`Version ${shown(found)} is not known. Expected 1.`)
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const kind = path.includes('require') ? 'level' : 'visibility'
    const word = typeof found === 'string' ? hint(found, values) : ''
    return here(`${shown(found)} is no ${kind}. Expected ${oneOf(values)}${word}.`)
  }
  if (issue.code === 'too_small') {
    return here(
      `${capitalised(lastName(path))} is empty. Expected ${issue.origin === 'array' ? 'at least one' : 'some text'}.`,
    )
  }
  if (issue.code === 'invalid_format') {
    return here(`${shown(found)} is no day of the calendar. Expected YYYY-MM-DD, as 2027-01-15.`)
  }
  if (issue.code === 'invalid_key') return here('An empty key stands here. Expected a name.')
  return here(`${foundHere(found)}. Expected ${expectation(issue)}${quotesHint(found, issue)}.`)
}

/** Of a union's branches the one whose kind fits what was found says what is wrong within it. */
const unionSentences = (
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  yaml: YamlText,
): YamlProblem[] => {
  const found = valueAt(yaml.value, path)
  const fitting = issue.errors.find(branch => !branch.some(inner => isOfAnotherKind(inner, found)))
  if (fitting) return fitting.flatMap(inner => sentences(inner, path, yaml))
  const expected = [...new Set(issue.errors.flat().map(expectation))]
  const at = yaml.locate(path)
  if (found === undefined) {
    const name = String(path.at(-1) ?? '')
    return [
      {
        message: `${capitalised(placeName(path.slice(0, -1)))} has no "${name}". Expected ${expected.join(' or ')}.`,
        ...at,
      },
    ]
  }
  const quotes = typeof found === 'number' ? '; put it in quotes if it is text' : ''
  return [{ message: `${foundHere(found)}. Expected ${expected.join(' or ')}${quotes}.`, ...at }]
}

const isOfAnotherKind = (issue: Issue, found: unknown): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof found !== 'string'))

const expectation = (issue: Issue): string => {
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  if (issue.code !== 'invalid_type') return 'something else'
  const words: Record<string, string> = {
    string: 'text',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
    boolean: 'true or false',
  }
  return words[issue.expected] ?? issue.expected
}

const quotesHint = (found: unknown, issue: Issue): string =>
  issue.code === 'invalid_type' && issue.expected === 'string' && ['number', 'boolean'].includes(typeof found)
    ? '; put it in quotes'
    : ''

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

/** `5 is a number`, or `A list stands here` for what can't be shown in a word. */
const foundHere = (value: unknown): string =>
  typeof value === 'object' || typeof value === 'boolean'
    ? `${capitalised(kindOf(value))} stands here`
    : `${shown(value)} is ${kindOf(value)}`

const bounded = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const placeName = (path: readonly PropertyKey[]): string => {
  const [section, , third] = path
  if (path.length < 2) return path.length === 0 ? 'a policy file' : `"${String(section)}"`
  if (section === 'rules')
    return third === 'for' ? 'a selector' : third === 'require' ? 'a requirement' : 'a rule'
  if (section === 'waivers') return 'a waiver'
  return third === 'require' ? 'a condition' : third === 'fix' ? 'a fix' : 'a control'
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
