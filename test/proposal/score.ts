import { dirname } from 'node:path/posix'
import type { CatalogInfoProposal, Guess } from '../../src/proposal/proposal.ts'
import { type ExpectedComponent, type Field, type Fixture, fields } from './fixtures.ts'

export type Mark = 'right' | 'rightly-left' | 'left' | 'wrong'

export interface LineScore {
  fixture: string
  path: string
  field: Field
  mark: Mark
  proposed?: string
  confidence?: number
  expected: string
  /** Of a line that is rightly left: candidates to be offered, and how many of them are. */
  candidates?: { expected: number; offered: number }
}

export interface Score {
  lines: LineScore[]
  found: number
  /** `fixture path` */
  missing: string[]
  extra: string[]
}

const guessedField = {
  name: 'metadata.name',
  type: 'spec.type',
  lifecycle: 'spec.lifecycle',
  owner: 'spec.owner',
} as const

/** Of one file and one component in it: what is proposed for it. */
interface Proposed {
  path: string
  guesses: Guess[]
}

/** Line by line. Where several answers are right as a whole, the one that fits best counts. */
export const score = (fixture: Fixture, proposal: CatalogInfoProposal | undefined): Score => {
  const proposed = componentsOf(proposal)
  const scores = fixture.expected.map(expected => scoreAgainst(fixture.name, expected, proposed))
  const [best] = scores.toSorted((one, other) => mistakes(one) - mistakes(other))
  if (!best) throw new Error(`${fixture.name} expects nothing, not even an empty list`)
  return best
}

const mistakes = ({ lines, missing, extra }: Score): number =>
  lines.filter(({ mark }) => mark === 'left' || mark === 'wrong').length + 4 * (missing.length + extra.length)

export const sumOf = (scores: readonly Score[]): Score => ({
  lines: scores.flatMap(({ lines }) => lines),
  found: scores.reduce((sum, { found }) => sum + found, 0),
  missing: scores.flatMap(({ missing }) => missing),
  extra: scores.flatMap(({ extra }) => extra),
})

function componentsOf(proposal: CatalogInfoProposal | undefined): Proposed[] {
  const components = new Map<string, Proposed>()
  for (const guess of proposal?.guesses ?? []) {
    const key = `${guess.path} ${guess.component}`
    const component = components.get(key) ?? { path: dirname(guess.path), guesses: [] }
    component.guesses.push(guess)
    components.set(key, component)
  }
  // A system or a Location that is proposed beside the components has no type.
  return [...components.values()].filter(({ guesses }) => guesses.some(({ field }) => field === 'spec.type'))
}

function scoreAgainst(
  fixture: string,
  expected: readonly ExpectedComponent[],
  proposed: readonly Proposed[],
): Score {
  const left = new Set(proposed)
  const pairs = expected.flatMap(component => {
    const match =
      [...left].find(({ path }) => path === component.path) ??
      [...left].find(({ guesses }) => component.name.oneOf.includes(guessOf(guesses, 'name')?.value ?? ''))
    if (match) left.delete(match)
    return match ? [{ component, match }] : []
  })
  const found = new Set(pairs.map(({ component }) => component))
  return {
    lines: pairs.flatMap(({ component, match }) =>
      fields.map(field => scoreLine(fixture, component, field, guessOf(match.guesses, field))),
    ),
    found: found.size,
    missing: expected
      .filter(each => !each.optional && !found.has(each))
      .map(({ path }) => `${fixture} ${path}`),
    extra: [...left].map(({ path }) => `${fixture} ${path}`),
  }
}

const guessOf = (guesses: readonly Guess[], field: Field): Guess | undefined =>
  guesses.find(guess => guess.field === guessedField[field])

function scoreLine(
  fixture: string,
  component: ExpectedComponent,
  field: Field,
  guess: Guess | undefined,
): LineScore {
  const { oneOf, left } = component[field]
  const value = guess?.value === undefined ? undefined : written(field, guess.value)
  const line = {
    fixture,
    path: component.path,
    field,
    expected: [...oneOf, ...(left ? [`left (${left.join(', ')})`] : [])].join(' or '),
    ...(value === undefined ? {} : { proposed: value }),
    ...(guess ? { confidence: guess.confidence } : {}),
  }
  if (value !== undefined) return { ...line, mark: oneOf.includes(value) ? 'right' : 'wrong' }
  if (!left) return { ...line, mark: 'left' }
  const offered = (guess?.candidates ?? []).map(candidate => written(field, candidate))
  return {
    ...line,
    mark: 'rightly-left',
    candidates: { expected: left.length, offered: left.filter(each => offered.includes(each)).length },
  }
}

/** `group:default/payments` and `payments` are the same owner. */
const written = (field: Field, value: string): string =>
  field === 'owner' ? value.replace(/^group:/, '').replace(/^(user:)?default\//, '$1') : value
