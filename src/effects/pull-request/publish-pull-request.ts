import { z } from 'zod'
import type { Applied, NotApplied } from '../applied.ts'
import type { Published, PublishedDetail, PullRequestEffect } from '../effect.ts'
import { said, statusOf } from '../github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from '../outside.ts'
import { done, type Planned } from '../planned.ts'
import { deleteRef, makeRef, moveRef, readTip, type Tip } from './branch-tip.ts'
import { writeCommit, writeTree } from './commit-edits.ts'
import { pullRequestRefusal } from './pull-request-refusal.ts'
import {
  findPullRequest,
  isBaseOfAnother,
  type PullRequestState,
  readPullRequest,
} from './read-pull-request.ts'

type Effect = Planned<PullRequestEffect>

/** Tells our pull requests of one key and content apart from earlier ones; believed only in one that the app opened. */
const markerOf = ({ key, hash }: Effect): string => `<!-- golden-path:${key}:${hash} -->`

/** A branch of that name may be somebody else's: then `golden-path/fix-2`, and so on. */
const namesFor = (branch: string): string[] => [branch, ...[2, 3, 4, 5].map(each => `${branch}-${each}`)]

/**
 * Opens, moves or closes one pull request of ours; safe to repeat after a crash between any two calls. What carries our name
 * and is not ours is left alone, and a branch is moved only from where we left it, so that nobody's commit is lost.
 */
export async function publishPullRequest(effect: Effect, outside: Outside): Promise<Applied> {
  const step: { at: 'branch' | 'pull request'; made?: { branch: string; sha: string } } = { at: 'branch' }
  try {
    if (outside.app.slug === undefined)
      return {
        outcome: 'retry',
        row: 'keep',
        sentence: `GitHub has not told yet under which name this app acts, so its own branches in ${fullName(outside)} can't be told from others'. It is tried again.`,
      }
    if (effect.action === 'close') return await close(effect, outside)
    const place =
      effect.action === 'update' ? await placeOf(effect, outside) : await freePlace(effect, outside)
    if ('outcome' in place) return place
    const head = await bringBranch(place, effect, outside)
    if (typeof head !== 'string') return head
    step.at = 'pull request'
    if (!place.tip) step.made = { branch: place.branch, sha: head }
    const number = place.number ?? (await open(place.branch, effect, outside))
    if (place.number !== undefined) await writeTexts(place.number, effect, outside)
    return { outcome: 'done', row: rowOf(effect, number, { head }), note: place.note }
  } catch (error) {
    const refusal = pullRequestRefusal(error, effect, step.at, outside)
    // A branch without its pull request is of no use to anybody, and nobody would know whose it is.
    if (refusal.outcome !== 'retry' && step.made)
      await deleteRef(step.made.branch, step.made.sha, outside).catch(() => false)
    return refusal
  }
}

interface Place {
  branch: string
  tip?: Tip
  /** Of the pull request that stands there. */
  number?: number
  note?: string
}

async function placeOf(effect: Effect, outside: Outside): Promise<Place | NotApplied> {
  const tip = await readTip(effect.branch, outside)
  if (!tip) return outdated(`The branch ${effect.branch} of ${fullName(outside)} was deleted meanwhile.`)
  return { branch: effect.branch, tip, number: effect.number }
}

/** Where to open: what an earlier try has made already, else the first name that nobody else uses. */
async function freePlace(effect: Effect, outside: Outside): Promise<Place | Applied> {
  const names = namesFor(effect.branch)
  if (effect.uncertain)
    for (const branch of names) {
      const found = await findPullRequest(branch, outside)
      if (found && isOfEarlierTry(found, effect)) return adopted(found, effect, outside)
    }
  for (const branch of names) {
    const tip = await readTip(branch, outside)
    if (!tip) return { branch }
    if (!tip.byUs) continue
    const found = await findPullRequest(branch, outside)
    if (found?.state !== 'open') return { branch, tip }
    if (found.byUs) return adopted(found, effect, outside)
  }
  return {
    outcome: 'refused',
    row: 'keep',
    why: 'conflict',
    sentence: `${fullName(outside)} has branches ${names[0]} to ${names.at(-1)} that somebody else made or pushed to. Delete or rename one of them, so that a pull request can be opened from there.`,
  }
}

/** A closed one may be of an earlier life: only what it holds tells that this try has made it. */
const isOfEarlierTry = ({ byUs, state, body }: PullRequestState, effect: Effect): boolean =>
  byUs && (state === 'open' || body.includes(markerOf(effect)))

async function adopted(found: PullRequestState, effect: Effect, outside: Outside): Promise<Place | Applied> {
  const { number, head } = found
  const note = `adopted pull request ${number}, which an earlier try had opened`
  const asItIs = (detail: PublishedDetail): Applied => ({
    outcome: 'done',
    row: rowOf(effect, number, detail),
    note,
  })
  if (found.state === 'closed') return asItIs({ head: head.sha })
  const tip = await readTip(head.branch, outside)
  if (tip?.byUs) return { branch: head.branch, tip, number, note }
  return asItIs({ ended: 'taken-over' })
}

