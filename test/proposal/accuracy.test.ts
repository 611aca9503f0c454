import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Accuracy, measure, withAccuracy } from '../../scripts/proposal-accuracy.ts'
import type { CatalogInfoProposal, Guess } from '../../src/proposal/proposal.ts'
import { type Fixture, fields, fixtureSets, readFixtures } from './fixtures.ts'
import { score } from './score.ts'

/** fixtures/proposals: repositories of real shapes, each with what a careful engineer would accept as its catalogue file. */

let fixtures: Fixture[]
let accuracies: [(typeof fixtureSets)[number], Accuracy][]
beforeAll(async () => {
  fixtures = await readFixtures()
  accuracies = await Promise.all(
    fixtureSets.map(async (set): Promise<(typeof accuracies)[number]> => [set, await measure(set)]),
  )
})

const page = () => readFileSync(join(import.meta.dirname, '../../docs/proposals.md'), 'utf8')

describe('how often a proposal is right', () => {
  it('is what docs/proposals.md says', () => {
    for (const [set, accuracy] of accuracies)
      expect(withAccuracy(page(), accuracy, set), 'write it by `node scripts/proposal-accuracy.ts`').toBe(
        page(),
      )
  })

  it('was measured before anybody had seen the fixtures, and that figure stays', () => {
    const first = /<!-- first: measured on 23 November 2026[\s\S]*<!-- first: end -->/.exec(page())?.[0] ?? ''
    expect(first).toContain('| all | 156 | 108 | 20 | 24 | 4 | 82 % |')
  })

  it('is never a wrong owner: who is not sure leaves the line to a person', () => {
    const lines = accuracies.flatMap(([, { sum }]) => sum.lines)
    expect(lines.filter(({ field }) => field === 'owner').length).toBeGreaterThan(40)
    const wrong = lines.filter(({ field, mark }) => field === 'owner' && mark === 'wrong')
    expect(wrong).toEqual([])
  })
})

describe('the fixtures', () => {
  it('are of at least 30 repositories, 6 of them monorepos, 6 with an owner that nobody can tell, 3 with nothing to propose', () => {
    const all = fixtures.map(({ expected }) => expected[0] ?? [])
    expect(all.length).toBeGreaterThanOrEqual(30)
    expect(all.filter(components => components.length > 1).length).toBeGreaterThanOrEqual(6)
    const untold = all.filter(components =>
      components.some(({ optional, owner }) => !optional && owner.oneOf.length === 0),
    )
    expect(untold.length).toBeGreaterThanOrEqual(6)
    expect(
      all.filter(components => components.every(({ optional }) => optional)).length,
    ).toBeGreaterThanOrEqual(3)
  })

  it('hold the files that they expect components in', () => {
    const lost = fixtures.flatMap(({ name, snapshot, expected }) => {
      const { tree } = snapshot
      const paths = tree.known ? tree.value.map(({ path }) => path) : []
      return expected
        .flat()
        .filter(({ path }) => path !== '.' && !paths.some(each => each.startsWith(`${path}/`)))
        .map(({ path }) => `${name} ${path}`)
    })
    expect(lost).toEqual([])
  })
})

describe('the score', () => {
  const line = (...oneOf: string[]) => ({ oneOf })
  const expected = {
    path: '.',
    optional: false,
    name: line('shop'),
    type: line('service', 'website'),
    lifecycle: { oneOf: ['production'], left: ['experimental'] },
    owner: { oneOf: [], left: ['payments', 'checkout'] },
  }
  const fixtureOf = (...alternatives: Fixture['expected']): Fixture => {
    const [first] = fixtures
    if (!first) throw new Error('There is no fixture')
    return { ...first, name: 'shop', expected: alternatives }
  }
  const proposalOf = (...guesses: Partial<Guess>[]): CatalogInfoProposal => ({
    edits: [],
    left: [],
    proof: [],
    accounts: {},
    guesses: guesses.map(guess => ({
      path: 'catalog-info.yaml',
      component: 'shop',
      field: 'spec.type',
      confidence: 0.9,
      evidence: '',
      candidates: [],
      ...guess,
    })),
  })
  const marksOf = (...guesses: Partial<Guess>[]) =>
    Object.fromEntries(
      score(fixtureOf([expected]), proposalOf(...guesses)).lines.map(({ field, mark }) => [field, mark]),
    )

  it.each<[string, Partial<Guess>, string, string]>([
    ['any accepted value', { field: 'spec.type', value: 'website' }, 'type', 'right'],
    ['another value', { field: 'spec.type', value: 'library' }, 'type', 'wrong'],
    ['nothing where it can be told', { field: 'spec.type' }, 'type', 'left'],
    [
      'a value where leaving it is as right',
      { field: 'spec.lifecycle', value: 'production' },
      'lifecycle',
      'right',
    ],
    ['nothing where leaving it is as right', { field: 'spec.lifecycle' }, 'lifecycle', 'rightly-left'],
    ['an owner where nobody can tell', { field: 'spec.owner', value: 'payments' }, 'owner', 'wrong'],
    ['no owner where nobody can tell', { field: 'spec.owner' }, 'owner', 'rightly-left'],
  ])('tells %s', (_, guess, field, mark) => {
    const type = { field: 'spec.type' as const, value: 'service' }
    expect(marksOf(guess, type)).toMatchObject({ [field]: mark })
  })

  it('counts the candidates that are offered, however they are written', () => {
    const offered = { field: 'spec.owner' as const, candidates: ['group:default/payments', 'web'] }
    const { lines } = score(fixtureOf([expected]), proposalOf({ value: 'service' }, offered))
    expect(lines.find(({ field }) => field === 'owner')?.candidates).toEqual({ expected: 2, offered: 1 })
  })

  it('counts what is missing and what is too much, and takes an optional component for neither', () => {
    const elsewhere = { path: 'apps/a/catalog-info.yaml', component: 'a', value: 'service' }
    expect(score(fixtureOf([expected]), proposalOf(elsewhere))).toMatchObject({
      found: 0,
      missing: ['shop .'],
      extra: ['shop apps/a'],
    })
    expect(score(fixtureOf([{ ...expected, optional: true }]), undefined)).toEqual({
      found: 0,
      missing: [],
      extra: [],
      lines: [],
    })
  })

  it('takes the alternative that fits', () => {
    const whole = score(
      fixtureOf([{ ...expected, path: 'charts/a' }, expected], [expected]),
      proposalOf({ value: 'service' }),
    )
    expect(whole).toMatchObject({ found: 1, missing: [] })
    expect(whole.lines).toHaveLength(fields.length)
  })
})
