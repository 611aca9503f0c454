import { type EmulatedGitHub, type OrganisationSeed, startGitHub } from '../../demo/github/start.ts'
import { AppOctokit, createGitHubClients, type GitHub } from '../../src/github.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue, type Queue } from '../../src/store/queue.ts'

/** One GitHub and one database for all sequences; each has an organisation of its own in them. */
export interface SequenceWorld {
  github: EmulatedGitHub
  database: Database
  /** Only lent: jobs of a sequence wait in a queue of its own. */
  queue: Queue
  /** As the app's installation, over no socket. */
  clientOf(installationId: number): Promise<GitHub>
  asApp(): Promise<GitHub>
  /** As the owner of all organisations; what is refused is an answer too. */
  person(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>
  /** What happened since the last call, for one organisation. */
  inboxOf(login: string): Incoming[]
  add(seed: OrganisationSeed): { id: number; account: string }
  stop(): Promise<void>
}
// biome-ignore lint/suspicious/noExplicitAny: GitHub's answers are read here as a person reads them, without types
export type Answer = any

/** `url` of a PostgreSQL, which takes a third of the time that PGlite takes of this thread; PGlite without one. */
export async function openSequenceWorld(url?: string): Promise<SequenceWorld> {
  const inboxes = new Map<string, Incoming[]>()
  const github = await startGitHub({
    org: { login: 'first' },
    receive({ guid, event, payload }) {
      const { organization } = payload as { organization?: { login: string } }
      inboxes.get(organization?.login ?? '')?.push({ guid, event, payload })
    },
  })
  const database = await openDatabase(url ? { url, connections: 20 } : {})
  await migrate(database)
  const queue = await openQueue(database)
  const inProcess = (input: Request | URL | string, init?: RequestInit) =>
    github.fetch(new Request(input, init))
  const octokitOf = (token: string) =>
    new AppOctokit({
      auth: { token },
      baseUrl: `${github.url}/api/v3`,
      request: { fetch: inProcess },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    } as never)
  const tokens = new Map<number, InstanceType<typeof AppOctokit>>()
  const unlimited = () => ({ take: async () => () => {}, turn: async () => () => {}, pause: () => {} })
  const appToken = 'app-of-the-property-test'
  github.world.extras.tokens.set(appToken, { caller: { kind: 'app', appId: github.appId } })
  const clients = createGitHubClients({
    auth: async id => {
      const token = `installation-${id ?? 'app'}`
      const row = github.world.db.installations.findOneBy('installation_id', id)
      if (id === undefined || !row) return octokitOf(appToken)
      const known = tokens.get(id) ?? octokitOf(token)
      tokens.set(id, known)
      github.world.extras.tokens.set(token, {
        caller: {
          kind: 'installation',
          appId: github.appId,
          installationId: id,
          account: row.account_login,
          permissions: row.permissions,
          repositoryIds: 'all',
        },
      })
      return known
    },
    dryRun: false,
    budget: unlimited,
  })
  return {
    github,
    database,
    queue,
    clientOf: id => clients.asInstallation(id),
    asApp: () => clients.asApp(),
    async person(method, path, body) {
      const headers = { authorization: `token ${github.userToken}` }
      const isControl = path.startsWith('/_emulator')
      const url = github.url + (isControl ? path : `/api/v3${path}`)
      const answer = await github.fetch(
        new Request(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
      )
      const text = await answer.text()
      return { status: answer.status, body: text ? JSON.parse(text) : undefined }
    },
    inboxOf(login) {
      const found = inboxes.get(login) ?? []
      inboxes.set(login, [])
      return found
    },
    add(seed) {
      inboxes.set(seed.login, [])
      return github.add(seed)
    },
    async stop() {
      await queue.close()
      await database.close()
      await github.stop()
    },
  }
}
