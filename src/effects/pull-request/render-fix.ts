import { isKnown } from '../../controls/control.ts'
import type { FixPart, FixProposal } from '../../fix-proposal.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { sentence } from '../text/control-words.ts'
import { code, isPlainEverywhere, link, oneLine, prose } from '../text/markdown.ts'
import { settingWay } from '../text/setting-way.ts'
import { count, listed, shortSha } from '../text/wording.ts'
import type { FixSituation } from './plan-fix.ts'

/** GitHub takes 65,536 characters. */
const limits = { parts: 20_000, guesses: 8_000, left: 6_000, settings: 9_000, notFixed: 9_000 }
const pathsShown = 10
const candidatesShown = 8

type Rendered = Pick<FixSituation, 'proposal' | 'snapshot' | 'validated' | 'isNeutral'>

export interface RenderedFix {
  title: string
  body: string
  commitMessage: string
}

/** Without versions it is the same text on each commit that it is right on. */
export function renderFix(input: Rendered, { versions = true } = {}): RenderedFix {
  const { proposal, snapshot } = input
  const title = titleOf(proposal)
  const at = versions ? ` at ${code(shortSha(proposal.before.sha))}` : ''
  return {
    title,
    commitMessage: commitMessage(proposal, title),
    body: [
      `Found on ${code(defaultBranchOf(snapshot), 100)}${at}. ${count(proposal.parts.length, 'control fails and is', 'controls fail and are')} repaired here:`,
      section('', limits.parts, proposal.parts, part),
      guessesOf(proposal),
      afterwards(input, versions),
      section(
        '**For you to fill in**, since nothing in the repository tells it. Change these lines on this branch, then press *Ready for review*:',
        limits.left,
        proposal.left,
        line => `- ${code(`${line.path}:${line.line}`)} ${code(line.field)}${candidates(line.candidates)}`,
      ),
      ...(input.isNeutral ? [elsewhere(input, versions)] : [settingsOf(input), notFixedOf(input)]),
      'Golden Path keeps this branch up to date with its base. Once somebody else pushes to it, it is left alone. To refuse it, close it: it is not opened again until something else fails.',
    ]
      .filter(Boolean)
      .join('\n\n'),
  }
}

/** Why it is closed: as its text, and as the comment that people are notified of. */
export function renderClosedFix(
  input: Rendered,
  repairedBefore: readonly string[],
): { title: string; body: string; comment: string } {
  const { before, notFixed } = input.proposal
  const at = code(shortSha(before.sha))
  const ofThese = before.controls.filter(({ id }) => repairedBefore.includes(id))
  const still = ofThese.filter(({ status }) => status === 'fail')
  const waived = ofThese.filter(({ status }) => status === 'waived')
  const names = (controls: readonly { title: string }[]): string =>
    listed(controls.slice(0, 5).map(({ title }) => `*${prose(title, 120)}*`)) +
    (controls.length > 5 ? ` and ${controls.length - 5} more` : '')
  const why = still[0] && notFixed.find(({ control }) => control === still[0]?.id)?.why
  const reason =
    still.length > 0
      ? `There is no repair to offer any more for ${names(still)}.${why ? ` ${sentence(why, 300)}` : ''}`
      : waived.length > 0
        ? `${names(waived)} ${waived.length === 1 ? 'is' : 'are'} waived by the policy, so nothing here is needed.`
        : ofThese.some(({ status }) => status === 'pass')
          ? `Everything that it repairs is in order by now.`
          : `What it repairs is not asked for any more.`
  const lead = still.length > 0 ? `Closed at ${at}.` : `Closed at ${at}, because it is no longer needed.`
  const comment = `${lead} ${reason}`
  return { title: titleOf(input.proposal), body: comment, comment }
}

/** Named after controls, in words that mean nothing else to GitHub: in a commit message `closes #1` would. */
function titleOf({ parts }: FixProposal): string {
  const [first, second, third, ...rest] = [...new Set(parts.map(nameOf))]
  const names = [first, second, third].flatMap(name => name ?? [])
  const shown = rest.length > 0 ? [...names.slice(0, 2), `${rest.length + 1} more`] : names
  return shown.length === 0 ? `${titleBegin}nothing to repair` : `${titleBegin}make ${listed(shown)} pass`
}

const titleBegin = 'Golden path: '

/** None that a person wrote in its place. */
export const isTitleOfOurs = (title: string): boolean => title.startsWith(titleBegin)

const nameOf = ({ title, control }: FixPart): string => {
  const name = oneLine(title, 80)
  return isPlainEverywhere(name) && !/\b(close|fix|resolve)(s|d|es|ed)?\b/i.test(name)
    ? `“${name}”`
    : `“${oneLine(control, 80)}”`
}

const commitMessage = ({ parts }: FixProposal, title: string): string =>
  [
    title,
    '',
    ...parts.slice(0, 20).map(each => `- ${nameOf(each)}`),
    ...(parts.length > 20 ? [`- and ${parts.length - 20} more`] : []),
  ].join('\n')

