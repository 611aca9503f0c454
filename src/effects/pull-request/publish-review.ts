import { z } from 'zod'
import type { Applied } from '../applied.ts'
import type { ReviewEffect } from '../effect.ts'
import { githubRefusal, statusOf } from '../github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from '../outside.ts'
import { done, type Planned } from '../planned.ts'
import { isOurs } from './read-pull-request.ts'

const pagesLimit = 5

const markerOf = ({ hash }: Planned<ReviewEffect>): string => `<!-- golden-path:suggestions:${hash} -->`

/** Writes one review with its suggestions: one request, so that it is there as a whole or not at all. */
export async function publishReview(effect: Planned<ReviewEffect>, outside: Outside): Promise<Applied> {
  const where = `${fullName(outside)}#${effect.pullRequest}`
  try {
    const found = effect.uncertain ? await findReview(effect, outside) : undefined
    if (found !== undefined)
      return {
        outcome: 'done',
        row: done(effect, found.toString()),
        note: `adopted review ${found}, which an earlier try had written`,
      }
    const { data } = await outside.github.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
      ...ownerAndRepo(outside),
      pull_number: effect.pullRequest,
      commit_id: effect.headSha,
      event: 'COMMENT',
      body: `${effect.body}\n\n${markerOf(effect)}`,
      comments: effect.comments.map(comment => ({ ...comment, side: 'RIGHT' })),
    })
    return { outcome: 'done', row: done(effect, idShape.parse(data).id.toString()) }
  } catch (error) {
    // A newer commit came: its lines are others, and it is looked at by itself.
    if (statusOf(error) === 422)
      return {
        outcome: 'skipped',
        row: 'drop',
        sentence: `GitHub takes no suggestions on ${where} at ${effect.headSha}: the pull request has changed since.`,
      }
    return githubRefusal(error, 'write a review', 'pull_requests: write', where)
  }
}

async function findReview(effect: Planned<ReviewEffect>, outside: Outside): Promise<number | undefined> {
  for (let page = 1; page <= pagesLimit; page++) {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
      ...ownerAndRepo(outside),
      pull_number: effect.pullRequest,
      per_page: 100,
      page,
    })
    const reviews = z.array(reviewShape).parse(data)
    const ours = reviews.find(
      ({ user, body }) => isOurs(user?.login, outside) && body?.includes(markerOf(effect)),
    )
    if (ours) return ours.id
    if (reviews.length < 100) return undefined
  }
  return undefined
}

const idShape = z.object({ id: z.number() })
const reviewShape = idShape.extend({
  user: z.object({ login: z.string() }).nullish(),
  body: z.string().nullish(),
})
