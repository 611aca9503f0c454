import type { Hono } from 'hono'
import { issueToken, Refusal } from '../auth.ts'
import type { Deliveries, Delivery } from '../deliveries.ts'
import * as format from '../format.ts'
import type { InstallationRow } from '../rows.ts'
import type { World } from '../world.ts'
import { type Asked, bodyOf, type Environment, found, page, repositoryOf } from './answer.ts'

/** The app about itself: its installations, their tokens and repositories, and what was delivered to it. */
export function appRoutes(rest: Hono<Environment>, world: World, deliveries: Deliveries): void {
  const { db } = world
  const appIdOf = (context: Asked): number => {
    const caller = context.get('caller')
    return caller.kind === 'app' ? caller.appId : 0
  }
  const installationsOf = (context: Asked): InstallationRow[] =>
    db.installations.findBy('app_id', appIdOf(context))
  const installationOf = (context: Asked): InstallationRow =>
    found(installationsOf(context).find(row => row.installation_id === Number(context.req.param('id'))))

  rest.get('/app', context => context.json(format.app(world, appIdOf(context))))
  rest.get('/app/installations', context =>
    context.json(page(context, installationsOf(context)).map(row => installation(world, row))),
  )
  rest.get('/app/installations/:id{[0-9]+}', context =>
    context.json(installation(world, installationOf(context))),
  )
  rest.get('/orgs/:login/installation', context => forAccount(context))
  rest.get('/users/:login/installation', context => forAccount(context))
  function forAccount(context: Asked) {
    const login = context.req.param('login')?.toLowerCase()
    const row = installationsOf(context).find(each => each.account_login.toLowerCase() === login)
    return context.json(installation(world, found(row)))
  }
  rest.get('/repos/:owner/:repo/installation', context => {
    const repo = repositoryOf(world, context)
    const owner = world.repositoryById(repo.id)?.owner.login
    const row = installationsOf(context).find(
      each =>
        each.account_login === owner &&
        (each.repository_selection === 'all' || each.repository_ids.includes(repo.id)),
    )
    return context.json(installation(world, found(row)))
  })

  rest.post('/app/installations/:id/access_tokens', async context => {
    const row = installationOf(context)
    if (row.suspended_at) throw new Refusal(403, 'This installation has been suspended')
    const body = await bodyOf(context)
    const names = Array.isArray(body.repositories) ? body.repositories : undefined
    const ids = Array.isArray(body.repository_ids) ? body.repository_ids.map(Number) : undefined
    const repositoryIds =
      names || ids
        ? [
            ...(ids ?? []),
            ...(names ?? []).map(name => world.repository(row.account_login, `${name}`)?.databaseId),
          ]
        : undefined
    for (const id of repositoryIds ?? [])
      if (id === undefined || (row.repository_selection === 'selected' && !row.repository_ids.includes(id)))
        throw new Refusal(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        )
    const { token, expiresAt, permissions } = issueToken(world, row, {
      permissions: body.permissions as Record<string, string> | undefined,
      repositoryIds: repositoryIds?.flatMap(id => id ?? []),
    })
    const chosen = repositoryIds
      ? {
          repositories: repositoryIds.flatMap(id =>
            format.repository(world, format.row(world, { databaseId: id ?? 0 })),
          ),
        }
      : {}
    const selection = repositoryIds ? 'selected' : row.repository_selection
    return context.json(
      { token, expires_at: expiresAt, permissions, repository_selection: selection, ...chosen },
      201,
    )
  })
  rest.delete('/installation/token', context => {
    const token = context.req.header('authorization')?.split(' ')[1] ?? ''
    world.extras.tokens.delete(token)
    return context.body(null, 204)
  })
  rest.get('/installation/repositories', context => {
    const caller = context.get('caller')
    if (caller.kind !== 'installation')
      throw new Refusal(403, 'Resource not accessible by personal access token')
    const rows = world
      .repositoriesOf(caller.account)
      .filter(view => world.isInstalledOn(caller, view.databaseId))
      .sort((a, b) => a.databaseId - b.databaseId)
    return context.json({
      total_count: rows.length,
      repository_selection: caller.repositoryIds === 'all' ? 'all' : 'selected',
      repositories: page(context, rows).map(view => format.repository(world, format.row(world, view))),
    })
  })

  rest.get('/app/hook/config', context =>
    context.json({
      content_type: 'json',
      insecure_ssl: '0',
      secret: '********',
      url: deliveries.url() ?? '',
    }),
  )
  // Newest first, paged by a cursor: the id of the last one seen.
  rest.get('/app/hook/deliveries', context => {
    const size = Math.min(100, Number(context.req.query('per_page')) || 30)
    const cursor = Number(/\d+/.exec(context.req.query('cursor') ?? '')?.[0])
    const status = context.req.query('status')
    const rows = deliveries
      .all()
      .filter(each => each.status !== undefined)
      .filter(each => !status || (status === 'success') === each.status?.startsWith('OK'))
      .filter(each => Number.isNaN(cursor) || each.id < cursor)
      .reverse()
    const last = rows[size - 1]
    if (last && rows.length > size)
      context.header(
        'link',
        `<${format.apiOf(world)}/app/hook/deliveries?per_page=${size}&cursor=v1_${last.id}>; rel="next"`,
      )
    return context.json(rows.slice(0, size).map(each => deliveryJson(each)))
  })
  rest.get('/app/hook/deliveries/:id{[0-9]+}', context => {
    const each = found(deliveries.byId(Number(context.req.param('id'))))
    return context.json({
      ...deliveryJson(each),
      url: each.url,
      request: { headers: each.request.headers, payload: JSON.parse(each.request.body) },
      response: { headers: each.response.headers, payload: each.response.body },
    })
  })
  rest.post('/app/hook/deliveries/:id{[0-9]+}/attempts', context => {
    const id = Number(context.req.param('id'))
    found(deliveries.redeliver(each => each.id === id))
    return context.json({}, 202)
  })
}

export const deliveryJson = (each: Delivery) => ({
  id: each.id,
  guid: each.guid,
  delivered_at: each.deliveredAt,
  redelivery: each.redelivery,
  duration: each.duration,
  status: each.status ?? 'pending',
  status_code: each.statusCode,
  event: each.event,
  action: each.action,
  installation_id: each.installationId,
  repository_id: each.repositoryId,
  throttled_at: null,
})

function installation(world: World, row: InstallationRow) {
  const account = world.account(row.account_login)
  const app = world.db.apps.all().find(each => each.app_id === row.app_id)
  const api = format.apiOf(world)
  return {
    id: row.installation_id,
    account: account ? format.user(world, account) : null,
    repository_selection: row.repository_selection,
    access_tokens_url: `${api}/app/installations/${row.installation_id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${world.url}/organizations/${row.account_login}/settings/installations/${row.installation_id}`,
    app_id: row.app_id,
    app_slug: app?.slug,
    target_id: row.account_id,
    target_type: row.account_type,
    permissions: row.permissions,
    events: row.events,
    created_at: format.stamp(row.created_at),
    updated_at: format.stamp(row.updated_at),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: row.suspended_at,
  }
}
