import type { TeamPermission } from '../rows.ts'
import type { Account, Repository, Team } from '../world.ts'
import { accountNode } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { failure } from './errors.ts'
import { type GraphqlNode, permittedIn, type Reading } from './reading.ts'
import { type RepositoryArguments, repositories, repositoryNode } from './repository.ts'

interface TeamArguments extends Page {
  query?: string | null
  userLogins?: readonly string[] | null
  privacy?: 'SECRET' | 'VISIBLE' | null
  orderBy?: { direction: string } | null
}

export function organizationNode(reading: Reading, organisation: Account): GraphqlNode {
  const { world } = reading
  const { login } = organisation
  return {
    __typename: 'Organization',
    id: organisation.nodeId,
    databaseId: organisation.databaseId,
    login,
    name: organisation.name ?? null,
    description: organisation.description ?? null,
    email: organisation.email ?? null,
    avatarUrl: `${world.url}/avatars/u/${organisation.databaseId}`,
    url: `${world.url}/${login}`,
    resourcePath: `/${login}`,
    createdAt: organisation.createdAt,
    updatedAt: organisation.createdAt,
    repositories: (args: RepositoryArguments) => repositories(reading, world.repositoriesOf(login), args),
    repository: ({ name }: { name: string }) => {
      const found = world.repository(login, name)
      return found && world.sees(reading.caller, found.databaseId) ? repositoryNode(reading, found) : null
    },
    team: ({ slug }: { slug: string }) =>
      permittedIn(reading, login, 'members', () => {
        const team = world.team(login, slug)
        return team ? teamNode(reading, team) : null
      }),
    teams: (args: TeamArguments) => permittedIn(reading, login, 'members', () => teams(reading, login, args)),
    membersWithRole: (page: Page) =>
      permittedIn(reading, login, 'members', () =>
        connection(
          world.members(login),
          page,
          member => accountNode(reading, member.user),
          member => ({ role: member.role.toUpperCase(), hasTwoFactorEnabled: null }),
        ),
      ),
    // Null, and no error, to whoever is not told.
    requiresTwoFactorAuthentication: () =>
      reading.caller.kind === 'person' || world.may(reading.caller, 'organization_administration')
        ? world.extras.twoFactor.has(login)
        : null,
    viewerIsAMember: () => {
      const { caller } = reading
      return caller.kind === 'person' && world.members(login).some(each => each.user.login === caller.login)
    },
  }
}

/** GitHub's default order is by name. `query` matches part of a name or slug. */
function teams(reading: Reading, login: string, args: TeamArguments) {
  const wanted = args.query?.toLowerCase()
  const logins = args.userLogins
  const found = reading.world
    .teams(login)
    .filter(team => !wanted || `${team.name}\n${team.slug}`.toLowerCase().includes(wanted))
    .filter(team => !logins || team.members.some(member => logins.includes(member.login)))
    .filter(team => !args.privacy || privacyOf(team) === args.privacy)
    .sort((left, right) => left.name.localeCompare(right.name))
  if (args.orderBy?.direction === 'DESC') found.reverse()
  return connection(found, args, team => teamNode(reading, team))
}

const privacyOf = (team: Team) => (team.privacy === 'secret' ? 'SECRET' : 'VISIBLE')

const PERMISSIONS: Record<TeamPermission, string> = {
  pull: 'READ',
  triage: 'TRIAGE',
  push: 'WRITE',
  maintain: 'MAINTAIN',
  admin: 'ADMIN',
}

export function teamNode(reading: Reading, team: Team): GraphqlNode {
  const { world } = reading
  const path = `/orgs/${team.organisation}/teams/${team.slug}`
  return {
    __typename: 'Team',
    id: team.nodeId,
    databaseId: team.databaseId,
    slug: team.slug,
    name: team.name,
    combinedSlug: `${team.organisation}/${team.slug}`,
    description: team.description ?? null,
    privacy: privacyOf(team),
    url: world.url + path,
    resourcePath: path,
    organization: () => {
      const organisation = world.organisation(team.organisation)
      return organisation ? organizationNode(reading, organisation) : null
    },
    parentTeam: () => {
      const parent = world.teams(team.organisation).find(each => each.databaseId === team.parentId)
      return parent ? teamNode(reading, parent) : null
    },
    childTeams: (page: Page) =>
      connection(
        world.teams(team.organisation).filter(each => each.parentId === team.databaseId),
        page,
        child => teamNode(reading, child),
      ),
    members: (args: Page & { query?: string | null; role?: string | null; membership?: string }) =>
      members(reading, team, args),
    repositories: (args: Page & { query?: string | null }) => {
      const seen = ({ repository }: { repository: Repository }) =>
        world.sees(reading.caller, repository.databaseId) &&
        (!args.query || repository.name.includes(args.query))
      return connection(
        world
          .teamRepositories(team.databaseId)
          .filter(seen)
          .sort((left, right) => left.repository.name.localeCompare(right.repository.name)),
        args,
        access => repositoryNode(reading, access.repository),
        access => ({ permission: PERMISSIONS[access.permission] }),
      )
    },
  }
}

function members(
  reading: Reading,
  team: Team,
  args: Page & { query?: string | null; role?: string | null; membership?: string },
) {
  if (args.role) throw failure('NOT_EMULATED', 'The emulated GitHub does not filter team members by role.')
  const { world } = reading
  const below = (parent: Team): Account[] => [
    ...parent.members,
    ...world
      .teams(team.organisation)
      .filter(each => each.parentId === parent.databaseId)
      .flatMap(below),
  ]
  const { membership = 'ALL' } = args
  const all = new Map(below(team).map(member => [member.databaseId, member]))
  if (membership === 'CHILD_TEAM') for (const member of team.members) all.delete(member.databaseId)
  const found = (membership === 'IMMEDIATE' ? team.members : [...all.values()])
    .filter(member => !args.query || member.login.includes(args.query))
    .sort((left, right) => left.login.localeCompare(right.login))
  const roles = new Map(
    world.db.teamMembers.findBy('team_id', team.databaseId).map(row => [row.user_id, row.role.toUpperCase()]),
  )
  return connection(
    found,
    args,
    member => accountNode(reading, member),
    member => ({ role: roles.get(member.databaseId) ?? 'MEMBER' }),
  )
}
