import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import type { Applied } from '../../src/effects/applied.ts'
import { apply } from '../../src/effects/apply.ts'
import type { Catalogue, Outside } from '../../src/effects/outside.ts'
import type { Planned } from '../../src/effects/planned.ts'
import { type Confirmation, confirm } from '../../src/effects/registration/publish-registration.ts'
import { readCatalogue } from '../../src/snapshot/catalogue.ts'
import { snapshotOf } from './situation.ts'

/** A real Backstage that reads the emulated GitHub through its own GitHub integration. */

let github: EmulatedGitHub
let front: Front
let backstage: Backstage
let catalogue: Catalogue

const component = (name: string, rest = ''): string =>
  `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: production
  owner: payments
${rest}`

const template = `---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service
  title: A service
  annotations:
    golden-path.dev/requires: catalog-info-valid, techdocs
    backstage.io/template-version: 1.4.0
spec:
  type: service
  owner: payments
  parameters: []
  steps: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments
spec:
  type: team
  children: []
`

const monorepo = `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: storefront
spec:
  targets: [./services/cart/catalog-info.yaml, ./services/search/catalog-info.yaml]
`

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      repositories: {
        'payments-api': { files: { 'catalog-info.yaml': component('payments-api') } },
        copycat: { files: { 'catalog-info.yaml': component('payments-api') } },
        broken: { files: { 'catalog-info.yaml': component('broken').replace('owner', 'ownr') } },
        waiting: { files: { 'catalog-info.yaml': component('waiting') } },
        passing: { files: { 'catalog-info.yaml': component('passing') } },
        templates: { files: { 'catalog-info.yaml': template } },
        storefront: {
          files: {
            'catalog-info.yaml': monorepo,
            'services/cart/catalog-info.yaml': component('cart'),
            'services/search/catalog-info.yaml': component('search'),
          },
        },
      },
    },
  })
  front = await startFront(github.url)
  backstage = await startBackstage({
    githubUrl: front.url,
    githubToken: github.userToken,
    processingSeconds: 1,
  })
  catalogue = await createCatalogueClient(backstage)
})

afterAll(async () => {
  await backstage?.stop()
  await front?.stop()
  await github?.stop()
})

