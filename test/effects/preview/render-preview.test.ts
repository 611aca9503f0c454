import { describe, expect, it } from 'vitest'
import { planPreview } from '../../../src/effects/preview/plan-preview.ts'
import { renderPreview, renderUnparsed } from '../../../src/effects/preview/render-preview.ts'
import { policyDefaults } from '../../../src/policy/defaults.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import type { ControlPreview, Names, Preview } from '../../../src/policy/preview-summary.ts'

const now = new Date('2026-11-22T12:00:00Z')

const names = (...first: string[]): Names => ({ count: first.length, first })
const many = (count: number): Names => ({
  count,
  first: Array.from({ length: Math.min(count, 20) }, (_, at) => `service-${at}`),
})

const runbook: ControlPreview = {
  id: 'runbook',
  title: 'Runbook present',
  level: 'enforce',
  fails: many(4),
  fixed: names(),
  unknown: names(),
  issues: 4,
  owners: new Map([
    ['search', 1],
    ['payments', 3],
  ]),
}

const quiet: Preview = {
  judged: 30,
  archived: 0,
  notLookedAt: 0,
  oldest: '2026-11-22T06:00:00.000Z',
  newest: '2026-11-22T11:55:00.000Z',
  changed: 0,
  fails: { enforce: names(), advise: names() },
  fixed: names(),
  unknown: names(),
  unread: { repositories: names(), what: new Map() },
  controls: [],
  owners: [],
  issues: { open: 0, close: 0 },
  waivers: [],
  dates: [],
}

const loud: Preview = {
  ...quiet,
  changed: 4,
  fails: { enforce: many(4), advise: many(7) },
  controls: [
    runbook,
    { ...runbook, level: 'advise', fails: many(7), issues: 0, owners: new Map([['platform', 7]]) },
  ],
  owners: [
    { name: 'platform', repositories: 7, enforced: 0 },
    { name: 'payments', repositories: 3, enforced: 3 },
    { name: 'search', repositories: 1, enforced: 1 },
  ],
  issues: { open: 4, close: 1 },
}

const rule = (line: number, more = {}) => ({
  source: { name: `Rule ${line}`, path: 'golden-path.yml', line },
  selector: {},
  require: [
    { control: 'runbook', level: 'enforce' as const, parameters: {}, repositoriesMaySet: [], line, ...more },
  ],
})

const policy = (failAbove?: number, rules = [rule(9)]): Policy => ({
  version: 'a'.repeat(40),
  rules,
  controls: new Map(),
  waivers: [],
  ...policyDefaults,
  preview: failAbove === undefined ? {} : { failAbove },
})

