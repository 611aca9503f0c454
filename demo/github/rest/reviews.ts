import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import { type FileChange, linesOfPatch } from '../file-changes.ts'
import { pullRequest } from '../format-pull-request.ts'
import { reviewComment, review as reviewJson } from '../format-review.ts'
import type { CommentRow, PullRequestRow, ReviewRow } from '../rows.ts'
import { insertNode } from '../store.ts'
import type { World } from '../world.ts'
import {
  type Asked,
  asText,
  type Body,
  bodyOf,
  type Environment,
  found,
  page,
  refuseLong,
  repositoryOf,
} from './answer.ts'
import { filesOf } from './pulls.ts'

const PULL = '/repos/:owner/:repo/pulls/:number{[0-9]+}'
const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const

/** Reviews and what they say of single lines, which must be lines that the pull request's diff shows. */
export function reviewRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const pullOf = (context: Asked): PullRequestRow => {
    const number = Number(context.req.param('number'))
    return found(
      db.pullRequests.findBy('repo_id', repositoryOf(world, context).id).find(row => row.number === number),
    )
  }
  const actorOf = (context: Asked) => {
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    return actor
  }
  const commentsOf = (pull: PullRequestRow): CommentRow[] =>
    db.comments
      .findBy('repo_id', pull.repo_id)
      .filter(row => row.comment_type === 'review' && row.pull_number === pull.number)
      .sort((a, b) => a.id - b.id)
  const reviewsOf = (pull: PullRequestRow): ReviewRow[] =>
    db.reviews.findBy('repo_id', pull.repo_id).filter(row => row.pull_number === pull.number)

  rest.get(`${PULL}/reviews`, context => {
    const pull = pullOf(context)
    return context.json(page(context, reviewsOf(pull)).map(row => reviewJson(world, pull, row)))
  })
  rest.get(`${PULL}/comments`, context => {
    const pull = pullOf(context)
    return context.json(page(context, commentsOf(pull)).map(row => reviewComment(world, pull, row)))
  })
  rest.get(`${PULL}/reviews/:id{[0-9]+}/comments`, context => {
    const pull = pullOf(context)
    const own = commentsOf(pull).filter(row => row.review_id === Number(context.req.param('id')))
    return context.json(page(context, own).map(row => reviewComment(world, pull, row)))
  })

  rest.post(`${PULL}/reviews`, async context => {
    const pull = pullOf(context)
    const actor = actorOf(context)
    const body = await bodyOf(context)
    refuseLong('PullRequestReview', body)
    const event = asText(body.event)
    const state = event === undefined ? 'PENDING' : STATES[event as keyof typeof STATES]
    if (!state) throw unprocessable(['Event is invalid'])
    const text = asText(body.body) ?? ''
    const given = (Array.isArray(body.comments) ? body.comments : []) as Body[]
    if (state !== 'APPROVED' && state !== 'PENDING' && text === '' && given.length === 0)
      throw unprocessable([`Body can't be blank`])
    if (pull.user_id === actor.databaseId && (state === 'APPROVED' || state === 'CHANGES_REQUESTED'))
      throw unprocessable([
        `Can not ${state === 'APPROVED' ? 'approve' : 'request changes on'} your own pull request`,
      ])
    const sha = asText(body.commit_id) ?? pull.head_sha
    if (!world.commit(pull.repo_id, sha)) throw unprocessable(['commit_id is not part of the pull request'])
    const files = filesOf(world, pull)
    const placed = given.map(each => ({ ...placeOf(files, each), body: asText(each.body) ?? '' }))
    const row = insertNode(db.reviews, 'PullRequestReview', {
      repo_id: pull.repo_id,
      pull_number: pull.number,
      user_id: actor.databaseId,
      body: text,
      state,
      commit_id: sha,
      submitted_at: state === 'PENDING' ? null : new Date().toISOString(),
    })
    for (const each of placed) write(pull, actor.databaseId, sha, each, row.id)
    if (state !== 'PENDING')
      happen({
        event: 'pull_request_review',
        action: 'submitted',
        repositoryId: pull.repo_id,
        payload: {
          review: { ...reviewJson(world, pull, row), state: state.toLowerCase() },
          pull_request: pullRequest(world, pull),
        },
      })
    return context.json(reviewJson(world, pull, row))
  })
  rest.post(`${PULL}/comments`, async context => {
    const pull = pullOf(context)
    const body = await bodyOf(context)
    refuseLong('PullRequestReviewComment', body)
    const reply = db.comments.get(Number(body.in_reply_to))
    const place =
      reply?.comment_type === 'review' && reply.pull_number === pull.number
        ? { path: reply.path ?? '', line: reply.line ?? 0, start_line: null, side: reply.side ?? 'RIGHT' }
        : placeOf(filesOf(world, pull), body)
    const text = asText(body.body)
    if (!text?.trim()) throw unprocessable([`Body can't be blank`])
    const sha = asText(body.commit_id) ?? pull.head_sha
    const row = write(pull, actorOf(context).databaseId, sha, { ...place, body: text }, null)
    return context.json(reviewComment(world, pull, row), 201)
  })

  function write(
    pull: PullRequestRow,
    userId: number,
    sha: string,
    { body, ...place }: Place & { body: string },
    reviewId: number | null,
  ): CommentRow {
    const row = insertNode(db.comments, 'PullRequestReviewComment', {
      repo_id: pull.repo_id,
      comment_type: 'review',
      issue_number: null,
      pull_number: pull.number,
      commit_sha: sha,
      user_id: userId,
      body,
      in_reply_to_id: null,
      position: null,
      subject_type: 'line',
      review_id: reviewId,
      ...place,
    })
    const payload = { comment: reviewComment(world, pull, row), pull_request: pullRequest(world, pull) }
    happen({ event: 'pull_request_review_comment', action: 'created', repositoryId: pull.repo_id, payload })
    return row
  }
}

interface Place {
  path: string
  line: number
  start_line: number | null
  side: 'LEFT' | 'RIGHT'
}

/** The lines that a comment hangs on. Older clients count lines of the patch instead: `position`. */
function placeOf(files: readonly FileChange[], given: Body): Place {
  const file = files.find(each => each.filename === given.path)
  if (!file) throw unprocessable(['Path could not be resolved'])
  const side = given.side === 'LEFT' ? 'LEFT' : 'RIGHT'
  const shown = linesOfPatch(file.patch)
  const lines = side === 'LEFT' ? shown.left : shown.right
  const line = typeof given.line === 'number' ? given.line : lineAt(file.patch, Number(given.position))
  const start = typeof given.start_line === 'number' ? given.start_line : null
  if (line === undefined || !lines.has(line)) throw unprocessable(['Line could not be resolved'])
  if (start !== null && (start >= line || !lines.has(start)))
    throw unprocessable(['Start line could not be resolved'])
  return { path: file.filename, line, start_line: start, side }
}

/** The new line that the n-th line after the first `@@` is, if it is one. */
function lineAt(patch: string | undefined, position: number): number | undefined {
  let at = 0
  for (const [index, line] of (patch ?? '').split('\n').entries()) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line)?.[1]
    if (start) at = Number(start) - 1
    else if (!line.startsWith('-') && !line.startsWith('\\')) at += 1
    if (index === position) return start || line.startsWith('-') ? undefined : at
  }
  return undefined
}

const unprocessable = (errors: string[]) => new Refusal(422, 'Unprocessable Entity', { errors })
