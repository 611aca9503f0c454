import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { person } from '../support/person.ts'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** Repositories of every kind, and what happens to them: renamed, archived, given away, deleted, added, taken out. */

const broken = { 'catalog-info.yaml': component('api', 'nobody') }
const sound = (name: string) => ({ files: { 'catalog-info.yaml': component(name) } })

let stage: Stage

beforeAll(async () => {
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': {
          files: { 'golden-path.yml': policyOf('catalog-info-valid: enforce', 'owner-exists: enforce') },
        },
        old: { archived: true, files: broken },
        forked: { fork: true, files: broken },
        empty: { empty: true },
        silent: { issues: false, files: broken },
        api: { files: broken },
        leaving: sound('leaving'),
        doomed: sound('doomed'),
        outside: { files: broken },
      },
    },
    {
      selected: ['.github', 'old', 'forked', 'empty', 'silent', 'api', 'leaving', 'doomed'],
    },
  )
  await stage.headCheck('api', 'failure')
  await stage.settled()
}, 60_000)

afterAll(() => stage?.close())

const everything = ['.github', 'old', 'forked', 'empty', 'silent', 'api', 'leaving', 'doomed', 'outside']

describe('a repository that can have no issue', () => {
  it('an archived one is left alone', async () => {
    expect(await stage.seen.repository('old')).toMatchObject({ checkRuns: [], issues: [] })
  })

  it('a fork has its check run only', async () => {
    await stage.headCheck('forked', 'failure')
    expect(await stage.issues('forked')).toEqual([])
  })

  it('an empty one has nothing, until it has a commit', async () => {
    expect(await stage.seen.repository('empty')).toMatchObject({ checkRuns: [], issues: [] })
    await stage.somebody.ask('PUT', '/repos/acme/empty/contents/catalog-info.yaml', {
      message: 'Begin',
      content: Buffer.from(component('empty')).toString('base64'),
    })
    await stage.headCheck('empty', 'success')
  })

  it('one with issues switched off says so in its check run, and is not asked again and again', async () => {
    const head = await stage.somebody.head('silent')
    await stage.check('silent', head, 'failure')
    expect((await stage.page('silent', head)).summary).toMatch(/issues are switched off/i)
    const cost = await stage.cost(() => stage.somebody.commit('silent', { 'README.md': '# Silent\n' }))
    expect(cost).toEqual({ read: 0, write: 1 })
    expect((await stage.seen.requests()).byRoute).not.toHaveProperty('POST /repos/:owner/:repo/issues')
  })
})

describe('a rename', () => {
  it('keeps the issue, and what was pushed meanwhile is judged under the new name', async () => {
    const [issue] = await stage.issues('api')
    expect(issue).toMatchObject({ state: 'open' })
    await stage.somebody.ask('PATCH', '/repos/acme/api', { name: 'interface' })
    const sha = await stage.somebody.commit('interface', { 'catalog-info.yaml': component('api') })
    await stage.check('interface', sha, 'success')
    await until(
      async () => (await stage.issues('interface'))[0]?.state === 'closed',
      'the issue to be closed',
      20_000,
      stage.output,
    )
    const again = await stage.somebody.commit('interface', broken)
    await stage.check('interface', again, 'failure')
    await stage.settled()
    expect(await stage.issues('interface')).toMatchObject([{ number: issue?.number, state: 'open' }])
  })
})

describe('a rename in the middle of a look', () => {
  it('between the read and the write: the check run arrives, once', async () => {
    await stage.fault({ match: 'POST .*/check-runs', delayMs: 1_000, count: 1 })
    const sha = await stage.somebody.commit('interface', {
      'catalog-info.yaml': component('api', 'nobody', '  title: API'),
    })
    await until(async () => {
      const [fault] = (await stage.seen.control('GET', 'faults')) as { count: number }[]
      return fault?.count === 0
    }, 'the check run to be on its way')
    await stage.somebody.ask('PATCH', '/repos/acme/interface', { name: 'gateway' })
    await stage.calm()
    await stage.check('gateway', sha, 'failure')
    await stage.settled()
    expect(await stage.checks('gateway', sha)).toHaveLength(1)
    expect(await stage.issues('gateway')).toHaveLength(1)
    await stage.somebody.ask('PATCH', '/repos/acme/gateway', { name: 'interface' })
  })
})

describe('archiving', () => {
  it('ends the writes, and taking it back resumes them', async () => {
    const cost = await stage.cost(() =>
      stage.somebody.ask('PATCH', '/repos/acme/interface', { archived: true }),
    )
    expect(cost.write).toBe(0)
    await stage.somebody.ask('PATCH', '/repos/acme/interface', { archived: false })
    const sha = await stage.somebody.commit('interface', { 'catalog-info.yaml': component('api') })
    await stage.check('interface', sha, 'success')
    await until(async () => (await stage.issues('interface'))[0]?.state === 'closed', 'the issue to close')
  })
})

describe('a repository that goes', () => {
  it('by a transfer is not asked about any more', async () => {
    const given = await stage.cost(() =>
      stage.somebody.ask('POST', '/repos/acme/leaving/transfer', { new_owner: 'jane' }),
    )
    expect(given.write).toBe(0)
    const jane = person({ url: stage.github.url, userToken: stage.github.tokenFor('jane') }, 'jane')
    const pushed = await stage.cost(() => jane.commit('leaving', broken))
    expect(pushed).toEqual({ read: 0, write: 0 })
    expect(await stage.dead()).toBe(0)
  })

  it('by deletion leaves no job behind', async () => {
    await stage.somebody.ask('DELETE', '/repos/acme/doomed')
    await stage.settled()
    expect(await stage.dead()).toBe(0)
  })
})

describe('a repository that comes', () => {
  it('made in the organisation, is judged', async () => {
    await stage.seen.control('POST', 'permissions', { repositories: 'all' })
    await stage.somebody.ask('POST', '/orgs/acme/repos', { name: 'fresh', auto_init: true })
    await stage.headCheck('fresh', 'failure')
    await until(async () => (await stage.issues('fresh')).length === 1, 'its issue', 20_000, stage.output)
  })

  it('added to the installation, is judged', async () => {
    await stage.headCheck('outside', 'failure')
  })

  it('taken out of the installation, is left alone from then on', async () => {
    await stage.settled()
    await stage.seen.control('POST', 'permissions', {
      repositories: everything.filter(name => !['outside', 'leaving', 'doomed', 'api'].includes(name)),
    })
    const before = (await stage.seen.repository('outside')).checkRuns.length
    const sha = await stage.somebody.commit('outside', { 'catalog-info.yaml': component('outside') })
    await stage.settled()
    expect(await stage.checks('outside', sha)).toEqual([])
    expect((await stage.seen.repository('outside')).checkRuns).toHaveLength(before)
    expect(await stage.dead()).toBe(0)
  })
})
