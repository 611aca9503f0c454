import { createHmac, randomUUID } from 'node:crypto'
import type { Happening } from './cause.ts'
import { organisation, repository, user } from './format.ts'
import type { InstallationRow } from './rows.ts'
import { nodeId } from './store.ts'
import type { Account } from './vocabulary.ts'
import type { World } from './world.ts'

export interface Delivery {
  id: number
  guid: string
  event: string
  action: string | null
  installationId: number | null
  repositoryId: number | null
  deliveredAt: string
  /** Seconds, as GitHub has it. */
  duration: number
  redelivery: boolean
  /** OK, or why not; absent while it is under way. */
  status?: string
  statusCode: number
  url: string
  request: { headers: Record<string, string>; body: string }
  response: { headers: Record<string, string>; body: string }
}

/** GitHub gives a receiver 10 seconds and never tries again by itself. */
const TIMEOUT_MS = 10_000
const HOOK_ID = 4242

/** The permission without which GitHub does not send an event; events of installations need none. */
const NEEDED: Record<string, string> = {
  push: 'contents',
  create: 'contents',
  delete: 'contents',
  check_run: 'checks',
  check_suite: 'checks',
  pull_request: 'pull_requests',
  pull_request_review: 'pull_requests',
  pull_request_review_comment: 'pull_requests',
  issues: 'issues',
  team: 'members',
  team_add: 'members',
  membership: 'members',
  member: 'metadata',
  organization: 'members',
  branch_protection_rule: 'administration',
  repository_ruleset: 'administration',
  dependabot_alert: 'vulnerability_alerts',
  repository_vulnerability_alert: 'vulnerability_alerts',
  merge_group: 'merge_queues',
  release: 'contents',
  security_and_analysis: 'administration',
  code_scanning_alert: 'security_events',
  secret_scanning_alert: 'secret_scanning_alerts',
}

/** Takes deliveries where they are made, without HTTP and without keeping them: for thousands of events in one process. */
export type Receive = (delivery: { guid: string; event: string; payload: unknown }) => void

export type Deliveries = ReturnType<typeof createDeliveries>

export function createDeliveries(
  world: World,
  options: { secret: string; url?: string; timeoutMs?: number; receive?: Receive },
) {
  let webhookUrl = options.url
  let nextId = 10_000_000_001
  const all: Delivery[] = []
  const queues = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  function receivers({
    repositoryId,
    organisation: login,
    event,
    installationId,
  }: Happening): InstallationRow[] {
    const repo = repositoryId ? world.db.repos.get(repositoryId) : undefined
    const account = repo?.full_name.split('/')[0] ?? login
    return world.db.installations.all().filter(row => {
      if (installationId) return row.installation_id === installationId
      if (row.account_login !== account || row.suspended_at) return false
      if (repo && row.repository_selection === 'selected' && !row.repository_ids.includes(repo.id))
        return false
      const needed = NEEDED[event]
      return !needed || needed in row.permissions
    })
  }

  /** Address a happening to each installation that may hear of it, and send in the order of its repository. */
  function send(happening: Happening, sender: Account | undefined): void {
    for (const row of receivers(happening)) {
      const repo = happening.repositoryId ? world.db.repos.get(happening.repositoryId) : undefined
      const org = world.organisation(row.account_login)
      const payload = {
        ...(happening.action ? { action: happening.action } : {}),
        ...happening.payload,
        ...(repo && !happening.payload.repository ? { repository: repository(world, repo) } : {}),
        ...(org ? { organization: organisation(world, org) } : {}),
        ...(sender ? { sender: user(world, sender) } : {}),
        installation: happening.payload.installation ?? {
          id: row.installation_id,
          node_id: nodeId('Installation', row.installation_id),
        },
      }
      enqueue({
        guid: randomUUID(),
        event: happening.event,
        action: happening.action ?? null,
        installationId: row.installation_id,
        repositoryId: happening.repositoryId ?? null,
        redelivery: false,
        body: JSON.stringify(payload),
      })
    }
  }

  function enqueue(what: {
    guid: string
    event: string
    action: string | null
    installationId: number | null
    repositoryId: number | null
    redelivery: boolean
    body: string
  }): Delivery | undefined {
    options.receive?.({ guid: what.guid, event: what.event, payload: JSON.parse(what.body) })
    if (!webhookUrl) return undefined
    const signature = createHmac('sha256', options.secret).update(what.body).digest('hex')
    const signature1 = createHmac('sha1', options.secret).update(what.body).digest('hex')
    const { body, ...rest } = what
    const delivery: Delivery = {
      id: nextId++,
      ...rest,
      deliveredAt: new Date().toISOString(),
      duration: 0,
      statusCode: 0,
      url: webhookUrl,
      request: {
        headers: {
          Accept: '*/*',
          'Content-Type': 'application/json',
          'User-Agent': 'GitHub-Hookshot/emulated',
          'X-GitHub-Delivery': what.guid,
          'X-GitHub-Event': what.event,
          'X-GitHub-Hook-ID': `${HOOK_ID}`,
          'X-GitHub-Hook-Installation-Target-ID': `${world.db.apps.all()[0]?.app_id ?? ''}`,
          'X-GitHub-Hook-Installation-Target-Type': 'integration',
          'X-Hub-Signature': `sha1=${signature1}`,
          'X-Hub-Signature-256': `sha256=${signature}`,
        },
        body,
      },
      response: { headers: {}, body: '' },
    }
    all.push(delivery)
    const queue = `${what.repositoryId ?? 'organisation'}`
    queues.set(
      queue,
      (queues.get(queue) ?? Promise.resolve()).then(() => attempt(delivery)),
    )
    return delivery
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const started = performance.now()
    const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS), stopping.signal])
    try {
      const response = await fetch(delivery.url, {
        method: 'POST',
        headers: delivery.request.headers,
        body: delivery.request.body,
        signal,
      })
      delivery.response = {
        headers: Object.fromEntries(response.headers),
        body: (await response.text()).slice(0, 10_000),
      }
      delivery.statusCode = response.status
      delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`
    } catch (error) {
      // GitHub lists these with a status of their own and the code 502 or 504.
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      delivery.statusCode = isLate ? 504 : 502
      delivery.status = isLate ? 'timed out' : 'failed to connect to host'
    }
    delivery.duration = Math.round(performance.now() - started) / 1000
  }

  return {
    send,
    all: () => all,
    byId: (id: number) => all.find(found => found.id === id),
    /** Again under the same GUID, as a new attempt; undefined when nothing is known by it. */
    redeliver(match: (delivery: Delivery) => boolean): Delivery | undefined {
      const { event, action, guid, installationId, repositoryId, request } =
        all.findLast(match) ?? ({} as Partial<Delivery>)
      if (!guid || !event || !request) return undefined
      return enqueue({
        guid,
        event,
        action: action ?? null,
        installationId: installationId ?? null,
        repositoryId: repositoryId ?? null,
        redelivery: true,
        body: request.body,
      })
    },
    url: () => webhookUrl,
    setUrl: (url: string | undefined) => {
      webhookUrl = url
    },
    /** Until everything sent so far has been answered. */
    settled: async () => {
      await Promise.all(queues.values())
    },
    stop: () => stopping.abort(),
  }
}
