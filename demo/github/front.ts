import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { accountOf, authenticate, Refusal } from './auth.ts'
import { becauseOf } from './cause.ts'
import { createCounters, operationOf } from './counters.ts'
import type { Deliveries } from './deliveries.ts'
import { DOCUMENTATION, type Emulate } from './emulate.ts'
import { eventsOf } from './events.ts'
import { createFaults, type Fault } from './faults.ts'
import { fitAnswer } from './fit-answer.ts'
import { createGraphql, type RateLimit } from './graphql.ts'
import { createLimits, type Resource } from './limits.ts'
import { permit } from './permissions.ts'
import type { Environment } from './rest/answer.ts'
import { appRoutes } from './rest/apps.ts'
import { checkRoutes } from './rest/checks.ts'
import { commentRoutes } from './rest/comments.ts'
import { commitRoutes } from './rest/commits.ts'
import { compareRoutes } from './rest/compare.ts'
import { gitDataRoutes } from './rest/git-data.ts'
import { issueRoutes } from './rest/issues.ts'
import { organisationRoutes } from './rest/organisations.ts'
import { pullRoutes } from './rest/pulls.ts'
import { repositoryRoutes } from './rest/repositories.ts'
import { reviewRoutes } from './rest/reviews.ts'
import { ruleRoutes } from './rest/rules.ts'
import { securityRoutes } from './rest/security.ts'
import { settingsRoutes } from './rest/settings.ts'
import type { Caller } from './vocabulary.ts'
import type { World } from './world.ts'

type Incoming = Context<{ Bindings: HttpBindings }>
const API = '/api/v3'

export type Front = ReturnType<typeof createFront>

/** Every request's way: who asks, is it counted, does it meet a fault or a limit, is it allowed, and then the answer. */
export function createFront(
  world: World,
  emulate: Emulate,
  deliveries: Deliveries,
  now: () => number = Date.now,
) {
  const counters = createCounters()
  const faults = createFaults()
  const limits = createLimits(now)
  const rateOf = (caller: Caller, resource: Resource): RateLimit => {
    const headers = limits.headersFor(caller, repositoriesOf(caller), resource)
    const read = (name: string) => Number(headers[`x-ratelimit-${name}`])
    return { limit: read('limit'), remaining: read('remaining'), used: read('used'), reset: read('reset') }
  }
  const graphql = createGraphql(world, {
    faults: faults.graphql,
    charge(caller, points) {
      limits.charge(caller, points)
      return rateOf(caller, 'graphql')
    },
  })
  const rest = createRest(world, emulate, deliveries, rateOf)

  async function answer(context: Incoming): Promise<Response> {
    const url = new URL(context.req.url)
    const isGraphql = url.pathname === '/api/graphql'
    const path = isGraphql ? '/graphql' : pathOf(url.pathname)
    const method = context.req.method
    let caller: Caller = { kind: 'anonymous' }
    try {
      caller = authenticate(world, context.req.header('authorization'))
      const body = method === 'GET' || method === 'HEAD' ? undefined : await context.req.arrayBuffer()
      const query = isGraphql ? readQuery(body) : undefined
      const operation = query && operationOf(query.query, query.operationName)
      counters.count(caller, method, path, operation)
      const isApp = caller.kind === 'app' || caller.kind === 'installation'
      // `POST /graphql mutation` tells what writes from what reads, which share one address.
      const asked = operation ? [`${path} ${operation}`, url.pathname] : [path, url.pathname]
      const fault = isApp ? faults.strike(method, ...asked) : undefined
      if (fault) await suffer(fault)
      const isRead = operation ? operation.startsWith('query') : method === 'GET' || method === 'HEAD'
      if (path !== '/rate_limit') limits.admit(caller, repositoriesOf(caller), method, path, isRead)
      const response = query
        ? await answerQuery(caller, query)
        : await because(caller, () =>
            rest(
              new Request(`${url.origin}${path}${url.search}`, {
                method,
                headers: context.req.raw.headers,
                body,
              }),
              caller,
            ),
          )
      if (fault?.dropAfterWrite) {
        context.env.incoming.socket.destroy()
        return RESPONSE_ALREADY_SENT
      }
      return finish(response, caller, path)
    } catch (error) {
      return finish(refusal(error), caller, path)
    }
  }

  /** The request with all it causes: its deliveries leave once it is answered. */
  function because<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    return becauseOf(caller, work, cause => {
      for (const happening of eventsOf(world, cause)) deliveries.send(happening, accountOf(world, caller))
    })
  }

  async function answerQuery(
    caller: Caller,
    request: { query: string; variables?: Record<string, unknown>; operationName?: string },
  ): Promise<Response> {
    if (caller.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.')
    if (caller.kind === 'app') throw new Refusal(401, 'Bad credentials')
    const answer = () => graphql({ ...request, caller })
    if (!operationOf(request.query, request.operationName).startsWith('mutation'))
      return Response.json(await answer())
    return Response.json(await because(caller, answer))
  }

  const repositoriesOf = (caller: Caller): number =>
    caller.kind === 'installation' ? world.db.repos.count() : 0

  function finish(response: Response, caller: Caller, path: string): Response {
    const headers = new Headers(response.headers)
    const limit = limits.headersFor(caller, repositoriesOf(caller), path === '/graphql' ? 'graphql' : 'core')
    for (const [name, value] of Object.entries(limit)) if (!headers.has(name)) headers.set(name, value)
    headers.set('x-github-request-id', crypto.randomUUID())
    headers.set('x-github-media-type', 'github.v3; format=json')
    // Octokit takes a server with this header for GitHub Enterprise, which is how it is asked for here.
    headers.set('x-github-enterprise-version', '3.17.0')
    const isBodyless = response.status === 204 || response.status === 304
    return new Response(isBodyless ? null : response.body, { status: response.status, headers })
  }

  return { answer, counters, faults, limits }
}

