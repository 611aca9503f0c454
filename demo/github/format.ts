import { clientId } from './auth.ts'
import type * as Rows from './rows.ts'
import type { Account, Team } from './vocabulary.ts'
import type { World } from './world.ts'

/** GitHub's JSON for what the routes of ours and the deliveries speak of. */
export type Json = Record<string, unknown>

export const apiOf = (world: World): string => `${world.url}/api/v3`
/** GitHub's times have no fractions of a second. */
export const stamp = (time: string): string => time.replace(/\.\d+Z$/, 'Z')
export const orNull = (time: string | undefined | null): string | null => (time ? stamp(time) : null)

export function user(world: World, account: Account): Json {
  const api = `${apiOf(world)}/users/${encodeURIComponent(account.login)}`
  return {
    login: account.login,
    id: account.databaseId,
    node_id: account.nodeId,
    avatar_url: `${world.url}/avatars/${encodeURIComponent(account.login)}`,
    gravatar_id: '',
    url: api,
    html_url: `${world.url}/${account.type === 'Bot' ? `apps/${account.login.replace('[bot]', '')}` : account.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  }
}

export function organisation(world: World, account: Account): Json {
  const api = `${apiOf(world)}/orgs/${account.login}`
  return {
    login: account.login,
    id: account.databaseId,
    node_id: account.nodeId,
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${account.login}`,
    description: account.description ?? '',
  }
}

export function app(world: World, appId: number | null | undefined): Json | null {
  const row = world.db.apps.all().find(candidate => candidate.app_id === appId)
  if (!row) return null
  const installation = world.db.installations.findOneBy('app_id', row.app_id)
  const owner = installation ? world.account(installation.account_login) : undefined
  return {
    id: row.app_id,
    slug: row.slug,
    client_id: clientId(row),
    node_id: `A_kw${row.app_id}`,
    owner: owner ? user(world, owner) : null,
    name: row.name,
    description: row.description,
    external_url: `${world.url}/apps/${row.slug}`,
    html_url: `${world.url}/apps/${row.slug}`,
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    permissions: row.permissions,
    events: row.events,
    installations_count: world.db.installations.findBy('app_id', row.app_id).length,
  }
}

/** Suffixes of a repository's API address, as GitHub spells its templates. */
const LINKS: Record<string, string> = {
  forks_url: '/forks',
  keys_url: '/keys{/key_id}',
  collaborators_url: '/collaborators{/collaborator}',
  teams_url: '/teams',
  hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}',
  events_url: '/events',
  assignees_url: '/assignees{/user}',
  branches_url: '/branches{/branch}',
  tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  git_refs_url: '/git/refs{/sha}',
  trees_url: '/git/trees{/sha}',
  statuses_url: '/statuses/{sha}',
  languages_url: '/languages',
  stargazers_url: '/stargazers',
  contributors_url: '/contributors',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  commits_url: '/commits{/sha}',
  git_commits_url: '/git/commits{/sha}',
  comments_url: '/comments{/number}',
  issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}',
  compare_url: '/compare/{base}...{head}',
  merges_url: '/merges',
  archive_url: '/{archive_format}{/ref}',
  downloads_url: '/downloads',
  issues_url: '/issues{/number}',
  pulls_url: '/pulls{/number}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}',
  releases_url: '/releases{/id}',
  deployments_url: '/deployments',
}

/** As in payloads and lists; `full` adds what only `GET /repos/:owner/:repo` shows. */
export function repository(
  world: World,
  row: Rows.RepoRow,
  options: { full?: boolean; owner?: Account } = {},
): Json {
  const owner = options.owner ?? ownerOf(world, row)
  const api = `${apiOf(world)}/repos/${row.full_name}`
  const page = `${world.url}/${row.full_name}`
  const host = world.url.replace(/^https?:\/\//, '')
  const parent = row.forked_from_id ? world.db.repos.get(row.forked_from_id) : undefined
  const full: Json = {
    network_count: row.forks_count,
    subscribers_count: 0,
    organization: owner?.type === 'Organization' ? user(world, owner) : undefined,
    ...(parent ? { parent: repository(world, parent), source: repository(world, parent) } : {}),
    allow_rebase_merge: row.allow_rebase_merge,
    allow_squash_merge: row.allow_squash_merge,
    allow_merge_commit: row.allow_merge_commit,
    allow_auto_merge: row.allow_auto_merge,
    delete_branch_on_merge: row.delete_branch_on_merge,
    license: licence(world, row),
  }
  return {
    id: row.id,
    node_id: row.node_id,
    name: row.name,
    full_name: row.full_name,
    private: row.private,
    owner: owner ? user(world, owner) : null,
    html_url: page,
    description: row.description,
    fork: row.fork,
    url: api,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, suffix]) => [name, api + suffix])),
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    pushed_at: stamp(row.pushed_at ?? row.created_at),
    git_url: `git://${host}/${row.full_name}.git`,
    ssh_url: `git@${host}:${row.full_name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: row.homepage,
    size: row.size,
    stargazers_count: row.stargazers_count,
    watchers_count: row.watchers_count,
    language: row.language,
    has_issues: row.has_issues,
    has_projects: row.has_projects,
    has_downloads: row.has_downloads,
    has_wiki: row.has_wiki,
    has_pages: row.has_pages,
    has_discussions: row.has_discussions,
    forks_count: row.forks_count,
    mirror_url: null,
    archived: row.archived,
    disabled: row.disabled,
    open_issues_count: row.open_issues_count,
    // Reading LICENSE for each of a hundred rows of a list would take longer than the rest of it.
    license: licenceJson(world, row.license),
    allow_forking: row.allow_forking,
    is_template: row.is_template,
    web_commit_signoff_required: false,
    topics: row.topics,
    visibility: row.visibility,
    forks: row.forks_count,
    open_issues: row.open_issues_count,
    watchers: row.watchers_count,
    default_branch: row.default_branch,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    custom_properties: world.properties(row.id),
    ...(options.full ? full : {}),
  }
}

/** As GitHub reads it out of the repository's files. */
export function licence(world: World, row: Rows.RepoRow): Json | null {
  const view = world.repositoryById(row.id)
  const found = view && world.licence(view)
  return licenceJson(world, found ? { key: found.key, name: found.name, spdx_id: found.spdxId } : null)
}

function licenceJson(world: World, given: Rows.RepoRow['license']): Json | null {
  if (!given) return null
  const url = given.key === 'other' ? null : `${apiOf(world)}/licenses/${given.key}`
  return { ...given, url, node_id: `L_${given.key}` }
}

export function ownerOf(world: World, row: Rows.RepoRow): Account | undefined {
  return world.repositoryById(row.id)?.owner ?? world.account(row.full_name.split('/')[0] ?? '')
}

export function team(world: World, view: Team, permission?: string): Json {
  const api = `${apiOf(world)}/organizations/${world.organisation(view.organisation)?.databaseId}/team/${view.databaseId}`
  return {
    id: view.databaseId,
    node_id: view.nodeId,
    name: view.name,
    slug: view.slug,
    description: view.description ?? null,
    privacy: view.privacy,
    notification_setting: 'notifications_enabled',
    permission: permission ?? 'pull',
    url: api,
    html_url: `${world.url}/orgs/${view.organisation}/teams/${view.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
    type: 'organization',
    organization_id: world.organisation(view.organisation)?.databaseId,
    parent: null,
  }
}

export function row(world: World, view: { databaseId: number }): Rows.RepoRow {
  const found = world.db.repos.get(view.databaseId)
  if (!found) throw new Error(`Repository ${view.databaseId} is gone`)
  return found
}
