import { isKnown } from '../../controls/control.ts'
import type { ControlVerdict } from '../../policy/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { type Concerns, concernsOf } from '../concerns.ts'
import type { Judgement } from '../judgement.ts'
import { citedRules, sentence, titleOf } from '../text/control-words.ts'
import { code, link, oneLine, prose } from '../text/markdown.ts'
import { count, listed, longDate, shortSha } from '../text/wording.ts'
import { reminder } from './render-issue-change.ts'
import { debt, item, within } from './render-issue-items.ts'

/** GitHub takes 65,536 characters; the rest is kept for what surrounds the lists. Failures and advice have a list each. */
const limits = { items: 20_000, undecided: 6_000, waived: 10_000, ending: 4_000 }

export interface RenderedIssue {
  title: string
  body: string
}

/** What the text says beside the verdict. */
export interface IssueWords {
  /** `fixed`: it was closed as fixed, and something fails again. `new`: a person had closed it, and something else fails now. */
  returned?: 'fixed' | 'new'
  /** A person closed it, and it stays so. */
  closedByPerson?: boolean
  /** It lies in another repository than the one it is about. */
  elsewhere?: boolean
  /** `@acme/payments` */
  mention?: string
  /** What changed last, markdown of ours. */
  change?: { at: string; text: string }
}

/** How a tracking issue is known again after a crash: it stands in the body and is believed only in an issue of ours. */
export const issueMarker = (repositoryId: number): string => `<!-- golden-path:issue:${repositoryId} -->`

/** The last one: what a repository's own words make of the text stands before it. */
export const markedRepository = (body: string): number | undefined => {
  const last = [...body.matchAll(/<!-- golden-path:issue:(\d+) -->/g)].at(-1)
  return last && Number(last[1])
}

export function renderOpenIssue(input: Judgement, words: IssueWords = {}): RenderedIssue {
  const { snapshot } = input
  const concerns = concernsOf(input.verdict)
  const { enforced, advised, undecided, waived, ending } = concerns
  return {
    title: `Golden path: ${thingsToDo(concerns)} in ${repositoryName(snapshot)}`,
    body: assemble(snapshot, [
      mentionLine(words),
      words.closedByPerson ? closedLine(concerns) : found(input, concerns, words),
      section(
        'A waiver ends soon:',
        within(limits.ending, ending, control => `- ${reminder(control)}`),
      ),
      items(enforced, input, 0),
      section('Advised, and not blocking:', items(advised, input, enforced.length)),
      section(
        "Can't be decided:",
        within(
          limits.undecided,
          undecided,
          control => `- **${titleOf(control)}**: ${prose(control.message)}`,
        ),
      ),
      section(
        'Waived, and still to be fixed:',
        within(limits.waived, waived, control => debt(control, input)),
      ),
      words.change ? `Last change, ${longDate(words.change.at)}: ${words.change.text}` : '',
      why(concerns, input),
    ]),
  }
}

export function renderClosedIssue(
  { verdict, snapshot }: Judgement,
  words: Pick<IssueWords, 'mention'> = {},
): RenderedIssue {
  const { advised, waived, undecided } = concernsOf(verdict)
  const name = (control: ControlVerdict): string => titleOf(control)
  const list = (title: string, controls: ControlVerdict[]): string =>
    controls.length > 0 ? `${title}: ${listed(controls.map(name))}.` : ''
  return {
    title: `Golden path: nothing to fix in ${repositoryName(snapshot)}`,
    body: assemble(snapshot, [
      mentionLine(words),
      `**Nothing that blocks is left on ${branchName(snapshot)}** at ${code(shortSha(verdict.sha))}. This issue opens again by itself if that changes.`,
      list('Still advised, and not blocking', advised),
      list("Can't be decided", undecided),
      list('Waived', waived),
    ]),
  }
}

/** For a public repository: that there is something to do, and not what. */
export function renderNeutralIssue(input: Judgement, words: IssueWords = {}): RenderedIssue {
  const { snapshot, verdict } = input
  const { url } = snapshot.repository
  const run = url ? link('the check run', `${url}/commit/${verdict.sha}/checks`) : 'the check run'
  return {
    title: `Golden path: things to fix in ${repositoryName(snapshot)}`,
    body: assemble(snapshot, [
      mentionLine(words),
      `Something on ${branchName(snapshot)} differs from what the organisation's policy asks for. What it is, and how it is fixed, is told by ${run}.`,
      words.closedByPerson
        ? 'A person closed this issue. It stays closed until something new is found; open it again to keep it open.'
        : 'This issue keeps itself up to date and closes itself when nothing is left.',
      'A comment `/golden-path recheck` looks again, `/golden-path help` lists the rest.',
    ]),
  }
}

