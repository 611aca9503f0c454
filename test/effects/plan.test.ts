import { describe, expect, it } from 'vitest'
import type { Effect, Published } from '../../src/effects/effect.ts'
import { type PlanInput, plan } from '../../src/effects/plan.ts'
import { done, type Planned } from '../../src/effects/planned.ts'
import { planWithdrawal } from '../../src/effects/registration/plan-registration.ts'
import { policyDefaults } from '../../src/policy/defaults.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import {
  controlOf,
  entityOf,
  loggingAdvised,
  loggingFinding,
  nextSha,
  ownerFails,
  protectionUnknown,
  rowOf,
  sha,
  situation,
  snapshotOf,
  techdocsWaived,
  verdictOf,
} from './situation.ts'

const target = 'https://github.com/acme/payments-api/blob/main/catalog-info.yaml'
const good = [controlOf('catalog-info-valid'), controlOf('owner-exists'), controlOf('entity-ref-free')]

/** `check-run create, issue open`: what is planned, in its order. */
const inWords = (effects: readonly Effect[]): string =>
  effects.map(effect => `${effect.kind} ${effect.action}`).join(', ')

/** The rows after all of it was carried out. */
const carriedOut = (effects: readonly Planned[], before: readonly Published[] = []): Published[] => [
  ...before.filter(row => !effects.some(effect => effect.key === row.key)),
  ...effects
    .filter(effect => effect.action !== 'unregister')
    .map(effect => done(effect, effect.kind === 'registration' ? 'location-1' : '7')),
]

const of = <Kind extends Effect['kind']>(kind: Kind, input: PlanInput) => {
  const [effect] = plan(input).filter(each => each.kind === kind)
  return effect as Extract<Planned, { kind: Kind }> | undefined
}

describe('a whole plan', () => {
  it.each<[string, ControlVerdict[], string]>([
    ['everything passes', good, 'check-run create, registration register'],
    ['something enforced fails', [ownerFails], 'check-run create, issue open'],
    ['only something advised fails', [...good, loggingAdvised], 'check-run create, registration register'],
    ['something enforced can not be decided', [...good, protectionUnknown], 'check-run create'],
    [
      'something advised can not be decided',
      [...good, { ...protectionUnknown, level: 'advise' }],
      'check-run create, registration register',
    ],
    ['nothing is asked', [], 'check-run create, registration register'],
  ])('%s', (_, controls, expected) => {
    expect(inWords(plan(situation(controls)))).toBe(expected)
  })

  it('is empty once it was carried out', () => {
    for (const controls of [good, [ownerFails], [...good, loggingAdvised, techdocsWaived], []]) {
      const first = plan(situation(controls))
      expect(first).not.toEqual([])
      expect(plan(situation(controls, { published: carriedOut(first) }))).toEqual([])
    }
  })

  it.each([
    ['is kept nowhere', undefined, true],
    [
      'is kept in another repository',
      { id: 9, owner: 'acme', name: 'compliance', isPublic: false, takesIssues: true },
      false,
    ],
    ['is wanted where it cannot be kept', 'hidden' as const, true],
  ])('says that the check run is all there is only where the issue %s', (_, home, isAll) => {
    const snapshot = snapshotOf({ metadata: { hasIssuesEnabled: false } })
    const issues = { settings: policyDefaults.issues, ...(home ? { home } : {}) }
    const run = of('check-run', situation([ownerFails], { snapshot, issues }))
    expect(run?.summary.includes('the only place that tells')).toBe(isAll)
  })

  it.each([
    ['an archived repository', { isArchived: true }, ''],
    ['a fork', { isFork: true }, 'check-run create'],
    ['a repository without issues', { hasIssuesEnabled: false }, 'check-run create'],
  ])('%s', (_, metadata, expected) => {
    expect(inWords(plan(situation([ownerFails], { snapshot: snapshotOf({ metadata }) })))).toBe(expected)
  })

  it('is empty for an empty repository: there is no commit to attach anything to', () => {
    const snapshot = snapshotOf({
      metadata: { isEmpty: true, defaultBranch: undefined },
      target: { sha: '' },
    })
    expect(
      plan(situation([ownerFails], { snapshot, verdict: verdictOf([ownerFails], { sha: '' }) })),
    ).toEqual([])
  })

  it('is a check run alone for a pull request and a merge group', () => {
    for (const kind of ['pull-request', 'merge-group'] as const)
      expect(inWords(plan(situation([ownerFails], { snapshot: snapshotOf({ target: { kind } }) })))).toBe(
        'check-run create',
      )
  })

  it('is a check run alone while what the repository is can not be read', () => {
    const snapshot = snapshotOf()
    snapshot.facts.metadata = unknown('partial-answer', 'GitHub did not say')
    expect(inWords(plan(situation([ownerFails], { snapshot })))).toBe('check-run create')
  })
})

