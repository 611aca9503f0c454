import { describe, expect, it } from 'vitest'
import type { IssueEffect, Published } from '../../../src/effects/effect.ts'
import type { IssuePlace } from '../../../src/effects/issue/issue-place.ts'
import { planIssue } from '../../../src/effects/issue/plan-issue.ts'
import { done, intended, type Planned } from '../../../src/effects/planned.ts'
import { policyDefaults } from '../../../src/policy/defaults.ts'
import type { IssueSettings } from '../../../src/policy/policy.ts'
import type { ControlVerdict } from '../../../src/policy/verdict.ts'
import { known, type Metadata } from '../../../src/snapshot/snapshot.ts'
import {
  controlOf,
  entityOf,
  loggingAdvised,
  loggingFinding,
  ownerFails,
  ownerFinding,
  rowOf,
  situation,
  snapshotOf,
  techdocsWaived,
  verdictOf,
} from '../situation.ts'

const good = [controlOf('owner-exists')]
const loggingFails = controlOf('audit-logging', { status: 'fail', findings: [loggingFinding] })
const undecided = controlOf('owner-exists', { status: 'unknown', message: 'GitHub did not tell the teams.' })
const checkRun = rowOf('check-run:1', {})

interface Odd {
  issues?: Partial<IssueSettings>
  place?: Partial<IssuePlace>
  metadata?: Partial<Metadata>
  sha?: string
}

const next = (controls: ControlVerdict[], row: Published | undefined, odd: Odd = {}) => {
  const [effect] = planIssue(
    situation(controls, {
      published: row ? [checkRun, row] : [checkRun],
      snapshot: snapshotOf({ metadata: odd.metadata }),
      issues: { settings: { ...policyDefaults.issues, ...odd.issues }, ...odd.place },
      ...(odd.sha ? { verdict: verdictOf(controls, { sha: odd.sha }) } : {}),
    }),
  )
  return effect
}

/** The row after it was carried out; with `found`, what the publisher finds when somebody had closed it or deleted it. */
const rowAfter = (effect: Planned<IssueEffect> | undefined, found?: 'closed' | 'gone'): Published => {
  if (!effect) throw new Error('Nothing was planned')
  const row = done(effect, `${effect.number ?? 7}`)
  if (!found) return row
  const ended = { ...effect.endedByPerson, ...(found === 'gone' ? { gone: true as const } : {}) }
  return { ...row, detail: ended }
}
const opened = rowAfter(next([ownerFails], undefined))
/** As `touched-issue.ts` writes it. */
const closedByPerson: Published = { ...opened, detail: { ...opened.detail, open: false, closedBy: 'person' } }
const action = (effect: Planned<IssueEffect> | undefined) =>
  effect && `${effect.action}${effect.comment ? ' with a comment' : ''}`

describe('an issue that a person closed without a fix', () => {
  it('says so in its text, calls nobody back, and is quiet from then on', () => {
    const told = next([ownerFails], closedByPerson)
    expect(action(told)).toBe('edit')
    expect(told?.body).toMatch(
      /^\*\*A person closed this issue, with 1 thing still to fix\.\*\* It stays closed/,
    )
    expect(next([ownerFails], rowAfter(told))).toBeUndefined()
  })

  const elsewhere = controlOf('owner-exists', {
    status: 'fail',
    findings: [ownerFinding, { message: 'team-b is no team either.' }],
  })
  const moved = controlOf('owner-exists', {
    status: 'fail',
    findings: [{ ...ownerFinding, location: { path: 'catalog-info.yaml', line: 99 } }],
  })
  it.each<[string, ControlVerdict[], string | undefined]>([
    ['the same fails', [ownerFails], 'edit'],
    ['the same fails on another line', [moved], 'edit'],
    ['advice comes on top', [ownerFails, loggingAdvised], 'edit'],
    ['another control fails', [ownerFails, loggingFails], 'reopen'],
    ['another finding of the same control comes on top', [elsewhere], 'reopen'],
    ['it can not be decided at present', [undecided], 'edit'],
    ['it is fixed', good, 'close'],
  ])('when %s', (_, controls, expected) => {
    expect(action(next(controls, closedByPerson))).toBe(expected)
  })

  it('is opened again once it was fixed and comes back', () => {
    const fixed = rowAfter(next(good, closedByPerson))
    expect(next(good, fixed)).toBeUndefined()
    const again = next([ownerFails], fixed)
    expect(action(again)).toBe('reopen')
  })

  it('is no news after an outage', () => {
    const during = rowAfter(next([undecided], closedByPerson))
    expect(action(next([ownerFails], during))).toBe('edit')
  })

  it('is found closed by a write whose event was missed: what that write tells of is news', () => {
    const edit = next([ownerFails, loggingFails], opened)
    expect(action(edit)).toBe('edit with a comment')
    expect(action(next([ownerFails, loggingFails], rowAfter(edit, 'closed')))).toBe('reopen')
    const advice = next([ownerFails, loggingAdvised], opened)
    expect(action(next([ownerFails, loggingAdvised], rowAfter(advice, 'closed')))).toBe('edit')
  })

  it('replays what was under way when the process died', () => {
    const told = next([ownerFails], closedByPerson) as Planned<IssueEffect>
    expect(action(next([ownerFails], intended(told)))).toBe('edit')
    const back = next([ownerFails, loggingFails], closedByPerson) as Planned<IssueEffect>
    expect(action(next([ownerFails, loggingFails], intended(back)))).toBe('reopen')
  })
})

