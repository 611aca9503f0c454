import type * as Rows from '../rows.ts'
import type { Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'
import { some } from './some.ts'

/** Pull requests, issues and the check runs beside them. */
export function conversationIn(db: Tables, userById: (id: number | null) => V.Account | undefined) {
  const labelsOf = (ids: number[]): string[] => ids.flatMap(id => db.labels.get(id)?.name ?? [])
  function pullRequestView(row: Rows.PullRequestRow): V.PullRequest {
    return {
      databaseId: row.id,
      nodeId: row.node_id,
      repositoryId: row.repo_id,
      number: row.number,
      title: row.title,
      body: some(row.body),
      state: row.merged ? 'merged' : row.state,
      isDraft: row.draft,
      author: userById(row.user_id),
      headRefName: row.head_ref,
      headSha: row.head_sha,
      headRepositoryId: db.repos.get(row.head_repo_id) ? row.head_repo_id : undefined,
      baseRefName: row.base_ref,
      baseSha: row.base_sha,
      isCrossRepository: row.head_repo_id !== row.base_repo_id,
      mergeCommitSha: some(row.merge_commit_sha),
      labels: labelsOf(row.label_ids),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      closedAt: some(row.closed_at),
      mergedAt: some(row.merged_at),
    }
  }
  const pullRequests = (repositoryId: number): V.PullRequest[] =>
    db.pullRequests.findBy('repo_id', repositoryId).map(pullRequestView)
  const pullRequest = (repositoryId: number, number: number): V.PullRequest | undefined =>
    pullRequests(repositoryId).find(found => found.number === number)
  /** Without pull requests, which GitHub's REST would list among them. */
  function issues(repositoryId: number): V.Issue[] {
    return db.issues
      .findBy('repo_id', repositoryId)
      .filter(row => !row.is_pull_request)
      .map(row => ({
        databaseId: row.id,
        nodeId: row.node_id,
        repositoryId: row.repo_id,
        number: row.number,
        title: row.title,
        body: some(row.body),
        state: row.state,
        stateReason: some(row.state_reason),
        author: userById(row.user_id),
        isLocked: row.locked,
        labels: labelsOf(row.label_ids),
        comments: row.comments,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        closedAt: some(row.closed_at),
      }))
  }
  /** All of a commit, or of the whole repository. Oldest first; a name may occur again. */
  function checkRuns(repositoryId: number, headSha?: string): V.CheckRun[] {
    const rows = headSha
      ? db.checkRuns.findBy('head_sha', headSha)
      : db.checkRuns.findBy('repo_id', repositoryId)
    return rows
      .filter(row => row.repo_id === repositoryId)
      .map(row => ({
        databaseId: row.id,
        nodeId: row.node_id,
        repositoryId: row.repo_id,
        checkSuiteId: row.check_suite_id,
        headSha: row.head_sha,
        name: row.name,
        status: row.status,
        conclusion: some(row.conclusion),
        title: some(row.output.title),
        summary: some(row.output.summary),
        text: some(row.output.text),
        annotations: row.output.annotations,
        externalId: row.external_id || undefined,
        detailsUrl: some(row.details_url),
        appId: some(row.app_id),
        startedAt: some(row.started_at),
        completedAt: some(row.completed_at),
      }))
  }

  return { pullRequests, pullRequest, issues, checkRuns }
}
