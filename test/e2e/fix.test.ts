import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** From broken to registered in a real Backstage; the one thing that people do is to ask for the fix and to merge it. */

let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let stage: Stage
let backstage: Backstage

beforeAll(async () => {
  postgres = await createPostgresDatabase()
  const policy = policyOf('catalog-info-valid: enforce', 'owner-exists: enforce')
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'], repositories: {} }],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy } },
        button: { files: { 'catalog-info.yaml': component('button', 'paymnts') } },
        comment: { files: { 'catalog-info.yaml': component('comment', 'paymnts') } },
      },
    },
    { without: 'service' },
  )
  backstage = await startBackstage({
    githubUrl: stage.github.url,
    githubToken: stage.github.userToken,
    processingSeconds: 1,
    postgres: { url: postgres.url },
  })
  await stage.start({ BACKSTAGE_URL: backstage.url, BACKSTAGE_TOKEN: backstage.token })
}, 180_000)

afterAll(async () => {
  await stage?.close()
  await backstage?.stop()
  await postgres?.drop()
})

describe.each([
  {
    name: 'button',
    how: 'the button on the check run',
    ask: async () => {
      const { id } = await stage.page('button', await stage.somebody.head('button'))
      await stage.seen.control('POST', 'requested-action', {
        repository: 'acme/button',
        checkRun: id,
        action: 'fix',
      })
    },
  },
  {
    name: 'comment',
    how: 'a comment on the tracking issue',
    ask: async () => {
      const [issue] = await stage.issues('comment')
      await stage.somebody.ask('POST', `/repos/acme/comment/issues/${issue?.number}/comments`, {
        body: '/golden-path fix',
      })
    },
  },
])('asked for by $how', ({ name, ask }) => {
  it('goes from broken to registered with no other action of a person', { timeout: 90_000 }, async () => {
    await stage.headCheck(name, 'failure')
    const issue = await until(
      async () => (await stage.issues(name)).find(each => each.state === 'open'),
      'the tracking issue',
      20_000,
      stage.output,
    )
    await ask()
    const pull = await until(
      async () => (await stage.seen.repository(name)).pullRequests.find(each => each.byApp),
      'the pull request of fixes',
      20_000,
      stage.output,
    )
    const { head } = z
      .object({ head: z.object({ sha: z.string() }) })
      .parse(await stage.somebody.ask('GET', `/repos/acme/${name}/pulls/${pull.number}`))
    await stage.check(name, head.sha, 'success')

    await stage.somebody.merge(name, pull.number)
    await stage.headCheck(name, 'success')
    await until(
      async () =>
        (await stage.issues(name)).find(each => each.number === issue.number && each.state === 'closed'),
      'the closed issue',
      20_000,
      stage.output,
    )
    const catalogue = await createCatalogueClient({ url: backstage.url, token: backstage.token })
    const entity = await until(
      async () => (await catalogue.getEntitiesByRefs({ entityRefs: [`component:default/${name}`] })).items[0],
      `${name} in Backstage`,
      60_000,
      stage.output,
    )
    expect(entity.spec?.owner).toBe('payments')
    await stage.settled()
    const { pullRequests, issues } = await stage.seen.repository(name)
    expect(pullRequests).toHaveLength(1)
    expect(issues).toHaveLength(1)
    expect(await stage.dead()).toBe(0)
  })
})
