import { codeownersErrors } from '../codeowners.ts'
import type * as Rows from '../rows.ts'
import type { Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'
import type { gitObjectsIn } from './git-objects.ts'
import type { repositoriesIn } from './repositories.ts'
import { some } from './some.ts'

/** emulate keeps who belongs to an organisation as a team of this name. It is nobody's team and never shown. */
export const MEMBERS_TEAM = 'members'

/** Teams, members and what each may do; and so whom CODEOWNERS may name. */
export function peopleIn(
  db: Tables,
  { account, repositoryById, userById }: ReturnType<typeof repositoriesIn>,
  { object }: ReturnType<typeof gitObjectsIn>,
) {
  function teamView(row: Rows.TeamRow): V.Team {
    return {
      databaseId: row.id,
      nodeId: row.node_id,
      organisation: db.orgs.get(row.org_id)?.login ?? '',
      slug: row.slug,
      name: row.name,
      description: some(row.description),
      privacy: row.privacy,
      parentId: some(row.parent_id),
      members: db.teamMembers.findBy('team_id', row.id).flatMap(member => userById(member.user_id) ?? []),
    }
  }
  const teamRows = (login: string): Rows.TeamRow[] =>
    db.teams.findBy('org_id', db.orgs.findOneBy('login', login)?.id).filter(row => row.slug !== MEMBERS_TEAM)
  const teams = (organisationLogin: string): V.Team[] => teamRows(organisationLogin).map(teamView)
  const team = (organisationLogin: string, slug: string): V.Team | undefined =>
    teams(organisationLogin).find(found => found.slug === slug.toLowerCase())
  function teamsOf(repositoryId: number): V.TeamAccess[] {
    return db.teamRepos.findBy('repo_id', repositoryId).flatMap(link => {
      const row = db.teams.get(link.team_id)
      if (!row || row.slug === MEMBERS_TEAM) return []
      return { team: teamView(row), permission: link.permission ?? (row.permission as Rows.TeamPermission) }
    })
  }
  function teamRepositories(teamId: number): { repository: V.Repository; permission: Rows.TeamPermission }[] {
    const own = db.teams.get(teamId)?.permission as Rows.TeamPermission
    return db.teamRepos.findBy('team_id', teamId).flatMap(link => {
      const found = repositoryById(link.repo_id)
      return found ? { repository: found, permission: link.permission ?? own } : []
    })
  }
  function members(organisationLogin: string): { user: V.Account; role: 'admin' | 'member' }[] {
    const all = db.teams
      .findBy('org_id', db.orgs.findOneBy('login', organisationLogin)?.id)
      .find(row => row.slug === MEMBERS_TEAM)
    return db.teamMembers.findBy('team_id', all?.id).flatMap(row => {
      const user = userById(row.user_id)
      return user ? { user, role: row.role === 'maintainer' ? ('admin' as const) : ('member' as const) } : []
    })
  }
  /** What a person may do, by ownership, teams and invitation; organisation members may read what is not a secret. */
  function personPermission(
    repositoryId: number,
    login: string,
  ): 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none' {
    const row = repositoryById(repositoryId)
    if (!row) return 'none'
    if (row.owner.login.toLowerCase() === login.toLowerCase()) return 'admin'
    const membership = members(row.owner.login).find(
      found => found.user.login.toLowerCase() === login.toLowerCase(),
    )
    if (membership?.role === 'admin') return 'admin'
    const names = {
      admin: 'admin',
      maintain: 'maintain',
      push: 'write',
      triage: 'triage',
      pull: 'read',
    } as const
    const byTeam = teamsOf(repositoryId)
      .filter(access => access.team.members.some(user => user.login.toLowerCase() === login.toLowerCase()))
      .map(access => names[access.permission])
    const invited = db.collaborators
      .findBy('repo_id', repositoryId)
      .filter(entry => userById(entry.user_id)?.login.toLowerCase() === login.toLowerCase())
      .map(entry => names[entry.permission])
    const held = [...byTeam, ...invited]
    for (const level of ['admin', 'maintain', 'write', 'triage'] as const)
      if (held.includes(level)) return level
    return membership || !row.isPrivate || held.length > 0 ? 'read' : 'none'
  }

  /** CODEOWNERS at a branch, tag or sha, judged by the rules GitHub documents; undefined when there is no file. */
  function codeowners(repositoryId: number, revision?: string): V.CodeownersError[] | undefined {
    const row = repositoryById(repositoryId)
    if (!row) return undefined
    for (const path of ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']) {
      const file = object(repositoryId, `${revision ?? row.defaultBranch}:${path}`)
      if (file?.kind !== 'blob') continue
      return codeownersErrors(path, file.bytes().toString('utf8'), {
        hasTeam(organisationLogin, slug) {
          if (organisationLogin.toLowerCase() !== row.owner.login.toLowerCase()) return 'missing'
          const found = team(row.owner.login, slug)
          if (!found || found.privacy === 'secret') return 'missing'
          const access = teamsOf(repositoryId).find(held => held.team.databaseId === found.databaseId)
          return access && ['push', 'maintain', 'admin'].includes(access.permission) ? 'writes' : 'no-write'
        },
        hasUser(login) {
          const found = account(login)
          if (found?.type !== 'User') return 'missing'
          return ['admin', 'maintain', 'write'].includes(personPermission(repositoryId, login))
            ? 'writes'
            : 'no-write'
        },
        hasEmail: email => db.users.findBy('email', email).length > 0,
      })
    }
    return undefined
  }

  return { teams, team, teamsOf, teamRepositories, members, personPermission, codeowners }
}
