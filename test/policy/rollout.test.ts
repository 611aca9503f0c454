import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import { rolloutsAt } from '../../src/policy/rollout.ts'
import { control, failing, library, policyOf, repository } from './situation.ts'

const ids = Array.from({ length: 2_000 }, (_, index) => 700_000_000 + index * 37)
const isReached = (rollout: number, id: number) => rolloutsAt(id)(rollout)
const reachedBy = (rollout: number) => ids.filter(id => isReached(rollout, id) === true)

describe('a rollout', () => {
  it('reaches about as many as it says', () => {
    for (const rollout of [5, 10, 25, 50, 90]) {
      const share = (reachedBy(rollout).length / ids.length) * 100
      expect(Math.abs(share - rollout)).toBeLessThan(4)
    }
  })

  it('keeps those inside when it is raised, and ends with everybody', () => {
    for (const [lower, higher] of [
      [0, 5],
      [5, 10],
      [10, 50],
      [50, 99],
      [99, 100],
    ] as const) {
      expect(reachedBy(higher)).toEqual(expect.arrayContaining(reachedBy(lower)))
    }
    expect(reachedBy(0)).toEqual([])
    expect(reachedBy(100)).toEqual(ids)
  })

  it('reaches the same ones in every release: these ids are what the first one chose', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter(id => isReached(50, id) === true)).toEqual([1, 3, 4, 6, 7])
  })
})

const controls = library(control('bad', failing()), { ...control('hint', failing()), heuristic: true })
const inside = ids.find(id => isReached(10, id) === true) ?? 0
const outside = ids.find(id => isReached(50, id) === false) ?? 0
const now = new Date('2026-11-22T12:00:00Z')

const judged = (rule: string, id: number) => {
  const verdict = evaluate(repository({ id }), policyOf(`version: 1\nrules:\n${rule}`, controls), now)
  const [first] = verdict.controls
  return {
    conclusion: verdict.conclusion,
    level: first?.level,
    heldBack: first?.heldBack,
    enforcedFrom: first?.enforcedFrom,
  }
}

describe('a level that is rolled out', () => {
  const rule = '  - { name: R, require: { bad: { level: enforce, rollout: 10% } } }\n'

  it.each<[string, string, number, object]>([
    ['counts where it has come', rule, inside, { conclusion: 'failure', level: 'enforce' }],
    [
      'is observed elsewhere, which says what it would be',
      rule,
      outside,
      { conclusion: 'success', level: 'observe', heldBack: { level: 'enforce', rollout: 10 } },
    ],
    [
      'of a whole rule holds for each requirement',
      '  - { name: R, rollout: 10%, require: { bad: advise } }\n',
      outside,
      { level: 'observe', heldBack: { level: 'advise', rollout: 10 } },
    ],
    [
      'but not for one that has its own',
      '  - { name: R, rollout: 10%, require: { bad: { level: advise, rollout: 100% } } }\n',
      outside,
      { level: 'advise' },
    ],
    [
      'waits for its day as well',
      '  - { name: R, rollout: 10%, require: { bad: { level: enforce, from: 2027-01-15 } } }\n',
      inside,
      { level: 'advise', enforcedFrom: '2027-01-15' },
    ],
    [
      'says what it would be on that day',
      '  - { name: R, rollout: 10%, require: { bad: { level: enforce, from: 2027-01-15 } } }\n',
      outside,
      { level: 'observe', heldBack: { level: 'advise', rollout: 10 } },
    ],
    [
      'is passed by where another rule asks for it',
      `${rule}  - { name: S, require: { bad: advise } }\n`,
      outside,
      { level: 'advise' },
    ],
    [
      'is nothing new where it is observed',
      '  - { name: R, rollout: 10%, require: { bad: observe } }\n',
      outside,
      { level: 'observe' },
    ],
  ])('%s', (_, text, id, expected) => {
    expect(judged(text, id)).toEqual({
      heldBack: undefined,
      enforcedFrom: undefined,
      conclusion: expect.anything(),
      ...expected,
    })
  })

  it('can not be decided without GitHub’s id', () => {
    const [found] = evaluate(
      repository({ id: 0 }),
      policyOf(`version: 1\nrules:\n${rule}`, controls),
      now,
    ).controls
    expect(found).toMatchObject({
      status: 'unknown',
      level: 'enforce',
      message:
        'Whether the rule "R" is for this repository can\'t be decided: its rollout of 10% goes by the repository’s id at GitHub, which is not asked offline. If it is, it would fail: broken',
    })
  })
})

describe('a control that judges by signs', () => {
  it('says so, and is enforced only where that was accepted', () => {
    const text = '  - { name: R, require: { hint: { level: enforce, accept-heuristic: true } } }\n'
    const verdict = evaluate(repository(), policyOf(`version: 1\nrules:\n${text}`, controls), now)
    expect(verdict.controls).toMatchObject([{ id: 'hint', heuristic: true, level: 'enforce' }])
  })

  it('is advised at most where another one brings it along', () => {
    const pair = library(
      { ...control('brings'), implies: ['hint'] },
      { ...control('hint', failing()), heuristic: true },
    )
    const text = 'version: 1\nrules:\n  - { name: R, require: { brings: enforce } }\n'
    expect(
      evaluate(repository(), policyOf(text, pair), now).controls.map(({ id, level }) => [id, level]),
    ).toEqual([
      ['brings', 'enforce'],
      ['hint', 'advise'],
    ])
  })
})
