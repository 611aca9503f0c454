import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { issueComment } from '../format-issue.ts'
import type { CommentRow } from '../rows.ts'
import { insertNode } from '../store.ts'
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
import { issueOf, mayWrite } from './issues.ts'

const LIST = '/repos/:owner/:repo/issues/:number{[0-9]+}/comments'
const ONE = '/repos/:owner/:repo/issues/comments/:id{[0-9]+}'

/** What people and apps say on issues and pull requests. Whoever may read may speak, unless it is locked. */
export function commentRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const rowOf = (context: Asked): CommentRow => {
    const row = db.comments.get(Number(context.req.param('id')))
    const isHere = row?.comment_type === 'issue' && row.repo_id === repositoryOf(world, context).id
    return found(isHere ? row : undefined)
  }
  /** One's own, and others' for who may write. */
  const mustOwn = (context: Asked, row: CommentRow) => {
    const isOwn = accountOf(world, context.get('caller'))?.databaseId === row.user_id
    if (!isOwn && !mayWrite(world, context, row.repo_id))
      throw new Refusal(403, 'Must have admin rights to Repository.')
  }
  const textOf = async (context: Asked): Promise<string> => {
    const body = await bodyOf(context)
    refuseLong('IssueComment', body)
    const text = asText(body.body)
    if (!text?.trim()) throw invalid('IssueComment', 'body', 'missing_field', 'Body cannot be blank')
    return text
  }

  rest.get(LIST, context => {
    const found = issueOf(world, context)
    if ('moved' in found) return found.moved
    const since = context.req.query('since')
    const rows = db.comments
      .findBy('repo_id', found.repo.id)
      .filter(row => row.comment_type === 'issue' && row.issue_number === found.row.number)
      .filter(row => !since || row.updated_at >= new Date(since).toISOString())
      .sort((a, b) => a.id - b.id)
    return context.json(page(context, rows).map(row => issueComment(world, row)))
  })
  rest.post(LIST, async context => {
    const found = issueOf(world, context)
    if ('moved' in found) return found.moved
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    // An app is no person with write access, whatever it was granted.
    const isApp = context.get('caller').kind === 'installation'
    if (found.row.locked && (isApp || !mayWrite(world, context, found.repo.id)))
      throw new Refusal(403, 'Unable to create comment because issue is locked.')
    const row = insertNode(db.comments, 'IssueComment', {
      repo_id: found.repo.id,
      comment_type: 'issue',
      issue_number: found.row.number,
      user_id: actor.databaseId,
      body: await textOf(context),
      pull_number: null,
      commit_sha: null,
      in_reply_to_id: null,
      path: null,
      position: null,
      line: null,
      side: null,
      subject_type: null,
      review_id: null,
    })
    recount(found.row.id, 1)
    return context.json(issueComment(world, row), 201)
  })
  rest.get(ONE, context => context.json(issueComment(world, rowOf(context))))
  rest.patch(ONE, async context => {
    const row = rowOf(context)
    mustOwn(context, row)
    const updated = db.comments.update(row.id, { body: await textOf(context) })
    return context.json(issueComment(world, updated ?? row))
  })
  rest.delete(ONE, context => {
    const row = rowOf(context)
    mustOwn(context, row)
    db.comments.delete(row.id)
    const issue = db.issues.findBy('repo_id', row.repo_id).find(each => each.number === row.issue_number)
    if (issue) recount(issue.id, -1)
    return context.body(null, 204)
  })
  function recount(issueId: number, by: number): void {
    const row = db.issues.get(issueId)
    if (row) db.issues.update(issueId, { comments: Math.max(0, row.comments + by) })
  }
}
