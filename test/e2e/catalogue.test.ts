import type { CatalogApi } from '@backstage/catalog-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import { observer, person } from '../support/person.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { freePort, type Service, startService, temporaryDirectory, until } from '../support/service.ts'

/** The main job to its end: what complies is registered in a real Backstage, which reads it by its own GitHub integration. */

const policy = `version: 1
rules:
  - name: Every service has an accountable owner
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
`

const component = (name: string, owner: string): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: production
  owner: ${owner}
`

let github: EmulatedGitHub
let backstage: Backstage
let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let service: Service
let data: Awaited<ReturnType<typeof temporaryDirectory>>
let somebody: ReturnType<typeof person>
let seen: ReturnType<typeof observer>
let catalogue: CatalogApi

beforeAll(async () => {
  const port = await freePort()
  data = await temporaryDirectory()
  github = await startGitHub({
    webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'], repositories: {} }],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy } },
        'payments-api': { files: { 'catalog-info.yaml': component('payments-api', 'payments') } },
        storefront: {
          files: {
            'catalog-info.yaml':
              'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: storefront\nspec:\n  targets:\n    - ./services/cart/catalog-info.yaml\n    - ./services/search/catalog-info.yaml\n',
            'services/cart/catalog-info.yaml': component('cart', 'payments'),
            'services/search/catalog-info.yaml': component('search', 'payments'),
          },
        },
        latecomer: { files: { 'README.md': '# Late\n' } },
        library: { files: { 'README.md': '# Library\n' } },
      },
    },
  })
  postgres = await createPostgresDatabase()
  backstage = await startBackstage(backstageOptions())
  service = await startService({ github, port, dataDirectory: data.path, backstage })
  somebody = person(github)
  seen = observer(github.url)
  catalogue = await createCatalogueClient(backstage)
}, 180_000)

afterAll(async () => {
  await service?.stop()
  await backstage?.stop()
  await github?.stop()
  await data?.remove()
  await postgres?.drop()
})

const entity = (ref: string) => () => catalogue.getEntityByRef(ref)
const originOf = async (ref: string): Promise<string | undefined> =>
  (await catalogue.getEntityByRef(ref))?.metadata.annotations?.['backstage.io/managed-by-origin-location']
const locations = async (): Promise<string[]> =>
  (await catalogue.getLocations()).items.map(location => location.target).sort()
const blob = (repository: string): string => `${github.url}/acme/${repository}/blob/main/catalog-info.yaml`

const backstageOptions = () => ({
  githubUrl: github.url,
  githubToken: github.userToken,
  processingSeconds: 1,
  postgres: { url: postgres.url },
})

const checkRunsShape = z.object({
  check_runs: z.array(z.object({ output: z.object({ summary: z.string() }) })),
})

const checkOf = async (repository: string, sha: string) =>
  (await seen.repository(repository)).checkRuns.find(run => run.headSha === sha)

const waitForCheck = (repository: string, sha: string) =>
  until(
    () => checkOf(repository, sha),
    `a check run on ${repository}`,
    20_000,
    () => service.output(),
  )

describe('a repository that complies', () => {
  it('is registered, and read by Backstage itself', async () => {
    await until(entity('component:default/payments-api'), 'payments-api in the catalogue', 30_000, () =>
      service.output(),
    )
    expect(await originOf('component:default/payments-api')).toBe(`url:${blob('payments-api')}`)
  })

  it('is registered with all that its Location points to', async () => {
    await until(entity('component:default/cart'), 'cart in the catalogue', 30_000, () => service.output())
    await until(entity('component:default/search'), 'search in the catalogue')
    expect(await locations()).toEqual([blob('payments-api'), blob('storefront')])
  })
})

describe('a name that another repository has', () => {
  it('is a finding on the check run, and Backstage keeps what it has', async () => {
    const sha = await somebody.commit('latecomer', { 'catalog-info.yaml': component('cart', 'payments') })
    const run = await waitForCheck('latecomer', sha)
    expect(run.conclusion).toBe('failure')
    const { check_runs } = checkRunsShape.parse(
      await somebody.ask('GET', `/repos/acme/latecomer/commits/${sha}/check-runs`),
    )
    expect(check_runs[0]?.output.summary).toContain('storefront')
    expect(await originOf('component:default/cart')).toBe(`url:${blob('storefront')}`)
    expect(await locations()).toEqual([blob('payments-api'), blob('storefront')])
  })

  it('is registered once the name is its own', async () => {
    const sha = await somebody.commit('latecomer', {
      'catalog-info.yaml': component('latecomer', 'payments'),
    })
    expect((await waitForCheck('latecomer', sha)).conclusion).toBe('success')
    await until(entity('component:default/latecomer'), 'latecomer in the catalogue', 30_000, () =>
      service.output(),
    )
  })
})

describe('a registration', () => {
  it('stays when the repository falls out of compliance', async () => {
    const sha = await somebody.commit('latecomer', { 'catalog-info.yaml': component('latecomer', 'nobody') })
    expect((await waitForCheck('latecomer', sha)).conclusion).toBe('failure')
    await service.idle()
    expect(await locations()).toContain(blob('latecomer'))
  })

  it('follows a rename', async () => {
    await somebody.commit('latecomer', { 'catalog-info.yaml': component('latecomer', 'payments') })
    await somebody.ask('PATCH', '/repos/acme/latecomer', { name: 'newcomer' })
    await until(
      async () => (await originOf('component:default/latecomer')) === `url:${blob('newcomer')}`,
      'the registration to follow the rename',
      30_000,
      () => service.output(),
    )
    expect(await locations()).not.toContain(blob('latecomer'))
  })

  it('goes when the repository is archived', async () => {
    await somebody.ask('PATCH', '/repos/acme/newcomer', { archived: true })
    await until(
      async () => !(await locations()).includes(blob('newcomer')),
      'the registration to go',
      20_000,
      () => service.output(),
    )
  })

  it('goes when the repository is deleted', async () => {
    await somebody.ask('DELETE', '/repos/acme/storefront')
    await until(
      async () => !(await locations()).includes(blob('storefront')),
      'the registration to go',
      20_000,
      () => service.output(),
    )
    await until(
      async () => !(await catalogue.getEntityByRef('component:default/cart')),
      'its entities to go with it',
    )
  })
})

describe('a Backstage that is away', () => {
  it('delays a registration and does not lose it', async () => {
    const { port } = new URL(backstage.url)
    await backstage.stop()
    const sha = await somebody.commit('library', { 'catalog-info.yaml': component('library', 'payments') })
    const run = await waitForCheck('library', sha)
    expect(run.conclusion).toBe('neutral')
    backstage = await startBackstage({ ...backstageOptions(), port: Number(port), token: backstage.token })
    await until(entity('component:default/library'), 'library in the catalogue', 100_000, () =>
      service.output(),
    )
    await until(
      async () => (await checkOf('library', sha))?.conclusion === 'success',
      'the check run to be decided',
      20_000,
      () => service.output(),
    )
  }, 180_000)
})
