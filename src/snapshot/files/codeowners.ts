import { plain, quoted } from '../quoted-text.ts'
import type { Fact, FileState } from '../snapshot.ts'
import { known, unknown } from '../snapshot.ts'
import { matchesParts, type PathPattern, parsePattern } from './codeowners-pattern.ts'

/** In GitHub's order: the first that exists is the only one it reads. */
export const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const

/** GitHub ignores a larger file whole. */
export const largestCodeowners = 3 * 1024 * 1024

/** The largest one seen has 1,030; each takes about 600 bytes. */
const mostRules = 50_000

/** Git refuses longer paths, so that a longer pattern matches nothing. */
const longestPattern = 4_096

export interface Codeowners {
  path: string
  rules: CodeownersRule[]
  /** Why GitHub, or we, can do nothing with the file as a whole; to stand after its name. */
  problem?: string
}

export interface CodeownersRule {
  line: number
  column: number
  /** As written. */
  pattern: string
  owners: CodeownersOwner[]
  /**
   * `invalid`: GitHub skips the line. `undecided`: GitHub takes it, and most likely not as it was meant, or its
   * documentation doesn't tell.
   */
  status: 'valid' | 'invalid' | 'undecided'
  problems: CodeownersProblem[]
  matcher: PathPattern
}

export interface CodeownersOwner {
  /** As written: `@acme/Payments`. */
  text: string
  kind: 'user' | 'team' | 'email' | 'unclear' | 'invalid'
  column: number
}

export interface CodeownersProblem {
  /** Without a full stop. */
  message: string
  column: number
}

/** Takes time in proportion to the text. Never throws. */
export const parseCodeowners = (path: string, text: string): Codeowners => {
  if (text.length > largestCodeowners || Buffer.byteLength(text) > largestCodeowners)
    return { path, rules: [], problem: 'is over 3 MB, and GitHub ignores it whole. Expected a smaller file' }
  const rules: CodeownersRule[] = []
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const rule = parseLine(raw.endsWith('\r') ? raw.slice(0, -1) : raw, index + 1)
    if (!rule) continue
    if (rules.length === mostRules)
      return {
        path,
        rules: [],
        problem: `holds more than ${mostRules.toLocaleString('en')} rules. Expected fewer`,
      }
    rules.push(rule)
  }
  return { path, rules }
}

/** The owners GitHub would ask for a change of this file: those of the last rule that matches, and that rule. */
export const ownersOf = (codeowners: Codeowners, path: string): CodeownersRule | undefined => {
  const parts = path.split('/')
  return codeowners.rules.findLast(rule => rule.status !== 'invalid' && matchesParts(rule.matcher, parts))
}

/** Comparing takes up to the pattern times the path, and something for each: this much takes 0.5 s at most. */
const mostCharacterPairs = 2_000_000_000
const aboutACall = 16

/** Whether looking for the owners of all these paths takes too long. The largest files seen are a tenth of the limit. */
export const tooManyToMatch = ({ rules }: Codeowners, paths: readonly string[]): boolean =>
  characters(rules.map(({ pattern }) => pattern)) * characters(paths) > mostCharacterPairs

const characters = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + text.length + aboutACall, 0)

/** The CODEOWNERS file that GitHub honours; `undefined` when the repository has none. Several controls ask: it is read once. */
export const honouredCodeowners = (
  files: Readonly<Record<string, Fact<FileState>>>,
): Fact<Codeowners | undefined> => {
  const before = honoured.get(files)
  if (before) return before
  const found = findHonoured(files)
  honoured.set(files, found)
  return found
}

const honoured = new WeakMap<object, Fact<Codeowners | undefined>>()

const findHonoured = (files: Readonly<Record<string, Fact<FileState>>>): Fact<Codeowners | undefined> => {
  for (const path of codeownersPaths) {
    const fact = files[path] ?? unknown('partial-answer', `${path} was not read`)
    if (!fact.known) return fact
    if (fact.value.exists) return known(parseCodeowners(path, fact.value.text), fact.source)
  }
  return known(undefined, 'github')
}

