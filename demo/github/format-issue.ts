import { apiOf, app, type Json, orNull, stamp, user } from './format.ts'
import type * as Rows from './rows.ts'
import type { Account } from './vocabulary.ts'
import type { World } from './world.ts'

export function label(world: World, repositoryId: number, row: Rows.LabelRow): Json {
  const repo = world.db.repos.get(repositoryId)
  return {
    id: row.id,
    node_id: row.node_id,
    url: `${apiOf(world)}/repos/${repo?.full_name}/labels/${encodeURIComponent(row.name)}`,
    name: row.name,
    description: row.description,
    color: row.color,
    default: row.default,
  }
}

export function association(world: World, repositoryId: number, account: Account | undefined): string {
  const owner = world.repositoryById(repositoryId)?.owner.login
  if (!account || !owner || account.type === 'Bot') return 'NONE'
  if (owner === account.login) return 'OWNER'
  if (world.members(owner).some(member => member.user.login === account.login)) return 'MEMBER'
  return 'NONE'
}

/** Set where an app wrote it: GitHub names the app beside its bot. */
function viaApp(world: World, account: Account | undefined): Json | null {
  if (account?.type !== 'Bot') return null
  const slug = account.login.replace('[bot]', '')
  return app(world, world.db.apps.findOneBy('slug', slug)?.app_id)
}

export function reactions(url: string): Json {
  const none = { '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 }
  return { url: `${url}/reactions`, total_count: 0, ...none }
}

export function issue(world: World, row: Rows.IssueRow): Json {
  const repo = world.db.repos.get(row.repo_id)
  const repoApi = `${apiOf(world)}/repos/${repo?.full_name}`
  const api = `${repoApi}/issues/${row.number}`
  const page = `${world.url}/${repo?.full_name}/${row.is_pull_request ? 'pull' : 'issues'}/${row.number}`
  const author = world.userById(row.user_id)
  const assignees = row.assignee_ids.flatMap(id => world.userById(id) ?? []).map(found => user(world, found))
  return {
    url: api,
    repository_url: repoApi,
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: page,
    id: row.id,
    node_id: row.node_id,
    number: row.number,
    title: row.title,
    user: author ? user(world, author) : null,
    labels: row.label_ids
      .flatMap(id => world.db.labels.get(id) ?? [])
      .map(found => label(world, row.repo_id, found)),
    state: row.state,
    state_reason: row.state_reason,
    locked: row.locked,
    active_lock_reason: row.active_lock_reason ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: row.comments,
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    closed_at: orNull(row.closed_at),
    author_association: association(world, row.repo_id, author),
    body: row.body,
    reactions: reactions(api),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: viaApp(world, author),
    ...(row.is_pull_request
      ? {
          pull_request: {
            url: `${repoApi}/pulls/${row.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: orNull(
              world.db.pullRequests.findBy('repo_id', row.repo_id).find(each => each.number === row.number)
                ?.merged_at,
            ),
          },
        }
      : {}),
  }
}

export function issueComment(world: World, row: Rows.CommentRow): Json {
  const repo = world.db.repos.get(row.repo_id)
  const api = `${apiOf(world)}/repos/${repo?.full_name}/issues`
  const author = world.userById(row.user_id)
  return {
    url: `${api}/comments/${row.id}`,
    html_url: `${world.url}/${repo?.full_name}/issues/${row.issue_number}#issuecomment-${row.id}`,
    issue_url: `${api}/${row.issue_number}`,
    id: row.id,
    node_id: row.node_id,
    user: author ? user(world, author) : null,
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    author_association: association(world, row.repo_id, author),
    body: row.body,
    reactions: reactions(`${api}/comments/${row.id}`),
    performed_via_github_app: viaApp(world, author),
  }
}
