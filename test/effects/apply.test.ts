import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { apply } from '../../src/effects/apply.ts'
import type { Published } from '../../src/effects/effect.ts'
import type { Outside } from '../../src/effects/outside.ts'
import { type PlanInput, plan } from '../../src/effects/plan.ts'
import { intended, type Planned } from '../../src/effects/planned.ts'
import { AppOctokit } from '../../src/github.ts'
import { policyDefaults } from '../../src/policy/defaults.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { RateLimited } from '../../src/request-budget.ts'
import { controlOf, loggingAdvised, ownerFails, situation, snapshotOf, verdictOf } from './situation.ts'

/** The real planner and publishers against the emulated GitHub, over HTTP, as the app's installation. */

let github: EmulatedGitHub
let outside: Outside
let sha: string
let rows: Published[]
let numbered = 0

beforeAll(async () => {
  github = await startGitHub({ org: { login: 'acme', users: ['jane'], repositories: {} } })
})
afterAll(() => github.stop())

const loggingEnforced = controlOf('audit-logging', { status: 'fail', findings: loggingAdvised.findings })

/** A repository of its own for each case. */
beforeEach(async () => {
  await control('DELETE', 'faults')
  const name = `service-${++numbered}`
  const made = await person('POST', '/orgs/acme/repos', { name, private: true })
  const file = Buffer.from('kind: Component\n').toString('base64')
  const path = `/repos/acme/${name}/contents/catalog-info.yaml`
  const { commit } = await person('PUT', path, { message: 'Add', content: file })
  sha = commit.sha
  rows = []
  outside = {
    github: await installation(),
    app: { id: github.appId, slug: github.slug },
    repository: { ...snapshotOf().repository, id: made.id, name },
  }
})

describe('the check run', () => {
  it('is one write, and concluded from the beginning', async () => {
    await resetRequests()
    expect(await carryOut([ownerFails], 'check-run')).toEqual(['done'])
    expect(await requests()).toEqual({ read: 0, write: 1 })
    expect(await checkRuns()).toMatchObject([
      { status: 'completed', conclusion: 'failure', title: expect.stringContaining('1 thing to fix') },
    ])
  })

  it('is one write again when it changes, and stays one check run', async () => {
    await carryOut([ownerFails], 'check-run')
    await resetRequests()
    expect(await carryOut([controlOf('owner-exists')], 'check-run')).toEqual(['done'])
    expect(await requests()).toEqual({ read: 0, write: 1 })
    expect(await checkRuns()).toMatchObject([
      { conclusion: 'success', title: 'The one control that is asked for passes' },
    ])
  })

  it('carries 120 annotations in three requests, and none twice when it is written again', async () => {
    const findings = Array.from({ length: 120 }, (_, index) => ({
      message: `Line ${index + 1} names nobody.`,
      location: { path: 'catalog-info.yaml', line: index + 1 },
    }))
    const fails = controlOf('codeowners-valid', { status: 'fail', findings })
    await resetRequests()
    await carryOut([fails], 'check-run')
    expect(await requests()).toEqual({ read: 0, write: 3 })
    expect(await annotations()).toHaveLength(120)
    await carryOut([fails, ownerFails], 'check-run')
    expect(await annotations()).toHaveLength(121)
  })

  it('is not made twice when the answer was lost, and its annotations are not either', async () => {
    await fault({ match: 'POST /repos/.*/check-runs', dropAfterWrite: true, count: 1 })
    expect(await carryOut([ownerFails], 'check-run')).toEqual(['retry'])
    expect(rows).toMatchObject([{ state: 'intended', externalId: undefined }])
    expect(await carryOut([ownerFails], 'check-run')).toEqual(['done: adopted'])
    expect(await checkRuns()).toHaveLength(1)
    expect(await annotations()).toHaveLength(1)
    expect(await carryOut([ownerFails], 'check-run')).toEqual([])
  })

  it('is completed when the answer to its second request was lost', async () => {
    const findings = Array.from({ length: 120 }, (_, index) => ({
      message: `Line ${index + 1} names nobody.`,
      location: { path: 'catalog-info.yaml', line: index + 1 },
    }))
    const fails = controlOf('codeowners-valid', { status: 'fail', findings })
    await fault({ match: 'PATCH /repos/.*/check-runs', dropAfterWrite: true, count: 1 })
    expect(await carryOut([fails], 'check-run')).toEqual(['retry'])
    expect(await carryOut([fails], 'check-run')).toEqual(['done: adopted'])
    expect(await checkRuns()).toHaveLength(1)
    expect(await annotations()).toHaveLength(120)
  })

  it('is made when an earlier call did not reach GitHub', async () => {
    await fault({ match: 'POST /repos/.*/check-runs', status: 502, count: 1 })
    expect(await carryOut([ownerFails], 'check-run')).toEqual(['retry'])
    expect(await carryOut([ownerFails], 'check-run')).toEqual(['done'])
    expect(await checkRuns()).toHaveLength(1)
  })

  it('is skipped for a commit that is gone', async () => {
    const [effect] = planned([ownerFails], 'check-run')
    const gone = { ...(effect as Planned), headSha: 'f'.repeat(40) } as Planned
    expect(await apply(gone, outside)).toMatchObject({ outcome: 'skipped', row: 'drop' })
  })

  it('is refused without the permission, and says which is missing', async () => {
    await control('POST', 'permissions', { permissions: { metadata: 'read' } })
    outside.github = await installation()
    const [effect] = planned([ownerFails], 'check-run')
    expect(await apply(effect as Planned, outside)).toMatchObject({
      outcome: 'refused',
      why: 'permission',
      sentence: expect.stringContaining('Give the app the permission checks: write'),
    })
    await control('POST', 'permissions', {
      permissions: { metadata: 'read', contents: 'read', checks: 'write', issues: 'write' },
    })
  })

  it('waits as long as GitHub asks', async () => {
    await fault({ match: 'POST /repos/.*/check-runs', status: 429, retryAfter: 17, count: 1 })
    const [effect] = planned([ownerFails], 'check-run')
    expect(await apply(effect as Planned, outside)).toMatchObject({ outcome: 'retry', afterSeconds: 17 })
  })
})

