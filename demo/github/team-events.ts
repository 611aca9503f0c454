import { type Cause, changesOf, type Happening } from './cause.ts'
import * as format from './format.ts'
import type * as Rows from './rows.ts'
import { MEMBERS_TEAM, type World } from './world.ts'

/** Teams, who is in them and what they may do; and who joins or leaves the organisation. */
export function teamEvents(world: World, cause: Cause): Happening[] {
  return [
    ...ofTeams(world, cause),
    ...ofMembers(world, cause),
    ...ofRepositories(world, cause),
    ...ofCollaborators(world, cause),
  ]
}

const loginOf = (world: World, row: Rows.TeamRow | undefined): string =>
  (row && world.db.orgs.get(row.org_id)?.login) ?? ''

function ofTeams(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.TeamRow>(cause, 'github.teams').flatMap(({ before, after }): Happening[] => {
    const row = after ?? before
    if (!row || row.slug === MEMBERS_TEAM) return []
    const login = loginOf(world, row)
    const isSame =
      before &&
      after &&
      before.name === after.name &&
      before.description === after.description &&
      before.privacy === after.privacy &&
      before.permission === after.permission
    if (isSame) return []
    const action = !before ? 'created' : !after ? 'deleted' : 'edited'
    const view = {
      databaseId: row.id,
      nodeId: row.node_id,
      organisation: login,
      slug: row.slug,
      name: row.name,
    }
    const team = format.team(
      world,
      { ...view, description: row.description ?? undefined, privacy: row.privacy, members: [] },
      row.permission,
    )
    const changes = before && after && before.name !== after.name ? { name: { from: before.name } } : {}
    return [
      {
        event: 'team',
        action,
        organisation: login,
        payload: { team, ...(action === 'edited' ? { changes } : {}) },
      },
    ]
  })
}

function ofMembers(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.TeamMemberRow>(cause, 'github.team_members').flatMap(
    ({ before, after }): Happening[] => {
      const row = after ?? before
      const teamRow = row && world.db.teams.get(row.team_id)
      const person = row && world.userById(row.user_id)
      if (!row || !teamRow || !person || (before && after)) return []
      const login = loginOf(world, teamRow)
      if (teamRow.slug === MEMBERS_TEAM) {
        const membership = {
          url: `${format.apiOf(world)}/orgs/${login}/memberships/${person.login}`,
          state: 'active',
          role: row.role === 'maintainer' ? 'admin' : 'member',
          organization_url: `${format.apiOf(world)}/orgs/${login}`,
          user: format.user(world, person),
        }
        const action = after ? 'member_added' : 'member_removed'
        return [{ event: 'organization', action, organisation: login, payload: { membership } }]
      }
      const team = world.team(login, teamRow.slug)
      const action = after ? 'added' : 'removed'
      const payload = {
        scope: 'team',
        member: format.user(world, person),
        team: team && format.team(world, team, teamRow.permission),
      }
      return [{ event: 'membership', action, organisation: login, payload }]
    },
  )
}

function ofRepositories(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.TeamRepoRow>(cause, 'github.team_repos').flatMap(({ before, after }): Happening[] => {
    const row = after ?? before
    const teamRow = row && world.db.teams.get(row.team_id)
    const team = teamRow && world.team(loginOf(world, teamRow), teamRow.slug)
    if (!row || !team || !world.db.repos.get(row.repo_id)) return []
    const payload = { team: format.team(world, team, row.permission ?? teamRow?.permission) }
    const where = { repositoryId: row.repo_id }
    if (before && after) {
      if (before.permission === after.permission) return []
      const changes = { repository: { permissions: { from: { push: before.permission !== 'pull' } } } }
      return [{ event: 'team', action: 'edited', ...where, payload: { ...payload, changes } }]
    }
    const action = after ? 'added_to_repository' : 'removed_from_repository'
    return [
      { event: 'team', action, ...where, payload },
      ...(after ? [{ event: 'team_add', ...where, payload }] : []),
    ]
  })
}

/** People invited to one repository: GitHub calls them members of it. */
function ofCollaborators(world: World, cause: Cause): Happening[] {
  const found = changesOf<Rows.CollaboratorRow>(cause, 'github.collaborators')
  return found.flatMap(({ before, after }): Happening[] => {
    const row = after ?? before
    const person = row && world.userById(row.user_id)
    if (!row || !person || !world.db.repos.get(row.repo_id)) return []
    const action = !before ? 'added' : !after ? 'removed' : 'edited'
    const changes = after
      ? { changes: { permission: { from: before?.permission ?? null, to: after.permission } } }
      : {}
    const payload = { member: format.user(world, person), ...changes }
    return [{ event: 'member', action, repositoryId: row.repo_id, payload }]
  })
}
