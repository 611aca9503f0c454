import { isKnown } from '../controls/control.ts'
import type { ControlVerdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type Concerns, concernsOf } from './concerns.ts'
import { briefEvidence, citedRules, sentence, titleOf, waiverSentence } from './control-words.ts'
import type { Judgement } from './judgement.ts'
import { block, code, oneLine, prose } from './markdown.ts'
import { place, policyPlace } from './place.ts'
import { count, listed, longDate, shortSha, splitSentence } from './wording.ts'

/** GitHub takes 65,536 characters; the rest is kept for what surrounds the lists. Failures and advice have a list each. */
const limits = { items: 20_000, undecided: 6_000, waived: 10_000, ending: 4_000 }
const findingsPerControl = 10

export interface RenderedIssue {
  title: string
  body: string
}

/** How a tracking issue is known again after a crash: it stands in the body and is believed only in an issue of ours. */
export const issueMarker = (repositoryId: number): string => `<!-- golden-path:issue:${repositoryId} -->`

/** `returned`: the issue was closed as fixed, and something fails again. */
export function renderOpenIssue(input: Judgement, returned = false): RenderedIssue {
  const { verdict, snapshot } = input
  const concerns = concernsOf(verdict)
  const { enforced, advised, undecided, waived, ending } = concerns
  const title =
    enforced.length > 0
      ? `${count(enforced.length, 'thing')} to fix`
      : `${count(ending.length, 'waiver ends', 'waivers end')} soon`
  return {
    title: `Golden path: ${title} in ${repositoryName(snapshot)}`,
    body: assemble(snapshot, [
      found(input, concerns, returned),
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
      why(concerns, input),
    ]),
  }
}

export function renderClosedIssue({ verdict, snapshot }: Judgement): RenderedIssue {
  const { advised, waived, undecided } = concernsOf(verdict)
  const name = (control: ControlVerdict): string => titleOf(control)
  const list = (title: string, controls: ControlVerdict[]): string =>
    controls.length > 0 ? `${title}: ${listed(controls.map(name))}.` : ''
  return {
    title: `Golden path: nothing to fix in ${repositoryName(snapshot)}`,
    body: assemble(snapshot, [
      `**Fixed at ${code(shortSha(verdict.sha))}:** nothing that blocks is left on ${branchName(snapshot)}. This issue opens again by itself if that changes.`,
      list('Still advised, and not blocking', advised),
      list("Can't be decided", undecided),
      list('Waived', waived),
    ]),
  }
}

