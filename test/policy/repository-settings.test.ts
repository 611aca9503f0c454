import { describe, expect, it } from 'vitest'
import { fail, type Outcome, pass } from '../../src/controls/control.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { control, failing, library, policyOf, repository, type Told } from './situation.ts'

const now = new Date('2026-11-22T12:00:00Z')

const counts = {
  ...control('counts'),
  check: (_: unknown, { parameters }: { parameters: Readonly<Record<string, unknown>> }): Outcome =>
    Number(parameters.approvals) > 1
      ? fail({ message: `too few for ${parameters.approvals}` })
      : pass(`enough for ${parameters.approvals}`),
}
const controls = library(
  control('bad', failing()),
  counts,
  control('unasked'),
  { ...control('signs', failing()), heuristic: true },
  { ...control('brings'), implies: ['brought'] },
  control('brought', failing()),
)

const policy = policyOf(
  `version: 1
rules:
  - name: Everybody
    require:
      bad: advise
      brings: observe
      signs: observe
      counts: { level: enforce, approvals: 2, repositories-may-set: [approvals] }
  - name: Others
    for: { names: others }
    require:
      bad: { level: enforce, approvals: 1, repositories-may-set: approvals }
`,
  controls,
)

const path = '.github/golden-path.yml'
const judge = (settings: string, told: Told = {}) =>
  evaluate(repository({ ...told, files: { [path]: settings } }), policy, now)

const found = (settings: string, id: string) => judge(settings).controls.find(control => control.id === id)
const mistakes = (settings: string) =>
  found(settings, 'repository-settings-valid')?.findings.map(
    ({ message, location }) => `${location?.line}:${location?.column}: ${message}`,
  ) ?? []

const settings = (...lines: string[]): string =>
  `version: 1\nrequire:\n${lines.map(line => `  ${line}\n`).join('')}`

const without = evaluate(repository(), policy, now)

describe('what a repository asks of itself', () => {
  it('makes the policy stricter for it, and its own line is named', () => {
    expect(found(settings('bad: enforce'), 'bad')).toMatchObject({
      level: 'enforce',
      status: 'fail',
      rule: { name: 'The repository’s own settings', path, line: 3, own: true },
    })
    expect(judge(settings('bad: enforce')).conclusion).toBe('failure')
  })

  it('brings along what the control implies', () => {
    expect(found(settings('brings: enforce'), 'brought')).toMatchObject({
      level: 'enforce',
      rule: { own: true },
    })
  })

  it('sets what the policy leaves to it, at the level of the policy', () => {
    expect(found(settings('counts: { approvals: 1 }'), 'counts')).toMatchObject({
      level: 'enforce',
      status: 'pass',
      message: 'enough for 1',
      rule: { name: 'Everybody' },
    })
  })

  it('is nothing where there is no file, or an empty list', () => {
    expect(judge(settings('bad: advise'))).toEqual(without)
    expect(judge('version: 1\n')).toEqual(without)
    const absent = repository()
    absent.files[path] = known({ exists: false }, 'test')
    expect(evaluate(absent, policy, now)).toEqual(without)
  })

  it('decides where the policy can not', () => {
    const open = policyOf(
      'version: 1\nrules:\n  - { name: R, for: { topics: pci }, require: { bad: enforce } }\n',
      controls,
    )
    const hidden = { topics: unknown('permission', 'the app may not read topics') }
    const verdict = evaluate(
      repository({ ...hidden, files: { [path]: settings('bad: enforce') } }),
      open,
      now,
    )
    expect(verdict).toMatchObject({
      conclusion: 'failure',
      controls: [{ status: 'fail', rule: { own: true } }],
    })
  })

  it('passes a rollout by', () => {
    const rolled = policyOf(
      'version: 1\nrules:\n  - { name: R, rollout: 0%, require: { bad: enforce } }\n',
      controls,
    )
    const [held] = evaluate(repository(), rolled, now).controls
    const [own] = evaluate(repository({ files: { [path]: settings('bad: advise') } }), rolled, now).controls
    expect([held?.level, own?.level, own?.heldBack]).toEqual(['observe', 'advise', undefined])
  })
})

