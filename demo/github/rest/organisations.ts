import type { Hono } from 'hono'
import { Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import * as format from '../format.ts'
import type { TeamPermission } from '../rows.ts'
import type { PropertyValue, Team } from '../vocabulary.ts'
import type { World } from '../world.ts'
import { type Asked, asText, bodyOf, type Environment, found, invalid, page, repositoryOf } from './answer.ts'

/** Teams with what they may do, and custom properties. Making and filling teams is emulate's. */
export function organisationRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const teamOf = (context: Asked): Team =>
    found(world.team(context.req.param('org') ?? '', context.req.param('team') ?? ''))
  const isOwner = (context: Asked): boolean => {
    const caller = context.get('caller')
    const login = context.req.param('org') ?? context.req.param('owner') ?? ''
    if (caller.kind !== 'person') return true
    return world.members(login).some(member => member.role === 'admin' && member.user.login === caller.login)
  }
  const mustOwn = (context: Asked) => {
    if (!isOwner(context)) throw new Refusal(403, 'You must be an organization owner.')
  }
  const permissionOf = (team: Team) => db.teams.get(team.databaseId)?.permission

  rest.get('/orgs/:org/teams', context => {
    const teams = world.teams(context.req.param('org'))
    return context.json(page(context, teams).map(team => format.team(world, team, permissionOf(team))))
  })
  const teamFull = (team: Team) => ({
    ...format.team(world, team, permissionOf(team)),
    members_count: team.members.length,
    repos_count: world.teamRepositories(team.databaseId).length,
    created_at: format.stamp(db.teams.get(team.databaseId)?.created_at ?? ''),
    updated_at: format.stamp(db.teams.get(team.databaseId)?.updated_at ?? ''),
    organization: organisationFull(world, found(world.organisation(team.organisation))),
  })
  rest.get('/orgs/:org/teams/:team', context => context.json(teamFull(teamOf(context))))
  // emulate keeps the slug when the name changes; on GitHub it follows, and old mentions mean nobody.
  rest.patch('/orgs/:org/teams/:team', async context => {
    mustOwn(context)
    const team = teamOf(context)
    const body = await bodyOf(context)
    const name = asText(body.name)?.trim() || team.name
    const slug =
      name === team.name
        ? team.slug
        : name
            .toLowerCase()
            .replace(/[^a-z0-9_-]+/g, '-')
            .replace(/^-+|-+$/g, '')
    const other = world.team(team.organisation, slug)
    if (other && other.databaseId !== team.databaseId) throw invalid('Team', 'name', 'already_exists')
    db.teams.update(team.databaseId, {
      name,
      slug,
      ...(body.description === undefined ? {} : { description: asText(body.description) ?? null }),
      ...(body.privacy === 'secret' || body.privacy === 'closed' ? { privacy: body.privacy } : {}),
    })
    return context.json(teamFull(found(world.team(team.organisation, slug))))
  })
  rest.get('/orgs/:org/teams/:team/members', context =>
    context.json(page(context, teamOf(context).members).map(member => format.user(world, member))),
  )
  rest.get('/orgs/:org/teams/:team/repos', context => {
    const held = world.teamRepositories(teamOf(context).databaseId)
    return context.json(
      page(context, held).map(({ repository, permission }) => ({
        ...format.repository(world, format.row(world, repository)),
        permissions: flags(permission),
        role_name: ROLE[permission],
      })),
    )
  })
  rest.get('/orgs/:org/teams/:team/repos/:owner/:repo', context => {
    const team = teamOf(context)
    const repo = repositoryOf(world, context)
    found(world.teamsOf(repo.id).find(access => access.team.databaseId === team.databaseId))
    return context.body(null, 204)
  })
  rest.put('/orgs/:org/teams/:team/repos/:owner/:repo', async context => {
    mustOwn(context)
    const team = teamOf(context)
    const repo = repositoryOf(world, context)
    const wanted = (await bodyOf(context)).permission
    const permission = TEAM_PERMISSIONS.find(each => each === wanted) ?? 'pull'
    const link = db.teamRepos.findBy('team_id', team.databaseId).find(row => row.repo_id === repo.id)
    if (link) db.teamRepos.update(link.id, { permission })
    else db.teamRepos.insert({ team_id: team.databaseId, repo_id: repo.id, permission })
    return context.body(null, 204)
  })
  rest.get('/repos/:owner/:repo/teams', context => {
    const held = world.teamsOf(repositoryOf(world, context).id)
    return context.json(
      page(context, held).map(({ team, permission }) => ({
        ...format.team(world, team, permission),
        permissions: flags(permission),
      })),
    )
  })
  rest.get('/orgs/:org/members', context => {
    const role = context.req.query('role') ?? 'all'
    const members = world
      .members(context.req.param('org'))
      .filter(member => role === 'all' || member.role === role)
    return context.json(page(context, members).map(member => format.user(world, member.user)))
  })
  rest.get('/repos/:owner/:repo/collaborators/:login/permission', context => {
    const repo = repositoryOf(world, context)
    const account = found(world.account(context.req.param('login')))
    const role = world.personPermission(repo.id, account.login)
    const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role
    return context.json({
      permission,
      role_name: role,
      user: { ...format.user(world, account), role_name: role },
    })
  })

  rest.get('/orgs/:org/properties/values', context => {
    const caller = context.get('caller')
    const views = world
      .repositoriesOf(context.req.param('org'))
      .filter(view => caller.kind !== 'installation' || world.isInstalledOn(caller, view.databaseId))
      .sort((a, b) => a.databaseId - b.databaseId)
    return context.json(
      page(context, views).map(view => ({
        repository_id: view.databaseId,
        repository_name: view.name,
        repository_full_name: view.nameWithOwner,
        properties: valuesOf(world, view.databaseId),
      })),
    )
  })
  rest.patch('/orgs/:org/properties/values', async context => {
    mustOwn(context)
    const body = await bodyOf(context)
    if (!Array.isArray(body.repository_names) || body.repository_names.length > 30)
      throw invalid('CustomProperty', 'repository_names', 'invalid')
    const ids = body.repository_names.map(
      name => found(world.repository(context.req.param('org'), `${name}`)).databaseId,
    )
    for (const id of ids) change(id, body.properties)
    return context.body(null, 204)
  })
  rest.get('/repos/:owner/:repo/properties/values', context =>
    context.json(valuesOf(world, repositoryOf(world, context).id)),
  )
  rest.patch('/repos/:owner/:repo/properties/values', async context => {
    mustOwn(context)
    change(repositoryOf(world, context).id, (await bodyOf(context)).properties)
    return context.body(null, 204)
  })
  rest.get('/orgs/:org/properties/schema', context => {
    const names = new Set(
      world
        .repositoriesOf(context.req.param('org'))
        .flatMap(view => Object.keys(world.properties(view.databaseId))),
    )
    return context.json(
      [...names].map(name => ({
        property_name: name,
        url: `${format.apiOf(world)}/orgs/${context.req.param('org')}/properties/schema/${name}`,
        source_type: 'organization',
        value_type: 'string',
        required: false,
        default_value: null,
        description: null,
        allowed_values: null,
        values_editable_by: 'org_actors',
      })),
    )
  })
  function change(repositoryId: number, given: unknown): void {
    if (!Array.isArray(given)) throw invalid('CustomProperty', 'properties', 'missing_field')
    const old = world.properties(repositoryId)
    const next = { ...old }
    for (const { property_name: name, value } of given as { property_name: string; value: PropertyValue }[])
      if (value === null) delete next[name]
      else next[name] = value
    world.extras.properties.set(repositoryId, next)
    const payload = {
      new_property_values: given,
      old_property_values: given.map(({ property_name }) => ({
        property_name,
        value: old[property_name] ?? null,
      })),
    }
    happen({ event: 'custom_property_values', action: 'updated', repositoryId, payload })
  }
}

const TEAM_PERMISSIONS: TeamPermission[] = ['pull', 'triage', 'push', 'maintain', 'admin']
const ROLE = { pull: 'read', triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' } as const

function flags(permission: TeamPermission) {
  const reach = TEAM_PERMISSIONS.indexOf(permission)
  return Object.fromEntries(TEAM_PERMISSIONS.map((name, index) => [name, index <= reach]))
}

const valuesOf = (world: World, repositoryId: number) =>
  Object.entries(world.properties(repositoryId)).map(([property_name, value]) => ({ property_name, value }))

function organisationFull(world: World, account: NonNullable<ReturnType<World['organisation']>>) {
  return {
    ...format.organisation(world, account),
    html_url: `${world.url}/${account.login}`,
    type: 'Organization',
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: format.stamp(account.createdAt),
    updated_at: format.stamp(account.createdAt),
    archived_at: null,
  }
}
