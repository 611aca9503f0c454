import type { Applied } from '../applied.ts'
import type { ReplyEffect } from '../effect.ts'
import { githubRefusal, said, statusOf } from '../github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from '../outside.ts'
import { done, type Planned } from '../planned.ts'
import { replyMarker } from './render-reply.ts'

/** Pages of 100 that are looked through after a lost answer; comments since the one that commanded. */
const pagesLimit = 10

/** What is read of GitHub's answer. */
interface Comment {
  id: number
  body?: string | null
  created_at?: string
  user?: { login?: string } | null
  performed_via_github_app?: { id?: number } | null
}

/** Writes or edits the one answer to a command: one write. Before one is written after a lost answer, ours is looked for. */
export async function publishReply(effect: Planned<ReplyEffect>, outside: Outside): Promise<Applied> {
  const where = `${fullName(outside)}#${effect.issue}`
  try {
    const id = effect.id ?? (effect.uncertain ? await findReply(effect, outside) : undefined)
    if (id === undefined) return await write(effect, outside)
    await outside.github.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...ownerAndRepo(outside),
      comment_id: id,
      body: effect.body,
    })
    return {
      outcome: 'done',
      row: done(effect, id.toString()),
      note: effect.id === undefined ? `adopted comment ${id}, which an earlier try had written` : undefined,
    }
  } catch (error) {
    const status = statusOf(error)
    if (status === 410 || (status === 404 && effect.id !== undefined))
      return {
        outcome: 'skipped',
        row: 'keep',
        sentence: `The reply in ${where} is gone, and is not written again: somebody took it away.`,
      }
    if ((status === 403 || status === 422) && /locked|disabled/i.test(said(error)))
      return {
        outcome: 'skipped',
        row: 'keep',
        sentence: `The conversation ${where} takes no comments: ${said(error)}`,
      }
    return githubRefusal(error, 'reply to a command', 'issues: write and pull_requests: write', where)
  }
}

async function write(effect: Planned<ReplyEffect>, outside: Outside): Promise<Applied> {
  const { data } = await outside.github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...ownerAndRepo(outside),
    issue_number: effect.issue,
    body: effect.body,
  })
  const { id } = data as Partial<Comment>
  if (typeof id !== 'number')
    throw new Error(`GitHub answered a reply without its id in ${fullName(outside)}#${effect.issue}`)
  return { outcome: 'done', row: done(effect, id.toString()) }
}

/** Our reply by its marker. Anybody can write the marker into a comment of theirs: it counts only where the app wrote it. */
async function findReply(effect: Planned<ReplyEffect>, outside: Outside): Promise<number | undefined> {
  const command = effect.key.slice('reply:'.length)
  const marker = replyMarker(command)
  const { slug, id } = outside.app
  const since = await beforeWriting(Number(command), outside)
  for (let page = 1; page <= pagesLimit; page++) {
    const { data } = await outside.github.request(
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      {
        ...ownerAndRepo(outside),
        issue_number: effect.issue,
        ...(since ? { since } : {}),
        per_page: 100,
        page,
      },
    )
    const comments = data as Comment[]
    const ours = comments.find(
      comment =>
        // At the beginning: what we quote of somebody may hold it anywhere.
        comment.body?.startsWith(marker) &&
        (comment.performed_via_github_app?.id === id || (slug && comment.user?.login === `${slug}[bot]`)),
    )
    if (ours) return ours.id
    if (comments.length < 100) return undefined
  }
  return undefined
}

/** A minute before the comment that commanded was written: our reply came after it. It may be deleted by now. */
async function beforeWriting(comment: number, outside: Outside): Promise<string | undefined> {
  try {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...ownerAndRepo(outside),
      comment_id: comment,
    })
    const written = Date.parse((data as Partial<Comment>).created_at ?? '')
    // GitHub's times are whole seconds, and ours may be of the same one.
    return Number.isNaN(written) ? undefined : new Date(written - 60_000).toISOString()
  } catch (error) {
    const status = statusOf(error)
    if (status === 404 || status === 410) return undefined
    throw error
  }
}
