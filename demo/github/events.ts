import { accountOf } from './auth.ts'
import { type Cause, changesOf, type Happening } from './cause.ts'
import * as format from './format.ts'
import { checkRun, checkSuite } from './format-check.ts'
import { issueComment, issue as issueJson, label as labelJson } from './format-issue.ts'
import { pullRequest } from './format-pull-request.ts'
import * as git from './git.ts'
import { pushPayload } from './push.ts'
import { isAncestor } from './ref-update.ts'
import { releaseEvents } from './release-events.ts'
import { repositoryEvents } from './repository-events.ts'
import type * as Rows from './rows.ts'
import { insertNode } from './store.ts'
import { teamEvents } from './team-events.ts'
import type { World } from './world.ts'

/**
 * The webhooks that a request's changes amount to, in GitHub's order: what happened to the repository, then to its
 * refs, to what hangs on refs, and to the conversation. Run inside the cause: suites and heads it sets are rows too.
 */
export function eventsOf(world: World, cause: Cause): Happening[] {
  const sender = accountOf(world, cause.caller)
  const pushes = pushEvents(world, cause, sender)
  return [
    ...repositoryEvents(world, cause),
    ...pushes,
    ...pullRequestEvents(world, cause),
    ...checkEvents(world, cause),
    ...issueEvents(world, cause),
    ...commentEvents(world, cause),
    ...teamEvents(world, cause),
    ...protectionEvents(world, cause),
    ...releaseEvents(world, cause),
    ...cause.happenings,
  ]
}