describe('the check run', () => {
  const published = () => carriedOut(plan(situation([ownerFails])))

  it('is made anew for another commit', () => {
    const input = situation([ownerFails], {
      published: published(),
      verdict: verdictOf([ownerFails], { sha: nextSha }),
    })
    expect(inWords(plan(input))).toBe('check-run create')
  })

  it('is left alone by another policy that says the same, even from another line', () => {
    const moved = { ...ownerFails, rule: { ...ownerFails.rule, line: 60 } }
    const verdict = verdictOf([moved], { policy: 'another', decidedAt: '2026-12-01T00:00:00Z' })
    expect(plan(situation([ownerFails], { published: published(), verdict }))).toEqual([])
  })

  it('is updated when the same commit is judged otherwise', () => {
    const effect = of('check-run', situation([controlOf('owner-exists')], { published: published() }))
    expect(effect).toMatchObject({ action: 'update', id: 7, conclusion: 'success', uncertain: false })
  })

  it('is updated when a person asks for it again, though it says the same', () => {
    const effect = of('check-run', situation([ownerFails], { published: published(), rerun: true }))
    expect(effect).toMatchObject({ action: 'update', id: 7, conclusion: 'failure' })
  })

  it('sends an annotation once, since GitHub adds and never replaces', () => {
    const both = situation([ownerFails, loggingAdvised], { published: published() })
    expect(of('check-run', both)?.annotations.map(({ path }) => path)).toEqual(['config/logging.yaml'])
    const again = situation([ownerFails, loggingAdvised], {
      published: carriedOut(plan(both), published()),
      rerun: true,
    })
    expect(of('check-run', again)?.annotations).toEqual([])
  })

  it('is asked about before it is made when the answer of an earlier call was lost', () => {
    const lost = rowOf(`check-run:${sha}`, { state: 'intended', externalId: undefined })
    const effect = of('check-run', situation([ownerFails], { published: [lost] }))
    expect(effect).toMatchObject({ action: 'create', uncertain: true })
    expect(effect?.annotations).toHaveLength(1)
  })
})

describe('the tracking issue', () => {
  const opened = carriedOut(plan(situation([ownerFails])))
  const closed = carriedOut(plan(situation(good, { published: opened })), opened)

  it.each<[string, ControlVerdict[], Published[], string | undefined]>([
    ['nothing enforced fails and there is none', good, [], undefined],
    ['only something advised fails and there is none', [loggingAdvised], [], undefined],
    ['something enforced can not be decided and there is none', [protectionUnknown], [], undefined],
    ['something enforced fails and there is none', [ownerFails], [], 'open'],
    ['the same fails and it is open', [ownerFails], opened, undefined],
    ['more fails and it is open', [ownerFails, loggingAdvised], opened, 'edit with a comment'],
    ['a waiver is added and it is open', [ownerFails, techdocsWaived], opened, 'edit'],
    ['all is fixed and it is open', good, opened, 'close'],
    ['only advice is left and it is open', [loggingAdvised], opened, 'close'],
    ['what failed can not be decided any more', [protectionUnknown], opened, 'close'],
    ['nothing enforced fails and it is closed', [...good, loggingAdvised], closed, undefined],
    ['it fails again and it is closed', [ownerFails], closed, 'reopen'],
  ])('%s', (_, controls, published, expected) => {
    const effect = of('issue', situation(controls, { published }))
    expect(effect && `${effect.action}${effect.comment ? ' with a comment' : ''}`).toBe(expected)
  })

  it('is one: every change carries the number of the first', () => {
    for (const [controls, published] of [
      [[ownerFails, loggingAdvised], opened],
      [good, opened],
      [[ownerFails], closed],
    ] as const)
      expect(of('issue', situation([...controls], { published }))?.number).toBe(7)
  })

  it('is not edited by a commit that changes nothing it says', () => {
    const input = situation([ownerFails], {
      published: opened,
      verdict: verdictOf([ownerFails], { sha: nextSha }),
    })
    expect(of('issue', input)).toBeUndefined()
  })

  it('is edited without a comment when only a line number has changed', () => {
    const [finding] = ownerFails.findings
    const moved = controlOf('owner-exists', {
      status: 'fail',
      findings: [{ message: finding?.message ?? '', location: { path: 'catalog-info.yaml', line: 13 } }],
    })
    const effect = of('issue', situation([moved], { published: opened }))
    expect(effect?.action).toBe('edit')
    expect(effect).not.toHaveProperty('comment')
  })

  it('is looked for before the first one is opened, in case the database was lost', () => {
    expect(of('issue', situation([ownerFails]))).toMatchObject({ action: 'open', uncertain: true })
    const known = [rowOf(`check-run:${'1'.repeat(40)}`, { state: 'done' })]
    expect(of('issue', situation([ownerFails], { published: known }))).toMatchObject({ uncertain: false })
  })

  it.each<[string, ControlVerdict[], Partial<Published>, string]>([
    [
      'its opening, and it still fails',
      [ownerFails],
      { externalId: undefined, detail: { open: true } },
      'open',
    ],
    ['its opening, and it is fixed since', good, { externalId: undefined, detail: { open: true } }, 'close'],
    ['its edit', [ownerFails], { detail: { open: true, failing: ['owner-exists'] } }, 'edit'],
    [
      'its reopening',
      [ownerFails],
      { detail: { open: true, failing: ['owner-exists'], reopens: true } },
      'reopen',
    ],
    ['its closing, and it is still fixed', good, { detail: { open: false, failing: [] } }, 'close'],
    ['its closing, and it fails again', [ownerFails], { detail: { open: false, failing: [] } }, 'reopen'],
  ])('is made certain after a lost answer to %s', (_, controls, odd, action) => {
    const lost = rowOf('issue', { state: 'intended', ...odd })
    expect(of('issue', situation(controls, { published: [lost] }))).toMatchObject({ action, uncertain: true })
  })
})