/** Raw files are linked without the API's prefix. */
function pathOf(pathname: string): string {
  if (pathname === API || pathname.startsWith(`${API}/`)) return pathname.slice(API.length) || '/'
  if (/^\/[^/]+\/[^/]+\/raw\//.test(pathname)) return pathname
  throw new Refusal(404, 'Not Found')
}

function readQuery(body: ArrayBuffer | undefined) {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body ?? new ArrayBuffer(0)).toString('utf8'))
    const { query, variables, operationName } = parsed as Record<string, unknown>
    return {
      query: `${query}`,
      variables: variables as Record<string, unknown> | undefined,
      operationName: operationName as string | undefined,
    }
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}

async function suffer(fault: Fault): Promise<void> {
  if (fault.delayMs) await new Promise(resolve => setTimeout(resolve, fault.delayMs))
  if (!fault.status) return
  const isLimit = (fault.status === 403 || fault.status === 429) && fault.retryAfter !== undefined
  const message = isLimit
    ? 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    : `Emulated fault ${fault.status}`
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': `${fault.retryAfter}` }
  throw new Refusal(fault.status, message, { headers })
}

function refusal(error: unknown): Response {
  if (error instanceof Refusal)
    return Response.json(error.body, { status: error.status, headers: error.headers })
  console.error('[emulated GitHub]', error)
  return Response.json(
    { message: 'Server Error', documentation_url: DOCUMENTATION, status: '500' },
    { status: 500 },
  )
}

