import type { Hono } from 'hono'
import { Refusal } from './auth.ts'
import { happen } from './cause.ts'
import { repository } from './format.ts'
import { issue as issueJson } from './format-issue.ts'
import { nextNumber } from './rest/issues.ts'
import type { IssueRow, RepoRow } from './rows.ts'
import { insertNode } from './store.ts'
import type { World } from './world.ts'

interface Parts {
  world: World
  repositoryNamed(fullName: string): RepoRow
  /** Does something as this person, or as an owner of the organisation, and tells the app what came of it. */
  cause<T>(work: () => T, login?: string): Promise<T>
}
interface Given {
  repository: string
  number: number
  by?: string
}

/** What people do with issues and pull requests on GitHub's pages, where REST has no route for it. */
export function conversationControl(web: Hono, { world, repositoryNamed, cause }: Parts): void {
  const { db } = world
  function issueNumbered({ repository: name, number }: Given): IssueRow {
    const repo = repositoryNamed(name)
    const row = db.issues.findBy('repo_id', repo.id).find(each => each.number === number)
    if (!row || row.is_pull_request) throw new Refusal(404, `${name} has no issue ${number}`)
    return row
  }
  const commentsOf = (row: IssueRow) =>
    db.comments
      .findBy('repo_id', row.repo_id)
      .filter(each => each.comment_type === 'issue' && each.issue_number === row.number)

  /** `{"repository": "acme/web", "number": 3, "by": "ada"}` */
  web.post('/_emulator/delete-issue', async context => {
    const given = (await context.req.json()) as Given
    const row = issueNumbered(given)
    await cause(() => {
      world.extras.goneIssues.set(`${row.repo_id}/${row.number}`, undefined)
      for (const comment of commentsOf(row)) {
        world.extras.movedComments.add(comment.id)
        db.comments.delete(comment.id)
      }
      db.issues.delete(row.id)
    }, given.by)
    return context.body(null, 204)
  })

  /** `{"repository": "acme/web", "number": 3, "to": "acme/attic"}`: a new id and number there, and a redirect here. */
  web.post('/_emulator/transfer-issue', async context => {
    const given = (await context.req.json()) as Given & { to: string }
    const row = issueNumbered(given)
    const there = repositoryNamed(given.to)
    const moved = await cause(() => {
      const from = db.repos.get(row.repo_id)
      const old = issueJson(world, row)
      const number = nextNumber(world, there.id)
      const { id: _id, node_id: _node, created_at: _created, updated_at: _updated, ...data } = row
      // Labels stay behind unless the other repository has one of that name.
      const names = row.label_ids.map(id => db.labels.get(id)?.name)
      const label_ids = db.labels
        .findBy('repo_id', there.id)
        .flatMap(each => (names.includes(each.name) ? each.id : []))
      const fresh = insertNode(db.issues, 'Issue', { ...data, repo_id: there.id, number, label_ids })
      world.extras.movedIssues.add(row.id).add(fresh.id)
      for (const comment of commentsOf(row)) {
        world.extras.movedComments.add(comment.id)
        db.comments.update(comment.id, { repo_id: there.id, issue_number: number })
      }
      world.extras.goneIssues.set(`${row.repo_id}/${row.number}`, { repositoryId: there.id, number })
      db.issues.delete(row.id)
      const made = issueJson(world, fresh)
      happen({
        event: 'issues',
        action: 'transferred',
        repositoryId: row.repo_id,
        payload: { issue: old, changes: { new_issue: made, new_repository: repository(world, there) } },
      })
      happen({
        event: 'issues',
        action: 'opened',
        repositoryId: there.id,
        payload: {
          issue: made,
          changes: { old_issue: old, old_repository: from ? repository(world, from) : null },
        },
      })
      // From now on it is an issue like any other; only this move was told already.
      return fresh
    }, given.by)
    world.extras.movedIssues.delete(moved.id)
    return context.json({ number: moved.number, id: moved.id }, 201)
  })

  /** `{"repository": "acme/web", "number": 4, "draft": false}` */
  web.post('/_emulator/draft', async context => {
    const given = (await context.req.json()) as Given & { draft: boolean }
    const repo = repositoryNamed(given.repository)
    const row = db.pullRequests.findBy('repo_id', repo.id).find(each => each.number === given.number)
    if (!row) throw new Refusal(404, `${given.repository} has no pull request ${given.number}`)
    await cause(() => db.pullRequests.update(row.id, { draft: given.draft }), given.by)
    return context.body(null, 204)
  })
}