describe('a registration', () => {
  it('is seen in the catalogue, coming from its repository', async () => {
    const registered = await register('payments-api')
    expect(registered).toMatchObject({
      outcome: 'done',
      row: { state: 'done', detail: { refs: ['component:default/payments-api'], seen: false } },
    })
    expect(await arrival('payments-api', ['component:default/payments-api'])).toEqual({
      seen: true,
      missing: [],
      problem: undefined,
    })
  })

  it('is not overwritten: the second repository is told who has the name, and no location is left', async () => {
    await register('payments-api')
    await arrival('payments-api', ['component:default/payments-api'])
    expect(await register('copycat', { refs: ['component:default/payments-api'] })).toEqual({
      outcome: 'refused',
      row: 'drop',
      why: 'conflict',
      sentence: `component:default/payments-api belongs to ${target('payments-api')}. Backstage would ignore it here: rename it, or take it over there first.`,
    })
    expect(await catalogue.getLocationByRef(`url:${target('copycat')}`)).toBeUndefined()
    // A name that is none of the repository's own is no finding of its next verdict: another look would change nothing.
    expect(await register('copycat')).toMatchObject({ outcome: 'refused', why: 'invalid' })
  })

  it('takes the place of the target that it replaces', async () => {
    await register('payments-api')
    await arrival('payments-api', ['component:default/payments-api'])
    expect(await register('copycat', { replaces: [target('payments-api')] })).toMatchObject({
      outcome: 'done',
    })
    expect(await unregister('payments-api')).toMatchObject({ outcome: 'done', row: 'drop' })
    expect(await arrival('copycat', ['component:default/payments-api'])).toMatchObject({ seen: true })
    await unregister('copycat')
  })

  it('is the same location when it is made twice, as after a lost answer', async () => {
    const first = await register('waiting')
    expect(await register('waiting', { uncertain: true })).toEqual(first)
    const { items } = await (await createCatalogueClient(backstage)).getLocations()
    expect(items.filter(location => location.target === target('waiting'))).toHaveLength(1)
  })

  it('is the same location on a Backstage that answers 409', async () => {
    const first = await register('waiting')
    const older: Catalogue = {
      getEntitiesByRefs: request => catalogue.getEntitiesByRefs(request),
      getLocationByRef: ref => catalogue.getLocationByRef(ref),
      removeLocationById: id => catalogue.removeLocationById(id),
      validateEntity: (entity, locationRef) => catalogue.validateEntity(entity, locationRef),
      addLocation: request => catalogue.addLocation({ ...request, onConflict: undefined }),
    }
    expect(await register('waiting', {}, older)).toEqual(first)
  })

  it('holds all that a Location leads to', async () => {
    const registered = await register('storefront')
    const refs = ['component:default/cart', 'component:default/search', 'location:default/storefront']
    expect(registered).toMatchObject({ row: { detail: { refs } } })
    expect(await arrival('storefront', refs)).toMatchObject({ seen: true })
  })

  it('is refused in Backstage’s own words when Backstage would not accept the file', async () => {
    expect(await register('broken')).toMatchObject({
      outcome: 'refused',
      why: 'invalid',
      sentence: expect.stringMatching(/Backstage would not accept .*must have required property 'owner'/),
    })
    expect(await catalogue.getLocationByRef(`url:${target('broken')}`)).toBeUndefined()
  })

  it('is tried again when Backstage could not reach GitHub', async () => {
    for (const trouble of ['refuses', 'fails'] as const) {
      front.is = trouble
      expect(await register('passing')).toMatchObject({ outcome: 'retry', row: 'keep' })
    }
    front.is = 'well'
    expect(await register('passing')).toMatchObject({ outcome: 'done' })
  })

  it('keeps the last good content when the file breaks, and the catalogue says why', async () => {
    await register('passing')
    await arrival('passing', ['component:default/passing'])
    await write('passing', component('passing').replace('owner', 'ownr'))
    const ref = 'component:default/passing'
    const problem = await eventually(
      () => confirm({ target: target('passing'), refs: [ref] }, catalogue),
      found => found.problem !== undefined,
    )
    expect(problem).toMatchObject({ seen: false, missing: [], problem: expect.stringContaining('owner') })
    const { catalogue: facts } = await readCatalogue(catalogue, {
      refs: [ref],
      ownerRefs: [],
      templateRefs: [],
    })
    expect(facts[ref]).toMatchObject({
      known: true,
      value: {
        registered: true,
        origin: `url:${target('passing')}`,
        error: expect.stringContaining('owner'),
      },
    })
  })

  it('is gone at once when it is taken back, and taking it back again does nothing', async () => {
    const registered = await register('waiting')
    await arrival('waiting', ['component:default/waiting'])
    const locationId = idOf(registered)
    expect(await unregister('waiting', { locationId })).toEqual({ outcome: 'done', row: 'drop' })
    expect(
      await confirm({ target: target('waiting'), refs: ['component:default/waiting'] }, catalogue),
    ).toMatchObject({
      seen: false,
      missing: ['component:default/waiting'],
    })
    expect(await unregister('waiting', { locationId })).toEqual({ outcome: 'done', row: 'drop' })
    expect(await unregister('waiting')).toMatchObject({
      outcome: 'done',
      note: expect.stringContaining('was not registered'),
    })
  })
})

describe('what the catalogue knows', () => {
  const question = {
    refs: ['component:default/nobody', 'component:default/no one at all'],
    ownerRefs: ['group:default/payments', 'group:default/paymnts', 'group:default/<img>'],
    templateRefs: ['template:default/service', 'template:default/none'],
  }

  it('answers for entities, owners and templates in one request', async () => {
    await register('templates')
    await arrival('templates', ['group:default/payments', 'template:default/service'])
    let asked = 0
    const counted: Pick<Catalogue, 'getEntitiesByRefs'> = {
      getEntitiesByRefs: request => {
        asked++
        return catalogue.getEntitiesByRefs(request)
      },
    }
    expect(await readCatalogue(counted, question)).toEqual({
      catalogue: {
        'component:default/nobody': known({ registered: false }),
        'component:default/no one at all': known({ registered: false }),
      },
      accounts: {
        'group:default/payments': known({ exists: true, as: 'group:default/payments in the catalogue' }),
        'group:default/paymnts': known({ exists: false }),
        'group:default/<img>': known({ exists: false }),
      },
      templates: {
        'template:default/service': known({
          exists: true,
          title: 'A service',
          requires: ['catalog-info-valid', 'techdocs'],
          version: '1.4.0',
          location: expect.stringContaining('url:http'),
        }),
        'template:default/none': known({ exists: false }),
      },
    })
    expect(asked).toBe(1)
  })

  it.each([
    ['Backstage is not configured', async () => undefined, 'not-configured', 'no Backstage is configured'],
    [
      'the token is wrong',
      () => createCatalogueClient({ url: backstage.url, token: 'wrong' }),
      'unavailable',
      'it does not accept BACKSTAGE_TOKEN',
    ],
    [
      'nobody answers',
      () => createCatalogueClient({ url: 'http://127.0.0.1:1' }),
      'unavailable',
      'could not be reached',
    ],
  ])('is unknown when %s', async (_, client, reason, detail) => {
    const answer = await readCatalogue(await client(), question)
    for (const facts of Object.values(answer))
      for (const fact of Object.values(facts))
        expect(fact).toMatchObject({ known: false, reason, detail: expect.stringContaining(detail) })
  })
})