/** Our routes, and behind them emulate's. */
function createRest(
  world: World,
  emulate: Emulate,
  deliveries: Deliveries,
  rateOf: (caller: Caller, resource: Resource) => object,
) {
  const app = new Hono<{ Bindings: HttpBindings & { caller: Caller }; Variables: Environment['Variables'] }>()
  const routes = app as unknown as Hono<Environment>
  routes.use(async (context, next) => {
    context.set('caller', (context.env as unknown as { caller: Caller }).caller)
    await next()
  })
  appRoutes(routes, world, deliveries)
  repositoryRoutes(routes, world)
  checkRoutes(routes, world)
  pullRoutes(routes, world)
  reviewRoutes(routes, world)
  issueRoutes(routes, world)
  commentRoutes(routes, world)
  organisationRoutes(routes, world)
  ruleRoutes(routes, world)
  securityRoutes(routes, world)
  settingsRoutes(routes, world)
  commitRoutes(routes, world)
  compareRoutes(routes, world)
  gitDataRoutes(routes, world)
  routes.get('/rate_limit', context => {
    const core = rateOf(context.get('caller'), 'core')
    const graphql = rateOf(context.get('caller'), 'graphql')
    return context.json({ resources: { core, search: core, graphql }, rate: core })
  })
  routes.onError(refusal)
  routes.notFound(async context =>
    fitAnswer(world, await emulate.ask(context.req.raw, context.get('caller')), context.get('caller')),
  )
  return async function ask(request: Request, caller: Caller): Promise<Response> {
    const url = new URL(request.url)
    const byId = /^\/repositories\/(\d+)(\/.*)?$/.exec(url.pathname)
    const named = byId ? world.db.repos.get(Number(byId[1])) : undefined
    if (byId && !named) throw new Refusal(404, 'Not Found')
    if (byId && named) url.pathname = `/repos/${named.full_name}${byId[2] ?? ''}`
    permit(world, caller, request.method, url.pathname)
    const redirect = redirectOf(world, request.method, url)
    if (redirect) return redirect
    guard(world, request.method, url.pathname)
    const asked = byId ? new Request(url, request) : request
    const response = await app.fetch(asked, { caller } as never)
    return withEtag(request, response)
  }
}

/** A renamed repository answers under its old name with a redirect to its number. */
function redirectOf(world: World, method: string, url: URL): Response | undefined {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(url.pathname) ?? []
  const former = world.extras.formerNames.get(`${owner}/${name}`.toLowerCase())
  if (!former || world.db.repos.findOneBy('full_name', `${owner}/${name}`)) return undefined
  const location = `${world.url}${API}/repositories/${former}${rest}${url.search}`
  const isRead = method === 'GET' || method === 'HEAD'
  return Response.json(
    {
      message: isRead ? 'Moved Permanently' : 'Temporary Redirect',
      url: location,
      documentation_url: DOCUMENTATION,
    },
    { status: isRead ? 301 : 307, headers: { location } },
  )
}

/** What GitHub refuses whoever asks: writing to an archive, issues where they are switched off. */
function guard(world: World, method: string, path: string): void {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? []
  const row = owner ? world.repositoryRow(owner, name) : undefined
  if (!row || method === 'GET' || method === 'HEAD') return
  const isSetting = rest === '' || /^\/(transfer|forks|properties|teams|generate)/.test(rest)
  if (row.archived && !isSetting) throw new Refusal(403, 'Repository was archived so is read-only.')
  if (method === 'POST' && rest === '/issues' && !row.has_issues)
    throw new Refusal(410, 'Issues has been disabled in this repository.')
}

/** The same answer need not be sent twice. Asking so costs nothing of the hour's requests on GitHub. */
async function withEtag(request: Request, response: Response): Promise<Response> {
  const length = Number(response.headers.get('content-length') ?? 0)
  if (request.method !== 'GET' || response.status !== 200 || length > 1_000_000) return response
  const bytes = Buffer.from(await response.arrayBuffer())
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
  const etag = `W/"${digest}"`
  const headers = new Headers(response.headers)
  headers.set('etag', etag)
  const known = (request.headers.get('if-none-match') ?? '')
    .split(',')
    .map(each => each.trim().replace(/^W\//, ''))
  if (known.includes(`"${digest}"`)) return new Response(null, { status: 304, headers })
  return new Response(bytes, { status: 200, headers })
}