describe('the tracking issue', () => {
  const good = [controlOf('owner-exists')]

  it('lives one life: opened, edited, closed, opened again', async () => {
    await carryOut([ownerFails], 'issue')
    expect(await issues()).toMatchObject([{ number: 1, state: 'open', byApp: true }])
    await carryOut([ownerFails, loggingAdvised], 'issue')
    expect(await comments(1)).toEqual([
      expect.stringMatching(/^New at `[0-9a-f]{7}`: Audit logging\. 1 thing left to fix, 1 advised\.$/),
    ])
    await carryOut(good, 'issue')
    expect(await issues()).toMatchObject([
      { state: 'closed', title: expect.stringContaining('nothing to fix') },
    ])
    await carryOut([ownerFails], 'issue')
    expect(await issues()).toMatchObject([
      { number: 1, state: 'open', title: expect.stringContaining('1 thing to fix') },
    ])
    expect(await comments(1)).toHaveLength(1)
  })

  it('is one write to open, close or reopen, and one more for a comment', async () => {
    const writes: number[] = []
    for (const controls of [[ownerFails], [ownerFails, loggingAdvised], good, [ownerFails]]) {
      await resetRequests()
      await carryOut(controls, 'issue')
      writes.push((await requests()).write)
    }
    expect(writes).toEqual([1, 2, 1, 1])
  })

  it.each([
    ['opening', [] as ControlVerdict[][], [ownerFails], 'POST /repos/.*/issues$'],
    ['editing', [[ownerFails]], [ownerFails, loggingAdvised], 'PATCH /repos/.*/issues'],
    ['closing', [[ownerFails]], good, 'PATCH /repos/.*/issues'],
    ['reopening', [[ownerFails], good], [ownerFails], 'PATCH /repos/.*/issues'],
  ])('is one issue in the right state when the answer to %s was lost', async (_, before, controls, match) => {
    for (const each of before) await carryOut(each, 'issue')
    await fault({ match, dropAfterWrite: true, count: 1 })
    expect(await carryOut(controls, 'issue')).toEqual(['retry'])
    await carryOut(controls, 'issue')
    expect(await issues()).toMatchObject([{ number: 1, state: controls === good ? 'closed' : 'open' }])
    expect(await carryOut(controls, 'issue')).toEqual([])
  })

  it('writes its comment later, once, when that is told to wait, and the text at once', async () => {
    await carryOut([ownerFails], 'issue')
    let isBusy = true
    outside.github.turn = async () => {
      if (isBusy) throw new RateLimited('Not yet', 60)
      return () => {}
    }
    const both = [ownerFails, loggingEnforced]
    expect(await carryOut(both, 'issue')).toEqual(['retry'])
    expect(await issues()).toMatchObject([{ title: expect.stringContaining('2 things to fix') }])
    expect(await comments(1)).toEqual([])
    isBusy = false
    expect(await carryOut(both, 'issue')).toEqual(['done'])
    expect(await carryOut(both, 'issue')).toEqual([])
    expect(await comments(1)).toEqual([expect.stringContaining('New at')])
  })

  it('tells what changed though GitHub told the text to wait', async () => {
    await carryOut([ownerFails], 'issue')
    const headers = { retryAfter: 1 }
    await fault({ match: 'PATCH /repos/.*/issues', status: 429, ...headers, count: 1 })
    const both = [ownerFails, loggingEnforced]
    expect(await carryOut(both, 'issue')).toEqual(['retry'])
    expect(await carryOut(both, 'issue')).toEqual(['done'])
    expect(await comments(1)).toHaveLength(1)
  })

  it('is not mistaken for one of ours about another repository whose words carry the marker', async () => {
    const forged = `<!-- golden-path:issue:${outside.repository.id} -->`
    const words = `${forged}\n\n<!-- golden-path:issue:${outside.repository.id + 1} -->`
    const { owner, name: repo } = outside.repository
    await outside.github.request('POST /repos/{owner}/{repo}/issues', {
      owner,
      repo,
      title: 'Other',
      body: words,
    })
    await fault({ match: 'POST /repos/.*/issues$', status: 502, count: 1 })
    expect(await carryOut([ownerFails], 'issue')).toEqual(['retry'])
    expect(await carryOut([ownerFails], 'issue')).toEqual(['done'])
    expect(await issues()).toMatchObject([{ title: 'Other' }, { number: 2 }])
  })

  it('is found open by a write that takes it for closed by a person: it stays open and says so', async () => {
    await carryOut([ownerFails], 'issue')
    rows = rows.map(row =>
      row.key === 'issue'
        ? { ...row, detail: { ...row.detail, open: false, closedBy: 'person' as const } }
        : row,
    )
    expect(await carryOut([ownerFails], 'issue')).toEqual(['done: somebody had opened issue 1 again'])
    expect(await carryOut([ownerFails], 'issue')).toEqual(['done'])
    expect(await carryOut([ownerFails], 'issue')).toEqual([])
    expect(rows.find(({ key }) => key === 'issue')?.detail.open).toBe(true)
  })

  it.each([
    ['known', true],
    ['not known', false],
  ])(
    'is not mistaken for a person’s issue that carries our marker, our name being %s',
    async (_, isKnown) => {
      if (!isKnown) outside.app = { id: github.appId }
      await person('POST', `/repos/acme/${outside.repository.name}/issues`, {
        title: 'Mine',
        body: `<!-- golden-path:issue:${outside.repository.id} -->`,
      })
      await fault({ match: 'POST /repos/.*/issues$', status: 502, count: 1 })
      expect(await carryOut([ownerFails], 'issue')).toEqual(['retry'])
      expect(await carryOut([ownerFails], 'issue')).toEqual(['done'])
      expect(await issues()).toMatchObject([
        { title: 'Mine', state: 'open' },
        { number: 2, state: 'open', byApp: true },
      ])
    },
  )

  it('stays closed when a person closed it, and is opened again once it was fixed and came back', async () => {
    await carryOut([ownerFails], 'issue')
    await person('PATCH', `/repos/acme/${outside.repository.name}/issues/1`, { state: 'closed' })
    await carryOut([ownerFails, loggingAdvised], 'issue')
    expect(await issues()).toMatchObject([{ state: 'closed' }])
    expect(await comments(1)).toEqual([])
    await carryOut(good, 'issue')
    await carryOut([ownerFails], 'issue')
    expect(await issues()).toMatchObject([{ number: 1, state: 'open' }])
  })

  it.each([
    ['deleted', 410],
    ['not to be found', 404],
  ])('is not opened anew when ours was %s, until something else fails', async (_, status) => {
    await carryOut([ownerFails], 'issue')
    await fault({ match: '(PATCH|GET) /repos/.*/issues/1', status })
    expect(await carryOut([ownerFails, loggingAdvised], 'issue')).toEqual(['done: issue 1 is gone'])
    expect(await carryOut([ownerFails, loggingAdvised], 'issue')).toEqual([])
    expect(await carryOut([ownerFails, loggingEnforced], 'issue')).toEqual(['done'])
    expect(rows).toMatchObject([{ externalId: '2', state: 'done' }])
    expect(rows[0]?.detail).not.toHaveProperty('gone')
  })

  it('carries the labels that the policy names, and none rather than no issue where GitHub refuses them', async () => {
    const settings = { ...policyDefaults.issues, labels: ['golden path'] }
    const [effect] = planned([ownerFails], 'issue', { issues: { settings } })
    expect(effect).toMatchObject({ labels: ['golden path'] })
    await fault({ match: 'POST /repos/.*/issues$', status: 422, count: 1 })
    expect(await apply(effect as Planned, outside)).toMatchObject({
      outcome: 'done',
      note: expect.stringMatching(/^opened without its labels: /),
    })
    expect(await issues()).toHaveLength(1)
  })

  it('is skipped when issues are switched off meanwhile', async () => {
    await person('PATCH', `/repos/acme/${outside.repository.name}`, { has_issues: false })
    const [effect] = planned([ownerFails], 'issue')
    expect(await apply(effect as Planned, outside)).toMatchObject({ outcome: 'skipped', row: 'drop' })
  })

  it('is written although its comment can not be', async () => {
    await carryOut([ownerFails], 'issue')
    await fault({ match: 'POST /repos/.*/comments', status: 403 })
    const [outcome] = await carryOut([ownerFails, loggingAdvised], 'issue')
    expect(outcome).toMatch(/^done: issue 1 was edited, and the comment not written/)
  })
})

