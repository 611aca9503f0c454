import type { Finding } from '../../controls/control.ts'
import type { ControlVerdict } from '../../policy/verdict.ts'
import { type Concerns, countsBefore, isCompared } from '../concerns.ts'
import type { Judgement } from '../judgement.ts'
import { briefEvidence, titleOf, waiverSentence } from '../text/control-words.ts'
import { cell, prose } from '../text/markdown.ts'
import { place, policyPlace } from '../text/place.ts'
import { count, longDate } from '../text/wording.ts'

/** GitHub refuses a summary over 65,535 characters; what is left of them is kept for what surrounds the table. */
const tableLimit = 40_000

/** Everything that doesn't pass, what blocks first. Cut between two findings, never inside one. */
export function findingsTable(concerns: Concerns, input: Judgement): string {
  const [fails, advised] = isCompared(concerns)
    ? ['**introduced**', 'introduced, advised']
    : ['**fails**', 'advised']
  const rows = [
    ...concerns.enforced.flatMap(control => findingRows(fails, control, input)),
    ...concerns.advised.flatMap(control => findingRows(advised, control, input)),
    ...concerns.fixing.flatMap(control =>
      (control.fixed ?? []).map(finding => () => fixedRow(control, finding, input)),
    ),
    ...concerns.inherited.flatMap(control => findingRows(before(control, concerns), control, input)),
    ...concerns.undecided.map(
      control => () =>
        row('undecided', controlCell(control), `Can't be decided: ${prose(control.message)}`, ''),
    ),
    ...concerns.waived.map(control => () => waiverRow(control, input)),
  ]
  if (rows.length === 0) return ''
  const kept: string[] = []
  let length = 0
  for (const render of rows) {
    const each = render()
    length += each.length + 1
    if (length > tableLimit) break
    kept.push(each)
  }
  const lines = ['| Result | Control | What | Where |', '|---|---|---|---|', ...kept]
  const leftOut = rows.length - kept.length
  if (leftOut > 0)
    lines.push(
      '',
      `${count(leftOut, 'more finding is', 'more findings are')} left out here: the table would be too long for GitHub.`,
    )
  return lines.join('\n')
}

const before = ({ level }: ControlVerdict, concerns: Concerns): string =>
  level === 'advise' ? 'before, advised' : countsBefore(concerns) ? '**before**' : 'before'

const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`

/** Rendered when there is room for it: of ten thousand most have none. */
type Row = () => string

const findingRows = (label: string, control: ControlVerdict, input: Judgement): Row[] =>
  control.findings.map(finding => () => findingRow(label, control, finding, input))

const findingRow = (
  label: string,
  control: ControlVerdict,
  { message, location }: Finding,
  { snapshot, verdict }: Judgement,
): string =>
  row(label, controlCell(control), prose(message), location ? place(snapshot, verdict.sha, location) : '')

/** At the place it had where the changes begin. */
const fixedRow = (
  control: ControlVerdict,
  { message, location }: Finding,
  { snapshot: { base }, verdict: { comparison } }: Judgement,
): string =>
  row(
    'fixed',
    controlCell(control),
    prose(message),
    location && base?.known ? place(base.value.snapshot, comparison?.base ?? '', location) : '',
  )

const waiverRow = (control: ControlVerdict, { policyUrl }: Judgement): string =>
  row(
    'waived',
    controlCell(control),
    waiverSentence(control),
    control.waiver ? policyPlace(policyUrl, control.waiver.source) : '',
  )

/** `Audit logging (judged by signs; PCI DSS 4.0.1 10.2.1; blocks from 15 January 2027)`. */
function controlCell(control: ControlVerdict): string {
  const notes = [
    control.heuristic && 'judged by signs',
    briefEvidence(control),
    control.enforcedFrom && `blocks from ${prose(longDate(control.enforcedFrom), 40)}`,
  ].filter(Boolean)
  return titleOf(control) + (notes.length > 0 ? ` (${notes.join('; ')})` : '')
}
