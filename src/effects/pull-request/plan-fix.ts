import { isKnown } from '../../controls/control.ts'
import type { FixProposal } from '../../fix-proposal.ts'
import { isToBeFixed } from '../../policy/fixable.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Verdict } from '../../policy/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Published, PublishedDetail, PullRequestEffect } from '../effect.ts'
import { toldOf } from '../issue/told.ts'
import { hashOf, type Planned } from '../planned.ts'
import type { PullRequestState } from './read-pull-request.ts'
import { defaultBranchOf, isTitleOfOurs, renderClosedFix, renderFix } from './render-fix.ts'

export const fixKey = 'fix'
export const fixBranch = 'golden-path/fix'

/** Whether a look at the default branch gives reason to open one, or to look after the one that stands open. */
export const isFixDue = (
  policy: Pick<Policy, 'fix'>,
  verdict: Pick<Verdict, 'controls'>,
  published: readonly Published[],
): boolean =>
  mayStandOpen(published.find(({ key }) => key === fixKey)) ||
  (policy.fix === 'pull-request' && verdict.controls.some(isToBeFixed))

export const mayStandOpen = (row: Published | undefined): boolean =>
  row !== undefined && (row.state === 'intended' || row.detail.ended === undefined)

/** What is known when a repository's pull request of fixes is decided on. */
export interface FixSituation {
  proposal: FixProposal
  /** The default branch that the proposal was made on. */
  snapshot: Snapshot
  /** The row `fix`. */
  published?: Published
  /** That row's pull request, as GitHub has it now; absent where there is none. */
  pull?: PullRequestState
  /** The branch of that pull request ends with a commit that is not ours. */
  pushedTo: boolean
  /** `asked`: by a person, now. `policy`: it opens them by itself. `no`: only what stands open is kept. */
  wanted: 'asked' | 'policy' | 'no'
  /** Backstage accepted the changed entities. */
  validated: boolean
  /** As somebody named it, now or before. */
  owner?: string
  /** Anybody may read it: of what it does not repair, only that there is more is told. */
  isNeutral?: boolean
}

export interface FixPlan {
  effect?: Planned<PullRequestEffect>
  /** What GitHub tells of how it ended, to be recorded where nothing is done. */
  ended?: NonNullable<PublishedDetail['ended']>
  standing: FixStanding
}

export type FixStanding =
  | 'opens'
  | 'updates'
  | 'stands'
  | 'closes'
  /** Nothing fails that is to be repaired. */
  | 'nothing-fails'
  /** Something fails, and no file can be changed for it. */
  | 'nothing-fixable'
  /** Whether what it repairs still fails can't be decided at present. */
  | 'undecided'
  | 'refused-by-person'
  | 'taken-over'
  /** A person let it go to another branch: it is left alone until it goes to the default branch again. */
  | 'retargeted'
  | 'not-wanted'
  /** Archived, or without a commit. */
  | 'read-only'

/** One pull request a repository: opened, kept up to date, closed when it is no longer needed; a person's word stands above ours. */
export function planFix(situation: FixSituation): FixPlan {
  const { proposal, snapshot, published, pull, pushedTo } = situation
  const { metadata } = snapshot.facts
  if (snapshot.target.sha === '' || !isKnown(metadata) || metadata.value.isArchived)
    return { standing: 'read-only' }
  const isFixable = proposal.edits.length > 0
  if (pull?.state === 'open') {
    if (pushedTo || published?.detail.ended === 'taken-over')
      return { ended: 'taken-over', standing: 'taken-over' }
    if (isRetargeted(pull, situation)) return { standing: 'retargeted' }
    if (isUndecided(situation)) return { standing: 'undecided' }
    return isFixable ? keep(situation, pull) : close(situation)
  }
  const ended = pull && endedBy(pull, published)
  const begun = published?.state === 'intended' && published.detail.opening === true
  if (!isFixable && begun) return close(situation)
  const standing = whyNotOpened(situation, begun, ended)
  if (standing) return { standing, ...(ended ? { ended } : {}) }
  const effect = effectOf(situation, 'open', snapshot.target.sha, { opening: true })
  // Without a record the database may be new: one of ours may stand there, or have been refused by a person.
  const uncertain = begun || published === undefined
  return { standing: 'opens', effect: { ...effect, uncertain } }
}

function whyNotOpened(
  { proposal, published, wanted }: FixSituation,
  begun: boolean,
  ended: FixPlan['ended'],
): FixStanding | undefined {
  if (proposal.edits.length === 0) return failing(proposal).length > 0 ? 'nothing-fixable' : 'nothing-fails'
  if (wanted === 'asked' || begun) return undefined
  if (wanted === 'no') return 'not-wanted'
  return ended === 'person' && published?.hash === findingsHash(proposal) ? 'refused-by-person' : undefined
}

