import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { type ExplainedControl, type Explanation, explain } from '../../src/policy/explain.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

const policyOf = (text: string): Policy => {
  const parsed = parsePolicy([{ path: 'golden-path.yml', text }], {
    version: '91d0e77',
    library: builtInControls,
  })
  if (parsed.ok) return parsed.policy
  throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
}

const now = new Date('2026-11-22T12:30:00.000Z')

const explained = (snapshot: Snapshot, policy: Policy, control?: string): Explanation =>
  explain(snapshot, policy, evaluate(snapshot, policy, now), control)

const one = (snapshot: Snapshot, policy: Policy, control: string): ExplainedControl => {
  const [found] = explained(snapshot, policy, control).controls
  if (!found) throw new Error(`${control} is not explained.`)
  return found
}

const repository = await snapshotOf({
  files: { 'catalog-info.yaml': component('payments-api') },
  facts: { topics: known(['pci'], 'github') },
  accounts: {
    'group:default/payments': {
      ...known({ exists: true }, 'directory'),
      at: '2026-11-22T06:00:00.000Z',
    },
  },
})

describe('the rules that are considered', () => {
  const policy = policyOf(`version: 1
rules:
  - name: Everybody
    require:
      owner-exists: advise
  - name: Payments
    for: { topics: [pci] }
    require:
      owner-exists: enforce
      codeowners-valid: { level: enforce, from: 2027-01-15 }
  - name: Web
    for: { names: ["web-*"], topics: [pci] }
    require:
      owner-exists: enforce
      techdocs: advise
  - name: Go
    for: { language: [Go] }
    require:
      owner-exists: advise
`)

  it('are all that name the control, with their lines and answers, the deciding one first', () => {
    expect(one(repository, policy, 'owner-exists').rules).toEqual([
      {
        rule: { name: 'Payments', path: 'golden-path.yml', line: 9 },
        applies: 'yes',
        level: 'enforce',
        decided: true,
      },
      {
        rule: { name: 'Everybody', path: 'golden-path.yml', line: 5 },
        applies: 'yes',
        level: 'advise',
        decided: false,
      },
      {
        rule: { name: 'Web', path: 'golden-path.yml', line: 14 },
        applies: 'no',
        detail: 'it is for names: web-*',
        level: 'enforce',
        decided: false,
      },
      {
        rule: { name: 'Go', path: 'golden-path.yml', line: 19 },
        applies: 'undecided',
        detail: expect.stringContaining('its primary language'),
        level: 'advise',
        decided: false,
      },
    ])
  })

  it.each([
    [
      'the strictest of several',
      'owner-exists',
      [
        'The rule "Payments" (golden-path.yml:9) asks it at enforce.',
        'One more rule asks it; the strictest decides.',
      ],
    ],
    [
      'one with a date to come',
      'codeowners-valid',
      [
        'The rule "Payments" (golden-path.yml:10) asks it at advise.',
        'It is advice until 15 January 2027; from that day it is enforced.',
      ],
    ],
    ['none that is for this repository', 'techdocs', ['No rule that names it is for this repository.']],
    ['none at all', 'ownership-agrees', ['No rule names it.']],
  ])('are put in words: %s', (_, control, sentences) => {
    expect(one(repository, policy, control).because).toEqual(sentences)
  })

  it('say which control brings one along that no rule names', () => {
    const implying = policyOf(
      'version: 1\nrules:\n  - name: A\n    require:\n      catalog-info-valid: enforce\n',
    )
    const free = explained(repository, implying).controls.find(({ id }) => id === 'entity-ref-free')
    expect(free?.because).toContain('It is asked along with catalog-info-valid, which that rule names.')
    expect(free?.rules[0]?.impliedBy).toBe('catalog-info-valid')
  })

  it('say that a rollout has not come here yet', () => {
    const rolling = policyOf(
      'version: 1\nrules:\n  - name: A\n    rollout: 1%\n    require:\n      owner-exists: enforce\n',
    )
    const { because, rules } = one(repository, rolling, 'owner-exists')
    expect(rules[0]).toMatchObject({ level: 'enforce', rollout: 1, decided: true })
    expect(because).toEqual([
      'The rule "A" (golden-path.yml:6) asks it at enforce.',
      'The rollout has reached 1 % of repositories and not yet this one: until then it is only observed.',
    ])
  })

  it('say that the repository itself was stricter', async () => {
    const strict = await snapshotOf({
      files: {
        'catalog-info.yaml': component('payments-api'),
        '.github/golden-path.yml': 'version: 1\nrequire:\n  techdocs: enforce\n',
      },
    })
    const mild = policyOf('version: 1\nrules:\n  - name: A\n    require:\n      techdocs: advise\n')
    const { because, rules } = one(strict, mild, 'techdocs')
    expect(because).toEqual([
      'The repository itself asks it of itself at enforce, in .github/golden-path.yml:3, stricter than the policy does.',
    ])
    expect(rules.map(({ rule, decided }) => [rule.path, decided])).toEqual([
      ['.github/golden-path.yml', true],
      ['golden-path.yml', false],
    ])
  })
})

