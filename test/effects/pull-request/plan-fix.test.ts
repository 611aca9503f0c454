import { describe, expect, it } from 'vitest'
import type { Published } from '../../../src/effects/effect.ts'
import { type FixSituation, isFixDue, planFix } from '../../../src/effects/pull-request/plan-fix.ts'
import { known } from '../../../src/snapshot/snapshot.ts'
import {
  closedBy,
  fixSituation,
  head,
  loggingPart,
  ownerPart,
  proposalOf,
  pullOf,
  rowAfter,
  unfixable,
} from '../fix-situation.ts'
import { controlOf, loggingAdvised, nextSha, ownerFails, sha, snapshotOf } from '../situation.ts'

/** What was opened for the situation as it is by default. */
const opened = planFix(fixSituation()).effect
if (!opened) throw new Error('Nothing is opened where something fails')
const row = rowAfter(opened)

const more = proposalOf({
  failing: [ownerFails, loggingAdvised],
  parts: [ownerPart, loggingPart],
  edits: [...proposalOf().edits, { path: 'config/logging.yaml', text: 'audit: { retentionDays: 365 }\n' }],
})
const otherFinding = proposalOf({
  failing: [{ ...ownerFails, findings: [{ message: '"orders" is no team or user of acme.' }] }],
})
const mended = unfixable([])
const ownerUnknown = proposalOf({
  edits: [],
  parts: [],
  failing: [controlOf('owner-exists', { status: 'unknown' })],
})
const archived = snapshotOf({ metadata: { isArchived: true } })
const empty = snapshotOf({ target: { sha: '' } })
const moved = snapshotOf({ target: { sha: nextSha } })
const began: Published = {
  ...row,
  state: 'intended',
  externalId: undefined,
  detail: { ...row.detail, opening: true },
}
const beganAgain: Published = { ...began, externalId: '7' }