describe('an issue that a person opened again', () => {
  const reopened = (row: Published): Published => ({
    ...row,
    detail: { ...row.detail, open: true, keptOpen: true, closedBy: undefined },
  })
  const closed = rowAfter(next(good, opened))

  it('stays open though nothing is left to fix', () => {
    expect(next(good, reopened(closed))).toBeUndefined()
  })

  it('is closed when what failed since is fixed', () => {
    const edit = next([ownerFails], reopened(closed))
    expect(action(edit)).toBe('edit with a comment')
    expect(action(next(good, rowAfter(edit)))).toBe('close')
  })

  it('loses the sentence that it was closed', () => {
    const edit = next([ownerFails], reopened(rowAfter(next([ownerFails], closedByPerson))))
    expect(action(edit)).toBe('edit')
    expect(edit?.body).not.toContain('A person closed this issue')
  })
})

describe('an issue that was deleted, moved away or made a discussion', () => {
  const gone = rowAfter(next([ownerFails, loggingAdvised], opened), 'gone')

  it.each<[string, ControlVerdict[], string | undefined]>([
    ['the same fails', [ownerFails, loggingAdvised], undefined],
    ['something else fails', [ownerFails, loggingFails], 'open'],
    ['it is fixed', good, 'close'],
  ])('when %s', (_, controls, expected) => {
    const effect = next(controls, gone)
    expect(action(effect)).toBe(expected)
    // Its number is no number of ours any more.
    expect(effect?.number).toBeUndefined()
  })

  it('never gets its number back from a record of the next opening', () => {
    const open = next([ownerFails, loggingFails], gone) as Planned<IssueEffect>
    const crashed = { ...intended(open), externalId: '7' }
    const again = next([ownerFails, loggingFails], crashed)
    expect(again).toMatchObject({ action: 'open', uncertain: true })
    expect(again?.number).toBeUndefined()
    expect(rowAfter(open).detail).not.toHaveProperty('gone')
  })
})

describe('while what failed can not be decided', () => {
  it('stays open, without a comment, and without one when it fails again', () => {
    const during = next([undecided], opened)
    expect(action(during)).toBe('edit')
    expect(during).toMatchObject({ title: 'Golden path: 1 thing to look at in payments-api' })
    expect(during?.body).toContain("can't be decided")
    expect(action(next([ownerFails], rowAfter(during)))).toBe('edit')
    expect(action(next(good, rowAfter(during)))).toBe('close')
  })

  it('opens none', () => {
    expect(next([undecided], undefined)).toBeUndefined()
  })

  it('is not told as fixed by the comment about another', () => {
    const both = rowAfter(next([ownerFails, loggingFails], undefined))
    expect(next([undecided, controlOf('audit-logging')], both)?.comment).toMatch(
      /^Fixed at `3f2c1ab`: Audit logging\. 0 things left to fix, 1 can't be decided at present\.$/,
    )
  })

  it('stays open about a waiver that ends, and reminds of it once', () => {
    const waiver = { until: '2026-12-01', reason: 'Later', approvedBy: '@jane', endsSoon: true }
    const ends = controlOf('owner-exists', {
      status: 'waived',
      findings: [ownerFinding],
      waiver: { ...techdocsWaived.waiver, ...waiver } as ControlVerdict['waiver'],
    })
    const during = next([undecided], rowAfter(next([ends], undefined)))
    expect(action(during)).toBe('edit')
    expect(action(next([ends], rowAfter(during)))).toBe('edit')
  })
})

describe('a comment that is told to wait', () => {
  it('is written by the next try, once, though the text stands there already', () => {
    const edit = next([ownerFails, loggingFails], opened)
    expect(action(edit)).toBe('edit with a comment')
    const waiting: Published = { ...rowAfter(edit), detail: edit?.commentDue ?? {} }
    const later = next([ownerFails, loggingFails], waiting)
    expect(later?.comment).toBe(edit?.comment)
    expect(next([ownerFails, loggingFails], rowAfter(later))).toBeUndefined()
    // Fixed meanwhile: there is nothing to tell any more.
    expect(action(next([ownerFails], waiting))).toBe('edit')
  })
})

