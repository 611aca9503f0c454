import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** A policy comes, is spread over files, excuses somebody, goes and comes back. */

const policy = policyOf('catalog-info-valid: enforce', 'owner-exists: enforce')

let stage: Stage

beforeAll(async () => {
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': { files: { 'README.md': '# About acme\n' } },
        api: { files: { 'catalog-info.yaml': component('api', 'nobody') } },
        shop: { files: { 'catalog-info.yaml': component('shop') } },
      },
    },
    { without: 'service' },
  )
  // Somebody writes a policy already, so none is offered by the app.
  await stage.somebody.branch('.github', 'draft')
  await stage.somebody.commit('.github', { 'golden-path.yml': policy }, 'draft')
  await stage.start()
  await stage.settled()
  // What was delivered before the start is asked for once more.
  await stage.seen.resetRequests()
}, 60_000)

afterAll(() => stage?.close())

const writes = async () => (await stage.seen.requests()).write

describe('an organisation without a policy', () => {
  it('is looked at, and nothing is written', async () => {
    await stage.somebody.branch('api', 'feature')
    await stage.somebody.commit('api', { 'catalog-info.yaml': component('api') }, 'feature')
    await stage.somebody.openPullRequest('api', 'feature')
    await stage.somebody.commit('shop', { 'catalog-info.yaml': 'kind: [' })
    await stage.somebody.commit('shop', { 'catalog-info.yaml': component('shop') })
    await stage.somebody.commit('.github', { 'README.md': '# About us\n' })
    await stage.settled()
    expect(await writes()).toBe(0)
    expect((await stage.seen.requests()).read).toBeGreaterThan(0)
    expect((await stage.seen.repository('.github')).pullRequests).toEqual([])
  })
})

describe('a policy', () => {
  it('that is proposed is checked on its pull request, and asks nothing of anybody yet', async () => {
    await stage.somebody.branch('.github', 'propose')
    const bad = await stage.somebody.commit(
      '.github',
      { 'golden-path.yml': policy.replace('enforce', 'enfroce') },
      'propose',
    )
    await stage.somebody.openPullRequest('.github', 'propose')
    await stage.check('.github', bad, 'failure')
    const page = await stage.page('.github', bad)
    expect(await stage.annotations('.github', page.id)).toMatchObject([
      { path: 'golden-path.yml', start_line: 5, message: expect.stringContaining('enfroce') },
    ])
    const good = await stage.somebody.commit('.github', { 'golden-path.yml': policy }, 'propose')
    await stage.check('.github', good, 'success')
    await stage.settled()
    expect((await stage.seen.repository('api')).checkRuns).toEqual([])
  })

  it('that comes into force is applied to every repository', async () => {
    await stage.somebody.merge('.github', 1)
    await stage.headCheck('api', 'failure')
    await stage.headCheck('shop', 'success')
    await until(async () => (await stage.issues('api')).length === 1, 'the issue', 20_000, stage.output)
  })

  it('may lie in several files, and excuse a repository until a day', async () => {
    await stage.somebody.commit('.github', {
      'golden-path/documentation.yml':
        'rules:\n  - name: Everybody is told how it works\n    for: { names: shop }\n    require: { techdocs: enforce }\n',
      'golden-path/waivers.yml':
        'waivers:\n  - { repository: api, control: owner-exists, until: 2099-12-31, reason: The team is being set up, approved-by: "@acme/payments" }\n',
    })
    await stage.headCheck('shop', 'failure')
    await stage.headCheck('api', 'success')
    await until(
      async () => (await stage.issues('api'))[0]?.state === 'closed',
      'the issue of the repository that is excused to be closed',
      20_000,
      stage.output,
    )
    const { summary } = await stage.page('api', await stage.somebody.head('api'))
    expect(summary).toContain('The team is being set up')
  })

  it('loses a part when one of its files goes', async () => {
    await stage.somebody.commit('.github', { 'golden-path/documentation.yml': undefined })
    await stage.headCheck('shop', 'success')
  })

  it('costs a push beside it no read', async () => {
    const cost = await stage.cost(() => stage.somebody.commit('.github', { 'README.md': '# Us\n' }))
    expect(cost).toEqual({ read: 0, write: 1 })
  })

  it('that goes leaves everything as it is and writes nothing any more', async () => {
    await stage.somebody.commit('.github', {
      'golden-path.yml': undefined,
      'golden-path/waivers.yml': undefined,
    })
    await stage.settled()
    await stage.seen.resetRequests()
    const sha = await stage.somebody.commit('api', { 'catalog-info.yaml': 'kind: [' })
    await stage.somebody.commit('.github', { 'README.md': '# Us again\n' })
    await stage.settled()
    expect(await writes()).toBe(0)
    expect(await stage.checks('api', sha)).toEqual([])
  })

  it('that comes back is applied to what was pushed meanwhile', async () => {
    await stage.somebody.commit('.github', { 'golden-path.yml': policy })
    await stage.headCheck('api', 'failure')
    await until(async () => (await stage.issues('api'))[0]?.state === 'open', 'the same issue to be open')
    expect(await stage.issues('api')).toHaveLength(1)
  })
})