/** Our one commit on top of the base, at the branch; its id, or why it can't be there. */
async function bringBranch(
  { branch, tip }: Place,
  effect: Effect,
  outside: Outside,
): Promise<string | NotApplied> {
  if (tip && tip.sha !== effect.leftAt && !tip.byUs)
    return outdated(`Somebody pushed to ${branch} of ${fullName(outside)}.`)
  const tree = await writeTree(effect.base.sha, effect.edits, outside)
  if ('refused' in tree)
    return {
      outcome: 'refused',
      row: 'keep',
      why: 'invalid',
      sentence: `${fullName(outside)}: ${tree.refused}`,
    }
  if (tree.sha === tree.baseSha)
    return outdated(`${fullName(outside)} has all that the pull request would change by now.`)
  if (tip?.tree === tree.sha && tip.parents.join() === effect.base.sha) return tip.sha
  const sha = await writeCommit(
    { message: effect.commitMessage, tree: tree.sha, parents: [effect.base.sha] },
    outside,
  )
  if (!tip) {
    await makeRef(branch, sha, outside)
    return sha
  }
  const moved = await moveRef(branch, tip.sha, sha, outside)
  return moved ? sha : outdated(`Somebody pushed to ${branch} of ${fullName(outside)} in this moment.`)
}

async function open(branch: string, effect: Effect, outside: Outside): Promise<number> {
  const create = (draft: boolean) =>
    outside.github.request('POST /repos/{owner}/{repo}/pulls', {
      ...ownerAndRepo(outside),
      head: branch,
      base: effect.base.branch,
      ...textsOf(effect),
      draft,
    })
  const isDraftRefused = (error: unknown): boolean => statusOf(error) === 422 && /draft/i.test(said(error))
  const { data } = await create(effect.draft ?? false).catch(error => {
    // Some plans have no drafts for private repositories.
    if (effect.draft && isDraftRefused(error)) return create(false)
    throw error
  })
  return z.object({ number: z.number() }).parse(data).number
}

const writeTexts = (number: number, effect: Effect, outside: Outside): Promise<unknown> =>
  outside.github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...ownerAndRepo(outside),
    pull_number: number,
    ...textsOf(effect),
    base: effect.base.branch,
  })

const textsOf = (effect: Effect) => ({
  title: effect.title,
  body: `${effect.body}\n\n${markerOf(effect)}`,
})

/** Closes it with the reason in its text, in one write; then the comment, and the branch if it stands where we left it. */
async function close(effect: Effect, outside: Outside): Promise<Applied> {
  const pull =
    effect.number === undefined
      ? await openedUnrecorded(effect, outside)
      : await readPullRequest(effect.number, outside)
  if (!pull) return { outcome: 'done', row: 'drop', note: 'there was no pull request to close' }
  if (pull.merged) return { outcome: 'done', row: rowOf(effect, pull.number, { ended: 'merged' }) }
  if (pull.state === 'closed' && !pull.closedBy?.us)
    return { outcome: 'done', row: rowOf(effect, pull.number, { ended: 'person' }) }
  const tip = pull.head.inRepository ? await readTip(pull.head.branch, outside) : undefined
  const isUntouched = tip !== undefined && (tip.sha === effect.leftAt || tip.byUs)
  if (pull.state === 'open') {
    if (tip && !isUntouched)
      return outdated(`Somebody pushed to ${pull.head.branch} of ${fullName(outside)}.`)
    await outside.github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...ownerAndRepo(outside),
      pull_number: pull.number,
      state: 'closed',
      ...textsOf(effect),
    })
    if (effect.comment !== undefined) await comment(pull, effect.comment, outside)
  }
  const note = tip && isUntouched ? await clearBranch(pull.head.branch, tip.sha, outside) : undefined
  return { outcome: 'done', row: rowOf(effect, pull.number, { ended: 'us' }), note }
}

/** What an opening has made whose answer was never recorded: a branch alone is taken away at once. */
async function openedUnrecorded(effect: Effect, outside: Outside): Promise<PullRequestState | undefined> {
  if (!effect.uncertain) return undefined
  for (const branch of namesFor(effect.branch)) {
    const tip = await readTip(branch, outside)
    if (!tip?.byUs) continue
    const found = await findPullRequest(branch, outside)
    if (found?.state === 'open' && found.byUs) return found
    if (found?.state === 'open') continue
    // Where a person closed the one before, the branch stays as it stood for them to open it again.
    if (!found || found.closedBy?.us || found.head.sha !== tip.sha)
      await clearBranch(branch, tip.sha, outside)
  }
  return undefined
}

/** The pull request is closed by now, and says why: a comment that fails is not worth doing it all again. */
async function comment({ number }: PullRequestState, body: string, outside: Outside): Promise<void> {
  await outside.github
    .request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...ownerAndRepo(outside),
      issue_number: number,
      body,
    })
    .catch(() => undefined)
}

async function clearBranch(branch: string, sha: string, outside: Outside): Promise<string | undefined> {
  try {
    if (await isBaseOfAnother(branch, outside))
      return `${branch} is the base of another pull request and is left alone`
    return (await deleteRef(branch, sha, outside)) ? undefined : `${branch} was pushed to and is left alone`
  } catch (error) {
    return `${branch} could not be deleted: ${said(error)}`
  }
}

function rowOf(effect: Effect, number: number, detail: PublishedDetail): Published {
  const { opening: _, ...planned } = effect.detail
  return done({ ...effect, detail: { ...planned, base: effect.base.sha, ...detail } }, number.toString())
}

/** What was planned stands on something that has changed: the next look plans anew. */
const outdated = (sentence: string): NotApplied => ({ outcome: 'skipped', row: 'keep', sentence })
