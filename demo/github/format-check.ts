import { apiOf, app, type Json, orNull, stamp } from './format.ts'
import type * as Rows from './rows.ts'
import type { World } from './world.ts'

export function checkSuite(world: World, row: Rows.CheckSuiteRow): Json {
  const repo = world.db.repos.get(row.repo_id)
  const api = `${apiOf(world)}/repos/${repo?.full_name}`
  const head = world.commit(row.repo_id, row.head_sha)
  const runs = world.db.checkRuns.findBy('repo_id', row.repo_id).filter(run => run.check_suite_id === row.id)
  return {
    id: row.id,
    node_id: row.node_id,
    head_branch: row.head_branch,
    head_sha: row.head_sha,
    status: row.status,
    conclusion: row.conclusion,
    url: `${api}/check-suites/${row.id}`,
    before: row.before || null,
    after: row.after,
    pull_requests: pullRequestLinks(world, row.repo_id, row.head_sha),
    app: app(world, row.app_id),
    created_at: stamp(row.created_at),
    updated_at: stamp(row.updated_at),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runs.length,
    check_runs_url: `${api}/check-suites/${row.id}/check-runs`,
    head_commit: {
      id: row.head_sha,
      tree_id: head?.treeSha ?? '',
      message: head?.message ?? '',
      timestamp: head ? stamp(head.committer.date) : stamp(row.created_at),
      author: head ? { name: head.author.name, email: head.author.email } : null,
      committer: head ? { name: head.committer.name, email: head.committer.email } : null,
    },
  }
}

/** GitHub lists pull requests of the same repository only: for a fork's the array is empty. */
function pullRequestLinks(world: World, repositoryId: number, sha: string): Json[] {
  const base = world.db.repos.get(repositoryId)
  const brief = { id: repositoryId, url: `${apiOf(world)}/repos/${base?.full_name}`, name: base?.name }
  return world.db.pullRequests
    .findBy('repo_id', repositoryId)
    .filter(row => row.state === 'open' && row.head_sha === sha && row.head_repo_id === repositoryId)
    .map(row => ({
      url: `${brief.url}/pulls/${row.number}`,
      id: row.id,
      number: row.number,
      head: { ref: row.head_ref, sha: row.head_sha, repo: brief },
      base: { ref: row.base_ref, sha: row.base_sha, repo: brief },
    }))
}

export function checkRun(world: World, row: Rows.CheckRunRow, options: { inDelivery?: boolean } = {}): Json {
  const repo = world.db.repos.get(row.repo_id)
  const api = `${apiOf(world)}/repos/${repo?.full_name}`
  const suite = world.db.checkSuites.get(row.check_suite_id)
  return {
    id: row.id,
    name: row.name,
    node_id: row.node_id,
    head_sha: row.head_sha,
    external_id: row.external_id,
    url: `${api}/check-runs/${row.id}`,
    html_url: `${world.url}/${repo?.full_name}/runs/${row.id}`,
    details_url: row.details_url ?? `${world.url}/${repo?.full_name}/runs/${row.id}`,
    status: row.status,
    conclusion: row.conclusion,
    started_at: orNull(row.started_at ?? row.created_at),
    completed_at: orNull(row.completed_at),
    output: {
      title: row.output.title,
      summary: row.output.summary,
      text: row.output.text,
      annotations_count: row.output.annotations.length,
      annotations_url: `${api}/check-runs/${row.id}/annotations`,
    },
    check_suite: suite && options.inDelivery ? checkSuite(world, suite) : { id: row.check_suite_id },
    app: app(world, row.app_id),
    pull_requests: pullRequestLinks(world, row.repo_id, row.head_sha),
    ...(options.inDelivery ? { actions: row.actions ?? [] } : {}),
  }
}
