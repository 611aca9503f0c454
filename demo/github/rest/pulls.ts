import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { measure } from '../events.ts'
import { type FileChange, fileChanges } from '../file-changes.ts'
import { stamp } from '../format.ts'
import { changedFile } from '../format-commit.ts'
import { pullRequest } from '../format-pull-request.ts'
import * as git from '../git.ts'
import { isAncestor } from '../ref-update.ts'
import type { PullRequestRow, RepoRow } from '../rows.ts'
import { insertNode } from '../store.ts'
import type { Account } from '../vocabulary.ts'
import type { World } from '../world.ts'
import {
  type Asked,
  asText,
  bodyOf,
  type Environment,
  found,
  invalid,
  page,
  refuseLong,
  repositoryOf,
} from './answer.ts'
import { nextNumber } from './issues.ts'

/** Pull requests: from forks too, merged as git merges, their numbers shared with issues. */
export function pullRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const rowOf = (context: Asked): PullRequestRow => {
    const repo = repositoryOf(world, context)
    const number = Number(context.req.param('number'))
    return found(db.pullRequests.findBy('repo_id', repo.id).find(row => row.number === number))
  }
  const actorOf = (context: Asked): Account => {
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    return actor
  }

  rest.get('/repos/:owner/:repo/pulls', context => {
    const repo = repositoryOf(world, context)
    const { state = 'open', head, base, direction = 'desc' } = context.req.query()
    const rows = db.pullRequests
      .findBy('repo_id', repo.id)
      .filter(row => state === 'all' || row.state === state)
      .filter(row => !base || row.base_ref === base)
      .filter(row => !head || head === `${ownerLogin(row.head_repo_id)}:${row.head_ref}`)
      .sort((a, b) => (direction === 'asc' ? a.number - b.number : b.number - a.number))
    return context.json(page(context, rows).map(row => pullRequest(world, row)))
  })
  rest.get('/repos/:owner/:repo/pulls/:number{[0-9]+}', context =>
    context.json(pullRequest(world, rowOf(context))),
  )
  const ownerLogin = (repositoryId: number) => world.repositoryById(repositoryId)?.owner.login

  rest.post('/repos/:owner/:repo/pulls', async context => {
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const base = world.ref(repo.id, `refs/heads/${asText(body.base) ?? ''}`)
    if (!base) throw invalid('PullRequest', 'base', 'invalid')
    const { headRepo, branch } = headOf(repo, asText(body.head) ?? '', asText(body.head_repo))
    const head = headRepo && world.ref(headRepo.id, `refs/heads/${branch}`)
    if (!headRepo || !head) throw invalid('PullRequest', 'head', 'invalid')
    git.copyHistory(db, headRepo.id, repo.id, head.sha)
    const known = db.pullRequests
      .findBy('repo_id', repo.id)
      .find(
        row =>
          row.state === 'open' &&
          row.head_repo_id === headRepo.id &&
          row.head_ref === branch &&
          row.base_ref === base.name,
      )
    if (known)
      throw new Refusal(422, 'Validation Failed', {
        errors: [
          {
            resource: 'PullRequest',
            code: 'custom',
            message: `A pull request already exists for ${ownerLogin(headRepo.id)}:${branch}.`,
          },
        ],
      })
    const counts = measure(world, { repo_id: repo.id }, head.sha, base.sha)
    if (counts.commits === 0)
      throw new Refusal(422, 'Validation Failed', {
        errors: [
          {
            resource: 'PullRequest',
            code: 'custom',
            message: `No commits between ${base.name} and ${branch}`,
          },
        ],
      })
    const title = asText(body.title)
    if (!title) throw invalid('PullRequest', 'title', 'missing_field')
    refuseLong('PullRequest', body)
    const row = insertBoth(repo, actorOf(context), title, asText(body.body) ?? null, {
      head_ref: branch,
      head_sha: head.sha,
      head_repo_id: headRepo.id,
      base_ref: base.name,
      base_sha: base.sha,
      base_repo_id: repo.id,
      draft: body.draft === true,
      ...counts,
    })
    git.setRef(db, repo.id, `refs/pull/${row.number}/head`, head.sha)
    return context.json(pullRequest(world, row), 201)
  })
  function headOf(repo: RepoRow, head: string, headRepository: string | undefined) {
    const [login, branch] = head.includes(':') ? head.split(':', 2) : [undefined, head]
    if (!login || login === ownerLogin(repo.id)) {
      const named = headRepository
        ? world.repositoryRow(login ?? ownerLogin(repo.id) ?? '', headRepository)
        : repo
      return { headRepo: named, branch: branch ?? '' }
    }
    const forks = db.repos.findBy('forked_from_id', repo.id)
    return { headRepo: forks.find(row => ownerLogin(row.id) === login), branch: branch ?? '' }
  }
  /** GitHub keeps an issue behind every pull request, with the same number. */
  function insertBoth(
    repo: RepoRow,
    actor: Account,
    title: string,
    body: string | null,
    sides: Pick<
      PullRequestRow,
      | 'head_ref'
      | 'head_sha'
      | 'head_repo_id'
      | 'base_ref'
      | 'base_sha'
      | 'base_repo_id'
      | 'draft'
      | 'commits'
      | 'changed_files'
      | 'mergeable'
    >,
  ): PullRequestRow {
    const number = nextNumber(world, repo.id)
    const common = {
      repo_id: repo.id,
      number,
      title,
      body,
      state: 'open' as const,
      locked: false,
      user_id: actor.databaseId,
      assignee_ids: [],
      label_ids: [],
      milestone_id: null,
      comments: 0,
      closed_at: null,
    }
    const issue = { ...common, state_reason: null, active_lock_reason: null, closed_by_id: null }
    insertNode(db.issues, 'Issue', { ...issue, is_pull_request: true })
    const merge = { merged: false, merged_at: null, merged_by_id: null, merge_commit_sha: null }
    const reviews = {
      requested_reviewer_ids: [],
      requested_team_ids: [],
      review_comments: 0,
      auto_merge: null,
    }
    const state = { mergeable_state: 'clean', additions: 0, deletions: 0 }
    db.repos.update(repo.id, { open_issues_count: repo.open_issues_count + 1 })
    return insertNode(db.pullRequests, 'PullRequest', { ...common, ...merge, ...reviews, ...state, ...sides })
  }

  rest.patch('/repos/:owner/:repo/pulls/:number{[0-9]+}', async context => {
    const row = rowOf(context)
    const body = await bodyOf(context)
    refuseLong('PullRequest', body)
    if (row.merged && body.state === 'open') throw invalid('PullRequest', 'state', 'invalid')
    const state = body.state === 'open' || body.state === 'closed' ? body.state : row.state
    const base = asText(body.base)
    const baseRef = base ? world.ref(row.repo_id, `refs/heads/${base}`) : undefined
    if (base && !baseRef) throw invalid('PullRequest', 'base', 'invalid')
    // Reopening takes up where the branch now is; without the branch GitHub refuses.
    const head = world.ref(row.head_repo_id, `refs/heads/${row.head_ref}`)
    if (head) git.copyHistory(db, row.head_repo_id, row.repo_id, head.sha)
    if (state === 'open' && row.state === 'closed') refuseReopening(row, head?.sha)
    const change = {
      title: asText(body.title) ?? row.title,
      body: body.body === undefined ? row.body : (asText(body.body) ?? null),
      state,
      closed_at: state === 'closed' ? (row.closed_at ?? new Date().toISOString()) : null,
      ...(baseRef ? { base_ref: baseRef.name, base_sha: baseRef.sha } : {}),
      ...(state === 'open' && head ? { head_sha: head.sha } : {}),
    }
    const updated = found(db.pullRequests.update(row.id, change))
    const issue = db.issues.findBy('repo_id', row.repo_id).find(each => each.number === row.number)
    const { title, body: text, closed_at } = change
    const closed_by_id = state === 'closed' ? (issue?.closed_by_id ?? actorOf(context).databaseId) : null
    if (issue) db.issues.update(issue.id, { title, body: text, state, closed_at, closed_by_id })
    return context.json(pullRequest(world, updated))
  })

  function refuseReopening(row: PullRequestRow, head: string | undefined): void {
    const other = db.pullRequests
      .findBy('repo_id', row.repo_id)
      .find(
        each =>
          each.state === 'open' &&
          each.head_repo_id === row.head_repo_id &&
          each.head_ref === row.head_ref &&
          each.base_ref === row.base_ref,
      )
    const label = `${ownerLogin(row.head_repo_id) ?? 'unknown'}:${row.head_ref}`
    const base = world.ref(row.repo_id, `refs/heads/${row.base_ref}`)?.sha
    // GitHub reopens where the branch was only moved forward: after a forced push the pull request stays closed.
    const problem = !head
      ? `The ${row.head_ref} branch has been deleted.`
      : other
        ? `A pull request already exists for ${label}.`
        : !isAncestor(world, row.repo_id, row.head_sha, head)
          ? `state cannot be changed. The ${row.head_ref} branch was force-pushed or recreated.`
          : base && git.commitsBetween(db, row.repo_id, base, head).length === 0
            ? `state cannot be changed. There are no new commits on the ${label} branch.`
            : undefined
    if (problem)
      throw new Refusal(422, 'Validation Failed', {
        errors: [{ resource: 'PullRequest', code: 'invalid', field: 'state', message: problem }],
      })
  }

  rest.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/merge', context => {
    if (!rowOf(context).merged) throw new Refusal(404, 'Not Found')
    return context.body(null, 204)
  })
  rest.put('/repos/:owner/:repo/pulls/:number{[0-9]+}/merge', async context => {
    const row = rowOf(context)
    const body = await bodyOf(context)
    const actor = actorOf(context)
    if (row.state === 'closed' || row.draft) throw new Refusal(405, 'Pull Request is not mergeable')
    if (asText(body.sha) && body.sha !== row.head_sha)
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
    const base = found(world.ref(row.repo_id, `refs/heads/${row.base_ref}`))
    const tree = mergedTree(world, row.repo_id, base.sha, row.head_sha)
    if (!tree) throw new Refusal(405, 'Pull Request is not mergeable')
    const method = asText(body.merge_method) ?? 'merge'
    const label = `${ownerLogin(row.head_repo_id) ?? 'unknown'}/${row.head_ref}`
    const subject =
      asText(body.commit_title) ??
      (method === 'merge'
        ? `Merge pull request #${row.number} from ${label}`
        : `${row.title} (#${row.number})`)
    const text = asText(body.commit_message) ?? (method === 'merge' ? row.title : '')
    const commit = git.writeCommit(db, row.repo_id, {
      message: text ? `${subject}\n\n${text}` : subject,
      tree,
      parents: method === 'merge' ? [base.sha, row.head_sha] : [base.sha],
      author: authorOf(actor),
      userId: actor.databaseId,
    })
    const now = new Date().toISOString()
    db.pullRequests.update(row.id, {
      merged: true,
      merged_at: now,
      merged_by_id: actor.databaseId,
      merge_commit_sha: commit.sha,
      state: 'closed',
      closed_at: now,
    })
    const issue = db.issues.findBy('repo_id', row.repo_id).find(each => each.number === row.number)
    if (issue) db.issues.update(issue.id, { state: 'closed', closed_at: now, closed_by_id: actor.databaseId })
    git.setRef(db, row.repo_id, base.qualifiedName, commit.sha)
    if (db.repos.get(row.head_repo_id)?.delete_branch_on_merge)
      git.setRef(db, row.head_repo_id, `refs/heads/${row.head_ref}`, undefined)
    return context.json({ sha: commit.sha, merged: true, message: 'Pull Request successfully merged' })
  })
  rest.put('/repos/:owner/:repo/pulls/:number{[0-9]+}/update-branch', async context => {
    const row = rowOf(context)
    const actor = actorOf(context)
    const base = found(world.ref(row.repo_id, `refs/heads/${row.base_ref}`))
    git.copyHistory(db, row.repo_id, row.head_repo_id, base.sha)
    const tree = mergedTree(world, row.head_repo_id, row.head_sha, base.sha)
    if (!tree) throw new Refusal(422, 'merge conflict between base and head')
    const commit = git.writeCommit(db, row.head_repo_id, {
      message: `Merge branch '${row.base_ref}' into ${row.head_ref}`,
      tree,
      parents: [row.head_sha, base.sha],
      author: authorOf(actor),
      userId: actor.databaseId,
    })
    git.setRef(db, row.head_repo_id, `refs/heads/${row.head_ref}`, commit.sha)
    const url = `${world.url}/api/v3/repos/${db.repos.get(row.repo_id)?.full_name}/pulls/${row.number}`
    return context.json({ message: 'Updating pull request branch.', url }, 202)
  })

  rest.get('/repos/:owner/:repo/pulls/:number{[0-9]+}/files', context => {
    const row = rowOf(context)
    const repo = repositoryOf(world, context)
    const files = filesOf(world, row)
    return context.json(page(context, files).map(change => changedFile(world, repo, row.head_sha, change)))
  })
}

/** The three-dot comparison: from where the head left the base. */
export function filesOf(world: World, row: PullRequestRow): FileChange[] {
  const treeOf = (sha: string | undefined) => (sha ? world.commit(row.repo_id, sha)?.treeSha : undefined)
  const from = git.mergeBase(world.db, row.repo_id, row.base_sha, row.head_sha)
  return fileChanges(world, row.repo_id, treeOf(from), treeOf(row.head_sha) ?? '')
}

export function mergedTree(
  world: World,
  repositoryId: number,
  ours: string,
  theirs: string,
): string | undefined {
  const { db } = world
  const filesOf = (sha: string | undefined): git.Files =>
    sha ? git.flatten(db, repositoryId, db.commits.findBySha(repositoryId, sha)?.tree_sha ?? '') : new Map()
  const from = git.mergeBase(db, repositoryId, ours, theirs)
  const merged = git.mergeFiles(filesOf(from), filesOf(ours), filesOf(theirs))
  return merged && git.writeTree(db, repositoryId, merged).sha
}

export const authorOf = (actor: Account) => ({
  name: actor.name ?? actor.login,
  email: actor.email ?? `${actor.login}@users.noreply.github.com`,
  date: stamp(new Date().toISOString()),
})
