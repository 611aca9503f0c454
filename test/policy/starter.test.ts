import { beforeAll, describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { packOf } from '../../src/controls/packs.ts'
import { renderStarter } from '../../src/effects/pull-request/render-starter.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { changeOf } from '../../src/policy/preview.ts'
import { type Starter, starterOf, surveying } from '../../src/policy/starter.ts'
import { known, type Metadata, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

const now = new Date('2026-11-22T12:00:00Z')

interface Told {
  name?: string
  files?: Record<string, string>
  metadata?: Partial<Metadata>
}

let nextId = 0
/** A path that is not among its files is not there. */
const seen = async ({ name = 'shop', files = {}, metadata: parts = {} }: Told): Promise<Snapshot> => ({
  ...(await snapshotOf({
    repository: { id: ++nextId, name },
    files,
    tree: Object.keys(files),
    facts: { metadata: metadata(parts) },
    accounts: { 'group:default/payments': known({ exists: true, as: 'team @acme/payments' }, 'directory') },
  })),
  whole: true,
})

const good = { 'README.md': '# A shop\n\nSells things.\n', 'catalog-info.yaml': component('shop') }

const drawn = (
  snapshots: readonly Snapshot[],
  more: { seen?: number; known?: number; account?: string; isPublic?: boolean } = {},
) => {
  const survey = surveying(builtInControls, '.github')
  for (const snapshot of snapshots) survey.add(snapshot, now)
  return starterOf(survey.result(), {
    library: builtInControls,
    account: 'acme',
    policyRepository: '.github',
    seen: snapshots.length,
    known: snapshots.length,
    isPublic: false,
    now,
    ...more,
  })
}

const parsed = ({ text }: Starter): Policy => {
  const result = parsePolicy([{ path: 'golden-path.yml', text }], {
    version: 'a'.repeat(40),
    library: builtInControls,
  })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.policy
}

const must = (starter: Starter | undefined): Starter => {
  if (!starter) throw new Error('No starter policy was drawn')
  return starter
}

describe('the level of a control', () => {
  /** So many with a README, without one, and with one that can't be read. */
  const repositories = async (pass: number, fail: number, cannotTell: number) => {
    const made: Snapshot[] = []
    for (let at = 0; at < pass; at++) made.push(await seen({ files: good }))
    for (let at = 0; at < fail; at++) made.push(await seen({ name: `bare-${at}`, files: { 'main.go': '' } }))
    for (let at = 0; at < cannotTell; at++) {
      const one = await seen({ files: good })
      const { whole: _, ...partly } = one
      made.push({ ...partly, tree: unknown('unavailable', 'GitHub did not answer'), files: {} })
    }
    return made
  }

  it.each([
    { pass: 12, fail: 0, cannotTell: 0, level: 'enforce', because: 'all pass' },
    { pass: 1, fail: 0, cannotTell: 0, level: 'enforce', because: 'the only one passes' },
    { pass: 11, fail: 1, cannotTell: 0, level: 'advise', because: 'one is always few' },
    { pass: 2, fail: 1, cannotTell: 0, level: 'advise', because: 'one is always few' },
    { pass: 10, fail: 2, cannotTell: 0, level: 'observe', because: 'two of twelve are more than a tenth' },
    { pass: 18, fail: 2, cannotTell: 0, level: 'advise', because: 'two of twenty are a tenth' },
    { pass: 11, fail: 0, cannotTell: 1, level: 'advise', because: 'what can’t be told may fail tomorrow' },
    { pass: 8, fail: 0, cannotTell: 4, level: 'observe', because: 'too much can’t be told' },
    { pass: 0, fail: 12, cannotTell: 0, level: 'observe', because: 'nobody passes' },
  ])('is $level for $pass pass, $fail fail, $cannotTell unknown: $because', async row => {
    const starter = must(drawn(await repositories(row.pass, row.fail, row.cannotTell)))
    const readme = starter.controls.find(({ id }) => id === 'readme-present')
    expect(readme).toMatchObject({
      pass: row.pass,
      fail: row.fail,
      unknown: row.cannotTell,
      level: row.level,
    })
    expect(starter.text).toMatch(
      new RegExp(
        `^ {6}readme-present: ${row.level} +# ${row.pass} pass, ${row.fail} fail, ${row.cannotTell} can't be told$`,
        'm',
      ),
    )
  })

  it('is never enforce while a repository was not seen', async () => {
    const made = await repositories(3, 0, 0)
    expect(must(drawn(made)).text).toContain(': enforce')
    const starter = must(drawn(made, { known: 5 }))
    expect(starter.controls.filter(({ level }) => level === 'enforce')).toEqual([])
    expect(starter.text).toContain(
      '# Nothing is enforced yet: 2 repositories have not been seen, and may fail.',
    )
    expect(renderStarter(starter, 'acme').body).toContain('Nothing is enforced yet: 2 repositories have not')
  })

  it('is never enforce where signs decide, even if all pass', async () => {
    const heuristic = [...builtInControls.values()].filter(control => control.heuristic)
    const [first] = heuristic
    if (!first) throw new Error('The library has no control that judges by signs')
    const id = 'readme-present'
    const readme = builtInControls.get(id)
    if (!readme) throw new Error('The library has lost its README control')
    const library = new Map([...builtInControls, [id, { ...readme, heuristic: true }]])
    const survey = surveying(library, '.github')
    survey.add(await seen({ files: good }), now)
    const starter = must(
      starterOf(survey.result(), {
        library,
        account: 'acme',
        policyRepository: '.github',
        seen: 1,
        known: 1,
        isPublic: false,
        now,
      }),
    )
    expect(starter.controls.find(each => each.id === id)).toMatchObject({ pass: 1, fail: 0, level: 'advise' })
  })
})

describe('a starter policy', () => {
  let snapshots: Snapshot[]
  let starter: Starter
  beforeAll(async () => {
    snapshots = [
      ...(await Promise.all(Array.from({ length: 9 }, () => seen({ files: good })))),
      await seen({ name: 'broken', files: { ...good, 'catalog-info.yaml': 'kind: [' } }),
      await seen({ name: 'orphan', files: { ...good, 'catalog-info.yaml': component('orphan', 'nobody') } }),
      await seen({ name: 'bare', files: { 'main.go': '' } }),
      await seen({ name: 'old', files: {}, metadata: { isArchived: true } }),
      await seen({ name: 'theirs', files: {}, metadata: { isFork: true } }),
      await seen({ name: '.GitHub', files: {} }),
    ]
    starter = must(drawn(snapshots))
  })

  it('enforces nothing that fails or is unknown anywhere, today and by the preview of its own pull request', () => {
    const policy = parsed(starter)
    const stages = snapshots.map(snapshot => ({
      verdict: evaluate(snapshot, policy, now),
      change: changeOf({ after: { snapshot, policy } }, now),
    }))
    const enforced = stages.flatMap(({ verdict }) =>
      verdict.controls.filter(({ level }) => level === 'enforce'),
    )
    expect(enforced.length).toBeGreaterThan(0)
    expect(enforced.filter(({ status }) => status === 'fail' || status === 'unknown')).toEqual([])
    expect(stages.filter(({ verdict }) => verdict.conclusion === 'failure')).toEqual([])
    expect(
      stages.flatMap(({ change }) => change.controls.filter(({ level }) => level === 'enforce')),
    ).toEqual([])
  })

  it('counts what its own policy says of the same repositories', () => {
    const policy = parsed(starter)
    const verdicts = snapshots.map(snapshot => evaluate(snapshot, policy, now).controls)
    for (const { id, pass, fail, unknown: open } of starter.controls) {
      const of = (status: string) =>
        verdicts.filter(controls => controls.find(each => each.id === id)?.status === status).length
      expect([id, pass, fail, open]).toEqual([id, of('pass'), of('fail'), of('unknown')])
    }
  })

  it('asks of what is neither archived, nor a fork, nor the policy itself', () => {
    expect(starter).toMatchObject({ judged: 12, seen: 15, known: 15 })
  })

  it('holds each control of the baseline once, asked for or left out with the reason', () => {
    const ids = [...starter.controls, ...starter.left].map(({ id }) => id)
    expect(ids.toSorted()).toEqual([...(packOf('baseline')?.controls ?? [])].toSorted())
    expect(starter.left.every(({ pass, fail }) => pass + fail === 0)).toBe(true)
    for (const { id } of starter.left) expect(starter.text).toContain(`#   ${id}`)
  })

  it('says what to tighten first, the fewest failing first', () => {
    const listed = [...starter.text.matchAll(/^# {3}\d+\. ([\w-]+): (\d+) repositor/gm)].map(
      ([, id, fail]) => [id, Number(fail)],
    )
    expect(listed.length).toBeGreaterThan(1)
    expect(listed.map(([, fail]) => fail)).toEqual(
      listed.map(([, fail]) => Number(fail)).toSorted((a, b) => a - b),
    )
    expect(starter.text).toContain('readme-present: 1 repository fails (bare)')
  })

  it('names no repository where everybody reads it', () => {
    const { body } = renderStarter(starter, 'acme')
    expect(body).toContain('`bare` fails.')
    const inPublic = must(drawn(snapshots, { isPublic: true }))
    expect(inPublic.text).toMatch(/^# {3}1\. [\w-]+: 1 repository fails$/m)
    const told = `${inPublic.text}${renderStarter(inPublic, 'acme').body}`
    expect(told).not.toMatch(/\b(?:bare|broken|orphan|shop)\b/)
  })

  it('is the same text for the same repositories', () => {
    expect(drawn(snapshots)?.text).toBe(starter.text)
  })
})

describe('what repositories are called', () => {
  it.each([
    ['a line break', 'x\nwaivers: []'],
    ['a separator of lines', 'x\u2028rules: []'],
    ['a direction override', '\u202Egnp.exe'],
    ['a null byte', 'a\0b'],
    ['60 KB', 'a'.repeat(60_000)],
    ['a comment and a document', '# x\n---\nversion: 2'],
  ])('can’t leave the comment: %s', async (_, name) => {
    const starter = must(
      drawn([await seen({ files: good }), await seen({ name, files: { 'main.go': '' } })], { account: name }),
    )
    const policy = parsed(starter)
    expect(policy.rules.map(rule => rule.source.name)).toEqual(['Every repository'])
    expect(policy.waivers).toEqual([])
    const lines = starter.text.split('\n')
    expect(lines.filter(line => /[^\x20-\x7e]/.test(line))).toEqual([])
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400)
  })
})

describe('no starter policy', () => {
  it('is drawn where there is nothing to see', () => {
    expect(drawn([])).toBeUndefined()
  })

  it('is drawn where nothing can be told', async () => {
    const { whole: _, ...one } = await seen({ files: {} })
    const nothing = Object.fromEntries(
      Object.keys(one.facts).map(name => [name, unknown('permission', 'The app may not read it')]),
    )
    const blind = {
      ...one,
      facts: nothing as unknown as Snapshot['facts'],
      files: {},
      tree: unknown('unavailable', 'GitHub did not answer'),
      entities: [],
    }
    expect(drawn([blind])).toBeUndefined()
  })
})