function pushEvents(world: World, cause: Cause, sender: ReturnType<typeof accountOf>): Happening[] {
  const found: Happening[] = []
  for (const { before, after } of changesOf<Rows.RefRow>(cause, 'github.refs')) {
    const row = after ?? before
    if (!row || !/^refs\/(heads|tags)\//.test(row.ref) || before?.sha === after?.sha) continue
    // A repository that was deleted takes its refs with it without a push.
    if (!world.db.repos.get(row.repo_id)) continue
    const where = { repositoryId: row.repo_id }
    const isBranch = row.ref.startsWith('refs/heads/')
    const refPayload = {
      ref: row.ref.replace(/^refs\/(heads|tags)\//, ''),
      ref_type: isBranch ? 'branch' : 'tag',
      master_branch: world.db.repos.get(row.repo_id)?.default_branch,
      pusher_type: 'user',
    }
    if (!before) found.push({ event: 'create', ...where, payload: { ...refPayload, description: null } })
    if (!after) found.push({ event: 'delete', ...where, payload: refPayload })
    if (isBranch && after) world.db.repos.update(row.repo_id, { pushed_at: new Date().toISOString() })
    found.push({ event: 'push', ...where, payload: pushPayload(world, before, after, sender) })
    if (isBranch && before && !after) closePullRequestsOf(world, before)
    if (!isBranch || !after) continue
    advancePullRequests(world, after, sender)
    const suites = requestSuites(world, row.repo_id, after.sha, refPayload.ref, before?.sha)
    found.push(...suites.map(suite => suiteHappening(world, suite)))
  }
  return found
}

const suiteHappening = (world: World, suite: Rows.CheckSuiteRow): Happening => ({
  event: 'check_suite',
  action: 'requested',
  repositoryId: suite.repo_id,
  payload: { check_suite: checkSuite(world, suite) },
})

/** A push opens a suite for every app that may write checks there; a commit has one suite an app. */
function requestSuites(
  world: World,
  repositoryId: number,
  sha: string,
  branch: string,
  before: string | undefined,
): Rows.CheckSuiteRow[] {
  const owner = world.repositoryById(repositoryId)?.owner.login
  return world.db.installations
    .all()
    .filter(row => row.account_login === owner && row.permissions.checks === 'write')
    .filter(row => row.repository_selection === 'all' || row.repository_ids.includes(repositoryId))
    .filter(row => !suiteOf(world, repositoryId, sha, row.app_id))
    .map(row => newSuite(world, repositoryId, sha, branch, row.app_id, before))
}
export const suiteOf = (world: World, repositoryId: number, sha: string, appId: number | null) =>
  world.db.checkSuites
    .findBy('head_sha', sha)
    .find(row => row.repo_id === repositoryId && row.app_id === appId)
export const newSuite = (
  world: World,
  repositoryId: number,
  sha: string,
  branch: string | null,
  appId: number | null,
  before?: string,
): Rows.CheckSuiteRow =>
  insertNode(world.db.checkSuites, 'CheckSuite', {
    repo_id: repositoryId,
    head_branch: branch,
    head_sha: sha,
    status: 'queued',
    conclusion: null,
    before: before ?? git.ZERO_SHA,
    after: sha,
    app_id: appId,
  })

/** Open pull requests follow their head branch, in the same repository or another; and their base's tip. */
function advancePullRequests(world: World, ref: Rows.RefRow, pusher: ReturnType<typeof accountOf>): void {
  const branch = ref.ref.slice('refs/heads/'.length)
  for (const row of openAround(world, ref.repo_id)) {
    if (row.head_repo_id === ref.repo_id && row.head_ref === branch) {
      git.copyHistory(world.db, ref.repo_id, row.repo_id, ref.sha)
      git.setRef(world.db, row.repo_id, `refs/pull/${row.number}/head`, ref.sha)
      const counts = measure(world, row, ref.sha, row.base_sha)
      world.db.pullRequests.update(row.id, { head_sha: ref.sha, ...counts })
      if (counts.commits === 0) closeBoth(world, row)
    }
    if (row.base_repo_id === ref.repo_id && row.base_ref === branch) {
      world.db.pullRequests.update(row.id, {
        base_sha: ref.sha,
        ...measure(world, row, row.head_sha, ref.sha),
      })
      if (isAncestor(world, row.repo_id, row.head_sha, ref.sha))
        closeBoth(world, row, {
          merged: true,
          merged_at: new Date().toISOString(),
          merged_by_id: pusher?.databaseId ?? null,
          merge_commit_sha: ref.sha,
        })
    }
  }
}

/** GitHub closes what has lost its branch, and takes for merged what somebody pushed to the base by hand. */
function closePullRequestsOf(world: World, ref: Rows.RefRow): void {
  const branch = ref.ref.slice('refs/heads/'.length)
  for (const row of openAround(world, ref.repo_id))
    if (row.head_repo_id === ref.repo_id && row.head_ref === branch) closeBoth(world, row)
}
/** A branch can be the head of a pull request in its own repository, or in one that this was forked from. */
function openAround(world: World, repositoryId: number): Rows.PullRequestRow[] {
  const found: Rows.PullRequestRow[] = []
  for (let id: number | null | undefined = repositoryId; id; id = world.db.repos.get(id)?.forked_from_id)
    found.push(...world.db.pullRequests.findBy('repo_id', id).filter(row => row.state === 'open'))
  return found
}
function closeBoth(world: World, row: Rows.PullRequestRow, merge: Partial<Rows.PullRequestRow> = {}): void {
  const closed = { state: 'closed' as const, closed_at: new Date().toISOString() }
  world.db.pullRequests.update(row.id, { ...closed, ...merge })
  const issue = world.db.issues.findBy('repo_id', row.repo_id).find(each => each.number === row.number)
  if (issue) world.db.issues.update(issue.id, closed)
}

/** What the pull request's page counts, against the merge base. */
export function measure(world: World, row: { repo_id: number }, head: string, base: string) {
  const { db } = world
  const from = git.mergeBase(db, row.repo_id, base, head)
  const treeOf = (sha: string | undefined) =>
    sha ? db.commits.findBySha(row.repo_id, sha)?.tree_sha : undefined
  const changes = git.changedPaths(db, row.repo_id, treeOf(from), treeOf(head) ?? '')
  const filesOf = (sha: string | undefined) => git.flatten(db, row.repo_id, treeOf(sha) ?? '')
  return {
    commits: git.commitsBetween(db, row.repo_id, base, head).length,
    changed_files: changes.added.length + changes.modified.length + changes.removed.length,
    mergeable: git.mergeFiles(filesOf(from), filesOf(base), filesOf(head)) !== undefined,
  }
}

function pullRequestEvents(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.PullRequestRow>(cause, 'github.pull_requests').flatMap(({ before, after }) => {
    if (!after) return []
    const tell = (action: string, extra: format.Json = {}): Happening => ({
      event: 'pull_request',
      action,
      repositoryId: after.repo_id,
      payload: { number: after.number, pull_request: pullRequest(world, after), ...extra },
    })
    if (!before) return [tell('opened')]
    const found: Happening[] = []
    if (before.head_sha !== after.head_sha)
      found.push(tell('synchronize', { before: before.head_sha, after: after.head_sha }))
    const changes: format.Json = {}
    if (before.title !== after.title) changes.title = { from: before.title }
    if (before.body !== after.body) changes.body = { from: before.body }
    if (before.base_ref !== after.base_ref)
      changes.base = { ref: { from: before.base_ref }, sha: { from: before.base_sha } }
    if (Object.keys(changes).length > 0) found.push(tell('edited', { changes }))
    if (before.draft && !after.draft) found.push(tell('ready_for_review'))
    if (!before.draft && after.draft) found.push(tell('converted_to_draft'))
    if (before.state !== after.state) found.push(tell(after.state === 'open' ? 'reopened' : 'closed'))
    return found
  })
}

function checkEvents(world: World, cause: Cause): Happening[] {
  return [...runEvents(world, cause), ...suiteEvents(world, cause)]
}

function suiteEvents(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.CheckSuiteRow>(cause, 'github.check_suites').flatMap(({ before, after }) => {
    const isDone = after?.status === 'completed' && after.conclusion !== null
    if (!after || !isDone || before?.status === 'completed') return []
    const payload = { check_suite: checkSuite(world, after) }
    return [{ event: 'check_suite', action: 'completed', repositoryId: after.repo_id, payload }]
  })
}

function runEvents(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.CheckRunRow>(cause, 'github.check_runs').flatMap(({ before, after }) => {
    if (!after) return []
    const tell = (action: string): Happening => ({
      event: 'check_run',
      action,
      repositoryId: after.repo_id,
      payload: { check_run: checkRun(world, after, { inDelivery: true }) },
    })
    const isDone = after.status === 'completed' && before?.status !== 'completed'
    return [...(before ? [] : [tell('created')]), ...(isDone ? [tell('completed')] : [])]
  })
}

function issueEvents(world: World, cause: Cause): Happening[] {
  // What was transferred is told by whoever moved it.
  const moved = world.extras.movedIssues
  return changesOf<Rows.IssueRow>(cause, 'github.issues').flatMap(({ before, after }) => {
    const row = after ?? before
    if (!row || row.is_pull_request || !world.db.repos.get(row.repo_id)) return []
    const tell = (action: string, extra: format.Json = {}): Happening => ({
      event: 'issues',
      action,
      repositoryId: row.repo_id,
      payload: { issue: issueJson(world, row), ...extra },
    })
    if (after && moved.has(after.id)) return []
    if (!after) return before && moved.has(before.id) ? [] : [tell('deleted')]
    const found: Happening[] = before ? [] : [tell('opened')]
    const changes: format.Json = {}
    if (before && before.title !== after.title) changes.title = { from: before.title }
    if (before && before.body !== after.body) changes.body = { from: before.body }
    if (Object.keys(changes).length > 0) found.push(tell('edited', { changes }))
    for (const id of after.label_ids.filter(each => !before?.label_ids.includes(each))) {
      const label = world.db.labels.get(id)
      if (label) found.push(tell('labeled', { label: labelJson(world, after.repo_id, label) }))
    }
    if (!before) return found
    for (const id of before.label_ids.filter(each => !after.label_ids.includes(each))) {
      const label = world.db.labels.get(id)
      if (label) found.push(tell('unlabeled', { label: labelJson(world, after.repo_id, label) }))
    }
    if (before.state !== after.state) found.push(tell(after.state === 'open' ? 'reopened' : 'closed'))
    if (before.locked !== after.locked) found.push(tell(after.locked ? 'locked' : 'unlocked'))
    return found
  })
}

function commentEvents(world: World, cause: Cause): Happening[] {
  return changesOf<Rows.CommentRow>(cause, 'github.comments').flatMap(({ before, after }) => {
    const row = after ?? before
    if (row?.comment_type !== 'issue' || world.extras.movedComments.has(row.id)) return []
    const issue = world.db.issues
      .findBy('repo_id', row.repo_id)
      .find(found => found.number === row.issue_number)
    if (!issue) return []
    const action = !before
      ? 'created'
      : !after
        ? 'deleted'
        : before.body !== after.body
          ? 'edited'
          : undefined
    if (!action) return []
    const changes = action === 'edited' ? { changes: { body: { from: before?.body } } } : {}
    const payload = {
      issue: issueJson(world, issue),
      comment: issueComment(world, row),
      ...changes,
    }
    return [{ event: 'issue_comment', action, repositoryId: row.repo_id, payload }]
  })
}

function protectionEvents(world: World, cause: Cause): Happening[] {
  const found = changesOf<Rows.BranchProtectionRow>(cause, 'github.branch_protections')
  return found.flatMap(({ before, after }) => {
    const row = after ?? before
    if (!row || !world.db.repos.get(row.repo_id)) return []
    const action = !before ? 'created' : !after ? 'deleted' : 'edited'
    const level = (isOn: boolean) => (isOn ? 'everyone' : 'off')
    const rule = {
      id: row.id,
      repository_id: row.repo_id,
      name: row.branch_name,
      created_at: format.stamp(row.created_at),
      updated_at: format.stamp(row.updated_at),
      pull_request_reviews_enforcement_level: level(row.required_pull_request_reviews !== null),
      required_approving_review_count:
        row.required_pull_request_reviews?.required_approving_review_count ?? 0,
      dismiss_stale_reviews_on_push: row.required_pull_request_reviews?.dismiss_stale_reviews ?? false,
      require_code_owner_review: row.required_pull_request_reviews?.require_code_owner_reviews ?? false,
      authorized_dismissal_actors_only: false,
      ignore_approvals_from_contributors: false,
      required_status_checks: row.required_status_checks?.contexts ?? [],
      required_status_checks_enforcement_level: level(row.required_status_checks !== null),
      strict_required_status_checks_policy: row.required_status_checks?.strict ?? false,
      signature_requirement_enforcement_level: level(row.required_signatures),
      linear_history_requirement_enforcement_level: level(row.required_linear_history),
      admin_enforced: row.enforce_admins,
      allow_force_pushes_enforcement_level: level(row.allow_force_pushes),
      allow_deletions_enforcement_level: level(row.allow_deletions),
      merge_queue_enforcement_level: 'off',
      required_deployments_enforcement_level: 'off',
      required_conversation_resolution_level: 'off',
      authorized_actors_only: row.restrictions !== null,
      authorized_actor_names: row.restrictions?.users ?? [],
    }
    const changes = action === 'edited' ? { changes: {} } : {}
    return [
      { event: 'branch_protection_rule', action, repositoryId: row.repo_id, payload: { rule, ...changes } },
    ]
  })
}
