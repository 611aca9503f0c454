import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** GitHub fails, hesitates, answers in part or says no: nothing is lost, made twice or called a pass. */

const names = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']

let stage: Stage

beforeAll(async () => {
  stage = await openStage({
    users: ['jane'],
    teams: [
      {
        slug: 'payments',
        members: ['jane'],
        repositories: Object.fromEntries(names.map(name => [name, 'push' as const])),
      },
    ],
    repositories: {
      '.github': {
        files: {
          'golden-path.yml': policyOf(
            'catalog-info-valid: enforce',
            'owner-exists: enforce',
            'codeowners-valid: enforce',
            'default-branch-protected: enforce',
          ),
        },
      },
      ...Object.fromEntries(
        names.map(name => [
          name,
          {
            files: { 'catalog-info.yaml': component(name), CODEOWNERS: '* @acme/payments\n' },
            protection: { approvals: 1 },
          },
        ]),
      ),
    },
  })
  for (const name of names) await stage.headCheck(name, 'success')
  await stage.settled()
}, 60_000)

afterEach(() => stage?.calm())
afterAll(() => stage?.close())

const breakIt = (name: string) =>
  stage.somebody.commit(name, { 'catalog-info.yaml': component(name, 'nobody') })
const openIssues = async (name: string) =>
  (await stage.issues(name)).filter(issue => issue.state === 'open').length
/** How often the service has said that a try of a job failed. */
const failures = () => stage.output().split('"msg":"A job failed"').length - 1

describe('a failing GitHub', () => {
  const shas: Record<string, string> = {}

  // Each is tried again after five seconds or more: all of them wait side by side.
  beforeAll(async () => {
    await stage.fault({ match: 'POST /graphql', status: 502, count: 1 })
    shas.first = await breakIt('first')
    await until(async () => failures() === 1, 'the first query to fail', 20_000, stage.output)
    await stage.fault({ match: 'POST /repos/acme/second/check-runs', status: 502, count: 1 })
    await stage.fault({ match: 'POST /repos/acme/third/check-runs', dropAfterWrite: true, count: 1 })
    await stage.fault({ match: 'POST /repos/acme/fourth/issues', dropAfterWrite: true, count: 1 })
    for (const name of ['second', 'third', 'fourth']) shas[name] = await breakIt(name)
    await until(async () => failures() === 4, 'each to fail', 20_000, stage.output)
  })

  const isMadeOnce = async (name: string) => {
    const sha = shas[name] ?? ''
    await stage.check(name, sha, 'failure')
    await until(async () => (await openIssues(name)) === 1, 'the issue', 20_000, stage.output)
    await stage.settled()
    expect(await stage.checks(name, sha)).toHaveLength(1)
    expect(await stage.issues(name)).toHaveLength(1)
  }

  it('502 on the query: it is asked again', () => isMadeOnce('first'))

  it('502 on the check run: one is made, once', () => isMadeOnce('second'))

  it('a check run made whose answer was lost is taken up, not made again', async () => {
    await isMadeOnce('third')
    expect((await stage.seen.requests()).byRoute).toHaveProperty(
      'GET /repos/:owner/:repo/commits/:ref/check-runs',
    )
  })

  it('an issue opened whose answer was lost is taken up, not opened again', async () => {
    await isMadeOnce('fourth')
    const sha = await stage.somebody.commit('fourth', { 'catalog-info.yaml': component('fourth') })
    await stage.check('fourth', sha, 'success')
    await until(async () => (await openIssues('fourth')) === 0, 'the same issue to be closed')
    expect(await stage.issues('fourth')).toHaveLength(1)
  })
})