const part = ({ title, why, paths, also }: FixPart, index: number): string => {
  const where = listed([
    ...paths.slice(0, pathsShown).map(path => code(path)),
    ...(paths.length > pathsShown ? [`${paths.length - pathsShown} more`] : []),
  ])
  const others = also.slice(0, 5).map(each => `*${prose(each.title, 120)}*`)
  const alsoPasses =
    others.length > 0 ? ` ${listed(others)} ${others.length === 1 ? 'passes' : 'pass'} by it, too.` : ''
  return `${index + 1}. **${prose(title, 120)}**${where ? ` in ${where}` : ''}. ${sentence(why, 500)}${alsoPasses}`
}

/** What holds once it is merged; promised only where it was tried. */
function afterwards({ proposal, validated }: Rendered, versions: boolean): string {
  const { after, left } = proposal
  const bad = after.controls.filter(({ status, level }) => status === 'fail' && level !== 'observe')
  const open = after.controls.filter(({ status, level }) => status === 'unknown' && level !== 'observe')
  const policy = versions && after.policy !== 'built-in' ? ` ${code(shortSha(after.policy))}` : ''
  const checked = `(checked against policy${policy}${validated ? " and by Backstage's own validation" : ''})`
  const once = left.length > 0 ? 'Once the lines below are filled in,' : 'After this change'
  const waived = after.controls.some(({ status }) => status === 'waived') ? ' that is not waived' : ''
  if (bad.length === 0 && open.length === 0) return `${once} every control${waived} passes ${checked}.`
  const rest = [
    bad.length > 0 ? `${count(bad.length, 'control')} still ${bad.length === 1 ? 'fails' : 'fail'}` : '',
    open.length > 0 ? `${count(open.length, 'control')} can't be decided` : '',
  ].filter(Boolean)
  return `${once} ${listed(rest)}; everything repaired here passes ${checked}.`
}

/** What nobody wrote down before: worth a look, with what it was taken from. */
function guessesOf({ parts }: FixProposal): string {
  const guesses = parts.flatMap(({ guesses = [] }) => guesses)
  const components = new Set(guesses.map(({ component }) => component))
  return section(
    '**Guessed from what is in the repository: read it before merging.**',
    limits.guesses,
    guesses.filter(({ value }) => value !== undefined),
    ({ component, field, value = '', confidence, evidence }) => {
      const whose = components.size > 1 ? ` of ${code(component, 80)}` : ''
      const sure = Math.round(confidence * 10) * 10
      return `- ${code(field)}${whose}: ${code(value, 200)}${sure < 100 ? `, ${sure} % sure` : ''}. ${sentence(evidence, 300)}`
    },
  )
}

const candidates = (names: readonly string[]): string =>
  names.length === 0
    ? ', for which there is no hint'
    : `: perhaps ${names
        .slice(0, candidatesShown)
        .map(name => code(name, 100))
        .join(' or ')}`

const notFixedOf = ({ proposal }: Rendered): string =>
  section(
    '**Not repaired here:**',
    limits.notFixed,
    proposal.notFixed,
    each => `- **${prose(each.title, 120)}**: ${sentence(each.why, 400)}`,
  )

/** In place of what is not repaired: which weakness a public repository has is not for its mails and feeds. */
function elsewhere({ proposal, snapshot }: Rendered, versions: boolean): string {
  if (proposal.settings.length + proposal.notFixed.length === 0) return ''
  const { url } = snapshot.repository
  const run =
    url && versions ? link('the check run', `${url}/commit/${proposal.before.sha}/checks`) : 'the check run'
  return `What else is to be done is told by ${run}.`
}

function settingsOf({ proposal, snapshot }: Rendered): string {
  const rows = proposal.settings.flatMap(({ title, steps }) =>
    steps.map(
      step => `- **${prose(title, 120)}**: ${sentence(step.change, 300)} ${settingWay(snapshot, step)}`,
    ),
  )
  return section(
    '**For somebody with the right to it**, since no file changes these:',
    limits.settings,
    rows,
    row => row,
  )
}

/** A list of so many characters, cut between two of its lines. */
function section<T>(
  title: string,
  limit: number,
  items: readonly T[],
  tell: (item: T, index: number) => string,
): string {
  const lines: string[] = []
  let length = 0
  for (const [index, item] of items.entries()) {
    const line = tell(item, index)
    length += line.length
    if (length > limit) {
      lines.push(`\n${items.length - index} more are left out here; the check run lists them.`)
      break
    }
    lines.push(line)
  }
  return lines.length === 0 ? '' : [...(title ? [title, ''] : []), ...lines].join('\n')
}

export const defaultBranchOf = (snapshot: Snapshot): string => {
  const { metadata } = snapshot.facts
  const named = isKnown(metadata) ? metadata.value.defaultBranch : undefined
  return named ?? snapshot.target.ref.replace(/^refs\/heads\//, '')
}
