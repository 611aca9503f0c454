import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** Settings of a repository, which GitHub tells by requests of their own: what they decide, and when they are asked for. */

let stage: Stage

beforeAll(async () => {
  stage = await openStage({
    twoFactor: true,
    users: ['jane'],
    teams: [{ slug: 'payments', members: ['jane'], repositories: { api: 'push' } }],
    repositories: {
      '.github': {
        files: {
          'golden-path.yml': policyOf(
            'catalog-info-valid: enforce',
            'workflow-token-read-only: enforce',
            'production-reviewed: enforce',
            'secret-scanning-enabled: enforce',
            'two-factor-required: enforce',
            'techdocs: observe',
          ),
        },
      },
      api: {
        private: true,
        security: { secretScanning: true, pushProtection: true, workflowToken: 'read' },
        environments: {
          production: { reviewers: ['jane'], 'prevent-self-review': true, branches: 'protected' },
        },
        files: { 'catalog-info.yaml': component('api'), CODEOWNERS: '* @acme/payments\n', 'src/a.js': '' },
      },
    },
  })
  await stage.headCheck('api', 'success')
  await stage.settled()
}, 60_000)

afterAll(() => stage?.close())

const settingsAsked = async (): Promise<string[]> =>
  Object.keys((await stage.seen.requests()).byRoute)
    .filter(route => /environments|permissions\/workflow|^GET \/repos\/:owner\/:repo$/.test(route))
    .sort()

describe('what a repository asks of itself', () => {
  const settings = '.github/golden-path.yml'

  it('takes effect with the push that brings it', async () => {
    await stage.somebody.commit('api', { [settings]: 'version: 1\nrequire: { techdocs: enforce }\n' })
    await stage.headCheck('api', 'failure')
    const { summary } = await stage.page('api', await stage.somebody.head('api'))
    expect(summary).toContain('.github/golden-path.yml:2')
  })

  it('is told its mistake at the line, and then nothing of it counts', async () => {
    await stage.somebody.commit('api', { [settings]: 'version: 1\nrequire: { techdocs: enfroce }\n' })
    await stage.headCheck('api', 'neutral')
    const { id } = await stage.page('api', await stage.somebody.head('api'))
    expect(await stage.annotations('api', id)).toMatchObject([
      { path: settings, start_line: 2, message: expect.stringContaining('the nearest is "enforce"') },
    ])
  })

  it('is over when the file is gone', async () => {
    await stage.somebody.commit('api', { [settings]: undefined })
    await stage.headCheck('api', 'success')
  })
})

describe('settings that a policy reads', () => {
  it('a push to a file that is read costs one read all the same', async () => {
    const cost = await stage.cost(() =>
      stage.somebody.commit('api', { 'catalog-info.yaml': `${component('api')}\n# said again\n` }),
    )
    expect(cost).toEqual({ read: 1, write: 1 })
    await stage.headCheck('api', 'success')
  })

  it('a push to any other file costs none', async () => {
    const cost = await stage.cost(() => stage.somebody.commit('api', { 'src/a.js': 'export {}\n' }))
    expect(cost).toEqual({ read: 0, write: 1 })
    await stage.headCheck('api', 'success')
  })

  it('a pull request is judged by those of the default branch, at the cost of one read', async () => {
    await stage.somebody.branch('api', 'feature')
    const sha = await stage.somebody.commit('api', { 'src/b.js': 'export {}\n' }, 'feature')
    const cost = await stage.cost(() => stage.somebody.openPullRequest('api', 'feature'))
    expect(cost).toEqual({ read: 1, write: 1 })
    await stage.check('api', sha, 'success')
  })

  it('a change that GitHub tells of has them read anew', async () => {
    const change = { repository: 'acme/api', security: { pushProtection: false, workflowToken: 'write' } }
    await stage.cost(() => stage.seen.control('POST', 'settings', change))
    expect(await settingsAsked()).toEqual([
      'GET /repos/:owner/:repo',
      'GET /repos/:owner/:repo/actions/permissions/workflow',
      'GET /repos/:owner/:repo/environments',
    ])
    await stage.headCheck('api', 'failure')
  })

  it('a pull request that is pushed to later is judged by what they are then, which it did not bring about', async () => {
    const sha = await stage.somebody.commit('api', { 'src/c.js': 'export {}\n' }, 'feature')
    await stage.settled()
    await stage.check('api', sha, 'success')
    expect((await stage.page('api', sha)).title).toBe('No problem introduced, 2 were there before')
  })

  it('a change that GitHub does not tell of is seen by the next re-run', async () => {
    const change = { repository: 'acme/api', security: { pushProtection: true, workflowToken: 'read' } }
    await stage.cost(() => stage.seen.control('POST', 'settings', change))
    await stage.headCheck('api', 'success')
    await stage.cost(() =>
      stage.seen.control('POST', 'settings', { repository: 'acme/api', environments: { production: null } }),
    )
    const head = await stage.somebody.head('api')
    await stage.check('api', head, 'success')
    const { id } = await stage.page('api', head)
    await stage.somebody.ask('POST', `/repos/acme/api/check-runs/${id}/rerequest`)
    await stage.check('api', head, 'failure')
  })
})
