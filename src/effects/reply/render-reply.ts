import type { Command } from '../../intake/commands.ts'
import type { Verdict } from '../../policy/verdict.ts'
import { concernsOf } from '../concerns.ts'
import { code, link, prose } from '../text/markdown.ts'
import { count, listed, longDate, shortSha } from '../text/wording.ts'

/** How a reply is known again after a crash: it stands in the body and is believed only in a comment of ours. */
export const replyMarker = (comment: number | string): string => `<!-- golden-path:reply:${comment} -->`

/** GitHub takes 65,536 characters. */
const longest = 60_000

/** A reply's text with the marker, which comes first: whatever the text leaves open can't hide it. */
export const replyBody = (comment: number, text: string): string =>
  `${replyMarker(comment)}\n${text.length > longest ? `${text.slice(0, longest)}…` : text}`

/** Where a command was given. */
export interface CommandPlace {
  isPullRequest: boolean
  /** What is found must not be told in public. */
  isNeutral: boolean
}

const what: readonly [usage: string, does: (place: CommandPlace) => string][] = [
  [
    'recheck',
    ({ isPullRequest }) =>
      `looks again at ${isPullRequest ? 'this pull request' : 'the default branch'}, settings too`,
  ],
  [
    'fix',
    ({ isPullRequest }) =>
      isPullRequest
        ? 'offers what one line repairs as suggestions here'
        : 'opens one pull request with everything that can be fixed',
  ],
  ['explain CONTROL', () => 'says why a control is asked here and what was found'],
  [
    'waive CONTROL until DATE because REASON',
    () => 'asks by a pull request on the policy that the control is excused here until that day',
  ],
  ['owner TEAM', () => 'names the owner in the pull request of fixes'],
  ['help', () => 'says this'],
]

export const renderHelp = (place: CommandPlace): string =>
  [
    'A line of a comment that begins with one of these is a command:',
    what.map(([usage, does]) => `- ${code(`/golden-path ${usage}`)} ${does(place)}.`).join('\n'),
    `Anybody who may comment can ask for ${code('explain')} and ${code('help')}; the others need write access. One command a comment; an edited comment does nothing.`,
  ].join('\n\n')

export function renderUnknown({ text, nearest }: Extract<Command, { name: 'unknown' }>): string {
  const usage = what.find(([each]) => each.split(' ')[0] === nearest)?.[0]
  const verb = text.split(/\s+/)[1]?.toLowerCase()
  const said =
    usage && verb?.startsWith(nearest ?? '')
      ? `${code(text)} can't be read. Expected ${code(`/golden-path ${usage}`)}${example(nearest)}.`
      : `${code(text)} is no command.${usage ? ` The nearest is ${code(`/golden-path ${usage}`)}.` : ''}`
  return `${said} Nothing was done. ${code('/golden-path help')} lists all.`
}

const example = (name: string | undefined): string => {
  if (name === 'waive')
    return `, as in ${code('/golden-path waive techdocs until 31 March 2027 because the service is switched off then')}`
  if (name === 'owner') return `, with one team, as in ${code('/golden-path owner @acme/payments')}`
  return name === 'recheck' || name === 'fix' ? ' with nothing behind it' : ''
}

/** `needs`: what the command asks of the person. */
export const renderNotAllowed = (by: string, repository: string): string =>
  `This needs write access to ${code(repository)}, which ${code(by)} does not have. Nothing was done. Somebody who has it can comment the same.`

export const renderPermissionUnknown = (by: string, repository: string): string =>
  `GitHub did not tell whether ${code(by)} may write to ${code(repository)}, so nothing was done. The app may lack the permission "Metadata: read"; otherwise comment the same again later.`

export const renderLimit = (limit: number): string =>
  `${limit} commands were answered here within an hour, which is the limit. This one was not carried out, and further ones are not answered before the hour is over.`

export const renderLooking = ({ isPullRequest }: CommandPlace): string =>
  `Looking again at ${isPullRequest ? 'this pull request' : 'the default branch'}. This comment tells the result in a moment.`

