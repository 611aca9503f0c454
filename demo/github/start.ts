import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { emulateUser } from './auth.ts'
import { noteChanges } from './cause.ts'
import { controlRoutes } from './control.ts'
import { createDeliveries, type Deliveries, type Receive } from './deliveries.ts'
import { startEmulate } from './emulate.ts'
import { createFront } from './front.ts'
import { readOrganisation } from './read-organisation.ts'
import { DEFAULT_OWNER, type OrganisationSeed, seedOrganisation, seedUser } from './seed.ts'
import { Store } from './store.ts'
import { createWorld, type World } from './world.ts'

export type { FileSeed, OrganisationSeed, RepositorySeed } from './seed.ts'

export interface StartOptions {
  /** 0, the default, takes any free one. */
  port?: number
  /** A folder, or the organisation itself; more than one for installations that must not see each other. */
  org?: string | OrganisationSeed | OrganisationSeed[]
  /** Where deliveries go; none are made while there is nowhere. */
  webhook?: string
  webhookSecret?: string
  /** What the installation is granted. */
  permissions?: Record<string, string>
  /** Names of repositories; all when absent. */
  selected?: string[]
  appId?: number
  slug?: string
  /** GitHub waits 10 seconds for a receiver. */
  deliveryTimeoutMs?: number
  /** Who is told of every delivery beside the webhook: at once, and in the order of what happened. */
  receive?: Receive
  /** The clock that limits go by, in milliseconds since 1970: hours pass in seconds where a test moves it. */
  now?: () => number
}
export interface EmulatedGitHub {
  url: string
  appId: number
  slug: string
  privateKey: string
  privateKeyPath: string
  webhookSecret: string
  userToken: string
  installations: { id: number; account: string }[]
  world: World
  deliveries: Deliveries
  /** A token of any person, who is made if need be. */
  tokenFor(login: string): string
  /** As over HTTP, without a socket: for many requests from within the process. */
  fetch(request: Request): Promise<Response>
  /** One more organisation with the app installed; nobody is told. */
  add(seed: OrganisationSeed): { id: number; account: string }
  stop(): Promise<void>
}

/** All that Golden Path could ask for; a test takes away what it wants to see refused. */
export const DEFAULT_PERMISSIONS: Record<string, string> = {
  metadata: 'read',
  contents: 'write',
  checks: 'write',
  issues: 'write',
  pull_requests: 'write',
  statuses: 'read',
  administration: 'read',
  vulnerability_alerts: 'read',
  workflows: 'write',
  members: 'read',
  merge_queues: 'read',
  organization_custom_properties: 'read',
  repository_custom_properties: 'read',
  organization_administration: 'write',
  actions: 'read',
  security_events: 'read',
  secret_scanning_alerts: 'read',
}

/** RSA takes 100 ms and more: one key serves every GitHub that a process starts. */
let key: string | undefined
function privateKeyOf(): string {
  key ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey
  return key
}

export async function startGitHub(options: StartOptions = {}): Promise<EmulatedGitHub> {
  const web = new Hono()
  // Its address is in what it serves, so it listens before it can answer; somebody may be waiting at the port already.
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  const url = await listen(server, options.port ?? 0)
  const store = new Store()
  const world = createWorld(store, url)
  const privateKey = privateKeyOf()
  const webhookSecret = options.webhookSecret ?? randomBytes(20).toString('hex')
  const appId = options.appId ?? 4711
  const slug = options.slug ?? 'golden-path'
  world.db.apps.insert({
    app_id: appId,
    slug,
    name: 'Golden Path',
    private_key: privateKey,
    permissions: options.permissions ?? DEFAULT_PERMISSIONS,
    events: ['*'],
    // emulate would deliver by itself were there an address in its row.
    webhook_url: null,
    webhook_secret: null,
    description: null,
  })
  seedUser(world, `${slug}[bot]`, { bot: true })
  const seeds = await seedsOf(options.org)
  const installations = seeds.map((seed, index) => {
    seedOrganisation(world, seed)
    return install(world, seed.login, 1001 + index, appId, options)
  })

  noteChanges(store)
  const deliveries = createDeliveries(world, {
    secret: webhookSecret,
    url: options.webhook,
    receive: options.receive,
    timeoutMs: options.deliveryTimeoutMs,
  })
  const emulate = await startEmulate(store, `${url}/api/v3`, caller => emulateUser(world, caller))
  const front = createFront(world, emulate, deliveries, options.now)
  const tokenFor = (login: string): string => {
    seedUser(world, login)
    const token = `ghp_${randomBytes(18).toString('hex')}`
    world.extras.tokens.set(token, { caller: { kind: 'person', login } })
    return token
  }
  controlRoutes(web, { world, front, deliveries, tokenFor })
  web.all('*', context => front.answer(context as never))
  answer = getRequestListener(web.fetch)

  const folder = await mkdtemp(join(tmpdir(), 'emulated-github-'))
  const privateKeyPath = join(folder, 'private-key.pem')
  await writeFile(privateKeyPath, privateKey, { mode: 0o600 })
  return {
    url,
    appId,
    slug,
    privateKey,
    privateKeyPath,
    webhookSecret,
    userToken: tokenFor(seeds[0]?.owner ?? DEFAULT_OWNER),
    installations,
    world,
    deliveries,
    tokenFor,
    fetch: async request => web.fetch(request),
    add(seed) {
      seedOrganisation(world, seed)
      return install(world, seed.login, 1001 + world.db.installations.count(), appId, options)
    },
    async stop() {
      deliveries.stop()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await emulate.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function seedsOf(org: StartOptions['org']): Promise<OrganisationSeed[]> {
  if (typeof org === 'string') return [await readOrganisation(org)]
  if (Array.isArray(org)) return org
  return [org ?? { login: 'acme' }]
}

function install(world: World, login: string, id: number, appId: number, options: StartOptions) {
  const account = world.organisation(login)
  const chosen = options.selected?.flatMap(name => world.repository(login, name)?.databaseId ?? [])
  world.db.installations.insert({
    installation_id: id,
    app_id: appId,
    account_type: 'Organization',
    account_id: account?.databaseId ?? 0,
    account_login: login,
    repository_selection: chosen ? 'selected' : 'all',
    repository_ids: chosen ?? [],
    permissions: options.permissions ?? DEFAULT_PERMISSIONS,
    events: ['*'],
    suspended_at: null,
  })
  return { id, account: login }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
}