describe('a waiver that ends within two weeks', () => {
  const ending = (odd: Partial<ControlVerdict> = {}): ControlVerdict => ({
    ...techdocsWaived,
    findings: [loggingFinding],
    ...(techdocsWaived.waiver ? { waiver: { ...techdocsWaived.waiver, endsSoon: true } } : {}),
    ...odd,
  })

  it('opens the issue, says until when, and is not told twice', () => {
    const first = of('issue', situation([ending()]))
    expect(first).toMatchObject({
      action: 'open',
      title: 'Golden path: 1 waiver ends soon in payments-api',
      detail: { open: true, failing: [], reminded: ['techdocs 2027-03-31'] },
    })
    expect(first?.body).toContain('holds until 31 March 2027.')
    expect(first?.comment).toBeUndefined()
    expect(
      of('issue', situation([ending()], { published: carriedOut(first ? [first] : []) })),
    ).toBeUndefined()
  })

  it('is one comment where the issue stands open already', () => {
    const before = carriedOut(plan(situation([ownerFails, techdocsWaived])))
    const edit = of('issue', situation([ownerFails, ending()], { published: before }))
    expect(edit).toMatchObject({ action: 'edit', title: 'Golden path: 1 thing to fix in payments-api' })
    expect(edit?.comment).toBe(
      'The waiver of **TechDocs present** holds until 31 March 2027. From the day after, it fails the check unless it is fixed or the waiver is renewed in the policy.',
    )
    const after = carriedOut(edit ? [edit] : [], before)
    expect(of('issue', situation([ownerFails, ending()], { published: after }))).toBeUndefined()
  })

  it('becomes something to fix in the same issue on the day after', () => {
    const before = carriedOut(plan(situation([ending()])))
    const fails = controlOf('techdocs', { status: 'fail', findings: [loggingFinding] })
    expect(of('issue', situation([fails], { published: before }))).toMatchObject({
      action: 'edit',
      number: 7,
      title: 'Golden path: 1 thing to fix in payments-api',
      comment: expect.stringContaining('New at'),
    })
  })

  it('closes the issue when it is renewed', () => {
    const before = carriedOut(plan(situation([ending()])))
    expect(of('issue', situation([techdocsWaived], { published: before }))).toMatchObject({ action: 'close' })
  })

  it.each([
    ['advised only', ending({ level: 'advise' })],
    ['of what could not be decided', ending({ findings: [] })],
  ])('is nothing to tell when it is %s', (_, control) => {
    expect(of('issue', situation([control]))).toBeUndefined()
  })
})

