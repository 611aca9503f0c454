import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { shareOutcomes } from '../../src/policy/judge.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { changeOf, changesOf, datesOf } from '../../src/policy/preview.ts'
import { issueChange, newlyFailing, type Preview, summingUp } from '../../src/policy/preview-summary.ts'
import type { Metadata, Snapshot } from '../../src/snapshot/snapshot.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

const now = new Date('2026-11-22T12:00:00Z')

const policy = (version: string, ...lines: string[]): Policy => {
  const parsed = parsePolicy([{ path: 'golden-path.yml', text: ['version: 1', ...lines, ''].join('\n') }], {
    version,
    library: builtInControls,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const asks = (...requirements: string[]): string[] => [
  'rules:',
  '  - name: Everybody',
  '    require:',
  ...requirements.map(each => `      ${each}`),
]

const own = (where: string): string[] => [
  'controls:',
  '  logged:',
  '    title: Audit events are kept',
  '    why: Somebody will ask.',
  '    require:',
  `      - { file: config/logging.yaml, where: '${where}', message: Keep them. }`,
]

const metadata: Metadata = {
  visibility: 'internal',
  isArchived: false,
  isFork: false,
  isTemplate: false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: '',
}

const repository = (
  name: string,
  parts: {
    owner?: string
    metadata?: Partial<typeof metadata>
    files?: Record<string, string>
    takenAt?: string
  } = {},
): Promise<Snapshot> =>
  snapshotOf({
    repository: { id: name.length * 100 + name.charCodeAt(0), name },
    files: {
      'catalog-info.yaml': component(name, parts.owner ?? 'payments'),
      '.github/golden-path.yml': 'version: 1\n',
      ...parts.files,
    },
    facts: { metadata: { ...metadata, ...parts.metadata }, topics: [] },
    accounts: {
      'group:default/payments': { known: true, source: 'test', value: { exists: true } },
      'group:default/nobody': { known: true, source: 'test', value: { exists: false } },
    },
    ...(parts.takenAt ? { takenAt: parts.takenAt } : {}),
  })

const summed = (before: Policy | undefined, after: Policy | undefined, snapshots: Snapshot[]): Preview => {
  const dates = datesOf(after, '2026-11-22')
  const sum = summingUp(after, dates)
  for (const snapshot of snapshots)
    sum.add(
      changeOf(
        {
          ...(before ? { before: { snapshot, policy: before } } : {}),
          ...(after ? { after: { snapshot, policy: after } } : {}),
        },
        now,
        dates,
      ),
    )
  return sum.result(snapshots.length)
}

const nothing = policy('1', ...asks('techdocs: observe'))

describe('what changes in one repository', () => {
  it.each<[string, string, string, string[]]>([
    ['not asked', 'techdocs: observe', 'owner-exists: enforce', ['owner-exists enforce fails']],
    ['observed', 'owner-exists: observe', 'owner-exists: advise', ['owner-exists advise fails']],
    [
      'advised, then enforced',
      'owner-exists: advise',
      'owner-exists: enforce',
      ['owner-exists enforce fails'],
    ],
    [
      'enforced, then advised',
      'owner-exists: enforce',
      'owner-exists: advise',
      ['owner-exists enforce fixed'],
    ],
    [
      'enforced, then observed',
      'owner-exists: enforce',
      'owner-exists: observe',
      ['owner-exists enforce fixed'],
    ],
    ['the same', 'owner-exists: enforce', 'owner-exists: enforce', []],
    ['from a day to come', 'owner-exists: advise', 'owner-exists: { level: enforce, from: 2027-01-15 }', []],
    ['what passes', 'catalog-info-valid: advise', 'catalog-info-valid: enforce', []],
    [
      'what is unknown',
      'techdocs: observe',
      'default-branch-protected: enforce',
      ['default-branch-protected enforce unknown'],
    ],
    [
      'what fails, then not asked',
      'owner-exists: enforce',
      'techdocs: observe',
      ['owner-exists enforce fixed'],
    ],
  ])('%s', async (_, before, after, expected) => {
    const snapshot = await repository('shop', { owner: 'nobody' })
    const [was, is] = [policy('1', ...asks(before)), policy('2', ...asks(after))]
    const { controls } = changeOf({ before: { snapshot, policy: was }, after: { snapshot, policy: is } }, now)
    expect(controls.map(({ id, level, change }) => `${id} ${level} ${change}`)).toEqual(expected)
  })

  it("is no repair where what failed can't be decided any more", async () => {
    const snapshot = await repository('shop', { files: { 'config/logging.yaml': 'days: 30\n' } })
    const was = policy('1', ...asks('logged: enforce'), ...own('doc.days > 40'))
    const unread = own('true').map(line => line.replace('config/logging.yaml', 'docs/runbook.yaml'))
    const is = policy('2', ...asks('logged: enforce'), ...unread)
    const change = changeOf({ before: { snapshot, policy: was }, after: { snapshot, policy: is } }, now)
    expect(change.controls).toMatchObject([{ id: 'logged', level: 'enforce', change: 'unknown' }])
    expect(change.missing?.files).toEqual(['docs/runbook.yaml'])
  })

  it('names what has to be read, where that decides something', async () => {
    const is = policy('2', ...asks('logged: enforce'), ...own('true'))
    const unread = await repository('shop')
    const { missing } = changeOf({ after: { snapshot: unread, policy: is } }, now)
    expect(missing?.files).toContain('config/logging.yaml')
    const read = await repository('shop', { files: { 'config/logging.yaml': 'a: 1\n' } })
    expect(changeOf({ after: { snapshot: read, policy: is } }, now).missing).toBeUndefined()
  })
})

describe('outcomes that two policies share', () => {
  const snapshot = () =>
    repository('shop', { owner: 'nobody', files: { 'config/logging.yaml': 'days: 30\n' } })

  it('are those that each would come to by itself', async () => {
    const shop = await snapshot()
    const shared = shareOutcomes()
    const policies = [
      policy('1', ...asks('owner-exists: advise', 'logged: enforce'), ...own('doc.days > 40')),
      policy('2', ...asks('owner-exists: enforce', 'logged: advise'), ...own('doc.days > 40')),
      policy('3', ...asks('template-controls: enforce', 'logged: enforce'), ...own('doc.days > 20')),
    ]
    for (const each of policies) expect(evaluate(shop, each, now, shared)).toEqual(evaluate(shop, each, now))
  })

  it('are worked out once for the same control with the same parameters on the same day', async () => {
    const shop = await snapshot()
    let checks = 0
    const counted = (version: string, ...lines: string[]): Policy => {
      const parsed = policy(version, ...asks(...lines))
      const control = builtInControls.get('owner-exists')
      if (!control) throw new Error('There is no owner-exists')
      return { ...parsed, controls: new Map([...parsed.controls, ['owner-exists', counting]]) }
    }
    const original = builtInControls.get('owner-exists')
    if (!original) throw new Error('There is no owner-exists')
    const counting = {
      ...original,
      check: (...given: Parameters<typeof original.check>) => {
        checks++
        return original.check(...given)
      },
    }
    const shared = shareOutcomes()
    evaluate(shop, counted('1', 'owner-exists: advise'), now, shared)
    evaluate(shop, counted('2', 'owner-exists: enforce'), now, shared)
    evaluate(shop, counted('2', 'owner-exists: enforce'), new Date('2027-01-15T00:00:00Z'), shared)
    expect(checks).toBe(1)
  })
})

describe('all repositories together', () => {
  it('are counted by control, owner, issue and date, without those that are told nothing', async () => {
    const preview = summed(
      nothing,
      policy(
        '2',
        ...asks(
          'owner-exists: enforce',
          'catalog-info-valid: advise',
          'techdocs: { level: enforce, from: 2027-01-15 }',
        ),
      ),
      await Promise.all([
        repository('shop', { owner: 'nobody', takenAt: '2026-11-22T06:00:00.000Z' }),
        repository('old', { owner: 'nobody', metadata: { isArchived: true } }),
        repository('copy', { owner: 'nobody', metadata: { isFork: true } }),
        repository('api'),
        repository('broken', { files: { 'catalog-info.yaml': 'kind: [' } }),
      ]),
    )
    expect(preview).toMatchObject({
      judged: 4,
      archived: 1,
      notLookedAt: 0,
      oldest: '2026-11-22T06:00:00.000Z',
      fails: {
        enforce: { count: 2, first: ['shop', 'copy'] },
        advise: { count: 2, first: ['api', 'broken'] },
      },
      // A fork has no issues of its own.
      issues: { open: 1, close: 0 },
      dates: [{ date: '2027-01-15' }],
    })
    expect(newlyFailing(preview)).toBe(4)
    expect(preview.dates[0]?.fails.first).toContain('api')
    expect(preview.owners).toContainEqual({ name: 'nobody', repositories: 3, enforced: 2 })
  })

  it('tell what each waiver covers, and which cover nothing', async () => {
    const { waivers, fails } = summed(
      nothing,
      policy(
        '2',
        ...asks('owner-exists: enforce'),
        'waivers:',
        '  - { repository: "s*", control: owner-exists, until: 2027-03-31, reason: Moves, approved-by: "@jane" }',
        '  - { repository: gone, control: owner-exists, until: 2027-03-31, reason: Moves, approved-by: "@jane" }',
      ),
      await Promise.all(['shop', 'search', 'mail'].map(name => repository(name, { owner: 'nobody' }))),
    )
    expect(waivers.map(({ covers }) => covers)).toEqual([
      { count: 2, first: ['shop', 'search'] },
      { count: 0, first: [] },
    ])
    expect(fails.enforce.first).toEqual(['mail'])
  })

  it('that have to be read first are told apart from those that can never be decided', async () => {
    const preview = summed(
      nothing,
      policy('2', ...asks('logged: enforce', 'default-branch-protected: enforce'), ...own('true')),
      [await repository('shop'), await repository('api', { files: { 'config/logging.yaml': 'a: 1\n' } })],
    )
    expect(preview.unread.repositories).toEqual({ count: 1, first: ['shop'] })
    expect(preview.unknown).toEqual({ count: 1, first: ['api'] })
  })

  it('keep what they have when the policy is taken away', async () => {
    const preview = summed(policy('1', ...asks('owner-exists: enforce')), undefined, [
      await repository('shop', { owner: 'nobody' }),
    ])
    expect(preview).toMatchObject({ judged: 1, changed: 0, issues: { open: 0, close: 0 } })
  })

  it.each<[Partial<typeof metadata>, string, string | undefined]>([
    [{}, '', 'open'],
    [{ isFork: true }, '', undefined],
    [{ isEmpty: true }, '', undefined],
    [{ isArchived: true }, '', undefined],
    [{ hasIssuesEnabled: false }, '', undefined],
    [{ hasIssuesEnabled: false }, 'issues: { repository: acme/compliance }', 'open'],
    [{ visibility: 'public' }, '', 'open'],
    [{ visibility: 'public' }, 'issues: { public-repositories: none }', undefined],
    [{ visibility: 'private' }, 'issues: { public-repositories: none }', 'open'],
  ])('have an issue with %j and "%s": %s', async (given, issues, expected) => {
    const snapshot = await repository('shop', { owner: 'nobody', metadata: given })
    const is = policy('2', ...asks('owner-exists: enforce'), issues)
    expect(issueChange(changeOf({ after: { snapshot, policy: is } }, now))).toBe(expected)
  })
})

describe('a condition that runs away', () => {
  it('makes the watchdog of many bite, and alone it is cut off as in the judgement', async () => {
    const endless = policy(
      '2',
      ...asks('logged: enforce', 'owner-exists: enforce'),
      ...own('doc.l.all(a, doc.l.all(b, doc.l.all(c, doc.l.all(d, doc.l.all(e, a + b + c + d + e >= 0)))))'),
    )
    const snapshot = await repository('shop', {
      owner: 'nobody',
      files: { 'config/logging.yaml': `l: [${Array.from({ length: 200 }, () => 1).join(', ')}]\n` },
    })
    expect(changesOf([{ after: { snapshot, policy: endless } }], now, [])).toBeUndefined()
    const { after } = changeOf({ after: { snapshot, policy: endless } }, now)
    expect(after?.controls.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'owner-exists fail',
      'logged unknown',
    ])
    // Nothing is left behind in what comes after.
    const harmless = await repository('api', { files: { 'config/logging.yaml': 'l: [1]\n' } })
    expect(
      changesOf([{ after: { snapshot: harmless, policy: endless } }], now, [])?.[0]?.after?.conclusion,
    ).toBe('success')
  })
})
