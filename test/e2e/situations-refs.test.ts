import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** Which commits are judged, which are not, and what each costs. */

let stage: Stage

beforeAll(async () => {
  const service = () => ({
    files: { 'catalog-info.yaml': component('api'), CODEOWNERS: '* @acme/payments\n', 'src/a.js': '' },
  })
  stage = await openStage({
    users: ['jane'],
    outsiders: ['stranger'],
    teams: [
      {
        slug: 'payments',
        members: ['jane'],
        repositories: { api: 'push', shop: 'push', many: 'push', moved: 'push' },
      },
    ],
    repositories: {
      '.github': {
        files: {
          'golden-path.yml': policyOf(
            'catalog-info-valid: enforce',
            'owner-exists: enforce',
            'codeowners-valid: enforce',
          ),
        },
      },
      api: service(),
      shop: service(),
      moved: service(),
      many: { files: { 'catalog-info.yaml': component('many'), CODEOWNERS: '* @acme/payments\n' } },
    },
  })
  for (const repository of ['api', 'shop', 'moved', 'many']) await stage.headCheck(repository, 'success')
  await stage.settled()
}, 60_000)

afterAll(() => stage?.close())

const number = z.object({ number: z.number() })

describe('a pull request', () => {
  it('costs one write, and one read more than a push: what it changes', async () => {
    await stage.somebody.branch('api', 'feature')
    const sha = await stage.somebody.commit(
      'api',
      { 'catalog-info.yaml': component('api', 'nobody') },
      'feature',
    )
    expect(await stage.cost(() => stage.somebody.openPullRequest('api', 'feature'))).toEqual({
      read: 2,
      write: 1,
    })
    await stage.check('api', sha, 'failure')
    expect(await stage.issues('api')).toEqual([])
  })

  it('costs the comparison alone when it is pushed back to what it began at', async () => {
    let sha = ''
    const cost = await stage.cost(async () => {
      sha = await stage.somebody.commit('api', { 'catalog-info.yaml': component('api') }, 'feature')
    })
    await stage.check('api', sha, 'success')
    expect(cost).toEqual({ read: 1, write: 1 })
  })

  it('that touches nothing that is read costs that one read alone', async () => {
    await stage.somebody.branch('api', 'code')
    const sha = await stage.somebody.commit('api', { 'src/a.js': 'export {}\n' }, 'code')
    const cost = await stage.cost(() => stage.somebody.openPullRequest('api', 'code'))
    await stage.check('api', sha, 'success')
    expect(cost).toEqual({ read: 1, write: 1 })
  })

  it('from a fork is judged by its own head, through the repository it is made to', async () => {
    const token = stage.github.tokenFor('stranger')
    const ask = async (method: string, path: string, body: unknown): Promise<unknown> => {
      const response = await fetch(`${stage.github.url}/api/v3${path}`, {
        method,
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok)
        throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
      return response.json()
    }
    await ask('POST', '/repos/acme/api/forks', {})
    const { commit } = z.object({ commit: z.object({ sha: z.string() }) }).parse(
      await ask('PUT', '/repos/stranger/api/contents/CODEOWNERS', {
        message: 'Take it over',
        content: Buffer.from('* @acme/payments\n/src @acme/nobody\n').toString('base64'),
        sha: z
          .object({ sha: z.string() })
          .parse(await stage.somebody.ask('GET', '/repos/stranger/api/contents/CODEOWNERS')).sha,
      }),
    )
    const cost = await stage.cost(async () => {
      number.parse(
        await ask('POST', '/repos/acme/api/pulls', {
          title: 'From outside',
          head: 'stranger:main',
          base: 'main',
        }),
      )
    })
    await stage.check('api', commit.sha, 'failure')
    expect(cost).toEqual({ read: 2, write: 1 })
    const { repositories } = await stage.seen.state()
    expect(repositories['stranger/api']?.checkRuns).toEqual([])
    const page = await stage.page('api', commit.sha)
    expect(await stage.annotations('api', page.id)).toMatchObject([
      { path: 'CODEOWNERS', start_line: 2, message: expect.stringContaining('@acme/nobody') },
    ])

    // A fork's check run names no pull request: the store knows which head the commit was.
    const rerun = await stage.cost(() =>
      stage.somebody.ask('POST', `/repos/acme/api/check-runs/${page.id}/rerequest`),
    )
    expect(rerun).toEqual({ read: 2, write: 1 })
    await stage.check('api', commit.sha, 'failure')
  })
})

describe('a merge group', () => {
  it('is judged on its own commit and compared with what it stands on, in two reads and one write', async () => {
    await stage.somebody.branch('shop', 'grouped')
    await stage.somebody.commit('shop', { 'catalog-info.yaml': component('shop', 'nobody') }, 'grouped')
    const pull = await stage.somebody.openPullRequest('shop', 'grouped')
    let sha = ''
    const cost = await stage.cost(async () => {
      const group = await stage.seen.control('POST', 'merge-group', {
        repository: 'acme/shop',
        pullRequests: [pull],
      })
      sha = z.object({ head_sha: z.string() }).parse(group).head_sha
    })
    await stage.check('shop', sha, 'failure')
    expect(cost).toEqual({ read: 2, write: 1 })
    expect((await stage.page('shop', sha)).title).toMatch(/^1 problem introduced: /)
    expect(await stage.issues('shop')).toEqual([])
  })
})

describe('what is no head that matters', () => {
  const nothing = { read: 0, write: 0 }

  it('a branch without a pull request, and its deletion', async () => {
    let sha = ''
    const pushed = await stage.cost(async () => {
      await stage.somebody.branch('api', 'alone')
      sha = await stage.somebody.commit('api', { 'catalog-info.yaml': 'kind: [' }, 'alone')
    })
    const deleted = await stage.cost(() =>
      stage.somebody.ask('DELETE', '/repos/acme/api/git/refs/heads/alone'),
    )
    expect([pushed, deleted]).toEqual([nothing, nothing])
    expect(await stage.checks('api', sha)).toEqual([])
  })

  it('a tag', async () => {
    const sha = await stage.somebody.head('api')
    const cost = await stage.cost(() =>
      stage.somebody.ask('POST', '/repos/acme/api/git/refs', { ref: 'refs/tags/v1', sha }),
    )
    expect(cost).toEqual(nothing)
  })

  it('what we write ourselves', async () => {
    // Everything before this has made check runs: their deliveries have been answered, and nothing follows.
    expect(await stage.cost(async () => new Promise(resolve => setTimeout(resolve, 500)))).toEqual(nothing)
  })

  it('a Dependabot alert that no control reads is looked at, changes nothing and starts no loop', async () => {
    const alert = { repository: 'acme/api', alert: { package: 'lodash', severity: 'high' } }
    const cost = await stage.cost(() => stage.seen.control('POST', 'alerts', alert))
    // Two events tell of it, `dependabot_alert` and `repository_vulnerability_alert`.
    expect(cost.read).toBeLessThanOrEqual(2)
    expect(cost.write).toBe(0)
  })

  it('any delivery that comes again', async () => {
    const cost = await stage.cost(async () => {
      for (const { guid } of stage.github.deliveries.all().slice(-40))
        await stage.seen.control('POST', `redeliver/${guid}`)
    })
    expect(cost).toEqual(nothing)
  })
})

describe('a force push', () => {
  it('is read whole and judged, although its paths say that nothing changed', async () => {
    const good = await stage.somebody.head('shop')
    const bad = await stage.somebody.commit('shop', { 'catalog-info.yaml': component('shop', 'nobody') })
    await stage.check('shop', bad, 'failure')
    await until(async () => (await stage.issues('shop'))[0], 'the issue')
    const cost = await stage.cost(() =>
      stage.somebody.ask('PATCH', '/repos/acme/shop/git/refs/heads/main', { sha: good, force: true }),
    )
    await until(async () => (await stage.issues('shop'))[0]?.state === 'closed', 'the issue to be closed')
    // The commit was judged before and its check run says the same: only the issue is written.
    expect(cost).toEqual({ read: 1, write: 1 })
    const after = await stage.somebody.commit('shop', { 'src/a.js': 'export {}\n' })
    await stage.check('shop', after, 'success')
  })
})

describe('one commit that is two heads', () => {
  it('has exactly one check run', async () => {
    await stage.somebody.branch('moved', 'forward')
    const sha = await stage.somebody.commit(
      'moved',
      { 'catalog-info.yaml': component('moved', 'nobody') },
      'forward',
    )
    // Fast-forwarded at once: the pull request's job and the push's look at the same commit side by side.
    await Promise.all([
      stage.somebody.openPullRequest('moved', 'forward'),
      stage.somebody.ask('PATCH', '/repos/acme/moved/git/refs/heads/main', { sha }),
    ])
    await stage.check('moved', sha, 'failure')
    await stage.settled()
    expect(await stage.checks('moved', sha)).toHaveLength(1)
    expect(await stage.issues('moved')).toHaveLength(1)
  })
})

describe('more findings than GitHub takes in a request', () => {
  it('all arrive, each at its line', async () => {
    const lines = Array.from({ length: 98 }, (_, index) => `/src/${index} @acme/nobody-${index}`)
    const sha = await stage.somebody.commit('many', { CODEOWNERS: `${lines.join('\n')}\n` })
    await stage.check('many', sha, 'failure')
    await stage.settled()
    const page = await stage.page('many', sha)
    const annotations = await stage.annotations('many', page.id)
    expect(annotations.map(each => each.start_line).sort((a, b) => a - b)).toEqual(
      lines.map((_, index) => index + 1),
    )
  })
})

describe('an issue', () => {
  it('is edited in one write when what it says changes', async () => {
    const cost = await stage.cost(() => stage.somebody.commit('many', { CODEOWNERS: '* @acme/nobody\n' }))
    expect(cost).toEqual({ read: 1, write: 2 })
    expect(await stage.issues('many')).toHaveLength(1)
  })
})
