import { apiOf, type Json, ownerOf, repository, stamp, user } from './format.ts'
import { association, label } from './format-issue.ts'
import type * as Rows from './rows.ts'
import type { World } from './world.ts'

/** A pull request as routes and deliveries give it. */
export function pullRequest(world: World, row: Rows.PullRequestRow): Json {
  const repo = world.db.repos.get(row.repo_id)
  const repoApi = `${apiOf(world)}/repos/${repo?.full_name}`
  const api = `${repoApi}/pulls/${row.number}`
  const page = `${world.url}/${repo?.full_name}/pull/${row.number}`
  const author = world.userById(row.user_id)
  const people = (ids: number[]) =>
    ids.flatMap(id => world.userById(id) ?? []).map(found => user(world, found))
  const mergedBy = world.userById(row.merged_by_id)
  const links: Record<string, string> = {
    self: api,
    html: page,
    issue: `${repoApi}/issues/${row.number}`,
    comments: `${repoApi}/issues/${row.number}/comments`,
    review_comments: `${api}/comments`,
    review_comment: `${repoApi}/pulls/comments{/number}`,
    commits: `${api}/commits`,
    statuses: `${repoApi}/statuses/${row.head_sha}`,
  }
  return {
    url: api,
    id: row.id,
    node_id: row.node_id,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: links.issue,
    number: row.number,
    state: row.state,
    locked: row.locked,
    title: row.title,
    user: author ? user(world, author) : null,
    body: row.body,
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    closed_at: row.closed_at && stamp(row.closed_at),
    merged_at: row.merged_at && stamp(row.merged_at),
    merge_commit_sha: row.merge_commit_sha,
    assignee: people(row.assignee_ids)[0] ?? null,
    assignees: people(row.assignee_ids),
    requested_reviewers: people(row.requested_reviewer_ids),
    requested_teams: [],
    labels: row.label_ids
      .flatMap(id => world.db.labels.get(id) ?? [])
      .map(found => label(world, row.repo_id, found)),
    milestone: null,
    draft: row.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: side(world, row.head_repo_id, row.head_ref, row.head_sha),
    base: side(world, row.base_repo_id, row.base_ref, row.base_sha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: association(world, row.repo_id, author),
    auto_merge: null,
    active_lock_reason: null,
    merged: row.merged,
    // GitHub works it out later and says null until then.
    mergeable: row.state === 'open' ? row.mergeable : null,
    rebaseable: row.state === 'open' ? row.mergeable : null,
    mergeable_state: row.state === 'open' ? (row.mergeable ? 'clean' : 'dirty') : 'unknown',
    merged_by: mergedBy ? user(world, mergedBy) : null,
    comments: row.comments,
    review_comments: 0,
    maintainer_can_modify: row.head_repo_id !== row.base_repo_id,
    commits: row.commits,
    additions: row.additions,
    deletions: row.deletions,
    changed_files: row.changed_files,
  }
}

function side(world: World, repositoryId: number, ref: string, sha: string): Json {
  const row = world.db.repos.get(repositoryId)
  const owner = row && ownerOf(world, row)
  return {
    label: `${owner?.login ?? 'unknown'}:${ref}`,
    ref,
    sha,
    user: owner ? user(world, owner) : null,
    repo: row ? repository(world, row) : null,
  }
}