describe('what is done', () => {
  it.each<[string, Partial<FixSituation>, string, string?]>([
    ['nothing was there and it is asked for', {}, 'opens', 'open'],
    ['the policy opens them by itself', { wanted: 'policy' }, 'opens', 'open'],
    ['nobody asks', { wanted: 'no' }, 'not-wanted'],
    ['nothing fails', { proposal: mended }, 'nothing-fails'],
    ['no file can be changed for it', { proposal: unfixable([ownerFails]) }, 'nothing-fixable'],
    ['it is archived', { snapshot: archived }, 'read-only'],
    ['there is no commit', { snapshot: empty }, 'read-only'],

    ['it stands open and is right', { published: row, pull: pullOf() }, 'stands'],
    ['the same, at a newer commit', { published: row, pull: pullOf(), snapshot: moved }, 'stands'],
    ['the same, and nobody asks', { published: row, pull: pullOf(), wanted: 'no' }, 'stands'],
    [
      'more is to be repaired',
      { published: row, pull: pullOf(), proposal: more, wanted: 'no' },
      'updates',
      'update',
    ],
    [
      'an update was not recorded',
      { published: { ...row, state: 'intended' }, pull: pullOf() },
      'updates',
      'update',
    ],
    ['it is no longer needed', { published: row, pull: pullOf(), proposal: mended }, 'closes', 'close'],
    [
      'it still fails and can not be repaired any more',
      { published: row, pull: pullOf(), proposal: unfixable([ownerFails]) },
      'closes',
      'close',
    ],
    [
      'nobody knows whether it fails',
      { published: row, pull: pullOf(), proposal: ownerUnknown },
      'undecided',
    ],
    ['it is archived meanwhile', { published: row, pull: pullOf(), snapshot: archived }, 'read-only'],

    ['somebody pushed to it', { published: row, pull: pullOf(), pushedTo: true }, 'taken-over'],
    [
      'somebody pushed to it, and more is to be repaired',
      { published: row, pull: pullOf(), pushedTo: true, proposal: more },
      'taken-over',
    ],
    [
      'somebody pushed to it, and it is no longer needed',
      { published: row, pull: pullOf(), pushedTo: true, proposal: mended },
      'taken-over',
    ],
    [
      'somebody let it go to another branch',
      { published: row, pull: pullOf({ base: 'develop' }), proposal: more },
      'retargeted',
    ],
    [
      'its base was renamed along with the default branch',
      {
        published: row,
        pull: pullOf({ base: 'trunk' }),
        snapshot: snapshotOf({ metadata: { defaultBranch: 'trunk' } }),
      },
      'updates',
      'update',
    ],
    [
      'somebody had pushed to it and took it back',
      { published: { ...row, detail: { ...row.detail, ended: 'taken-over' } }, pull: pullOf() },
      'taken-over',
    ],

    [
      'a person closed it, and the policy would',
      { published: row, pull: closedBy('jane'), wanted: 'policy' },
      'refused-by-person',
    ],
    [
      'nobody knows who closed it',
      { published: row, pull: closedBy(undefined), wanted: 'policy' },
      'refused-by-person',
    ],
    [
      'a person closed it, and at a newer commit the same fails',
      { published: row, pull: closedBy('jane'), wanted: 'policy', snapshot: moved },
      'refused-by-person',
    ],
    [
      'a person closed it, and more fails',
      { published: row, pull: closedBy('jane'), wanted: 'policy', proposal: more },
      'opens',
      'open',
    ],
    [
      'a person closed it, and it fails otherwise',
      { published: row, pull: closedBy('jane'), wanted: 'policy', proposal: otherFinding },
      'opens',
      'open',
    ],
    ['a person closed it, and somebody asks', { published: row, pull: closedBy('jane') }, 'opens', 'open'],
    [
      'a person closed it, and nothing fails',
      { published: row, pull: closedBy('jane'), proposal: mended },
      'nothing-fails',
    ],
    [
      'we closed it, and it is needed again',
      { published: row, pull: closedBy('us'), wanted: 'policy' },
      'opens',
      'open',
    ],
    [
      'it was merged, and it is needed again',
      { published: row, pull: pullOf({ state: 'closed', merged: true }), wanted: 'policy' },
      'opens',
      'open',
    ],
    [
      'it was merged, and nobody asks',
      { published: row, pull: pullOf({ state: 'closed', merged: true }), wanted: 'no' },
      'not-wanted',
    ],
    ['it is gone', { published: row, wanted: 'policy' }, 'opens', 'open'],

    ['its opening was not recorded', { published: began, wanted: 'no' }, 'opens', 'open'],
    [
      'its opening was not recorded, and it is no longer needed',
      { published: began, proposal: mended },
      'closes',
      'close',
    ],
    [
      'a person had closed the one before, and its opening was not recorded',
      { published: beganAgain, pull: closedBy('jane'), wanted: 'no' },
      'opens',
      'open',
    ],
    [
      'an update was not recorded, and a person closed it',
      { published: { ...row, state: 'intended' }, pull: closedBy('jane'), wanted: 'policy' },
      'refused-by-person',
    ],
  ])('%s', (_, odd, standing, action) => {
    const plan = planFix(fixSituation(odd))
    expect({ standing: plan.standing, action: plan.effect?.action }).toEqual({ standing, action })
  })
})

