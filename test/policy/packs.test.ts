import { describe, expect, it } from 'vitest'
import { packs } from '../../src/controls/packs.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { control, library, policyOf, repository } from './situation.ts'

const heuristic = 'readme-present'
const ids = [...new Set(packs.flatMap(pack => pack.controls))]
const controls = library(
  ...ids.map(id => ({ ...control(id), ...(id === heuristic ? { heuristic: true } : {}) })),
)
const now = new Date('2026-11-22T12:00:00Z')

const asked = (rules: string) =>
  new Map(
    evaluate(repository(), policyOf(`version: 1\nrules:\n  - name: R\n${rules}`, controls), now).controls.map(
      ({ id, level, enforcedFrom, rule }) => [
        id,
        { level, line: rule.line, ...(enforcedFrom ? { enforcedFrom } : {}) },
      ],
    ),
  )

describe('a pack', () => {
  it.each(packs)('$id asks for its controls', ({ id, controls: members }) => {
    expect([...asked(`    packs: { ${id}: advise }\n`).keys()].toSorted()).toEqual([...members].toSorted())
  })

  it('goes after what the rule names itself', () => {
    const levels = asked('    require: { techdocs: observe }\n    packs: { baseline: advise }\n')
    expect(levels.get('techdocs')).toEqual({ level: 'observe', line: 4 })
    expect(levels.get('owner-exists')).toEqual({ level: 'advise', line: 5 })
  })

  it('is enforced from a day, but for signs, which it only advises', () => {
    const levels = asked('    packs: { baseline: { level: enforce, from: 2027-01-15 } }\n')
    expect(levels.get('owner-exists')).toMatchObject({ level: 'advise', enforcedFrom: '2027-01-15' })
    expect(levels.get(heuristic)).toEqual({ level: 'advise', line: 4 })
  })

  it('that meets another on one control leaves it the stricter level', () => {
    for (const order of ['baseline: enforce, ownership: observe', 'ownership: observe, baseline: enforce'])
      expect(asked(`    packs: { ${order} }\n`).get('owner-exists')).toMatchObject({ level: 'enforce' })
  })
})
