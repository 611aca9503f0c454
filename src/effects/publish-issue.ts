import type { Applied } from './applied.ts'
import type { IssueEffect } from './effect.ts'
import { githubRefusal, said, statusOf } from './github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from './outside.ts'
import { done, type Planned } from './planned.ts'
import { issueMarker } from './render-issue.ts'

/** Pages of 100 that are looked through after a lost answer; our issue is among the newest of ours. */
const pagesLimit = 5

/** What is read of GitHub's answer. */
interface Issue {
  number: number
  state: string
  body?: string | null
  user?: { login?: string; type?: string } | null
  performed_via_github_app?: { id?: number } | null
  pull_request?: unknown
}

/** Opens, edits, closes or reopens the one issue: one write, and one for the comment when there is one. */
export async function publishIssue(effect: Planned<IssueEffect>, outside: Outside): Promise<Applied> {
  try {
    const number = effect.number ?? (effect.uncertain ? await findIssue(outside) : undefined)
    if (number === undefined)
      return effect.action === 'close' ? { outcome: 'done', row: 'drop' } : await open(effect, outside)
    const note =
      effect.number === undefined ? `adopted issue ${number}, which an earlier try had opened` : undefined
    const written = await edit(number, effect, outside)
    if (written === 'gone') {
      if (effect.action === 'close') return { outcome: 'done', row: 'drop', note: `issue ${number} is gone` }
      const opened = await open(effect, outside)
      return opened.outcome === 'done'
        ? { ...opened, note: `issue ${number} is gone; opened another` }
        : opened
    }
    // Somebody closed it by hand: it is kept true, and nobody is called back to it.
    const commented =
      effect.comment === undefined || written.state === 'closed'
        ? undefined
        : await comment(number, effect.comment, outside)
    return { outcome: 'done', row: done(effect, number.toString()), note: note ?? commented }
  } catch (error) {
    if (areIssuesDisabled(error))
      return {
        outcome: 'skipped',
        row: effect.number === undefined ? 'drop' : 'keep',
        sentence: `Issues are switched off in ${fullName(outside)}: the check run is the only place that tells what fails.`,
      }
    return githubRefusal(error, `${effect.action} the tracking issue`, 'issues: write', fullName(outside))
  }
}

async function open(effect: Planned<IssueEffect>, outside: Outside): Promise<Applied> {
  const { data } = await outside.github.request('POST /repos/{owner}/{repo}/issues', {
    ...ownerAndRepo(outside),
    title: effect.title,
    body: effect.body,
  })
  const { number } = data as Partial<Issue>
  if (typeof number !== 'number')
    throw new Error(`GitHub answered the opening of an issue without its number in ${fullName(outside)}`)
  return { outcome: 'done', row: done(effect, number.toString()) }
}

/** Text and state in one request, so that the notification of a state brings the text that belongs to it. */
async function edit(number: number, effect: Planned<IssueEffect>, outside: Outside): Promise<Issue | 'gone'> {
  try {
    const { data } = await outside.github.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...ownerAndRepo(outside),
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
    if (statusOf(error) === 404 && (await isMissing(number, outside))) return 'gone'
    throw error
  }
}

/** An adopted issue that should stand open may have been closed since: an opening says its state too. */
function stateOf({ action }: IssueEffect): Record<string, string> {
  if (action === 'close') return { state: 'closed', state_reason: 'completed' }
  return action === 'edit' ? {} : { state: 'open' }
}

/** A 404 to a write also means that we may not write: only an issue that can't be read either is gone. */
async function isMissing(number: number, outside: Outside): Promise<boolean> {
  try {
    await outside.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
      ...ownerAndRepo(outside),
      issue_number: number,
    })
    return false
  } catch (error) {
    const status = statusOf(error)
    if (status === 404 || status === 410) return true
    throw error
  }
}

/** The issue is right by now; a comment that fails, as in a locked conversation, is not worth doing it all again. */
async function comment(number: number, body: string, outside: Outside): Promise<string | undefined> {
  try {
    await outside.github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...ownerAndRepo(outside),
      issue_number: number,
      body,
    })
    return undefined
  } catch (error) {
    return `issue ${number} was edited, and the comment not written: ${said(error)}`
  }
}

/** Our issue by its marker. Anybody can write the marker into an issue of theirs: it counts only where the app wrote it. */
async function findIssue(outside: Outside): Promise<number | undefined> {
  const marker = issueMarker(outside.repository.id)
  const { slug, id } = outside.app
  for (let page = 1; page <= pagesLimit; page++) {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/issues', {
      ...ownerAndRepo(outside),
      state: 'all',
      ...(slug ? { creator: `${slug}[bot]` } : {}),
      per_page: 100,
      page,
    })
    const issues = data as Issue[]
    const ours = issues.find(
      issue =>
        issue.pull_request === undefined &&
        issue.body?.includes(marker) &&
        (issue.performed_via_github_app?.id === id || (slug && issue.user?.login === `${slug}[bot]`)),
    )
    if (ours) return ours.number
    if (issues.length < 100) return undefined
  }
  return undefined
}

const areIssuesDisabled = (error: unknown): boolean =>
  statusOf(error) === 410 && /disabled/i.test(said(error))
