import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/controls/control.ts'
import type { Policy, Waiver } from '../../src/policy/policy.ts'
import { waiversAllowedControl, waiversNeededControl } from '../../src/policy/waiver-checks.ts'
import { known, type Organisation, unknown } from '../../src/snapshot/snapshot.ts'
import { checked, snapshotOf, told } from '../support/snapshot.ts'
import { policyOf } from './situation.ts'

const base = policyOf('version: 1\nrules:\n  - { name: R, require: { techdocs: enforce } }\n')

const waiver: Waiver = {
  repository: 'legacy-*',
  control: 'techdocs',
  until: '2027-01-31',
  reason: 'Switched off',
  approvedBy: '@acme/security',
  source: { path: 'golden-path/waivers.yml', line: 4 },
}

const organisation: Organisation = {
  repositories: known(['legacy-api', 'legacy-web', 'shop'], 'store'),
  handles: known(['@acme/security', '@jane'], 'directory'),
  standing: {
    techdocs: [
      { repository: 'legacy-api', status: 'waived', level: 'enforce' },
      { repository: 'legacy-web', status: 'pass', level: 'enforce' },
      { repository: 'shop', status: 'pass', level: 'enforce' },
    ],
  },
}

const judge = async (
  which: 'allowed' | 'needed',
  odd: {
    waivers?: Partial<Waiver>[]
    policy?: Partial<Policy>
    organisation?: Partial<Organisation> | 'none'
  },
): Promise<Outcome> => {
  const policy: Policy = {
    ...base,
    waivers: (odd.waivers ?? [{}]).map(each => ({ ...waiver, ...each })),
    ...odd.policy,
  }
  const control = (which === 'allowed' ? waiversAllowedControl : waiversNeededControl)(() => ({ policy }))
  const snapshot = await snapshotOf()
  return checked(
    control,
    odd.organisation === 'none'
      ? snapshot
      : { ...snapshot, organisation: { ...organisation, ...odd.organisation } },
    { today: '2026-11-22' },
  )
}

const place = 'fail golden-path/waivers.yml:4'
const subject = 'The waiver of techdocs for "legacy-*"'

describe('waivers that may be given', () => {
  it.each<[string, Parameters<typeof judge>[1], string[]]>([
    ['by a team that exists', {}, ['pass The waiver is as expected.']],
    [
      'by a person, in whatever case',
      { waivers: [{ approvedBy: '@Jane' }, {}] },
      ['pass All 2 waivers are as expected.'],
    ],
    [
      'not by nobody we know',
      { waivers: [{ approvedBy: '@acme/secrity' }] },
      [
        `${place} ${subject} is approved by @acme/secrity, which is no team or member of the organisation. Expected one that exists, such as @acme/security.`,
      ],
    ],
    [
      'which nobody can say before it is known who there is',
      {
        waivers: [{ approvedBy: '@acme/secrity' }],
        organisation: { handles: unknown('permission', 'The teams have not been read') },
      },
      ['unknown The teams have not been read.'],
    ],
    [
      'not by somebody the policy does not name',
      { waivers: [{ approvedBy: '@jane' }], policy: { approvers: ['@acme/security', '@acme/risk'] } },
      [
        `${place} ${subject} is approved by @jane, who is none of waiver-approvers. Expected @acme/security, @acme/risk.`,
      ],
    ],
    [
      'for as long as max-waiver lets',
      { policy: { maxWaiverDays: 71 } },
      ['pass The waiver is as expected.'],
    ],
    [
      'not for longer, from today',
      { policy: { maxWaiverDays: 70 } },
      [
        `${place} ${subject} is for 71 days. Expected at most 70, as max-waiver says; it holds on its last 70 days only.`,
      ],
    ],
    [
      'not for longer, from the day it names',
      { waivers: [{ from: '2026-10-01' }], policy: { maxWaiverDays: 90 } },
      [
        `${place} ${subject} is for 123 days. Expected at most 90, as max-waiver says; it holds on its last 90 days only.`,
      ],
    ],
    ['where there are none', { waivers: [] }, ['not-applicable The policy has no waivers.']],
  ])('%s', async (_, odd, expected) => {
    expect(told(await judge('allowed', odd))).toEqual(expected)
  })
})

describe('waivers that are needed', () => {
  it.each<[string, Parameters<typeof judge>[1], string[]]>([
    ['because one of those it is for fails', {}, ['pass The waiver is as expected.']],
    [
      'not when the one it is for passes',
      { waivers: [{ repository: 'shop' }] },
      [`${place} The waiver of techdocs for "shop" excuses nothing any more: shop keeps techdocs.`],
    ],
    [
      'not when no rule asks for the control any more',
      { waivers: [{ control: 'owner-exists' }], organisation: { standing: {} } },
      [
        `${place} The waiver of owner-exists for "legacy-*" excuses nothing: no rule of the policy asks for owner-exists.`,
      ],
    ],
    [
      'not when all it is for pass or are not asked',
      {
        organisation: {
          standing: {
            techdocs: [
              { repository: 'legacy-api', status: 'pass', level: 'enforce' },
              { repository: 'legacy-web', status: 'not-applicable', level: 'enforce' },
            ],
          },
        },
      },
      [`${place} ${subject} excuses nothing any more: all 2 repositories keep techdocs.`],
    ],
    [
      'though what it excuses can not be decided',
      {
        organisation: {
          standing: { techdocs: [{ repository: 'legacy-api', status: 'unknown', level: 'enforce' }] },
        },
      },
      ['pass The waiver is as expected.'],
    ],
    [
      'which nobody can say before those it is for have been judged',
      { organisation: { standing: {} } },
      [
        'unknown Whether the waiver of techdocs for "legacy-*" (golden-path/waivers.yml:4) is needed can\'t be known: no repository it is for has been judged by that control. If no rule asks it of them, take the waiver out.',
      ],
    ],
    [
      'not for a repository that is not there',
      { waivers: [{ repository: 'lgacy-api' }] },
      [`${place} The waiver of techdocs for "lgacy-api" matches no repository of the organisation.`],
    ],
    [
      'but who is there is not said before that is known',
      {
        waivers: [{ repository: 'lgacy-api' }],
        organisation: { repositories: unknown('partial-answer', 'The repositories have not been listed') },
      },
      ['unknown The repositories have not been listed.'],
    ],
    [
      'not after their end',
      { waivers: [{ until: '2026-11-21' }] },
      [`${place} ${subject} ended on 2026-11-21.`],
    ],
    [
      'which nobody can say before the repositories have been looked at',
      { organisation: 'none' },
      ['unknown What the waivers excuse is not known before the repositories have been looked at.'],
    ],
  ])('%s', async (_, odd, expected) => {
    expect(told(await judge('needed', odd))).toEqual(expected)
  })

  it('are told in a number that can be read', async () => {
    const outcome = await judge('needed', {
      waivers: Array.from({ length: 5_000 }, () => ({ until: '2026-01-01' })),
    })
    expect(told(outcome)).toHaveLength(51)
    expect(told(outcome).at(-1)).toBe(
      'fail 4950 more waivers have the same kind of problem. They are shown once these are settled.',
    )
  })
})