/** Who it was is not always told: then it is taken for a person, whose word counts. */
function endedBy(pull: PullRequestState, row: Published | undefined): NonNullable<PublishedDetail['ended']> {
  if (pull.merged) return 'merged'
  return pull.closedBy?.us || (!pull.closedBy && row?.detail.ended === 'us') ? 'us' : 'person'
}

/** A person let it go to another branch. GitHub does so by itself where the default branch is renamed. */
const isRetargeted = ({ base }: PullRequestState, { published, snapshot }: FixSituation): boolean =>
  published?.detail.into !== undefined && base !== published.detail.into && base !== defaultBranchOf(snapshot)

function keep(situation: FixSituation, pull: PullRequestState): FixPlan {
  const { published, snapshot } = situation
  const effect = effectOf(situation, 'update', snapshot.target.sha, {})
  const before = published?.detail
  const isSameFiles = before?.edits === effect.detail.edits && before?.base !== undefined
  if (isSameFiles && before.texts === effect.detail.texts && published?.state === 'done')
    return { standing: 'stands' }
  // As long as what it changes is the same there, it stays on the commit that it was made on: no new checks, no new reviews.
  const sha = isSameFiles ? (before.base ?? effect.base.sha) : effect.base.sha
  return {
    standing: 'updates',
    effect: {
      ...effect,
      // A person's own title stays: their rules may ask for another.
      ...(isTitleOfOurs(pull.title) ? {} : { title: pull.title }),
      number: pull.number,
      branch: pull.head.branch,
      base: { ...effect.base, sha },
      detail: { ...effect.detail, base: sha },
    },
  }
}

function close(situation: FixSituation): FixPlan {
  const { proposal, published, pull } = situation
  const { title, body, comment } = renderClosedFix(situation, published?.detail.failing ?? [])
  const effect = effectOf(situation, 'close', published?.detail.base ?? situation.snapshot.target.sha, {})
  return {
    standing: 'closes',
    effect: {
      ...effect,
      title: pull?.title ?? title,
      body,
      comment,
      ...(pull ? { number: pull.number, branch: pull.head.branch } : {}),
      uncertain: pull === undefined,
      hash: published?.hash ?? findingsHash(proposal),
    },
  }
}

function effectOf(
  situation: FixSituation,
  action: PullRequestEffect['action'],
  base: string,
  more: PublishedDetail,
): Planned<PullRequestEffect> {
  const { proposal, snapshot, published } = situation
  const { title, body, commitMessage } = renderFix(situation)
  const branch = defaultBranchOf(snapshot)
  const draft = proposal.left.length > 0
  return {
    kind: 'pull-request',
    key: fixKey,
    action,
    branch: fixBranch,
    base: { branch, sha: base },
    ...(published?.detail.head && action !== 'open' ? { leftAt: published.detail.head } : {}),
    edits: proposal.edits,
    ...(draft ? { draft } : {}),
    title,
    body,
    commitMessage,
    hash: findingsHash(proposal),
    detail: {
      failing: repaired(proposal),
      edits: hashOf(proposal.edits.map(({ path, text }) => [path, text, oidOf(snapshot, path)])),
      texts: hashOf([renderFix(situation, { versions: false }), branch]),
      into: branch,
      ...(published?.detail.head && action !== 'open' ? { head: published.detail.head } : {}),
      ...(published?.detail.base && action !== 'open' ? { base: published.detail.base } : {}),
      ...(situation.owner ? { owner: situation.owner } : {}),
      ...more,
    },
    uncertain: published?.state === 'intended',
  }
}

/** What a person who closes it has refused. Lines and commits move without that anything else is to be repaired. */
const findingsHash = (proposal: FixProposal): string => {
  const ids = new Set(repaired(proposal))
  return hashOf(proposal.before.controls.filter(({ id }) => ids.has(id)).flatMap(toldOf))
}

const repaired = ({ parts }: FixProposal): string[] => [
  ...new Set(parts.flatMap(part => [part.control, ...part.also.map(({ control }) => control)])),
]

const failing = ({ before }: FixProposal) => before.controls.filter(isToBeFixed)

/** What it repairs may still fail: an outage closes nothing. */
const isUndecided = ({ proposal, published }: FixSituation): boolean => {
  const before = new Set(published?.detail.failing)
  return proposal.before.controls.some(({ id, status }) => status === 'unknown' && before.has(id))
}

const oidOf = (snapshot: Snapshot, path: string): string => {
  const fact = snapshot.files[path]
  return fact?.known && fact.value.exists ? fact.value.oid : ''
}