export const renderNeutralClosed = (
  { snapshot, verdict }: Judgement,
  words: Pick<IssueWords, 'mention'> = {},
): RenderedIssue => ({
  title: `Golden path: nothing to fix in ${repositoryName(snapshot)}`,
  body: assemble(snapshot, [
    mentionLine(words),
    `Nothing is left to do on ${branchName(snapshot)} at ${code(shortSha(verdict.sha))}. This issue opens again by itself if that changes.`,
  ]),
})

/** The last text of an issue that is not kept here any more. `to`: `acme/compliance`, absent where it must not be named. */
export const renderMovedIssue = (
  { snapshot }: Judgement,
  where: { to?: string } | 'nowhere',
): RenderedIssue => ({
  title: `Golden path: closed for ${repositoryName(snapshot)}`,
  body: assemble(snapshot, [
    where === 'nowhere'
      ? "The organisation's policy asks for no issues in public repositories any more. The check run tells what is to be done."
      : `This issue goes on in ${where.to ? code(where.to) : 'another repository of the organisation'}: the organisation's policy keeps these issues there now. Nothing is told here any more.`,
  ]),
})

function thingsToDo({ enforced, ending, undecided }: Concerns): string {
  if (enforced.length > 0) return `${count(enforced.length, 'thing')} to fix`
  if (ending.length > 0) return `${count(ending.length, 'waiver ends', 'waivers end')} soon`
  return `${count(undecided.length, 'thing')} to look at`
}

function found({ verdict, snapshot }: Judgement, concerns: Concerns, words: IssueWords): string {
  const { enforced, ending } = concerns
  const { url, owner, name } = snapshot.repository
  const repository = code(`${owner}/${name}`)
  const of = words.elsewhere ? ` of ${url ? link(repository, url) : repository}` : ''
  const where = `on ${branchName(snapshot)}${of} at ${code(shortSha(verdict.sha))}`
  if (enforced.length === 0 && ending.length === 0)
    return `What failed can't be decided ${where} at present. This issue stays open until that is known.`
  if (enforced.length === 0)
    return `Nothing fails ${where} today. This issue keeps itself up to date and closes itself when what is waived is fixed, or waived for longer.`
  const them = enforced.length === 1 ? 'it is' : enforced.length === 2 ? 'both are' : 'they are'
  const first =
    words.returned === 'fixed'
      ? `**Back ${where}**, after having been fixed.`
      : words.returned === 'new'
        ? `**Open again:** something was found ${where} that was not there when this issue was closed.`
        : `Found ${where}.`
  return `${first} This issue keeps itself up to date and closes itself when ${them} fixed.`
}

/** In the text and not as a comment: nobody who turned away from it is to be called back by a notification. */
function closedLine({ enforced, ending }: Concerns): string {
  const left =
    enforced.length > 0
      ? `${count(enforced.length, 'thing')} still to fix`
      : `${count(ending.length, 'waiver ends', 'waivers end')} soon`
  return `**A person closed this issue, with ${left}.** It stays closed until something new is found. Open it again to keep it open; the text below is kept up to date either way.`
}

const items = (controls: ControlVerdict[], input: Judgement, numberedBefore: number): string =>
  within(limits.items, controls, (control, index) => item(control, input, numberedBefore + index + 1))

const section = (title: string, content: string): string => (content ? `**${title}**\n\n${content}` : '')

function why({ enforced, advised, ending }: Concerns, input: Judgement): string {
  const [asked, ...others] = [...enforced, ...ending, ...advised]
  const rules = citedRules(asked ? [asked, ...others] : [], input)
  const reason = rules
    ? `The organisation's policy asks it by ${rules}.`
    : asked
      ? sentence(asked.why)
      : "The organisation's policy asks it."
  const object = asked
    ? ` To object, comment ${code(`/golden-path waive ${asked.id} until DATE because REASON`)}: it proposes a waiver, which the owners of the policy decide on.`
    : ''
  return `Why am I seeing this? ${reason}${object} \`/golden-path explain CONTROL\` says more, \`/golden-path help\` lists the rest.`
}

const mentionLine = ({ mention }: Pick<IssueWords, 'mention'>): string => (mention ? `For ${mention}.` : '')

const repositoryName = (snapshot: Snapshot): string => oneLine(snapshot.repository.name, 100)

function branchName(snapshot: Snapshot): string {
  const { metadata } = snapshot.facts
  const branch = isKnown(metadata) ? metadata.value.defaultBranch : undefined
  return branch ? code(branch) : 'the default branch'
}

const assemble = (snapshot: Snapshot, parts: string[]): string =>
  [...parts.filter(Boolean), issueMarker(snapshot.repository.id)].join('\n\n')
