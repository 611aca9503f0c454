import type { ControlVerdict } from '../../policy/verdict.ts'
import type { Judgement } from '../judgement.ts'
import { briefEvidence, sentence, titleOf, waiverSentence } from '../text/control-words.ts'
import { block, code, oneLine, prose } from '../text/markdown.ts'
import { place, policyPlace } from '../text/place.ts'
import { settingWay } from '../text/setting-way.ts'
import { count, longDate, splitSentence } from '../text/wording.ts'

const findingsPerControl = 10

/** A list of so many characters, cut between two controls, never inside one. */
export function within(
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

/** What is wrong, where, since when and until when, and how it is fixed: an item of a numbered list. */
export function item(control: ControlVerdict, input: Judgement, number: number): string {
  const { verdict, snapshot } = input
  const indent = ' '.repeat(`${number}. `.length)
  const [first, ...rest] = control.findings
  const { first: headline, rest: more } = splitSentence(oneLine(first?.message ?? control.message, 600))
  const where = first?.location ? ` ${place(snapshot, verdict.sha, first.location)}` : ''
  const lines = [
    `${number}. **${prose(headline)}**${where}${more ? ` ${prose(more)}` : ''}`,
    standing(control, input),
    ...waysToFix(control, input),
  ]
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

/** ``Control *Owner exists* (`owner-exists`), since 22 November 2026: fails the check.`` The id is what commands name. */
function standing(control: ControlVerdict, { since }: Judgement): string {
  const satisfied = briefEvidence(control)
  const began = since?.get(control.id)
  const when = control.enforcedFrom
    ? `advice until ${prose(longDate(control.enforcedFrom), 40)}, fails the check from then on`
    : control.level === 'enforce'
      ? 'fails the check'
      : 'advice, fails nothing'
  return `Control *${titleOf(control)}* (${code(control.id, 120)})${began ? `, since ${longDate(began)}` : ''}: ${when}.${satisfied ? ` A pass is evidence for ${satisfied}.` : ''}`
}

/** The button stands on the check run of the newest commit; the comment does the same from here. */
function waysToFix({ id, findings }: ControlVerdict, { fixable, snapshot }: Judgement): string[] {
  const fix = fixable?.get(id)
  const next = findings[0]?.next
  const steps = (fix?.settings ?? []).map(
    step => `In ${settingWay(snapshot, step)}: ${sentence(step.change, 300)}`,
  )
  const offer =
    fix && fix.edits.length > 0
      ? `${next ? 'Or press' : 'Press'} *Fix this* on the check run, or comment \`/golden-path fix\`: it opens a pull request.`
      : ''
  const told = [next ? sentence(next) : '', offer].filter(Boolean).join(' ')
  return [...(told ? [`Fix: ${told}`] : []), ...steps]
}

/** Days are told as dates: a count would rewrite the issue every day. */
export function debt(control: ControlVerdict, { verdict, snapshot, policyUrl }: Judgement): string {
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
