import { isKnown } from '../../controls/control.ts'
import { policyDefaults } from '../../policy/defaults.ts'
import { type Concerns, concernsOf, withoutVersions } from '../concerns.ts'
import type { IssueEffect, PublishedDetail } from '../effect.ts'
import type { PlanInput } from '../plan.ts'
import { hashOf, type Planned } from '../planned.ts'
import type { IssueHome, IssuePlace } from './issue-place.ts'
import { owningTeam } from './owning-team.ts'
import {
  type IssueState,
  isSeenByAll,
  isWanted,
  move,
  refusalOf,
  refuse,
  stateOf,
} from './plan-issue-place.ts'
import {
  type IssueWords,
  type RenderedIssue,
  renderClosedIssue,
  renderMovedIssue,
  renderNeutralClosed,
  renderNeutralIssue,
  renderOpenIssue,
} from './render-issue.ts'
import { renderChange, renderDifference, renderNeutralChange, renderReminder } from './render-issue-change.ts'
import { controlOfTold, toldOf } from './told.ts'

/**
 * One issue a repository, about its default branch: opened when something enforced fails or a waiver is about to end,
 * kept up to date in place, closed when neither is so, and the same one opened again. The edit that closes or opens it
 * says why, so only a change while it stays open is worth a comment. One that a person closed stays closed until
 * something fails that it did not tell of; one that a person opened again stays open until something was fixed.
 */
export function planIssue(input: PlanInput): Planned<IssueEffect>[] {
  const { verdict, snapshot } = input
  if (snapshot.target.kind !== 'default-branch' || verdict.sha === '') return []
  const { metadata } = snapshot.facts
  if (!isKnown(metadata)) return []
  const { isArchived, isFork, isEmpty } = metadata.value
  if (isArchived || isFork || isEmpty) return []

  const place: IssuePlace = input.issues ?? { settings: policyDefaults.issues }
  const issue = stateOf(input, place)
  const concerns = concernsOf(verdict)
  const refused = refusalOf(metadata.value, place, snapshot.repository.name)
  if (refused && isWanted(concerns)) return refuse(issue, refused)
  // It lies where the app sees nothing any more.
  if (place.home === 'hidden' && issue.detail.home !== undefined) return []
  const home = place.home === 'hidden' ? undefined : place.home
  if (!(home ? home.takesIssues : metadata.value.hasIssuesEnabled)) return []
  if (issue.lies !== undefined && place.former) return move(issue, input, place, metadata.value)
  const isPublic = home ? home.isPublic : isSeenByAll(metadata.value)
  const way = isPublic ? place.settings.publicRepositories : 'full'
  // What failed or is waived to an end, and can't be decided now, is not fixed: an outage must not close the issue.
  const { failing = [], reminded = [] } = issue.detail
  const held = concerns.undecided.filter(
    ({ id, level }) =>
      level === 'enforce' && [...failing, ...reminded.map(controlOfTold)].some(each => each === id),
  )
  const inTouch = issue.detail.open || issue.detail.closedBy ? held : []
  const situation: Situation = { input, issue, place, home, concerns, held: inTouch.map(({ id }) => id), way }
  return (isWanted(concerns) || inTouch.length > 0) && way !== 'none' ? keep(situation) : end(situation)
}

interface Situation {
  input: PlanInput
  issue: IssueState
  place: IssuePlace
  home?: IssueHome
  concerns: Concerns
  /** Controls that failed and can't be decided now. */
  held: string[]
  way: IssuePlace['settings']['publicRepositories']
}

