import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { apiOf, user } from '../format.ts'
import { issue } from '../format-issue.ts'
import type { IssueRow, RepoRow } from '../rows.ts'
import { insertNode } from '../store.ts'
import type { World } from '../world.ts'
import {
  type Asked,
  asText,
  type Body,
  bodyOf,
  type Environment,
  invalid,
  page,
  refuseLong,
  repositoryOf,
} from './answer.ts'

/** Issues with what GitHub does when they are locked, gone or switched off; pull requests are issues too. */
export function issueRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  rest.get('/repos/:owner/:repo/issues', context => {
    const repo = repositoryOf(world, context)
    if (!repo.has_issues && !world.pullRequests(repo.id).length)
      throw new Refusal(410, 'Issues has been disabled in this repository.')
    const {
      state = 'open',
      labels,
      creator,
      since,
      sort = 'created',
      direction = 'desc',
    } = context.req.query()
    const named = (row: { label_ids: number[] }) => row.label_ids.map(id => world.db.labels.get(id)?.name)
    const key = (row: { created_at: string; updated_at: string; comments: number }) =>
      sort === 'updated'
        ? row.updated_at
        : sort === 'comments'
          ? `${row.comments}`.padStart(9, '0')
          : row.created_at
    const rows = world.db.issues
      .findBy('repo_id', repo.id)
      .filter(row => state === 'all' || row.state === state)
      .filter(row => !labels || labels.split(',').every(label => named(row).includes(label)))
      .filter(row => !creator || world.userById(row.user_id)?.login === botLogin(creator))
      .filter(row => !since || row.updated_at >= new Date(since).toISOString())
      .sort((a, b) => (direction === 'asc' ? 1 : -1) * (key(a).localeCompare(key(b)) || a.number - b.number))
    return context.json(page(context, rows).map(row => issue(world, row)))
  })

  // emulate says "Not Found" for both; GitHub tells a branch without a rule from one that is not there.
  rest.get('/repos/:owner/:repo/branches/:branch{.+}/protection', async (context, next) => {
    const repo = repositoryOf(world, context)
    const branch = context.req.param('branch')
    if (!world.ref(repo.id, `refs/heads/${branch}`)) throw new Refusal(404, 'Branch not found')
    if (!world.branchProtection(repo.id, branch)) throw new Refusal(404, 'Branch not protected')
    await next()
  })

  const ISSUE = '/repos/:owner/:repo/issues/:number{[0-9]+}'
  rest.get(ISSUE, context => {
    const found = issueOf(world, context)
    return 'moved' in found ? found.moved : context.json(full(found.row))
  })
  const full = (row: IssueRow) => {
    const by = world.userById(row.closed_by_id ?? null)
    return { ...issue(world, row), closed_by: by ? user(world, by) : null }
  }

  rest.post('/repos/:owner/:repo/issues', async context => {
    const repo = repositoryOf(world, context)
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    const body = await bodyOf(context)
    refuseLong('Issue', body)
    const title = asText(body.title)?.trim()
    if (!title) throw invalid('Issue', 'title', 'missing_field')
    // What somebody without the right asks for beside the text is left out without a word.
    const isTrusted = mayTriage(world, context, repo.id)
    const named = isTrusted && Array.isArray(body.assignees) ? body.assignees : []
    const row = insertNode(db.issues, 'Issue', {
      repo_id: repo.id,
      number: nextNumber(world, repo.id),
      title,
      body: asText(body.body) ?? null,
      state: 'open',
      state_reason: null,
      locked: false,
      active_lock_reason: null,
      user_id: actor.databaseId,
      assignee_ids: named.flatMap(login => world.account(`${login}`)?.databaseId ?? []),
      label_ids: isTrusted && Array.isArray(body.labels) ? labelsNamed(repo.id, body.labels) : [],
      comments: 0,
      closed_at: null,
      closed_by_id: null,
      is_pull_request: false,
    })
    db.repos.update(repo.id, { open_issues_count: repo.open_issues_count + 1 })
    return context.json(full(row), 201)
  })
  rest.patch(ISSUE, async context => {
    const found = issueOf(world, context)
    if ('moved' in found) return found.moved
    const { row } = found
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    if (!mayTriage(world, context, row.repo_id) && row.user_id !== actor.databaseId)
      throw new Refusal(403, 'Must have admin rights to Repository.')
    const body = await bodyOf(context)
    refuseLong('Issue', body)
    const reason = asText(body.state_reason)
    const state = body.state === 'open' || body.state === 'closed' ? body.state : row.state
    if (body.state !== undefined && body.state !== state) throw invalid('Issue', 'state', 'invalid')
    const changed = state !== row.state
    const labels = Array.isArray(body.labels) && mayTriage(world, context, row.repo_id)
    const updated = db.issues.update(row.id, {
      title: asText(body.title) ?? row.title,
      body: body.body === undefined ? row.body : (asText(body.body) ?? null),
      state,
      state_reason: reason ?? (changed ? (state === 'closed' ? 'completed' : 'reopened') : row.state_reason),
      ...(changed
        ? {
            closed_at: state === 'closed' ? new Date().toISOString() : null,
            closed_by_id: state === 'closed' ? actor.databaseId : null,
          }
        : {}),
      ...(labels ? { label_ids: labelsNamed(row.repo_id, body.labels as unknown[]) } : {}),
    })
    const pull = db.pullRequests.findBy('repo_id', row.repo_id).find(each => each.number === row.number)
    if (pull && updated) {
      const { title, body: text, closed_at, label_ids } = updated
      db.pullRequests.update(pull.id, { title, body: text, state, closed_at, label_ids })
    } else if (changed)
      db.repos.update(row.repo_id, {
        open_issues_count: (db.repos.get(row.repo_id)?.open_issues_count ?? 0) + (state === 'open' ? 1 : -1),
      })
    return context.json(full(updated ?? row))
  })
  /** GitHub makes a label that is not there. */
  function labelsNamed(repositoryId: number, given: unknown[]): number[] {
    return given.flatMap(each => {
      const name = typeof each === 'string' ? each : asText((each as Body | null)?.name)
      if (!name) return []
      const known = db.labels
        .findBy('repo_id', repositoryId)
        .find(label => label.name.toLowerCase() === name.toLowerCase())
      const fresh = { repo_id: repositoryId, name, color: 'ededed', description: null, default: false }
      return (known ?? insertNode(db.labels, 'Label', fresh)).id
    })
  }

  rest.put(`${ISSUE}/lock`, async context => {
    const active_lock_reason = asText((await bodyOf(context)).lock_reason) ?? null
    return lock(context, { locked: true, active_lock_reason })
  })
  rest.delete(`${ISSUE}/lock`, context => lock(context, { locked: false, active_lock_reason: null }))
  function lock(context: Asked, change: Pick<IssueRow, 'locked' | 'active_lock_reason'>) {
    const found = issueOf(world, context)
    if ('moved' in found) return found.moved
    if (!mayWrite(world, context, found.row.repo_id))
      throw new Refusal(403, 'Must have push access to repository.')
    db.issues.update(found.row.id, change)
    return context.body(null, 204)
  }
}

