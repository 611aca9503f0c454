import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { deepFreeze } from '../../src/policy/freeze.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy, PolicyFile } from '../../src/policy/policy.ts'
import { settingsPath } from '../../src/policy/repository-settings.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { repository } from './situation.ts'

/** A verdict is a function: the same snapshot, policy and day give the same one, in whatever order their parts come. */

const asked = [
  'catalog-info-valid',
  'owner-exists',
  'codeowners-valid',
  'ownership-agrees',
  'template-controls',
  'default-branch-protected',
  'techdocs',
  'own-logging',
  'own-runbook',
]

const level = fc.constantFrom(
  'observe',
  'advise',
  'enforce',
  '{ level: enforce, from: 2027-01-15 }',
  '{ level: enforce, from: 2026-01-15 }',
  '{ level: advise, rollout: 50% }',
  '{ level: enforce, rollout: 10% }',
)

const requirements = fc
  .dictionary(fc.constantFrom(...asked), level, { minKeys: 1, maxKeys: 5 })
  .chain(levels =>
    fc
      .constantFrom(
        undefined,
        '{ level: enforce, approvals: 2 }',
        '{ level: enforce, approvals: 1, repositories-may-set: approvals }',
      )
      .map(protection => (protection ? { ...levels, 'default-branch-protected': protection } : levels)),
  )

const rule = fc.record({
  selector: fc.constantFrom(
    '{}',
    '{ topics: pci }',
    '{ not: { topics: pci } }',
    '{ names: "*-api", archived: false }',
    '{ team: payments }',
    '{ any: [{ owner: "group:**" }, { topics: pci }] }',
    '{ entity: { kind: Component, type: service } }',
    '{ age: { over: 30d } }',
    '{ properties: { tier: gold } }',
  ),
  rollout: fc.constantFrom('', 'rollout: 50%, ', 'rollout: 5%, '),
  require: requirements,
  packs: fc.constantFrom(
    '',
    ', packs: { ownership: advise }',
    ', packs: { baseline: observe, soc2: advise }',
  ),
})

const inFlow = (entries: Record<string, string>): string =>
  `{ ${Object.entries(entries)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`