describe('a record of an earlier version, without what was told', () => {
  const { told: _, ...detail } = opened.detail
  const old: Published = { ...opened, hash: 'of another text', detail }

  it('is written again without a comment', () => {
    expect(action(next([ownerFails], old))).toBe('edit')
  })

  it('stays closed when that shows that a person had closed it', () => {
    const found = rowAfter(next([ownerFails], old), 'closed')
    expect(action(next([ownerFails], found))).toBe('edit')
    expect(action(next([ownerFails, loggingFails], found))).toBe('reopen')
  })
})

describe('what changed last', () => {
  it('is told with its date, and stays when the text is written again', () => {
    const edit = next([ownerFails, loggingFails], opened)
    expect(edit?.body).toContain('Last change, 22 November 2026: New: Audit logging.')
    const waived = next([ownerFails, loggingFails, techdocsWaived], rowAfter(edit))
    expect(waived?.body).toContain('Last change, 22 November 2026: New: Audit logging.')
    expect(waived?.comment).toBeUndefined()
    const fixed = next([ownerFails, controlOf('audit-logging')], rowAfter(waived))
    expect(fixed?.body).toContain('Last change, 22 November 2026: Fixed: Audit logging.')
  })
})

describe('the owning team', () => {
  const byTeam = (row?: Published, mentionOwners = true) => {
    const snapshot = snapshotOf({
      entities: [
        entityOf('payments-api', {
          owner: { text: 'payments', ref: 'group:default/payments', path: '', line: 1 } as never,
        }),
      ],
    })
    const accounts = {
      'group:default/payments': known({ exists: true as const, as: 'team @acme/payments' }, 'directory'),
    }
    return planIssue(
      situation(row ? [ownerFails, loggingFails] : [ownerFails], {
        snapshot: { ...snapshot, accounts },
        published: row ? [row] : [checkRun],
        issues: { settings: { ...policyDefaults.issues, mentionOwners } },
      }),
    )[0]
  }

  it('is mentioned on opening, and by the same words ever after', () => {
    const open = byTeam()
    expect(open?.body).toMatch(/^For @acme\/payments\.\n/)
    expect(byTeam(rowAfter(open))?.body).toMatch(/^For @acme\/payments\.\n/)
    expect(byTeam(rowAfter(open), false)?.body).toMatch(/^For @acme\/payments\.\n/)
  })

  it('is not mentioned later where it was not on opening', () => {
    const open = byTeam(undefined, false)
    expect(open?.body).not.toContain('@acme')
    expect(byTeam(rowAfter(open))?.body).not.toContain('For @acme')
  })
})

describe('a public repository', () => {
  const isPublic = { metadata: { visibility: 'public' as const } }
  const weakness = /owner-|paymnts|catalog-info|logging|config|Every service|1 thing|waive /i

  it('names no control, finding, file or rule, in text, title or comment, whatever happens', () => {
    const open = next([ownerFails], undefined, isPublic)
    const more = next([ownerFails, loggingFails], rowAfter(open), isPublic)
    expect(action(more)).toBe('edit with a comment')
    const closed = next(good, rowAfter(more), isPublic)
    const ended: Published = {
      ...rowAfter(open),
      detail: { ...rowAfter(open).detail, open: false, closedBy: 'person' },
    }
    const said = next([ownerFails], ended, isPublic)
    for (const effect of [open, more, closed, said]) {
      expect(effect).toBeDefined()
      expect(`${effect?.title}\n${effect?.body}\n${effect?.comment}`).not.toMatch(weakness)
    }
    expect(open?.title).toBe('Golden path: things to fix in payments-api')
    expect(said?.body).toContain('A person closed this issue.')
  })

  it.each([
    [{ visibility: 'private' as const }, 'full'],
    [{ visibility: 'internal' as const }, 'full'],
    [{ visibility: 'private' as const, untold: ['visibility' as const] }, 'neutral'],
  ])('is one that everybody may see: %j is told %s', (metadata, way) => {
    const title = next([ownerFails], undefined, { metadata })?.title
    expect(title).toContain(way === 'full' ? '1 thing to fix' : 'things to fix')
  })

  it('tells all where the policy says so, and gets no issue where it says that', () => {
    expect(
      next([ownerFails], undefined, { ...isPublic, issues: { publicRepositories: 'full' } })?.title,
    ).toBe('Golden path: 1 thing to fix in payments-api')
    const none = { ...isPublic, issues: { publicRepositories: 'none' as const } }
    expect(next([ownerFails], undefined, none)).toBeUndefined()
    const close = next([ownerFails], opened, none)
    expect(action(close)).toBe('close')
    expect(close?.body).not.toMatch(weakness)
    expect(next([ownerFails], rowAfter(close), none)).toBeUndefined()
  })

  it('that was private before has its text taken back', () => {
    const edit = next([ownerFails], opened, isPublic)
    expect(action(edit)).toBe('edit')
    expect(edit?.body).not.toMatch(weakness)
  })

  it('that was private before has the text of its closed issue taken back, once', () => {
    const closed = next([controlOf('owner-exists'), loggingAdvised], opened)
    expect(closed?.body).toContain('Still advised')
    const again = next([controlOf('owner-exists'), loggingAdvised], rowAfter(closed), isPublic)
    expect(action(again)).toBe('close')
    expect(again?.body).not.toMatch(weakness)
    expect(next(good, rowAfter(again), isPublic)).toBeUndefined()
  })
})

