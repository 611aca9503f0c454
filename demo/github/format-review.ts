import { apiOf, type Json, orNull, stamp, user } from './format.ts'
import { association, reactions } from './format-issue.ts'
import type { CommentRow, PullRequestRow, ReviewRow } from './rows.ts'
import type { World } from './world.ts'

function places(world: World, pull: PullRequestRow) {
  const name = world.db.repos.get(pull.repo_id)?.full_name
  return {
    api: `${apiOf(world)}/repos/${name}/pulls`,
    page: `${world.url}/${name}/pull/${pull.number}`,
    link: `${apiOf(world)}/repos/${name}/pulls/${pull.number}`,
  }
}

export function review(world: World, pull: PullRequestRow, row: ReviewRow): Json {
  const { page, link } = places(world, pull)
  const by = world.userById(row.user_id)
  const html = `${page}#pullrequestreview-${row.id}`
  return {
    id: row.id,
    node_id: row.node_id,
    user: by ? user(world, by) : null,
    body: row.body ?? '',
    state: row.state,
    html_url: html,
    pull_request_url: link,
    author_association: association(world, row.repo_id, by),
    _links: { html: { href: html }, pull_request: { href: link } },
    ...(row.submitted_at ? { submitted_at: orNull(row.submitted_at) } : {}),
    commit_id: row.commit_id,
  }
}

export function reviewComment(world: World, pull: PullRequestRow, row: CommentRow): Json {
  const { api, page, link } = places(world, pull)
  const by = world.userById(row.user_id)
  const html = `${page}#discussion_r${row.id}`
  const self = `${api}/comments/${row.id}`
  return {
    url: self,
    pull_request_review_id: row.review_id,
    id: row.id,
    node_id: row.node_id,
    diff_hunk: '',
    path: row.path,
    commit_id: row.commit_sha ?? pull.head_sha,
    original_commit_id: row.commit_sha ?? pull.head_sha,
    user: by ? user(world, by) : null,
    body: row.body,
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    html_url: html,
    pull_request_url: link,
    author_association: association(world, row.repo_id, by),
    _links: { self: { href: self }, html: { href: html }, pull_request: { href: link } },
    reactions: reactions(self),
    start_line: row.start_line ?? null,
    original_start_line: row.start_line ?? null,
    start_side: row.start_line ? row.side : null,
    // Outdated, as GitHub shows it, once the head has moved on.
    line: row.commit_sha === pull.head_sha ? row.line : null,
    original_line: row.line,
    side: row.side,
    subject_type: 'line',
  }
}
