import type { Applied, NotApplied } from '../applied.ts'
import type { IssueEffect, Published } from '../effect.ts'
import { githubRefusal, said, statusOf } from '../github-refusal.ts'
import type { GitHubRequests, Outside } from '../outside.ts'
import { done, intended, type Planned } from '../planned.ts'
import { findIssue } from './find-issue.ts'

/** What is read of GitHub's answer. */
interface Issue {
  number: number
  state: string
}

/** A repository as issues are addressed in it. */
export interface IssueRepository {
  owner: string
  name: string
}

/** Opens, edits, closes or reopens the one issue: one write, and one for the comment when there is one. */
export async function publishIssue(effect: Planned<IssueEffect>, outside: Outside): Promise<Applied> {
  const home: IssueRepository = effect.home ?? outside.repository
  const where = `${home.owner}/${home.name}`
  if (effect.refused !== undefined)
    return {
      outcome: 'refused',
      // Nothing was asked of GitHub, so nothing is uncertain that was not before.
      row: effect.uncertain ? 'keep' : { ...intended(effect), state: 'done' },
      why: 'permission',
      sentence: effect.refused,
    }
  try {
    const number = effect.number ?? (effect.uncertain ? await findIssue(home, outside) : undefined)
    if (number === undefined)
      return effect.action === 'close' ? { outcome: 'done', row: 'drop' } : await open(effect, home, outside)
    const note =
      effect.number === undefined ? `adopted issue ${number}, which an earlier try had opened` : undefined
    const written = await edit(number, effect, home, outside)
    if (written === 'gone')
      return effect.action === 'close' && effect.detail.gone === undefined
        ? { outcome: 'done', row: 'drop', note: `issue ${number} is gone` }
        : { outcome: 'done', row: vanished(effect, number), note: `issue ${number} is gone` }
    if (effect.action === 'edit' && written.state === 'closed' && effect.detail.open && effect.endedByPerson)
      return {
        outcome: 'done',
        row: { ...done(effect, number.toString()), detail: effect.endedByPerson },
        note: `somebody had closed issue ${number}`,
      }
    const row = done(effect, number.toString())
    if (effect.action === 'edit' && written.state === 'open' && effect.detail.closedBy)
      return {
        outcome: 'done',
        row: { ...row, detail: { ...row.detail, open: true, keptOpen: true, closedBy: undefined } },
        note: `somebody had opened issue ${number} again`,
      }
    if (effect.comment === undefined || written.state === 'closed') return { outcome: 'done', row, note }
    const commented = await comment(number, effect.comment, home, outside)
    if (typeof commented === 'object')
      return { ...commented, row: effect.commentDue ? { ...row, detail: effect.commentDue } : 'keep' }
    return { outcome: 'done', row, note: note ?? commented }
  } catch (error) {
    if (areIssuesDisabled(error))
      return {
        outcome: 'skipped',
        row: effect.number === undefined ? 'drop' : 'keep',
        sentence: `Issues are switched off in ${where}: the check run is the only place that tells what fails.`,
      }
    const refusal = githubRefusal(error, `${effect.action} the tracking issue`, 'issues: write', where)
    // Told to wait: nothing was written, and the comment is to come with the text.
    if (refusal.outcome === 'retry' && refusal.afterSeconds !== undefined && effect.commentDue)
      return { ...refusal, row: { ...intended(effect), state: 'done', hash: '', detail: effect.commentDue } }
    return refusal
  }
}

/** Whoever deleted it, moved it or made a discussion of it has seen what it told. */
const vanished = (effect: Planned<IssueEffect>, number: number): Published => ({
  ...done(effect, number.toString()),
  detail: effect.detail.gone
    ? effect.detail
    : { ...(effect.endedByPerson ?? effect.detail), open: false, gone: true },
})