describe('a repository for the issues of all', () => {
  const settings = { repository: { owner: 'acme', name: 'compliance' } }
  const home = { id: 99, owner: 'acme', name: 'compliance', isPublic: false, takesIssues: true }
  const own = { id: 42, owner: 'acme', name: 'payments-api' }
  const central = { issues: settings, place: { home } }

  it('has the issue, which says what it is about', () => {
    const open = next([ownerFails], undefined, central)
    expect(open).toMatchObject({ action: 'open', home: { id: 99, owner: 'acme', name: 'compliance' } })
    expect(open?.body).toContain('of [`acme/payments-api`](https://github.com/acme/payments-api)')
    expect(next([ownerFails], rowAfter(open), central)).toBeUndefined()
    expect(action(next(good, rowAfter(open), central))).toBe('close')
  })

  it('is used where the repository itself has issues switched off', () => {
    const metadata = { hasIssuesEnabled: false }
    expect(action(next([ownerFails], undefined, { ...central, metadata }))).toBe('open')
    const place = { home: { ...home, takesIssues: false } }
    expect(next([ownerFails], undefined, { ...central, place })).toBeUndefined()
  })

  it('takes over: the old issue is closed where it lies, then one is opened', () => {
    const moving = { ...central, place: { home, former: own } }
    const close = next([ownerFails], opened, moving)
    expect(close).toMatchObject({ action: 'close', number: 7, home: own })
    expect(close?.body).toContain('This issue goes on in `acme/compliance`')
    // A crash in the middle closes it again.
    expect(next([ownerFails], intended(close as Planned<IssueEffect>), moving)).toMatchObject({
      action: 'close',
      number: 7,
      home: own,
    })
    const open = next([ownerFails], rowAfter(close), central)
    expect(open).toMatchObject({ action: 'open', home: { id: 99 } })
    expect(open?.number).toBeUndefined()
  })

  it('and back again', () => {
    const there = rowAfter(next([ownerFails], undefined, central))
    const close = next([ownerFails], there, { place: { former: home } })
    expect(close).toMatchObject({ action: 'close', number: 7, home: { id: 99 } })
    const open = next([ownerFails], rowAfter(close))
    expect(open).toMatchObject({ action: 'open' })
    expect(open).not.toHaveProperty('home')
    expect(open).not.toHaveProperty('number')
  })

  it('does not open again by moving what a person closed', () => {
    const close = next([ownerFails], closedByPerson, { ...central, place: { home, former: own } })
    expect(action(close)).toBe('close')
    expect(next([ownerFails], rowAfter(close), central)).toBeUndefined()
    expect(action(next([ownerFails, loggingFails], rowAfter(close), central))).toBe('open')
  })

  it('that the app does not see is told once, and nothing is sent', () => {
    const hidden = { issues: settings, place: { home: 'hidden' as const } }
    const refused = next([ownerFails], undefined, hidden) as Planned<IssueEffect>
    expect(refused.refused).toContain('acme/compliance, which the app does not see')
    const row = intended(refused)
    expect(next([ownerFails], row, hidden)).toBeUndefined()
    const seen = next([ownerFails], row, central)
    expect(seen).toMatchObject({ action: 'open', home: { id: 99 } })
    expect(seen?.refused).toBeUndefined()
  })

  it('leaves alone what lies there while the app does not see it', () => {
    const there = rowAfter(next([ownerFails], undefined, central))
    expect(next(good, there, { issues: settings, place: { home: 'hidden' } })).toBeUndefined()
  })

  it('that everybody sees is not told the name of a private repository', () => {
    const open = { ...home, isPublic: true }
    const refused = next([ownerFails], undefined, { issues: settings, place: { home: open } })
    expect(refused?.refused).toContain('is public')
    expect(`${refused?.title}${refused?.body}`).toBe('')
    const isPublic = { metadata: { visibility: 'public' as const } }
    expect(
      next([ownerFails], undefined, { issues: settings, place: { home: open }, ...isPublic })?.title,
    ).toBe('Golden path: things to fix in payments-api')
  })
})