describe('a limit', () => {
  it('for writes, secondary: waits as long as GitHub says, at the cost of no try', async () => {
    const before = failures()
    await stage.fault({ match: 'POST .*/check-runs', status: 403, retryAfter: 2, count: 1 })
    const sha = await breakIt('fifth')
    await stage.check('fifth', sha, 'failure')
    await stage.settled()
    expect(await stage.checks('fifth', sha)).toHaveLength(1)
    expect(await openIssues('fifth')).toBe(1)
    expect(failures()).toBe(before)
  })

  it('for reads, secondary, as 429', async () => {
    const before = failures()
    await stage.limit({ secondary: { count: 1, retryAfter: 1, status: 429 } })
    await stage.check('fifth', await stage.somebody.commit('fifth', { CODEOWNERS: '*  @acme/payments\n' }))
    expect(failures()).toBe(before)
  })

  it('of the hour, used up: goes on when it begins anew', async () => {
    const before = failures()
    await stage.limit({ primary: { remaining: 0, resetInSeconds: 3 } })
    const sha = await breakIt('sixth')
    await until(async () => stage.output().includes('GitHub asks to wait'), 'the service to wait')
    await new Promise(resolve => setTimeout(resolve, 1000))
    expect(await stage.checks('sixth', sha)).toEqual([])
    await stage.calm()
    await stage.check('sixth', sha, 'failure')
    expect(failures()).toBe(before)
  })
})

describe('an answer in part', () => {
  it.each([
    ['Repository.codeowners', 'first', 'codeowners'],
    ['Ref.branchProtectionRule', 'second', 'branch protection'],
  ])('%s refused: that control is unknown, and unknown is no pass', async (graphqlPath, name, what) => {
    await stage.fault({
      graphqlPath,
      type: 'FORBIDDEN',
      message: 'Resource not accessible by integration',
    })
    const sha = await stage.somebody.commit(name, { 'catalog-info.yaml': component(name) })
    const run = await stage.check(name, sha, 'neutral')
    expect(run.title).toMatch(/1 can't be decided/)
    expect((await stage.page(name, sha)).summary.toLowerCase()).toContain(what)
    await stage.settled()
    expect(await openIssues(name)).toBe(0)
    await stage.calm()
    const head = await stage.somebody.commit(name, {
      'catalog-info.yaml': component(name, 'payments', '  title: Again'),
    })
    await stage.check(name, head, 'success')
  })

  it('an error of GitHub without a reason leaves it unknown, and the next push reads again', async () => {
    await stage.fault({
      graphqlPath: 'Repository.codeowners',
      type: 'INTERNAL',
      message: 'Something went wrong',
    })
    const sha = await stage.somebody.commit('third', { 'catalog-info.yaml': component('third') })
    await stage.check('third', sha, 'neutral')
    await stage.calm()
    const next = await stage.somebody.commit('third', { 'README.md': '# Third\n' })
    await stage.check('third', next, 'success')
  })
})

describe('a permission that is taken away', () => {
  const all = {
    metadata: 'read',
    contents: 'read',
    checks: 'write',
    issues: 'write',
    pull_requests: 'read',
    administration: 'read',
    members: 'read',
    vulnerability_alerts: 'read',
    merge_queues: 'read',
    organization_custom_properties: 'read',
    repository_custom_properties: 'read',
  }
  const without = async (...taken: string[]) => {
    const permissions = Object.fromEntries(Object.entries(all).filter(([name]) => !taken.includes(name)))
    await stage.seen.control('POST', 'permissions', { permissions })
    await stage.settled()
  }
  afterEach(() => without())

  it('administration: protection is unknown, and the check run says what to grant', async () => {
    await without('administration')
    await stage.headCheck('first', 'neutral')
    const { summary } = await stage.page('first', await stage.somebody.head('first'))
    expect(summary).toMatch(/may not read branch protection/)
    await without()
    await stage.headCheck('first', 'success')
  })

  it('members: what was known of teams stays so, and the log says what is missing', async () => {
    await without('members')
    expect(stage.output()).toContain('Members: read')
    expect(await stage.dead()).toBe(0)
  })

  it('checks: the verdict is kept, the log names the permission, and nothing is tried for ever', async () => {
    await without('checks')
    const before = failures()
    const sha = await stage.somebody.commit('first', { 'README.md': '# First\n' })
    await stage.settled()
    expect(await stage.checks('first', sha)).toEqual([])
    expect(stage.output()).toContain('checks: write')
    expect(failures()).toBe(before)
    await without()
    await stage.headCheck('first', 'success')
  })

  it('issues: the check run is written all the same', async () => {
    await without('issues', 'pull_requests')
    await stage.check('first', await breakIt('first'), 'failure')
    await stage.settled()
    expect(stage.output()).toContain('issues: write')
    expect(await openIssues('first')).toBe(0)
    await without()
    await stage.settled()
    expect(await openIssues('first')).toBe(1)
  })
})