export const renderPreparing = ({ isPullRequest }: CommandPlace): string =>
  isPullRequest
    ? 'Working out what one line repairs here. This comment tells the result.'
    : 'Working out the fixes, and whether everything passes with them. This comment tells the result.'

export const renderClosed = (): string =>
  'This pull request is closed, so there is nothing to do. On an open one the same works.'

export const renderNotSeen = (): string =>
  'It could not be looked at just now: GitHub did not show this commit. A newer push is looked at by itself; otherwise comment the same again later.'

/** It failed at its last try, by whatever it was: the person is told what they can do. */
export const renderGivenUp = (tries: number): string =>
  `This was not finished: it failed ${tries === 1 ? 'once' : `${tries} times`}, and is not tried again by itself. Comment the same again later. If that fails too, tell who operates Golden Path: its log and its dead letters say why.`

/** The result of a look. `url`: of the check run's page. */
export function renderLooked(verdict: Verdict, url: string | undefined, isNeutral: boolean): string {
  const run = url ? link('The check run', url) : 'The check run'
  const at = code(shortSha(verdict.sha))
  if (isNeutral) return `Looked again at ${at}. ${run} tells what was found.`
  const { enforced, advised, undecided, waived, passing } = concernsOf(verdict)
  const parts = [
    ...(enforced.length > 0
      ? [
          `${count(enforced.length, 'control fails', 'controls fail')} (${listed(enforced.slice(0, 5).map(each => code(each.id)))}${enforced.length > 5 ? ' and more' : ''})`,
        ]
      : []),
    ...(advised.length > 0
      ? [`${advised.length} ${advised.length === 1 ? 'advises' : 'advise'} a change`]
      : []),
    ...(undecided.length > 0 ? [`${undecided.length} can't be decided`] : []),
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    `${passing.length} ${passing.length === 1 ? 'passes' : 'pass'}`,
  ]
  return `Looked again at ${at}: ${listed(parts)}. ${run} tells more.`
}

/** A sentence of ours with words of theirs in it. */
export const renderRefused = (why: string): string => `${prose(why, 600)} Nothing was done.`

export const renderWaiverAsked = (
  pull: { number: number; url: string; repository: string },
  {
    control,
    until,
    renews,
    approver,
  }: { control: string; until: string; renews: boolean; approver?: string },
): string =>
  `${link(`${code(pull.repository)} #${pull.number}`, pull.url)} ${renews ? 'changes the waiver of' : 'waives'} ${code(control)} until ${longDate(until)}, once it is merged. ${
    approver
      ? `${code(approver)} decides.`
      : renews
        ? 'Whoever merges it decides.'
        : 'Whoever merges it fills in who approved it.'
  } Until then the control counts as before.`

export const renderOwnerAccepted = (owner: string): string =>
  `Naming ${code(owner)} as the owner in the pull request of fixes. This comment tells the result.`

export const renderNotLookedAt = (): string =>
  renderRefused('This repository has not been looked at yet. Comment the same again later.')

export const renderNoControl = (control: string, nearest: string): string =>
  renderRefused(`There is no control "${control}"${nearest}.`)

export const renderPolicyUnseen = (): string =>
  renderRefused(
    'The app does not see the repository that holds the policy, so it can propose nothing there. Somebody who administers the organisation can give it access.',
  )

export const renderTeamsUnread = (owner: string, organisation: string): string =>
  renderRefused(
    `Whether "${owner}" is a team of ${organisation} can't be known: the teams have not been read. Somebody who administers the organisation can grant the app the permission "Members: read".`,
  )

/** `nearest`: `; the nearest is "payments"`, or empty. */
export const renderNoTeam = (owner: string, organisation: string, nearest: string): string =>
  renderRefused(
    nearest
      ? `"${owner}" is no team of ${organisation}${nearest}.`
      : `"${owner}" is no team of ${organisation}. Expected the name of one, such as @${organisation}/platform.`,
  )

export const renderHeadUnseen = (): string =>
  'This commit was not looked at yet, or a newer one came. Comment the same again once the check run is there.'

export const renderNoPolicy = (): string =>
  'No policy is in force for this repository, so nothing is asked of it and nothing is to be repaired.'
