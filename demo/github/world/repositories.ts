import type * as Rows from '../rows.ts'
import type { Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'
import { some } from './some.ts'

/** Accounts and the repositories they own. */
export function repositoriesIn(db: Tables, formerNames: Map<string, number>) {
  const userAccount = (row: Rows.UserRow): V.Account => ({
    type: row.type,
    databaseId: row.id,
    nodeId: row.node_id,
    login: row.login,
    name: some(row.name),
    email: some(row.email),
    createdAt: row.created_at,
  })
  const orgAccount = (row: Rows.OrgRow): V.Account => ({
    type: 'Organization',
    databaseId: row.id,
    nodeId: row.node_id,
    login: row.login,
    name: some(row.name),
    email: some(row.email),
    description: some(row.description),
    createdAt: row.created_at,
  })
  function userById(id: number | null | undefined): V.Account | undefined {
    const row = id ? db.users.get(id) : undefined
    return row && userAccount(row)
  }
  /** A person, a bot (`slug[bot]`) or an organisation. */
  function account(login: string): V.Account | undefined {
    const org = db.orgs.findOneBy('login', login)
    if (org) return orgAccount(org)
    const user = db.users.findOneBy('login', login)
    return user && userAccount(user)
  }
  function organisation(login: string): V.Account | undefined {
    const row = db.orgs.findOneBy('login', login)
    return row && orgAccount(row)
  }

  function repositoryView(row: Rows.RepoRow): V.Repository {
    const ownerRow = row.owner_type === 'Organization' ? db.orgs.get(row.owner_id) : undefined
    const owner = ownerRow ? orgAccount(ownerRow) : userById(row.owner_id)
    if (!owner) throw new Error(`${row.full_name} has an owner that is not there: ${row.owner_id}`)
    return {
      databaseId: row.id,
      nodeId: row.node_id,
      name: row.name,
      nameWithOwner: row.full_name,
      owner,
      visibility: row.visibility,
      isPrivate: row.private,
      isArchived: row.archived,
      isFork: row.fork,
      isTemplate: row.is_template,
      isEmpty: !db.refs.findBy('repo_id', row.id).some(ref => ref.ref.startsWith('refs/heads/')),
      hasIssues: row.has_issues,
      description: some(row.description),
      homepage: some(row.homepage),
      topics: row.topics,
      primaryLanguage: some(row.language),
      languages: Object.entries(row.languages).map(([name, size]) => ({ name, size })),
      defaultBranch: row.default_branch,
      license: row.license
        ? { key: row.license.key, name: row.license.name, spdxId: row.license.spdx_id }
        : undefined,
      parentId: some(row.forked_from_id),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      pushedAt: some(row.pushed_at),
      diskUsage: row.size,
    }
  }
  function repositoryRow(owner: string, name: string): Rows.RepoRow | undefined {
    const fullName = `${owner}/${name}`
    const former = formerNames.get(fullName.toLowerCase())
    return db.repos.findOneBy('full_name', fullName) ?? (former ? db.repos.get(former) : undefined)
  }
  /** Follows renames and transfers, as GitHub does in GraphQL without saying so. */
  function repository(owner: string, name: string): V.Repository | undefined {
    const row = repositoryRow(owner, name)
    return row && repositoryView(row)
  }
  function repositoryById(databaseId: number): V.Repository | undefined {
    const row = db.repos.get(databaseId)
    return row && repositoryView(row)
  }
  function repositoryByNodeId(id: string): V.Repository | undefined {
    const row = db.repos.all().find(candidate => candidate.node_id === id)
    return row && repositoryView(row)
  }
  /** In the order of their names. */
  function repositoriesOf(owner: string): V.Repository[] {
    const type = db.orgs.findOneBy('login', owner) ? 'Organization' : 'User'
    const id = account(owner)?.databaseId
    return db.repos
      .findBy('owner_id', id)
      .filter(row => row.owner_type === type)
      .map(repositoryView)
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  return {
    account,
    organisation,
    userById,
    repository,
    repositoryRow,
    repositoryById,
    repositoryByNodeId,
    repositoriesOf,
  }
}