describe('how it is done', () => {
  it('is opened on the commit that was judged, on a branch of ours', () => {
    expect(opened).toMatchObject({
      key: 'fix',
      branch: 'golden-path/fix',
      base: { branch: 'main', sha },
      uncertain: true,
      detail: { failing: ['owner-exists'], opening: true },
    })
    expect(opened).not.toHaveProperty('draft')
    expect(opened).not.toHaveProperty('leftAt')
  })

  it.each<[string, Partial<FixSituation>]>([
    ['nothing is recorded', {}],
    ['its opening was not recorded', { published: began }],
  ])('asks GitHub first where %s', (_, odd) => {
    expect(planFix(fixSituation(odd)).effect).toMatchObject({ action: 'open', uncertain: true })
  })

  it('is a draft while a line is left for a person', () => {
    const left = [{ path: 'catalog-info.yaml', line: 8, field: 'spec.owner', candidates: [] }]
    expect(planFix(fixSituation({ proposal: proposalOf({ left }) })).effect?.draft).toBe(true)
  })

  it('moves only from where we left it, to the newest commit when what it changes is changed there', () => {
    const changed = snapshotOf({
      target: { sha: nextSha },
      files: {
        'catalog-info.yaml': known({ exists: true, oid: 'b'.repeat(40), bytes: 1, text: 'x' }, 'github'),
      },
    })
    expect(planFix(fixSituation({ published: row, pull: pullOf(), snapshot: changed })).effect).toMatchObject(
      {
        action: 'update',
        number: 7,
        leftAt: head,
        base: { branch: 'main', sha: nextSha },
      },
    )
  })

  it('stays on its commit when only its words change', () => {
    const notFixed = [{ control: 'x', title: 'Something else', why: 'It is done by hand.' }]
    expect(
      planFix(
        fixSituation({
          published: row,
          pull: pullOf(),
          snapshot: moved,
          proposal: proposalOf({ notFixed }),
        }),
      ).effect,
    ).toMatchObject({ action: 'update', base: { sha } })
  })

  it('goes on under the name that the branch has', () => {
    const pull = pullOf({ head: { branch: 'golden-path/fix-2', sha: head, inRepository: true } })
    expect(planFix(fixSituation({ published: row, pull, proposal: more })).effect?.branch).toBe(
      'golden-path/fix-2',
    )
  })

  it('keeps a title that a person wrote, and renews its own', () => {
    const titled = (title: string) =>
      planFix(fixSituation({ published: row, pull: pullOf({ title }), proposal: more })).effect?.title
    expect(titled('chore: repair the catalogue')).toBe('chore: repair the catalogue')
    expect(titled('Golden path: make “Owner exists” pass')).toContain('“Audit logging”')
  })

  it('says to the default branch of today', () => {
    const renamed = snapshotOf({ metadata: { defaultBranch: 'trunk' } })
    expect(planFix(fixSituation({ published: row, pull: pullOf(), snapshot: renamed })).effect).toMatchObject(
      {
        action: 'update',
        base: { branch: 'trunk', sha },
      },
    )
  })

  it.each<[string, Partial<FixSituation>, string]>([
    ['merged', { pull: pullOf({ state: 'closed', merged: true }), wanted: 'no' }, 'merged'],
    ['closed by a person', { pull: closedBy('jane'), wanted: 'no' }, 'person'],
    ['closed by us', { pull: closedBy('us'), wanted: 'no' }, 'us'],
    ['pushed to', { pull: pullOf(), pushedTo: true }, 'taken-over'],
  ])('tells that it was %s', (_, odd, ended) => {
    expect(planFix(fixSituation({ published: row, ...odd })).ended).toBe(ended)
  })

  it('says why it is closed, and keeps what a person would have refused', () => {
    const { effect } = planFix(fixSituation({ published: row, pull: pullOf(), proposal: mended }))
    expect(effect?.hash).toBe(row.hash)
    expect(effect?.body).toBe(effect?.comment)
  })
})

describe('whether a look gives reason for it', () => {
  const failing = { controls: [ownerFails] }
  const ended = { ...row, detail: { ...row.detail, ended: 'merged' as const } }
  it.each([
    ['something fails, and it is only offered', 'offered', failing, [], false],
    ['something fails, and the policy opens them', 'pull-request', failing, [], true],
    ['nothing fails', 'pull-request', { controls: [controlOf('owner-exists')] }, [], false],
    [
      'only something observed fails',
      'pull-request',
      { controls: [{ ...ownerFails, level: 'observe' as const }] },
      [],
      false,
    ],
    ['one stands open', 'offered', { controls: [] }, [row], true],
    ['one was merged', 'offered', failing, [ended], false],
  ] as const)('%s', (_, fix, verdict, published, due) => {
    expect(isFixDue({ fix }, { controls: [...verdict.controls] }, [...published])).toBe(due)
  })
})