async function open(effect: Planned<IssueEffect>, home: IssueRepository, outside: Outside): Promise<Applied> {
  const post = (labels: readonly string[] | undefined) =>
    outside.github.request('POST /repos/{owner}/{repo}/issues', {
      ...ownerAndRepo(home),
      title: effect.title,
      body: effect.body,
      ...(labels ? { labels } : {}),
    })
  let note: string | undefined
  const { data } = await post(effect.labels).catch((error: unknown) => {
    // An issue without its labels is better than none.
    if (statusOf(error) !== 422 || !effect.labels) throw error
    note = `opened without its labels: ${said(error)}`
    return post(undefined)
  })
  const { number } = data as Partial<Issue>
  if (typeof number !== 'number')
    throw new Error(
      `GitHub answered the opening of an issue without its number in ${home.owner}/${home.name}`,
    )
  return { outcome: 'done', row: done(effect, number.toString()), ...(note ? { note } : {}) }
}

/** Text and state in one request, so that the notification of a state brings the text that belongs to it. */
async function edit(
  number: number,
  effect: Planned<IssueEffect>,
  home: IssueRepository,
  outside: Outside,
): Promise<Issue | 'gone'> {
  try {
    const { data } = await outside.github.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...ownerAndRepo(home),
      issue_number: number,
      title: effect.title,
      body: effect.body,
      ...stateOf(effect),
    })
    const issue = data as Issue
    // A transferred issue answers from its new repository, under the number it has there: it is no longer ours.
    return issue.number === number ? issue : 'gone'
  } catch (error) {
    if (statusOf(error) === 410 && !areIssuesDisabled(error)) return 'gone'
    if (statusOf(error) === 404 && (await readIssue(number, home, outside.github)) === 'gone') return 'gone'
    throw error
  }
}

/** An adopted issue that should stand open may have been closed since: an opening says its state too. */
function stateOf({ action }: IssueEffect): Record<string, string> {
  if (action === 'close') return { state: 'closed', state_reason: 'completed' }
  return action === 'edit' ? {} : { state: 'open' }
}

/** How an issue of ours stands. A 404 to a write also means that we may not write: only one that can't be read either is gone. */
export async function readIssue(
  number: number,
  home: IssueRepository,
  github: Pick<GitHubRequests, 'request'>,
): Promise<'open' | 'closed' | 'gone'> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
      ...ownerAndRepo(home),
      issue_number: number,
    })
    const issue = data as Issue
    return issue.number !== number ? 'gone' : issue.state === 'closed' ? 'closed' : 'open'
  } catch (error) {
    const status = statusOf(error)
    if (status === 404 || (status === 410 && !areIssuesDisabled(error))) return 'gone'
    throw error
  }
}

/**
 * The issue is right by now; a comment that fails, as in a locked conversation, is not worth doing it all again. One that is to
 * wait is: it waits in the line of those who open issues, so that people's commands are answered before a campaign's comments.
 */
async function comment(
  number: number,
  body: string,
  home: IssueRepository,
  outside: Outside,
): Promise<Extract<NotApplied, { outcome: 'retry' }> | string | undefined> {
  let turnIsOver: (() => void) | undefined
  try {
    turnIsOver = await outside.github.turn?.(`comment on ${outside.repository.id}`)
    await outside.github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...ownerAndRepo(home),
      issue_number: number,
      body,
    })
    return undefined
  } catch (error) {
    const where = `${home.owner}/${home.name}`
    const refusal = githubRefusal(error, `comment on issue ${number}`, 'issues: write', where)
    return refusal.outcome === 'retry' && refusal.afterSeconds !== undefined
      ? refusal
      : `issue ${number} was edited, and the comment not written: ${said(error)}`
  } finally {
    turnIsOver?.()
  }
}

export const ownerAndRepo = ({ owner, name }: IssueRepository): { owner: string; repo: string } => ({
  owner,
  repo: name,
})

const areIssuesDisabled = (error: unknown): boolean =>
  statusOf(error) === 410 && /disabled/i.test(said(error))
