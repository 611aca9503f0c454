import { describe, expect, it } from 'vitest'
import { asking, installation, smallWorld } from './small-world.ts'

function acmeWithTeams() {
  const acme = smallWorld()
  const web = acme.addRepository('web', { 'README.md': 'hello' })
  const secrets = acme.addRepository('secrets', { 'README.md': 'hello' })
  const platform = acme.addTeam('platform', ['ada', 'ben'])
  acme.db.teamRepos.insert({ team_id: platform.id, repo_id: web.id, permission: 'maintain' })
  acme.db.teamRepos.insert({ team_id: platform.id, repo_id: secrets.id })
  for (const slug of ['apps', 'security', 'web']) acme.addTeam(slug, ['ben'], 'secret')
  return { ...acme, web, secrets }
}

describe('an organisation over GraphQL', () => {
  it('tells its teams, who is in them and what they may do', async () => {
    const { world, web } = acmeWithTeams()
    const { data, errors } = await asking(world)(
      `{ organization(login: "acme") {
        databaseId login viewerIsAMember
        team(slug: "platform") {
          name combinedSlug privacy
          members(first: 10) { nodes { login databaseId } edges { role } }
          repositories(first: 10) { edges { permission node { databaseId name } } }
        }
        missing: team(slug: "nobody") { id }
        membersWithRole(first: 10) { totalCount edges { role node { login } } }
        repositories(first: 10, isArchived: false, orderBy: { field: NAME, direction: DESC }) { nodes { name } }
      } }`,
    )
    expect(errors).toBeUndefined()
    expect(data?.organization).toMatchObject({
      databaseId: 1,
      login: 'acme',
      viewerIsAMember: false,
      team: {
        combinedSlug: 'acme/platform',
        privacy: 'VISIBLE',
        members: {
          nodes: [{ login: 'ada' }, { login: 'ben' }],
          edges: [{ role: 'MAINTAINER' }, { role: 'MEMBER' }],
        },
        repositories: {
          edges: [
            { permission: 'READ', node: { name: 'secrets' } },
            { permission: 'MAINTAIN', node: { databaseId: web.id, name: 'web' } },
          ],
        },
      },
      missing: null,
      membersWithRole: {
        totalCount: 2,
        edges: [
          { role: 'ADMIN', node: { login: 'ada' } },
          { role: 'MEMBER', node: { login: 'ben' } },
        ],
      },
      repositories: { nodes: [{ name: 'web' }, { name: 'secrets' }] },
    })
  })

  it('pages forwards and backwards with opaque cursors', async () => {
    const { world } = acmeWithTeams()
    const ask = asking(world)
    interface Teams {
      nodes: { slug: string }[]
      pageInfo: Record<string, unknown>
    }
    const pages = async (args: string) => {
      const { data } = await ask(
        `{ organization(login: "acme") { teams(${args}) { totalCount nodes { slug } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } } }`,
      )
      return (data as { organization: { teams: Teams } }).organization.teams
    }
    const first = await pages('first: 3')
    expect(first).toMatchObject({
      totalCount: 4,
      nodes: [{ slug: 'apps' }, { slug: 'platform' }, { slug: 'security' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const second = await pages(`first: 3, after: "${first.pageInfo.endCursor}"`)
    expect(second).toMatchObject({
      nodes: [{ slug: 'web' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const back = await pages(`last: 2, before: "${second.pageInfo.startCursor}"`)
    expect(back.nodes).toEqual([{ slug: 'platform' }, { slug: 'security' }])
    expect(await pages('first: 5, query: "plat"')).toMatchObject({
      totalCount: 1,
      nodes: [{ slug: 'platform' }],
    })
  })

  it('shows a team only the repositories that the installation was given', async () => {
    const { world, web } = acmeWithTeams()
    const { data } = await asking(world)(
      '{ organization(login: "acme") { team(slug: "platform") { repositories(first: 10) { totalCount nodes { name } } } } }',
      {},
      installation([], [web.id]),
    )
    expect(data?.organization).toEqual({
      team: { repositories: { totalCount: 1, nodes: [{ name: 'web' }] } },
    })
  })

  it('without `members`, teams and members are forbidden; a connection that cannot be null takes the organisation along', async () => {
    const { world } = acmeWithTeams()
    const ask = asking(world)
    const nullable = await ask(
      '{ organization(login: "acme") { login team(slug: "web") { id } } }',
      {},
      installation(['members']),
    )
    expect(nullable.data).toEqual({ organization: { login: 'acme', team: null } })
    expect(nullable.errors).toMatchObject([{ type: 'FORBIDDEN', path: ['organization', 'team'] }])
    const required = await ask(
      '{ organization(login: "acme") { login teams(first: 1) { totalCount } } viewer { login } }',
      {},
      installation(['members']),
    )
    expect(required.data).toEqual({ organization: null, viewer: { login: 'golden-path[bot]' } })
    expect(required.errors).toMatchObject([{ type: 'FORBIDDEN', path: ['organization', 'teams'] }])
  })

  it('that is not there is null with NOT_FOUND', async () => {
    const { data, errors } = await asking(smallWorld().world)('{ organization(login: "nobody") { id } }')
    expect(data).toEqual({ organization: null })
    expect(errors).toMatchObject([
      {
        type: 'NOT_FOUND',
        path: ['organization'],
        message: "Could not resolve to an Organization with the login of 'nobody'.",
      },
    ])
  })
})