describe('a repository never asks less of itself', () => {
  const weight = { observe: 0, advise: 1, enforce: 2 }

  it.each(['observe', 'advise', 'enforce'])('with every level at %s', level => {
    const own = judge(settings(...['bad', 'brings', 'counts'].map(id => `${id}: ${level}`)))
    for (const control of without.controls) {
      const now = own.controls.find(({ id }) => id === control.id)
      expect(weight[now?.level ?? 'observe']).toBeGreaterThanOrEqual(weight[control.level])
    }
  })

  it('and is told so when it tries, while the rest holds', () => {
    const text = settings('counts: observe', 'bad: enforce')
    expect(mistakes(text)).toEqual([
      '3:11: counts is at observe here and at enforce in the policy (golden-path.yml:8, "Everybody"). Expected a stricter level: a repository can\'t ask less of itself.',
    ])
    expect(found(text, 'bad')?.level).toBe('enforce')
  })

  it('nor sets what is left to others', () => {
    expect(mistakes(settings('bad: { approvals: 2 }'))).toEqual([
      '3:21: approvals of bad is left to other repositories by the policy, not to this one. Expected only what has an effect here.',
    ])
  })
})

describe('a mistake in it is told at its place, and nothing of it is applied', () => {
  it.each([
    ['an empty file', '', '1:1: The file is empty. Expected "version: 1" and require.'],
    [
      'no YAML',
      'version: [\n',
      '2:1: Not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    [
      'no version',
      'require: { bad: enforce }\n',
      '1:1: A repository’s settings file has no "version". Expected 1.',
    ],
    [
      'a policy',
      'version: 1\nrules: []\n',
      '2:1: "rules" is no key of a repository’s settings file. Expected version or require.',
    ],
    [
      'a misspelt level',
      settings('bad: enfroce'),
      '3:8: "enfroce" is no level. Expected observe, advise or enforce; the nearest is "enforce".',
    ],
    [
      'a control that there is not',
      settings('bat: enforce'),
      '3:3: "bat" is no control that the policy asks for. Expected bad, brings, brought, counts or signs; the nearest is "bad".',
    ],
    [
      'a control that no rule names',
      settings('unasked: enforce'),
      '3:3: "unasked" is no control that the policy asks for. Expected bad, brings, brought, counts or signs.',
    ],
    [
      'a parameter that is not its own',
      settings('brings: { level: enforce, approvals: 2 }'),
      '3:29: The policy leaves no "approvals" of brings to repositories. Expected level.',
    ],
    [
      'a misspelt parameter',
      settings('counts: { aprovals: 2 }'),
      '3:13: The policy leaves no "aprovals" of counts to repositories. Expected level or approvals; the nearest is "approvals".',
    ],
    [
      'a parameter that is none',
      settings('counts: { approvals: two }'),
      '3:24: "two" is not what approvals of counts may be. Expected a whole number.',
    ],
    ['nothing', settings('counts: {}'), '3:11: Nothing is set here. Expected level or approvals.'],
    [
      'signs enforced',
      settings('signs: enforce'),
      '3:10: signs judges by signs, which may be wrong, and the policy enforces it nowhere. Expected observe or advise.',
    ],
    ['a megabyte', 'x'.repeat(1_000_000), '1:1: It has 1000000 characters. Expected at most 64 KiB.'],
  ])('%s', (_, text, first) => {
    expect(mistakes(text)[0]).toBe(first)
    const { controls: judged } = judge(text)
    expect(judged.filter(({ id }) => id !== 'repository-settings-valid')).toEqual(without.controls)
  })

  it('even with what is right beside it; the check is only advised', () => {
    const verdict = judge(settings('bad: enforce', 'counts: { approvals: two }'))
    expect(verdict.controls.find(({ id }) => id === 'bad')?.level).toBe('advise')
    expect(verdict.controls.at(-1)).toMatchObject({
      id: 'repository-settings-valid',
      level: 'advise',
      status: 'fail',
      rule: { path, own: true },
      findings: [{ next: `Correct ${path}:4:24; until then nothing of the file is applied` }],
    })
  })

  it.each([
    ['can not be read today', unknown('unavailable', 'GitHub did not answer'), 'unknown'],
    ['was made unreadable', unknown('binary', `${path} is no text`), 'fail'],
  ] as const)('as when the file %s', (_, fact, status) => {
    const snapshot = repository()
    snapshot.files[path] = fact
    expect(evaluate(snapshot, policy, now).controls.at(-1)).toMatchObject({
      id: 'repository-settings-valid',
      status,
    })
  })

  it('is no control that a policy may name or waive', () => {
    expect(() =>
      policyOf(
        'version: 1\nrules:\n  - { name: R, require: { repository-settings-valid: enforce } }\n',
        controls,
      ),
    ).toThrow('is no control')
  })
})