/** One count for issues and pull requests, and a number is never given again. */
export function nextNumber(world: World, repositoryId: number): number {
  const used = [
    ...world.db.issues.findBy('repo_id', repositoryId),
    ...world.db.pullRequests.findBy('repo_id', repositoryId),
  ].map(row => row.number)
  const gone = [...world.extras.goneIssues.keys()].flatMap(key => {
    const [id, number] = key.split('/').map(Number)
    return id === repositoryId && number ? number : []
  })
  return Math.max(0, ...used, ...gone) + 1
}

/** The issue of the route; or GitHub's redirect to where it was transferred. Throws 410 for one that was deleted. */
export function issueOf(
  world: World,
  context: Asked,
): { row: IssueRow; repo: RepoRow } | { moved: Response } {
  const repo = repositoryOf(world, context)
  const number = Number(context.req.param('number'))
  const row = world.db.issues.findBy('repo_id', repo.id).find(each => each.number === number)
  const key = `${repo.id}/${number}`
  if (!row && world.extras.goneIssues.has(key)) {
    const to = world.extras.goneIssues.get(key)
    const there = to && world.sees(context.get('caller'), to.repositoryId)
    if (!to) throw new Refusal(410, 'This issue was deleted')
    // Somebody who may not see the other repository is told as little as if it were not there.
    if (!there) throw new Refusal(404, 'Not Found')
    const location = `${apiOf(world)}/repositories/${to.repositoryId}/issues/${to.number}`
    const status = context.req.method === 'GET' ? 301 : 307
    const message = status === 301 ? 'Moved Permanently' : 'Temporary Redirect'
    return { moved: Response.json({ message, url: location }, { status, headers: { location } }) }
  }
  if (!row) throw new Refusal(404, 'Not Found')
  if (!repo.has_issues && !row.is_pull_request)
    throw new Refusal(410, 'Issues has been disabled in this repository.')
  return { row, repo }
}

/** An installation has its permission by the route already. */
export function mayWrite(world: World, context: Asked, repositoryId: number): boolean {
  return hasRole(world, context, repositoryId, ['admin', 'maintain', 'write'])
}
const mayTriage = (world: World, context: Asked, repositoryId: number): boolean =>
  hasRole(world, context, repositoryId, ['admin', 'maintain', 'write', 'triage'])
function hasRole(world: World, context: Asked, repositoryId: number, roles: string[]): boolean {
  const caller = context.get('caller')
  if (caller.kind === 'installation') return true
  return caller.kind === 'person' && roles.includes(world.personPermission(repositoryId, caller.login))
}

/** GitHub takes an app's bot as `app/slug` too. */
const botLogin = (creator: string): string => creator.replace(/^app\/(.+)$/, '$1[bot]')