/** Something is to be told. */
function keep(situation: Situation): Planned<IssueEffect>[] {
  const { input, issue, concerns, held, place, home, way } = situation
  const { detail } = issue
  const { closedBy } = detail
  const failingBefore = detail.failing ?? []
  const told = [...concerns.enforced, ...concerns.ending].flatMap(toldOf)
  // A record from before findings were remembered: whoever closed that issue has seen the controls that it names.
  const seen = detail.told ?? told.filter(each => failingBefore.includes(controlOfTold(each)))
  const isNew = told.some(each => !seen.includes(each))
  const isOpening = issue.lies === undefined
  // A lost opening of another issue was decided on already.
  const staysClosed = closedBy === 'person' && !isNew
  if (isOpening && staysClosed) return []

  const failing = [...concerns.enforced, ...concerns.advised]
    .map(({ id }) => id)
    .concat(held.filter(id => failingBefore.includes(id)))
  const hasChanged =
    failing.length !== failingBefore.length || failing.some(id => !failingBefore.includes(id))
  const isReopening =
    !isOpening && !staysClosed && (!detail.open || (issue.uncertain && detail.reopens === true))
  const mention =
    isOpening && place.settings.mentionOwners && !detail.mention ? owningTeam(input.snapshot) : detail.mention
  const difference =
    hasChanged && issue.exists && !isOpening ? renderDifference(input, failingBefore, failing) : ''
  const change = difference ? { at: input.verdict.decidedAt, text: difference } : detail.change
  const words: IssueWords = {
    elsewhere: home !== undefined,
    closedByPerson: staysClosed,
    mention,
    ...(change && !isOpening ? { change } : {}),
    ...(isReopening && !detail.open ? { returned: closedBy ? 'new' : 'fixed' } : {}),
  }
  const render = way === 'neutral' ? renderNeutralIssue : renderOpenIssue
  const hash = hashOf([
    render(unversioned(input), { elsewhere: words.elsewhere, closedByPerson: words.closedByPerson }),
    // A neutral text stays the same, and what it stands for must be remembered all the same.
    way === 'neutral' ? [told, failing] : [],
  ])
  const reminders = concerns.ending.map(control => `${control.id} ${control.waiver?.until}`)
  const ending = concerns.ending.filter((_, index) => !detail.reminded?.includes(reminders[index] ?? ''))
  // As when the text was written and the comment was told to wait.
  const isCommentDue = hasChanged || ending.length > 0
  if (!isOpening && !isReopening && !issue.uncertain && issue.hash === hash && !isCommentDue) return []

  const isHeld = (each: string): boolean => held.includes(controlOfTold(each))
  const reminded = [...new Set([...reminders, ...(detail.reminded ?? []).filter(isHeld)])]
  const heldTold = seen.filter(isHeld)
  const next: PublishedDetail = {
    open: !staysClosed,
    failing,
    told: staysClosed ? seen : [...new Set([...told, ...heldTold])],
    ...(reminded.length > 0 ? { reminded } : {}),
    ...(staysClosed ? { closedBy } : {}),
    ...(home ? { home: home.id } : {}),
    ...(mention ? { mention } : {}),
    ...(change && !isOpening ? { change } : {}),
    ...(way === 'neutral' ? { neutral: true } : {}),
  }
  const comments =
    way === 'neutral'
      ? [hasChanged ? renderNeutralChange() : '']
      : [hasChanged ? renderChange(input, failingBefore, failing) : '', renderReminder(ending)]
  const isEdit = !isOpening && !isReopening
  const comment = isEdit && !staysClosed ? comments.filter(Boolean).join('\n\n') : ''
  return [
    {
      ...frame(situation, isOpening ? 'open' : isReopening ? 'reopen' : 'edit', render(input, words), hash),
      ...(isOpening && place.settings.labels.length > 0 ? { labels: place.settings.labels } : {}),
      ...(comment
        ? { comment, commentDue: { ...next, failing: failingBefore, reminded: detail.reminded } }
        : {}),
      detail: next,
      pending: {
        ...next,
        // Until it is opened, a number that the record may hold is another's.
        ...(isOpening ? { gone: true } : {}),
        ...(isReopening ? { reopens: true } : {}),
      },
      endedByPerson: {
        ...detail,
        open: false,
        closedBy: 'person',
        told: seen,
        reopens: undefined,
        keptOpen: undefined,
      },
    },
  ]
}

/** Nothing is to be told, or nothing may be. */
function end(situation: Situation): Planned<IssueEffect>[] {
  const { input, issue, way, home } = situation
  const { detail } = issue
  if (!issue.exists) return []
  if (issue.lies === undefined && !issue.uncertain) return [drop(situation)]
  // One that a person closed gets its last text now: what fails from here on is news.
  const isTakenBack = way === 'full' || detail.neutral === true
  if (!detail.open && !issue.uncertain && detail.closedBy === undefined && isTakenBack) return []
  if (detail.keptOpen && way !== 'none') return []
  const { mention } = detail
  const rendered =
    way === 'none'
      ? renderMovedIssue(input, 'nowhere')
      : (way === 'neutral' ? renderNeutralClosed : renderClosedIssue)(input, { mention })
  const hash = hashOf([way === 'none' ? rendered : renderClosedIssue(unversioned(input))])
  const closed: PublishedDetail = {
    open: false,
    failing: [],
    ...(home ? { home: home.id } : {}),
    ...(mention ? { mention } : {}),
    ...(way === 'full' ? {} : { neutral: true }),
  }
  return [{ ...frame(situation, 'close', rendered, hash), detail: closed }]
}

/** The record of an issue that is no more, once nothing is left to remember. */
const drop = (situation: Situation): Planned<IssueEffect> => ({
  ...frame(situation, 'close', { title: '', body: '' }, ''),
  detail: {},
})

function frame(
  { issue, home }: Situation,
  action: IssueEffect['action'],
  rendered: RenderedIssue,
  hash: string,
): Omit<Planned<IssueEffect>, 'detail'> {
  return {
    kind: 'issue',
    key: 'issue',
    action,
    ...(issue.lies === undefined ? {} : { number: issue.lies }),
    ...(home ? { home: { id: home.id, owner: home.owner, name: home.name } } : {}),
    ...rendered,
    hash,
    uncertain: issue.uncertain,
  }
}

/** What changes with each commit, policy edit or day without changing what is said; and what is told of it where it is at hand. */
const unversioned = (input: PlanInput): PlanInput => ({
  ...input,
  verdict: withoutVersions(input.verdict),
  policyUrl: undefined,
  since: undefined,
  fixable: undefined,
})