/** What changed while the issue stays open: `Fixed at 8d1e0aa: Owner exists. 1 thing left.` */
export function renderChange(input: Judgement, failingBefore: readonly string[]): string {
  const { verdict } = input
  const { enforced, advised } = concernsOf(verdict)
  const failing = [...enforced, ...advised]
  const before = new Set(failingBefore)
  const now = new Set(failing.map(control => control.id))
  const title = (id: string): string =>
    prose(verdict.controls.find(control => control.id === id)?.title ?? id, 120)
  const settled = failingBefore.filter(id => !now.has(id))
  const isSettled = (status: ControlVerdict['status']) => (id: string) =>
    (verdict.controls.find(control => control.id === id)?.status ?? 'not-applicable') === status
  const fixed = settled.filter(isSettled('pass'))
  const waived = settled.filter(isSettled('waived'))
  const undecided = settled.filter(isSettled('unknown'))
  const dropped = settled.filter(id => ![...fixed, ...waived, ...undecided].includes(id))
  const added = failing.filter(control => !before.has(control.id)).map(control => control.id)
  const at = code(shortSha(verdict.sha))
  const sentence = (lead: string, ids: string[]): string =>
    ids.length > 0 ? `${lead}: ${listed(ids.map(title))}.` : ''
  return [
    sentence(`Fixed at ${at}`, fixed),
    sentence('Waived', waived),
    sentence("Can't be decided at present", undecided),
    sentence('No longer asked for', dropped),
    sentence(`New at ${at}`, added),
    `${count(enforced.length, 'thing')} left to fix${advised.length > 0 ? `, ${advised.length} advised` : ''}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** For a comment, once for each waiver and end; empty when there is nothing to remind of. */
export const renderReminder = (ending: readonly ControlVerdict[]): string => ending.map(reminder).join(' ')

const reminder = (control: ControlVerdict): string => {
  const last = prose(longDate(control.waiver?.until ?? ''), 40)
  return `The waiver of **${titleOf(control)}** holds until ${last}. From the day after, it fails the check unless it is fixed or the waiver is renewed in the policy.`
}

/** Days are told as dates: a count would rewrite the issue every day. */
function debt(control: ControlVerdict, { verdict, snapshot, policyUrl }: Judgement): string {
  const { waiver, findings } = control
  const source = waiver ? ` (${policyPlace(policyUrl, waiver.source)})` : ''
  const lines = [`- **${titleOf(control)}**. ${waiverSentence(control)}${source}`]
  const [first, ...rest] = findings
  if (first) {
    const where = first.location ? ` ${place(snapshot, verdict.sha, first.location)}` : ''
    const more = rest.length > 0 ? `, and ${count(rest.length, 'more finding')}` : ''
    lines.push(`Still so: ${prose(first.message, 300)}${where}${more}`)
  }
  return lines.join('  \n  ')
}

function found({ verdict, snapshot }: Judgement, { enforced }: Concerns, returned: boolean): string {
  if (enforced.length === 0)
    return `Nothing fails on ${branchName(snapshot)} at ${code(shortSha(verdict.sha))} today. This issue keeps itself up to date and closes itself when what is waived is fixed, or waived for longer.`
  const where = `on ${branchName(snapshot)} at ${code(shortSha(verdict.sha))}`
  const them = enforced.length === 1 ? 'it is' : enforced.length === 2 ? 'both are' : 'they are'
  const first = returned ? `**Back ${where}**, after having been fixed.` : `Found ${where}.`
  return `${first} This issue keeps itself up to date and closes itself when ${them} fixed.`
}

const items = (controls: ControlVerdict[], input: Judgement, numberedBefore: number): string =>
  within(limits.items, controls, (control, index) => item(control, input, numberedBefore + index + 1))

/** A list of so many characters, cut between two controls, never inside one. */
function within(
  limit: number,
  controls: readonly ControlVerdict[],
  tell: (control: ControlVerdict, index: number) => string,
): string {
  const kept: string[] = []
  let length = 0
  for (const [index, control] of controls.entries()) {
    const text = tell(control, index)
    length += text.length
    if (length > limit) {
      const left = count(controls.length - index, 'more control is', 'more controls are')
      kept.push(`\n${left} left out here; the check run lists them.`)
      break
    }
    kept.push(text)
  }
  return kept.join('\n')
}

function item(control: ControlVerdict, { verdict, snapshot }: Judgement, number: number): string {
  const indent = ' '.repeat(`${number}. `.length)
  const [first, ...rest] = control.findings
  const { first: headline, rest: more } = splitSentence(oneLine(first?.message ?? control.message, 600))
  const where = first?.location ? ` ${place(snapshot, verdict.sha, first.location)}` : ''
  const satisfied = briefEvidence(control)
  const when = control.enforcedFrom
    ? `advice until ${prose(longDate(control.enforcedFrom), 40)}, fails the check from then on`
    : control.level === 'enforce'
      ? 'fails the check'
      : 'advice, fails nothing'
  const lines = [
    `${number}. **${prose(headline)}**${where}${more ? ` ${prose(more)}` : ''}`,
    `Control *${titleOf(control)}*: ${when}.${satisfied ? ` A pass is evidence for ${satisfied}.` : ''}`,
  ]
  if (first?.next) lines.push(`Fix: ${sentence(first.next)}`)
  for (const finding of rest.slice(0, findingsPerControl - 1))
    lines.push(
      `- ${finding.location ? `${place(snapshot, verdict.sha, finding.location)} ` : ''}${prose(finding.message, 300)}`,
    )
  if (rest.length > findingsPerControl - 1)
    lines.push(
      `- and ${count(rest.length - findingsPerControl + 1, 'more finding')}, listed by the check run`,
    )
  const difference = first?.diff ? ['', ...block(first.diff, 'diff').split('\n')] : []
  // Two spaces at the end of a line break it; a list follows without them.
  const text = lines
    .map((line, index) => (index === 0 ? line : indent + line))
    .map((line, index) =>
      lines[index + 1]?.startsWith('- ') || index === lines.length - 1 ? line : `${line}  `,
    )
    .join('\n')
  return [text, ...difference.map(line => (line === '' ? '' : indent + line))].join('\n')
}

const section = (title: string, content: string): string => (content ? `**${title}**\n\n${content}` : '')

function why({ enforced, advised }: Concerns, input: Judgement): string {
  const rules = citedRules([...enforced, ...advised], input)
  const reason = rules ? `The organisation's policy asks it by ${rules}.` : sentence(enforced[0]?.why ?? '')
  return `Why am I seeing this? ${reason}`
}

const repositoryName = (snapshot: Snapshot): string => oneLine(snapshot.repository.name, 100)

function branchName(snapshot: Snapshot): string {
  const { metadata } = snapshot.facts
  const branch = isKnown(metadata) ? metadata.value.defaultBranch : undefined
  return branch ? code(branch) : 'the default branch'
}

const assemble = (snapshot: Snapshot, parts: string[]): string =>
  [...parts.filter(Boolean), issueMarker(snapshot.repository.id)].join('\n\n')
