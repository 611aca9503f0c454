import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/policy/evaluate.ts'
import { isPolicyPath, withPolicyCheck } from '../../src/policy/policy-valid.ts'
import { policyReads } from '../../src/policy/reads.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { policyOf, repository, usual } from './situation.ts'

const now = new Date('2026-11-22')
const good = 'version: 1\nrules:\n  - { name: R, require: { techdocs: advise } }\n'
const bad = 'version: 1\nrules:\n  - { name: R, require: { techdocs: enfroce } }\n'

const judge = (files: Record<string, string>) => {
  const snapshot = repository({ name: '.github', files })
  snapshot.files['golden-path.yml'] ??= { known: true, value: { exists: false }, source: 'test' }
  return evaluate(snapshot, withPolicyCheck(undefined, usual), now)
}

describe('the policy repository', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['with a good policy', { 'golden-path.yml': good }, 'pass', 'The policy parses: 1 rule, 0 waivers.'],
    ['without one', {}, 'not-applicable', 'There is no golden-path.yml here.'],
    [
      'with a mistake',
      { 'golden-path.yml': bad },
      'fail',
      '"enfroce" is no level. Expected observe, advise or enforce; the nearest is "enforce".',
    ],
    [
      'with a mistake in a further file',
      { 'golden-path.yml': good, 'golden-path/waivers.yml': 'waivers: 1\n' },
      'fail',
      '1 is a number. Expected a list.',
    ],
    [
      'with a file of another name',
      { 'golden-path.yaml': good },
      'fail',
      'The policy is in golden-path.yaml, which is not read. Expected golden-path.yml.',
    ],
    [
      'with a further file of another name',
      { 'golden-path.yml': good, 'golden-path/waivers.yaml': 'waivers: []\n' },
      'fail',
      'The policy is in golden-path/waivers.yaml, which is not read. Expected golden-path/waivers.yml.',
    ],
  ])('%s', (_, files, status, message) => {
    expect(judge(files).controls.at(-1)).toMatchObject({
      id: 'policy-valid',
      level: 'enforce',
      status,
      message,
    })
  })

  it('is shown every mistake at its place, and which policy stays in force', () => {
    const inForce = policyOf(good)
    const snapshot = repository({ name: '.github', files: { 'golden-path.yml': bad } })
    const verdict = evaluate(snapshot, withPolicyCheck(inForce, usual), now)
    expect(verdict.conclusion).toBe('failure')
    expect(verdict.controls.at(-1)?.findings).toEqual([
      {
        message: '"enfroce" is no level. Expected observe, advise or enforce; the nearest is "enforce".',
        location: { path: 'golden-path.yml', line: 3, column: 37 },
        next: 'Correct golden-path.yml:3:37; until then the policy of test stays in force',
      },
    ])
    expect(verdict.controls.map(control => control.id)).toEqual([
      'techdocs',
      'waivers-allowed',
      'waivers-needed',
      'policy-valid',
    ])
  })

  it('has its files read', () => {
    expect(policyReads(withPolicyCheck(policyOf(good), usual)).files).toEqual(
      expect.arrayContaining(['golden-path.yml', 'golden-path/*.yml', 'techdocs.txt']),
    )
  })

  it('is undecided, not fine, while a file of it can not be read', () => {
    const snapshot = repository({
      name: '.github',
      files: { 'golden-path.yml': good, 'golden-path/a.yml': '' },
    })
    snapshot.files['golden-path/a.yml'] = unknown('unavailable', 'GitHub did not answer')
    expect(evaluate(snapshot, withPolicyCheck(undefined, usual), now).controls).toMatchObject([
      { id: 'waivers-allowed', status: 'unknown' },
      { id: 'waivers-needed', status: 'unknown' },
      { id: 'policy-valid', status: 'unknown' },
    ])
  })
})

describe('a path of the policy', () => {
  it.each([
    ['golden-path.yml', true],
    ['golden-path/waivers.yml', true],
    ['golden-path/deep/waivers.yml', false],
    ['golden-path.yaml', false],
    ['docs/golden-path.yml', false],
    ['golden-path/README.md', false],
  ])('%s: %s', (path, expected) => {
    expect(isPolicyPath(path)).toBe(expected)
  })
})
