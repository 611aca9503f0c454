import { describe, expect, it } from 'vitest'
import type { Fix } from '../../src/controls/control.ts'
import { planCheckRun } from '../../src/effects/check-run/plan-check-run.ts'
import { publishCheckRun } from '../../src/effects/check-run/publish-check-run.ts'
import { renderCheckRun } from '../../src/effects/check-run/render-check-run.ts'
import type { CheckRunEffect } from '../../src/effects/effect.ts'
import type { Planned } from '../../src/effects/planned.ts'
import type { Comparison, ControlVerdict, JudgedFinding } from '../../src/policy/verdict.ts'
import { type ChangedFile, known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { outsideOfCode } from './outside-of-code.ts'
import {
  controlOf,
  loggingFinding,
  nextSha,
  ownerFinding,
  protectionUnknown,
  rowOf,
  sha,
  situation,
  snapshotOf,
  techdocsWaived,
  verdictOf,
} from './situation.ts'

/** What a pull request says of what it changes. */

const introduced = (finding: JudgedFinding): JudgedFinding => ({ ...finding, since: 'introduced' })
const inherited = (finding: JudgedFinding): JudgedFinding => ({ ...finding, since: 'inherited' })
const failing = (id: string, ...findings: JudgedFinding[]): ControlVerdict =>
  controlOf(id, { status: 'fail', findings })
const advising = (id: string, ...findings: JudgedFinding[]): ControlVerdict =>
  controlOf(id, { status: 'fail', level: 'advise', findings })
const gone = { message: '"@acme/old" is gone', location: { path: 'CODEOWNERS', line: 3 } }

const twelfth: ChangedFile = { path: 'catalog-info.yaml', status: 'modified', lines: [[12, 12]] }

const snapshotWith = (
  changes: ChangedFile[] = [twelfth],
  target: Partial<Snapshot['target']> = {},
): Snapshot => {
  const base = snapshotOf({
    target: { sha: nextSha },
    files: { CODEOWNERS: known({ exists: true, oid: '', bytes: 1, text: 'x' }, 'github') },
  })
  return {
    ...snapshotOf({ target: { kind: 'pull-request', ref: 'refs/pull/7/head', pullRequest: 7, ...target } }),
    base: known({ snapshot: base, changes: known(changes, 'github') }, 'github'),
  }
}

const render = (
  controls: ControlVerdict[],
  odd: {
    comparison?: Comparison
    snapshot?: Snapshot
    fixable?: ReadonlyMap<string, Fix>
  } = {},
) =>
  renderCheckRun({
    verdict: verdictOf(controls, { comparison: odd.comparison ?? { base: nextSha, counts: 'introduced' } }),
    snapshot: odd.snapshot ?? snapshotWith(),
    fixable: odd.fixable,
  })

const all: Comparison = { base: nextSha, counts: 'all' }

describe('the title and the first sentence', () => {
  it.each<[controls: ControlVerdict[], comparison: Comparison | undefined, title: string, first: string]>([
    [
      [failing('owner-exists', introduced(ownerFinding)), controlOf('codeowners-valid', { fixed: [gone] })],
      undefined,
      '1 problem introduced: "team-paymnts" is no team or user of acme',
      '**This pull request introduces 1 problem and fixes 1.** 1 control passes.',
    ],
    [
      [
        failing('owner-exists', introduced(ownerFinding), inherited(ownerFinding)),
        advising('techdocs', introduced(loggingFinding)),
      ],
      undefined,
      '1 problem introduced: "team-paymnts" is no team or user of acme',
      "**This pull request introduces 2 problems.** 1 of them is advised and doesn't block. 1 more was there before and doesn't block.",
    ],
    [
      [
        failing('owner-exists', introduced(ownerFinding), introduced(loggingFinding)),
        failing('techdocs', introduced(ownerFinding)),
      ],
      undefined,
      '3 problems introduced, these fail: Owner exists, TechDocs present',
      '**This pull request introduces 3 problems.**',
    ],
    [
      [failing('owner-exists', inherited(ownerFinding)), controlOf('techdocs')],
      undefined,
      'No problem introduced, 1 was there before',
      "**This pull request introduces no problem.** 1 was there before and doesn't block. 1 control passes.",
    ],
    [
      [failing('owner-exists', inherited(ownerFinding), inherited(loggingFinding))],
      all,
      '2 problems were there before, Owner exists fails',
      '**This pull request introduces no problem.** 2 were there before and count, too: the policy has `pull-requests: all`.',
    ],
    [
      [advising('audit-logging', introduced(loggingFinding))],
      undefined,
      'Passes, 1 problem introduced that is only advised: retentionDays is 30, 365 is asked for',
      "**This pull request introduces 1 problem.** It is advised and doesn't block.",
    ],
    [
      [controlOf('codeowners-valid', { fixed: [gone] }), protectionUnknown, techdocsWaived],
      undefined,
      "1 problem fixed, 1 can't be decided",
      "**This pull request introduces no problem and fixes 1.** 1 control can't be decided, which doesn't block. 1 control is waived. 1 control passes.",
    ],
    [
      [controlOf('codeowners-valid', { fixed: [gone] }), failing('owner-exists', inherited(ownerFinding))],
      undefined,
      '1 problem fixed, 1 was there before',
      "**This pull request introduces no problem and fixes 1.** 1 more was there before and doesn't block. 1 control passes.",
    ],
    [[controlOf('a'), controlOf('b')], undefined, 'All 2 controls pass', '**All 2 controls pass.**'],
    [
      [failing('owner-exists', introduced(ownerFinding))],
      { unknown: 'GitHub did not compare the two', counts: 'introduced' },
      '1 thing to fix: "team-paymnts" is no team or user of acme',
      '**1 control fails this check.**',
    ],
  ])('%#', (controls, comparison, title, first) => {
    const rendered = render(controls, comparison ? { comparison } : {})
    expect([rendered.title, rendered.summary.split('\n')[0]]).toEqual([title, first])
  })

  it('are of a merge group where it is one', () => {
    const snapshot = snapshotWith([], { kind: 'merge-group' })
    const { summary } = render([failing('owner-exists', introduced(ownerFinding))], { snapshot })
    expect(summary).toMatch(/^\*\*This merge group introduces 1 problem\.\*\*/)
  })
})

describe('the table', () => {
  it('leads with what is introduced, then what is fixed and what was there before, each where it was', () => {
    const { summary } = render([
      advising('audit-logging', inherited(loggingFinding)),
      failing('owner-exists', introduced(ownerFinding)),
      controlOf('codeowners-valid', { fixed: [gone] }),
    ])
    const rows = summary.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| Result'))
    expect(rows.map(line => line.split(' | ').slice(0, 2).join(' '))).toEqual([
      '| **introduced** Owner exists',
      '| fixed CODEOWNERS valid',
      '| before, advised Audit logging',
    ])
    expect(rows[0]).toContain(`/blob/${sha}/catalog-info.yaml?plain=1#L12`)
    expect(rows[1]).toContain(`/blob/${nextSha}/CODEOWNERS?plain=1#L3`)
    expect(summary).toContain(`compared with \`${nextSha.slice(0, 7)}\`.`)
  })

  it('asks to fix only what is introduced, unless all counts', () => {
    const controls = [failing('owner-exists', inherited(ownerFinding))]
    expect(render(controls).summary).not.toContain('To fix')
    expect(render(controls, { comparison: all }).summary).toContain('**To fix:** Change line 12')
    expect(render(controls).text).toMatch(/### There before, and still to be fixed\n\n\*\*Owner exists\*\*/)
  })

  it('says why something counts that may have been there before', () => {
    const unknownBase = { unknown: 'GitHub did not answer', counts: 'introduced' as const }
    const controls = [failing('owner-exists', introduced(ownerFinding))]
    expect(render(controls, { comparison: unknownBase }).summary).toContain(
      'What was there before is not known, so everything counts as introduced: GitHub did not answer.',
    )
    expect(render([controlOf('a')], { comparison: unknownBase }).summary).not.toContain('What was there')
    const uncompared = {
      ...failing('owner-exists', introduced(ownerFinding)),
      uncompared: 'The teams were not read.',
    }
    expect(render([uncompared]).summary).toContain(
      "Whether *Owner exists* failed before can't be told, so what it found counts as introduced: The teams were not read.",
    )
  })

  it('lets nothing of the repository out of its place', () => {
    const hostile = '| x |\n\n# @everyone <script> [a](javascript:b) ‮'
    const finding = { message: hostile, location: { path: 'a|b\n.yaml', line: 1 }, next: hostile }
    const { summary } = render([
      { ...failing('owner-exists', introduced(finding), inherited(finding)), uncompared: hostile },
      controlOf('codeowners-valid', { fixed: [finding] }),
    ])
    for (const line of summary.split('\n'))
      expect(outsideOfCode(line)).not.toMatch(/^#|<script>|\]\(javascript|@everyone/)
    expect(summary).not.toContain('\u202e')
    const cells = summary.split('\n').filter(line => line.startsWith('|'))
    expect(cells).toHaveLength(5)
    for (const line of cells) expect(line.split(/(?<!\\)\|/)).toHaveLength(6)
  })
})

describe('annotations', () => {
  const at = (line: number | undefined, path = 'catalog-info.yaml'): JudgedFinding => ({
    message: 'It is wrong.',
    location: { path, ...(line ? { line } : {}) },
  })
  const placed = (finding: JudgedFinding, changes: ChangedFile[]): string[] =>
    render([failing('x', finding)], { snapshot: snapshotWith(changes) }).annotations.map(
      ({ path, startLine, level, message }) => `${level} ${path}:${startLine} ${message.replace('\n', ' ')}`,
    )
  const file = (odd: Partial<ChangedFile>): ChangedFile[] => [
    { path: 'catalog-info.yaml', status: 'modified', ...odd },
  ]

  it.each<[name: string, finding: JudgedFinding, changes: ChangedFile[], annotations: string[]]>([
    [
      'on its line, which was changed',
      introduced(at(12)),
      file({ lines: [[10, 14]] }),
      ['failure catalog-info.yaml:12 It is wrong.'],
    ],
    [
      'on the nearest changed line, and says which is meant',
      introduced(at(12)),
      file({
        lines: [
          [1, 2],
          [9, 10],
          [30, 40],
        ],
      }),
      ['failure catalog-info.yaml:10 It is wrong. This is about line 12.'],
    ],
    [
      'on a line below',
      introduced(at(12)),
      file({ lines: [[14, 20]] }),
      ['failure catalog-info.yaml:14 It is wrong. This is about line 12.'],
    ],
    [
      'on its line where no line is new',
      introduced(at(12)),
      file({ lines: [] }),
      ['failure catalog-info.yaml:12 It is wrong.'],
    ],
    [
      'on its line where GitHub shows none',
      introduced(at(12)),
      file({}),
      ['failure catalog-info.yaml:12 It is wrong.'],
    ],
    ['nowhere in a file that is as it was', introduced(at(12)), [], []],
    ['nowhere without a place', introduced({ message: 'It is wrong.' }), file({ lines: [[1, 9]] }), []],
    ['nowhere for what was there before', inherited(at(12)), file({ lines: [[1, 2]] }), []],
    ['nowhere for what was there before in a file without lines', inherited(at(12)), file({}), []],
    [
      'as a notice for what was there before on a changed line',
      inherited(at(12)),
      file({ lines: [[12, 12]] }),
      ['notice catalog-info.yaml:12 Was there before. It is wrong.'],
    ],
  ])('are %s', (_, finding, changes, annotations) => {
    expect(placed(finding, changes)).toEqual(annotations)
  })

  it('are where they are when the base is not known', () => {
    const snapshot = { ...snapshotWith(), base: unknown('unavailable', 'no') }
    const comparison: Comparison = { unknown: 'no', counts: 'introduced' }
    expect(render([failing('x', introduced(at(40)))], { snapshot, comparison }).annotations).toMatchObject([
      { startLine: 40, level: 'failure' },
    ])
  })
})

describe('the button', () => {
  const edits = new Map<string, Fix>([['owner-exists', { why: 'x', edits: [{ path: 'a', text: 'b' }] }]])
  const settings = new Map<string, Fix>([
    [
      'owner-exists',
      { why: 'x', edits: [], settings: [{ change: 'x', path: ['Settings'], page: 'settings' }] },
    ],
  ])
  const failed = [failing('owner-exists', introduced(ownerFinding))]

  it.each([
    ['what is introduced can be repaired', failed, edits, true],
    ['it is to be clicked elsewhere', failed, settings, false],
    ['it was there before', [failing('owner-exists', inherited(ownerFinding))], edits, false],
    ['nothing is to be repaired', [controlOf('owner-exists')], edits, false],
  ])('is there or not when %s', (_, controls, fixable, isThere) => {
    const { actions, summary } = render(controls, { fixable })
    expect(actions !== undefined).toBe(isThere)
    expect(summary.includes('press *Fix this*')).toBe(isThere)
  })

  it('keeps to what GitHub takes', () => {
    for (const kind of ['pull-request', 'default-branch'] as const) {
      const { actions = [] } = render(failed, { fixable: edits, snapshot: snapshotWith([], { kind }) })
      expect(actions).toHaveLength(1)
      for (const { label, description, identifier } of actions)
        expect([label.length <= 20, description.length <= 40, identifier]).toEqual([true, true, 'fix'])
    }
  })

  it('is not there on the commit of a merge group', () => {
    const snapshot = snapshotWith([], { kind: 'merge-group' })
    expect(render(failed, { fixable: edits, snapshot }).actions).toBeUndefined()
  })

  it('comes to a check run that said the same without it', () => {
    const input = situation(failed)
    const [first] = planCheckRun(input)
    const published = [{ ...rowOf(`check-run:${sha}`), hash: first?.hash ?? '' }]
    expect(planCheckRun({ ...input, published })).toEqual([])
    expect(planCheckRun({ ...input, published, fixable: edits })).toMatchObject([
      { action: 'update', actions: [{ identifier: 'fix' }] },
    ])
  })

  it('is sent with the check run, and taken away with the next text', async () => {
    const sent: { route: string; actions: unknown }[] = []
    const outside = {
      github: {
        request: async (route: string, parameters: Record<string, unknown> = {}) => {
          sent.push({ route: route.split(' ')[0] ?? '', actions: parameters.actions })
          return { status: 200, data: { id: 5 } }
        },
        mutate: async () => undefined,
      },
      app: { id: 1 },
      repository: snapshotOf().repository,
    }
    const [made] = planCheckRun({ ...situation(failed), fixable: edits })
    if (!made) throw new Error('No check run is planned')
    const effects: Planned<CheckRunEffect>[] = [made, { ...made, id: 5, actions: undefined }]
    for (const effect of effects) await publishCheckRun(effect, outside)
    expect(sent).toEqual([
      { route: 'POST', actions: made.actions },
      { route: 'PATCH', actions: [] },
    ])
  })
})