const parseLine = (line: string, number: number): CodeownersRule | undefined => {
  const [first, ...rest] = wordsOf(line)
  if (!first) return undefined
  const owners = rest.map(({ text, column }): CodeownersOwner => ({ text, column, kind: kindOf(text) }))
  const wrong = [...patternProblems(first), ...owners.flatMap(ownerProblems)]
  const conflict = conflictProblem(line)
  const doubtful = [...owners.flatMap(ownerDoubts), ...patternDoubts(first.text, owners)]
  return {
    line: number,
    column: first.column,
    pattern: first.text,
    owners,
    status: wrong.length > 0 ? 'invalid' : doubtful.length > 0 ? 'undecided' : 'valid',
    problems: conflict && wrong.length > 0 ? [conflict] : [...wrong, ...doubtful],
    matcher: parsePattern(first.text.slice(0, longestPattern)),
  }
}

interface Word {
  text: string
  /** Counted from 1. */
  column: number
}

/** Split at blanks that no backslash precedes; a word that begins with # starts a comment. */
const wordsOf = (line: string): Word[] => {
  const words: Word[] = []
  // Each match starts where the last one ended: linear.
  for (const match of line.matchAll(/(?:\\.|[^\s\\]|\\$)+/gu)) {
    if (match[0].startsWith('#')) break
    words.push({ text: match[0], column: match.index + 1 })
  }
  return words
}

const kindOf = (text: string): CodeownersOwner['kind'] => {
  if (text.length > 400) return 'invalid'
  if (/^@[a-z\d][a-z\d_-]*\/[a-z\d_.-]+$/i.test(text)) return 'team'
  if (/^@[a-z\d][a-z\d-]*(?:_[a-z\d]+)?$/i.test(text)) return 'user'
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)) return 'email'
  return /^@[^\s@/]+$/.test(text) ? 'unclear' : 'invalid'
}

const patternProblems = ({ text, column }: Word): CodeownersProblem[] => {
  const problem = (message: string): CodeownersProblem[] => [{ message, column }]
  if (text.length > longestPattern)
    return problem('The pattern is longer than any path. Expected a path or a glob')
  if (text.startsWith('!'))
    return problem(
      `${quoted(text)} begins with "!". Expected a pattern to own: CODEOWNERS can't exclude; name the path on a later line, without owners`,
    )
  if (text.startsWith('\\#'))
    return problem(
      `${quoted(text)} begins with an escaped "#". Expected another pattern: CODEOWNERS can't escape it`,
    )
  if (/(?<!\\)[[\]]/.test(text))
    return problem(
      `${quoted(text)} holds [ or ]. Expected *, ** or ?: CODEOWNERS knows no ranges of characters`,
    )
  return []
}

const ownerProblems = ({ text, kind, column }: CodeownersOwner): CodeownersProblem[] => {
  if (kind !== 'invalid') return []
  if (/^@[^/]+\/[^/]+\/$/.test(text))
    return [{ message: `${quoted(text)} ends with a slash. Expected ${quoted(text.slice(0, -1))}`, column }]
  const hint = text.startsWith('@') ? '' : `; perhaps ${quoted(`@${text}`)}`
  return [
    {
      message: `${quoted(text)} is no owner. Expected @user, @organisation/team or an e-mail address${hint}`,
      column,
    },
  ]
}

const ownerDoubts = ({ text, kind, column }: CodeownersOwner): CodeownersProblem[] =>
  kind === 'unclear'
    ? [
        {
          message: `${quoted(text)} is not written like a GitHub user. Expected letters, digits and hyphens after @`,
          column,
        },
      ]
    : []

const patternDoubts = (pattern: string, owners: readonly CodeownersOwner[]): CodeownersProblem[] => {
  if (owners.length === 0 && ['user', 'team', 'email'].includes(kindOf(pattern)))
    return [
      {
        message: `The line holds only ${quoted(pattern)}, which GitHub takes for a path without owners. Expected a pattern first: * ${plain(pattern)}`,
        column: 1,
      },
    ]
  if (pattern === '-' && owners.length > 0)
    return [
      {
        message: 'The pattern is "-", a file of that name. Expected a path or a glob; for every file, *',
        column: 1,
      },
    ]
  return []
}

const conflictProblem = (line: string): CodeownersProblem | undefined =>
  /^(?:<{7}|={7}|>{7})(?:\s|$)/.test(line)
    ? { message: 'A merge conflict was committed here. Expected one version; resolve it', column: 1 }
    : undefined