describe('a Backstage that is down', () => {
  it('delays a registration and loses nothing', async () => {
    const away = await createCatalogueClient({ url: 'http://127.0.0.1:1', token: backstage.token })
    expect(await register('payments-api', {}, away)).toMatchObject({ outcome: 'retry', row: 'keep' })
    expect(await register('payments-api')).toMatchObject({ outcome: 'done' })
  })
})

describe('the harness', () => {
  it('leaves neither Backstage nor PostgreSQL behind when its process is killed', async () => {
    const other = await startBackstage({ githubUrl: github.url, githubToken: github.userToken })
    expect((await fetch(`${other.url}/api/catalog/entities`)).status).toBe(401)
    process.kill(other.pid, 'SIGKILL')
    await other.stop()
    for (const pid of [other.pid, other.postgresPid ?? 0]) {
      expect(pid).toBeGreaterThan(1)
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    }
    await expect(fetch(`${other.url}/api/catalog/entities`)).rejects.toThrow()
  })

  it('says what went wrong when Backstage does not start', async () => {
    await expect(
      startBackstage({
        githubUrl: github.url,
        githubToken: 'x',
        postgres: { url: 'postgres://nobody:x@127.0.0.1:1/x' },
      }),
    ).rejects.toThrow(/Backstage did not start/)
  })
})

const target = (name: string): string => `${front.url}/acme/${name}/blob/main/catalog-info.yaml`

const effect = (name: string, action: 'register' | 'unregister', odd: object): Planned => ({
  kind: 'registration',
  key: `registration:${target(name)}`,
  action,
  target: target(name),
  refs: [],
  hash: 'h',
  detail: { target: target(name), seen: false },
  uncertain: false,
  ...odd,
})

const outside = (client: Catalogue): Outside => ({
  github: {
    request: () => Promise.reject(new Error('GitHub is not asked for a registration')),
    mutate: () => Promise.reject(new Error('GitHub is not told of a registration')),
  },
  app: { id: 1 },
  repository: snapshotOf().repository,
  catalogue: client,
})

const register = (name: string, odd = {}, client = catalogue): Promise<Applied> =>
  apply(effect(name, 'register', odd), outside(client))
const unregister = (name: string, odd = {}): Promise<Applied> =>
  apply(effect(name, 'unregister', odd), outside(catalogue))

const idOf = (applied: Applied): string | undefined =>
  typeof applied.row === 'object' ? applied.row.externalId : undefined

const arrival = (name: string, refs: string[]): Promise<Confirmation> =>
  eventually(
    () => confirm({ target: target(name), refs }, catalogue),
    found => found.seen,
  )

/** The last answer, when it was not the hoped for within 20 s: what failed is then what is shown. */
async function eventually<T>(ask: () => Promise<T>, isHoped: (answer: T) => boolean): Promise<T> {
  let answer = await ask()
  for (let tries = 0; tries < 100 && !isHoped(answer); tries++) {
    await new Promise(resolve => setTimeout(resolve, 200))
    answer = await ask()
  }
  return answer
}

const known = (value: object) => ({ known: true, value, source: 'catalogue' })

async function write(name: string, text: string): Promise<void> {
  const url = `${github.url}/api/v3/repos/acme/${name}/contents/catalog-info.yaml`
  const headers = { authorization: `token ${github.userToken}`, 'content-type': 'application/json' }
  const { sha } = (await (await fetch(url, { headers })).json()) as { sha: string }
  const body = { message: 'Change', content: Buffer.from(text).toString('base64'), sha }
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
}

interface Front {
  url: string
  /** `refuses`: cuts every connection; `fails`: answers 503. */
  is: 'well' | 'refuses' | 'fails'
  stop: () => Promise<unknown>
}

/** Stands before the emulated GitHub, whose own faults strike the app only, and has its bad days with Backstage. */
async function startFront(url: string): Promise<Front> {
  const server = createServer(async (request, response) => {
    if (front.is === 'refuses') return request.socket.destroy()
    if (front.is === 'fails') return response.writeHead(503).end('{"message":"Unavailable"}')
    const headers = new Headers()
    for (const name of ['authorization', 'accept']) headers.set(name, request.headers[name]?.toString() ?? '')
    const answer = await fetch(`${url}${request.url}`, { headers })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const front: Front = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    is: 'well',
    stop: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
  return front
}