describe('the registration', () => {
  const registered = carriedOut(plan(situation(good)))

  it('names the file on the default branch and what it holds', () => {
    expect(of('registration', situation(good))).toMatchObject({
      action: 'register',
      key: `registration:${target}`,
      target,
      refs: ['component:default/payments-api'],
      replaces: [],
    })
  })

  it.each<[string, PlanInput]>([
    ['Backstage is not configured', situation(good, { backstage: { configured: false } })],
    ['something enforced fails', situation([...good, controlOf('techdocs', { status: 'fail' })])],
    ['the owner can not be decided', situation([controlOf('owner-exists', { status: 'unknown' })])],
    ['the owner is only advised to exist', situation([{ ...ownerFails, level: 'advise' }])],
    ['it holds no entity', situation(good, { snapshot: snapshotOf({ entities: [] }) })],
    [
      'one of its entities is invalid',
      situation([], {
        snapshot: snapshotOf({ entities: [entityOf('a'), entityOf('b', { judgement: 'invalid' })] }),
      }),
    ],
    [
      'an entity belongs to another repository',
      situation([], {
        snapshot: snapshotOf({
          catalogue: {
            'component:default/payments-api': known(
              {
                registered: true,
                origin: 'url:https://github.com/acme/payments-core/blob/main/catalog-info.yaml',
              },
              'catalogue',
            ),
          },
        }),
      }),
    ],
    [
      'Backstage found it by itself',
      situation([], {
        snapshot: snapshotOf({
          catalogue: {
            'component:default/payments-api': known(
              {
                registered: true,
                origin: 'url:https://github.com/acme/payments-api/tree/main/catalog-info.yaml',
              },
              'catalogue',
            ),
          },
        }),
      }),
    ],
  ])('is not made when %s', (_, input) => {
    expect(of('registration', input)).toBeUndefined()
  })

  it.each([
    ['in another repository', { text: 'https://github.com/acme/other/blob/main/catalog-info.yaml' }],
    ['inside a network', { text: 'http://10.0.0.1/', problem: 'is an address inside a private network' }],
    [
      'that the repository holds, and that was not taken',
      { text: './a', path: 'a', problem: 'has the type "file"' },
    ],
  ])('is not made with a target %s, whatever the controls say', (_, target) => {
    const targets = [{ ...target, location: { path: 'catalog-info.yaml', line: 1 } }]
    const snapshot = snapshotOf({ entities: [entityOf('all', { kind: 'Location', targets })] })
    expect(of('registration', situation([], { snapshot }))).toBeUndefined()
  })

  it('is not held back by what is only observed', () => {
    expect(of('registration', situation([{ ...ownerFails, level: 'observe' }]))).toMatchObject({
      action: 'register',
    })
  })

  it('stays when the repository stops complying: Backstage keeps the last good content', () => {
    expect(of('registration', situation([ownerFails], { published: registered }))).toBeUndefined()
  })

  it('is renewed when the file holds other entities', () => {
    const snapshot = snapshotOf({ entities: [entityOf('payments-api'), entityOf('payments-worker')] })
    expect(of('registration', situation(good, { snapshot, published: registered }))).toMatchObject({
      action: 'register',
      refs: ['component:default/payments-api', 'component:default/payments-worker'],
    })
  })

  it.each([
    [
      'renamed',
      { repository: { name: 'pay', url: 'https://github.com/acme/pay' } },
      'https://github.com/acme/pay/blob/main/catalog-info.yaml',
    ],
    [
      'given another default branch',
      { metadata: { defaultBranch: 'trunk' } },
      'https://github.com/acme/payments-api/blob/trunk/catalog-info.yaml',
    ],
  ])('moves when the repository is %s: the new first, the old after it', (_, odd, moved) => {
    const snapshot = snapshotOf({
      ...odd,
      catalogue: {
        'component:default/payments-api': known({ registered: true, origin: `url:${target}` }, 'catalogue'),
      },
    })
    const effects = plan(situation(good, { snapshot, published: registered })).filter(
      effect => effect.kind === 'registration',
    )
    expect(effects.map(({ action, target: at, locationId }) => [action, at, locationId])).toEqual([
      ['register', moved, undefined],
      ['unregister', target, 'location-1'],
    ])
    expect(effects[0]).toMatchObject({ replaces: [target] })
  })

  it('is taken back when the repository is archived, and the outside is otherwise left alone', () => {
    const input = situation(good, {
      snapshot: snapshotOf({ metadata: { isArchived: true } }),
      published: registered,
    })
    expect(inWords(plan(input))).toBe('registration unregister')
  })

  it('is taken back when the file is gone and nothing asks for it', () => {
    const snapshot = snapshotOf({
      files: { 'catalog-info.yaml': known({ exists: false }, 'github') },
      entities: [],
    })
    expect(of('registration', situation([], { snapshot, published: registered }))).toMatchObject({
      action: 'unregister',
    })
    const missed = controlOf('catalog-info-valid', {
      status: 'fail',
      findings: [{ message: 'There is none.' }],
    })
    expect(of('registration', situation([missed], { snapshot, published: registered }))).toBeUndefined()
  })

  it('is made again when somebody took it out of the catalogue, once it was seen there', () => {
    const snapshot = snapshotOf({
      catalogue: { 'component:default/payments-api': known({ registered: false }, 'catalogue') },
    })
    const seen = registered.map(row => ({ ...row, detail: { ...row.detail, seen: true } }))
    expect(of('registration', situation(good, { snapshot, published: registered }))).toBeUndefined()
    expect(of('registration', situation(good, { snapshot, published: seen }))).toMatchObject({
      action: 'register',
    })
  })

  it('is withdrawn whole when the repository is no longer ours to see', () => {
    expect(inWords(planWithdrawal([...registered, rowOf('registration:elsewhere')]))).toBe(
      'registration unregister, registration unregister',
    )
  })
})