describe('what was read', () => {
  const policy = policyOf(
    'version: 1\nrules:\n  - name: A\n    require:\n      owner-exists: enforce\n      codeowners-valid: enforce\n',
  )

  it('is each file with where it comes from, those that are there first', async () => {
    const snapshot = await snapshotOf({ files: { CODEOWNERS: '* @acme/payments' } })
    snapshot.files['docs/CODEOWNERS'] = unknown('too-large', 'docs/CODEOWNERS has 20 MB')
    expect(one(snapshot, policy, 'codeowners-valid').files).toEqual([
      { path: 'CODEOWNERS', state: 'there', source: 'test' },
      { path: 'docs/CODEOWNERS', state: 'unknown', detail: 'docs/CODEOWNERS has 20 MB' },
      { path: '.github/CODEOWNERS', state: 'absent', source: 'test' },
    ])
  })

  it('is each fact with who said so and when, or why it is unknown', () => {
    expect(one(repository, policy, 'owner-exists').facts).toContainEqual({
      name: 'account group:default/payments',
      source: 'directory',
      at: '2026-11-22T06:00:00.000Z',
    })
    expect(one(repository, policy, 'codeowners-valid').facts).toContainEqual({
      name: 'codeownersErrors',
      detail: 'The test does not say the codeownersErrors',
      at: repository.takenAt,
    })
  })
})

it.each([
  ['the control', 'advise', '', { value: 1, from: 'default' }],
  ['the rule', '{ level: advise, approvals: 2 }', '', { value: 2, from: 'golden-path.yml:5' }],
  [
    'the repository, where the rule leaves it to it',
    '{ level: advise, approvals: 2, repositories-may-set: [approvals] }',
    'version: 1\nrequire:\n  default-branch-protected:\n    approvals: 3\n',
    { value: 3, from: '.github/golden-path.yml:4' },
  ],
])('says of a parameter that %s set it', async (_, requirement, settings, expected) => {
  const policy = policyOf(
    `version: 1\nrules:\n  - name: A\n    require:\n      default-branch-protected: ${requirement}\n`,
  )
  const snapshot = await snapshotOf({ files: settings ? { '.github/golden-path.yml': settings } : {} })
  expect(one(snapshot, policy, 'default-branch-protected').parameters).toEqual([
    { name: 'approvals', ...expected },
  ])
})

it('shows each expression of an own control with its value', async () => {
  const policy = policyOf(`version: 1
controls:
  logs-kept:
    title: Logs are kept
    why: Somebody asks for them later.
    require:
      - file: config/logging.yaml
        where: doc.retentionDays >= 365
        message: 365 days are asked for.
rules:
  - name: A
    require: { logs-kept: enforce }
`)
  const snapshot = await snapshotOf({ files: { 'config/logging.yaml': 'retentionDays: 30' } })
  expect(one(snapshot, policy, 'logs-kept').trace).toMatchObject({
    cutOff: false,
    conditions: [
      {
        status: 'fail',
        evaluations: [
          {
            file: 'config/logging.yaml',
            expression: 'doc.retentionDays >= 365',
            value: 'false',
            parts: [{ looksAt: [{ path: 'doc.retentionDays', value: '30' }] }],
          },
        ],
      },
    ],
  })
})

it('lists the waivers of the control, each with why it holds or not', () => {
  const policy = policyOf(`version: 1
rules:
  - name: A
    require: { techdocs: enforce }
waivers:
  - { repository: payments-api, control: techdocs, until: 2027-01-01, reason: R, approved-by: "@acme/x" }
  - { repository: other, control: techdocs, until: 2027-01-01, reason: R, approved-by: "@acme/x" }
  - { repository: "*", control: techdocs, until: 2026-11-01, reason: R, approved-by: "@acme/x" }
  - { repository: "*", control: owner-exists, until: 2027-01-01, reason: R, approved-by: "@acme/x" }
`)
  expect(one(repository, policy, 'techdocs').waivers.map(({ standing }) => standing)).toEqual([
    'holds',
    'elsewhere',
    'ended',
  ])
})

it('explains nothing of a control that there is not, and everything of a verdict', () => {
  const policy = policyOf(
    'version: 1\nrules:\n  - name: A\n    require: { techdocs: enforce, owner-exists: advise }\n',
  )
  expect(explained(repository, policy, 'no-such').controls).toEqual([])
  const all = explained(repository, policy)
  expect(all.controls.map(({ id }) => id)).toEqual(
    evaluate(repository, policy, now).controls.map(({ id }) => id),
  )
  expect(all).toMatchObject({
    repository: 'acme/payments-api',
    takenAt: repository.takenAt,
    policy: '91d0e77',
  })
})