function planned(controls: ControlVerdict[], kind: Planned['kind'], odd: Partial<PlanInput> = {}): Planned[] {
  const { name, id } = outside.repository
  const snapshot = snapshotOf({ repository: { name, id }, target: { sha } })
  const verdict = verdictOf(controls, { sha, repositoryId: id })
  return plan(situation(controls, { verdict, snapshot, published: rows, ...odd })).filter(
    each => each.kind === kind,
  )
}

/** As assess does it: the intention is stored, the call made, the outcome stored. */
async function carryOut(controls: ControlVerdict[], kind: Planned['kind']): Promise<string[]> {
  const outcomes: string[] = []
  for (const effect of planned(controls, kind)) {
    const keep = (row?: Published) => {
      rows = [...rows.filter(each => each.key !== effect.key), ...(row ? [row] : [])]
    }
    keep(intended(effect))
    const applied = await apply(effect, outside)
    if (applied.row === 'drop') keep()
    else if (applied.row !== 'keep') keep(applied.row)
    const note = applied.outcome === 'done' && applied.note
    outcomes.push(note ? `done: ${note.replace(/^adopted.*/, 'adopted')}` : applied.outcome)
  }
  return outcomes
}

async function installation(): Promise<Outside['github']> {
  const octokit = new AppOctokit({
    auth: {
      appId: github.appId,
      privateKey: github.privateKey,
      installationId: github.installations[0]?.id,
    },
    baseUrl: `${github.url}/api/v3`,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    mutate: (mutation, variables) => octokit.graphql(mutation, variables),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read here as a person reads them, without types
type Answer = any

async function ask(path: string, method: string, body?: unknown, token?: string): Promise<Answer> {
  const response = await fetch(`${github.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `token ${token}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

const person = (method: string, path: string, body?: unknown) =>
  ask(`/api/v3${path}`, method, body, github.userToken)
const control = (method: string, path: string, body?: unknown) => ask(`/_emulator/${path}`, method, body)
const fault = (body: object) => control('POST', 'faults', body)
const resetRequests = () => control('DELETE', 'requests')

async function requests(): Promise<{ read: number; write: number }> {
  const { read, write } = await control('GET', 'requests')
  return { read, write }
}

const state = async () => (await control('GET', 'state')).repositories[`acme/${outside.repository.name}`]
const checkRuns = async () => (await state()).checkRuns
const issues = async () => (await state()).issues

async function comments(number: number): Promise<string[]> {
  const found: { body: string }[] = await person(
    'GET',
    `/repos/acme/${outside.repository.name}/issues/${number}/comments`,
  )
  return found.map(comment => comment.body)
}

async function annotations(): Promise<unknown[]> {
  const base = `/repos/acme/${outside.repository.name}`
  const { check_runs: runs } = await person('GET', `${base}/commits/${sha}/check-runs`)
  const pages = await Promise.all(
    [1, 2].map(page =>
      person('GET', `${base}/check-runs/${runs[0].id}/annotations?per_page=100&page=${page}`),
    ),
  )
  return pages.flat()
}