const files = fc
  .array(fc.tuple(rule, fc.constantFrom('golden-path.yml', 'golden-path/a.yml', 'golden-path/b.yml')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((rules): PolicyFile[] =>
    ['golden-path.yml', 'golden-path/a.yml', 'golden-path/b.yml'].map((path, index) => {
      const here = rules.flatMap(([each, at], number) =>
        at === path
          ? `  - { name: R${number}, for: ${each.selector}, ${each.rollout}require: ${inFlow(each.require)}${each.packs} }\n`
          : [],
      )
      return {
        path,
        text: [
          'version: 1\n',
          here.length > 0 ? `rules:\n${here.join('')}` : '',
          index === 1
            ? 'controls:\n  own-runbook: { title: Runbook, why: W, require: [{ file: "docs/run*.md", message: Write one. }] }\n'
            : '',
          index === 2
            ? 'controls:\n  own-logging: { title: Logging, why: W, require: [{ file: "config/logging.{yaml,yml}", where: "doc.audit.retentionDays >= 365", message: Keep it. }] }\n'
            : '',
          index > 0
            ? `waivers:\n${['own-logging', 'owner-exists', 'codeowners-valid'].map(control => `  - { repository: "pay*", control: ${control}, until: 2027-0${index}-01, reason: R${index}, approved-by: "@x" }\n`).join('')}`
            : '',
        ].join(''),
      }
    }),
  )

const snapshot = fc
  .record({
    topics: fc.constantFrom([], ['pci'], unknown('permission', 'the app may not read topics')),
    properties: fc.constantFrom(
      {},
      { tier: 'gold', Zone: ['a', 'b'] },
      unknown('permission', 'no permission'),
    ),
    owner: fc.constantFrom('payments', 'nobody'),
    settings: fc.constantFrom(
      undefined,
      'version: 1\nrequire: { techdocs: enforce, own-logging: observe }\n',
      'version: 1\nrequire: { default-branch-protected: { approvals: 1 } }\n',
      'version: 1\nrequire: { techdocs: enfroce }\n',
    ),
    id: fc.constantFrom(0, 1, 4, 99),
  })
  .map(({ topics, properties, owner, settings, id }): Snapshot => {
    const made = repository({
      id,
      topics,
      properties,
      metadata: { createdAt: '2026-11-01T00:00:00Z' },
      files: {
        'catalog-info.yaml': 'kind: Component\n',
        '.github/CODEOWNERS': '* @acme/payments @acme/gone\n/src @nobody\n/docs broken\n',
        'config/logging.yaml': 'audit: { retentionDays: 30 }\n',
        'docs/runbook.md': '# Runbook\n',
        ...(settings ? { [settingsPath]: settings } : {}),
      },
      entities: [
        {
          ref: 'component:default/payments-api',
          name: 'payments-api',
          type: 'service',
          owner: {
            text: owner,
            ref: `group:default/${owner}`,
            location: { path: 'catalog-info.yaml', line: 6 },
          },
        },
      ],
      accounts: {
        'group:default/payments': known({ exists: true, as: 'team @acme/payments' }, 'directory'),
        'group:default/nobody': known({ exists: false, nearest: 'payments' }, 'directory'),
        '@acme/payments': known({ exists: true, as: 'team @acme/payments' }, 'directory'),
        '@acme/gone': known({ exists: false }, 'directory'),
        '@nobody': unknown('not-configured', '@nobody is no member of acme'),
      },
    })
    made.facts.protection = known(
      {
        requiresPullRequest: true,
        requiredApprovals: 1,
        requiresCodeOwnerReview: false,
        blocksForcePush: false,
        blocksDeletion: false,
        requiredChecks: [],
        dismissesStaleReviews: false,
        requiresLastPushApproval: false,
        sources: ['ruleset "baseline"'],
      },
      'test',
    )
    return made
  })

const day = fc
  .constantFrom('2026-11-22', '2027-01-15', '2027-02-01', '2027-02-02')
  .map(date => new Date(`${date}T12:00:00Z`))

const policyOf = (text: readonly PolicyFile[]): Policy => {
  const parsed = parsePolicy(text, { version: 'test', library: builtInControls })
  if (!parsed.ok)
    throw new Error(
      parsed.problems.map(({ path, line, message }) => `${path}:${line}: ${message}`).join('\n'),
    )
  return parsed.policy
}

type Shuffle = <T>(list: readonly T[]) => T[]

/** Any order, from numbers that fast-check chooses and shrinks. */
const shuffles = fc.infiniteStream(fc.nat()).map(
  (numbers): Shuffle =>
    list =>
      list
        .map(each => ({ each, at: numbers.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ each }) => each),
)

/** The same value with the keys of every mapping in another order; lists are lists. */
const reordered = <T>(value: T, shuffle: Shuffle): T => {
  if (Array.isArray(value)) return value.map(each => reordered(each, shuffle)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    shuffle(Object.entries(value)).map(([key, inner]) => [key, reordered(inner, shuffle)]),
  ) as T
}

const shuffled = (policy: Policy, shuffle: Shuffle): Policy => ({
  ...policy,
  rules: shuffle(policy.rules).map(each => ({
    ...each,
    require: shuffle(each.require).map(requirement => ({
      ...requirement,
      parameters: reordered(requirement.parameters, shuffle),
    })),
  })),
  waivers: shuffle(policy.waivers),
  controls: new Map(shuffle([...policy.controls])),
})

/** The library's order is how a verdict is read, not what it says. */
const byId = (verdict: Verdict): Verdict => ({
  ...verdict,
  controls: verdict.controls.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
})

describe('a verdict', () => {
  it('is the same again, and changes nothing of what it was decided from', () => {
    fc.assert(
      fc.property(files, snapshot, day, (text, facts, now) => {
        const policy = policyOf(text)
        const first = evaluate(facts, policy, now)
        const before = structuredClone(facts)
        expect(evaluate(deepFreeze(facts), policyOf(text), now)).toEqual(first)
        expect(facts).toEqual(before)
      }),
      { numRuns: 20 },
    )
  })

  it('does not depend on the order of rules, requirements, waivers, controls or keys', () => {
    fc.assert(
      fc.property(files, snapshot, day, shuffles, (text, facts, now, shuffle) => {
        const policy = policyOf(text)
        const other = evaluate(reordered(facts, shuffle), shuffled(policy, shuffle), now)
        expect(byId(other)).toEqual(byId(evaluate(facts, policy, now)))
      }),
      { numRuns: 60 },
    )
  })

  it('does not depend on the order of the policy’s files', () => {
    fc.assert(
      fc.property(files, snapshot, day, shuffles, (text, facts, now, shuffle) => {
        expect(evaluate(facts, policyOf(shuffle(text)), now)).toEqual(evaluate(facts, policyOf(text), now))
      }),
      { numRuns: 20 },
    )
  })
})