describe('the preview on a pull request', () => {
  it('says who would newly fail, grouped as those who decide look at it', () => {
    const { conclusion, title, summary, text } = renderPreview(loud, { policy: policy(25), now })
    expect(title).toBe('11 of 30 repositories would newly fail, 4 of them at enforce')
    expect(conclusion).toBe('neutral')
    expect(summary).toBe(
      [
        '**11 of 30 repositories would newly fail: 4 at enforce, 7 at advise.** 4 verdicts change. 4 issues would open, 1 issue would close.',
        '',
        "| Control | newly fails | no longer fails | can't be decided | issues to open | who |",
        '|---|---|---|---|---|---|',
        '| Runbook present (`runbook`, enforce) | 4 | 0 | 0 | 4 | payments 3, search 1 |',
        '| Runbook present (`runbook`, advise) | 7 | 0 | 0 | 0 | platform 7 |',
        '',
        '| Owner | newly failing | of them at enforce |',
        '|---|---|---|',
        '| platform | 7 | 0 |',
        '| payments | 3 | 3 |',
        '| search | 1 | 1 |',
        '',
        'The limit is 25 newly failing (`preview.fail-above`).',
        '',
        'Start softer: `from: 2027-01-17` beside `runbook` (`golden-path.yml:9`) would block nobody before that day.',
        '',
        'Decided from snapshots that are 5 minutes to 6 hours old; nothing was read from the repositories.',
      ].join('\n'),
    )
    expect(text).toContain('- newly fails: `service-0`, `service-1`, `service-2` and `service-3`')
  })

  it.each<[string, Preview, Policy | undefined, string, string]>([
    ['fails above the limit', loud, policy(10), 'failure', '11 of 30 repositories would newly fail'],
    ['does not at the limit', loud, policy(11), 'neutral', '11 of 30 repositories would newly fail'],
    ['passes where nothing changes', quiet, policy(), 'success', 'Nothing changes for 30 repositories'],
    [
      'passes where something gets better',
      { ...quiet, changed: 2, fixed: many(2) },
      policy(0),
      'success',
      'Nothing newly fails; 2 of 30 repositories would no longer fail',
    ],
    [
      'is neutral where something is open',
      { ...quiet, unknown: many(3) },
      policy(0),
      'neutral',
      "Nothing newly fails; something can't be decided in 3 of 30 repositories",
    ],
    [
      'says what is not read yet',
      { ...quiet, unread: { repositories: many(30), what: new Map([['docs/runbook.md', 30]]) } },
      policy(0),
      'neutral',
      "30 of 30 repositories can't be decided yet; nothing else newly fails",
    ],
    [
      'says that the policy goes',
      quiet,
      undefined,
      'neutral',
      'The policy is taken away: nothing would be asked of 30 repositories',
    ],
    [
      'says that it gave up',
      { ...quiet, stopped: true },
      policy(),
      'neutral',
      "Stopped: this policy's conditions",
    ],
  ])('%s', (_, preview, given, conclusion, title) => {
    const rendered = renderPreview(preview, { now, ...(given ? { policy: given } : {}) })
    expect(rendered.conclusion).toBe(conclusion)
    expect(rendered.title.startsWith(title), rendered.title).toBe(true)
  })

  it('suggests a later day only where that line alone decides', () => {
    const softer = (...rules: ReturnType<typeof rule>[]) =>
      renderPreview(loud, { policy: policy(undefined, rules), now }).summary.includes('Start softer')
    expect(softer(rule(9))).toBe(true)
    expect(softer(rule(9), rule(20))).toBe(false)
    expect(softer(rule(9), rule(20, { from: '2027-03-01' }))).toBe(true)
  })

  it('names dates, waivers and what has not been looked at', () => {
    const waiver = (repository: string, line: number) => ({
      repository,
      control: 'runbook',
      until: '2027-03-31',
      reason: 'Moves',
      approvedBy: '@jane',
      source: { path: 'golden-path/waivers.yml', line },
    })
    const { summary } = renderPreview(
      {
        ...loud,
        archived: 2,
        notLookedAt: 3,
        dates: [
          { date: '2027-01-15', fails: many(12) },
          { date: '2027-02-01', fails: names() },
        ],
        waivers: [
          { waiver: waiver('payments-*', 2), covers: names('payments-old') },
          { waiver: waiver('gone', 8), covers: names() },
        ],
      },
      { policy: policy(), now },
    )
    expect(summary).toContain(
      'On 15 January 2027 12 more would fail: `service-0`, `service-1`, `service-2`, `service-3`, `service-4` and 7 more. On 1 February 2027 nothing more fails.',
    )
    expect(summary).toContain(
      [
        '| `gone` from `runbook` until 31 March 2027 (`golden-path/waivers.yml:8`) | **nothing** |',
        '| `payments-*` from `runbook` until 31 March 2027 (`golden-path/waivers.yml:2`) | 1: `payments-old` |',
      ].join('\n'),
    )
    expect(summary).toContain(
      '3 repositories have not been looked at yet. 2 archived repositories are told nothing',
    )
  })

  it('tells of a template how many services came from it', () => {
    const { title, summary } = renderPreview(
      { ...loud, judged: 12 },
      { templates: ['template:default/payments-service'], now },
    )
    expect(title).toBe('11 of 12 services would newly fail, 4 of them at enforce')
    expect(summary).toMatch(
      /^\*\*`template:default\/payments-service` made 12 live services\. 11 of them would newly fail: 4 at enforce, 7 at advise\.\*\*/,
    )
  })

  it('stays within what GitHub takes, and harmless, whatever repositories and owners are called', () => {
    const hostile = '| @everyone <img src=x> `](https://evil.example) \u202e'
    const controls = Array.from(
      { length: 400 },
      (_, at): ControlPreview => ({
        ...runbook,
        id: `control-${at}`,
        title: `${hostile}${'x'.repeat(300)}`,
        fails: { count: 832, first: Array.from({ length: 20 }, () => `${hostile}${'y'.repeat(90)}`) },
        owners: new Map(Array.from({ length: 50 }, (_, owner) => [`${hostile}${owner}`, owner])),
      }),
    )
    const { title, summary, text } = renderPreview(
      {
        ...loud,
        controls,
        owners: Array.from({ length: 900 }, (_, at) => ({
          name: `${hostile}${at}`,
          repositories: 1,
          enforced: 1,
        })),
      },
      { policy: policy(), now },
    )
    expect(title.length).toBeLessThan(256)
    for (const each of [summary, text ?? '']) {
      expect(each.length).toBeLessThan(65_536)
      // Outside of code, where GitHub would make something of it.
      const shown = each.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '')
      expect(shown).not.toMatch(/@everyone|<img|\]\(https/)
    }
    expect(text).toContain('and 812 more')
    expect(summary).toContain('more controls.')
  })

  it('waits for a policy that parses', () => {
    const { conclusion, summary } = renderUnparsed([
      {
        path: 'golden-path.yml',
        line: 14,
        column: 18,
        message: '"enfroce" is no level. Expected observe, advise or enforce.',
      },
    ])
    expect(conclusion).toBe('neutral')
    expect(summary).toContain('`golden-path.yml:14:18`: `enfroce` is no level.')
  })
})

describe('publishing it', () => {
  const rendered = renderPreview(loud, { policy: policy(), now })
  const headSha = 'b'.repeat(40)
  const row = (state: 'intended' | 'done', hash: string, externalId?: string) => ({
    key: `preview:${headSha}`,
    kind: 'check-run' as const,
    state,
    hash,
    detail: {},
    ...(externalId ? { externalId } : {}),
  })
  const [first] = planPreview({ headSha, rendered, published: [] })
  if (!first) throw new Error('Nothing was planned')

  it.each([
    ['is made once', [], false, { action: 'create', uncertain: false }],
    ['is left alone when it says the same', [row('done', first.hash, '7')], false, undefined],
    [
      'is written anew when it says something else',
      [row('done', 'other', '7')],
      false,
      { action: 'update', id: 7 },
    ],
    ['is written anew on request', [row('done', first.hash, '7')], true, { action: 'update', id: 7 }],
    [
      'is looked for after a crash',
      [row('intended', first.hash)],
      false,
      { action: 'create', uncertain: true },
    ],
  ])('%s', (_, published, rerun, expected) => {
    const [planned] = planPreview({ headSha, rendered, published, rerun })
    if (expected) expect(planned).toMatchObject({ name: 'Golden Path preview', headSha, ...expected })
    else expect(planned).toBeUndefined()
  })
})
