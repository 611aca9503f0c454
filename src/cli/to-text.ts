import type { ControlVerdict, Level, Verdict } from '../policy/verdict.ts'
import type { Location, Snapshot } from '../snapshot/snapshot.ts'
import { plainLine } from './plain-line.ts'

const mostFindings = 5

/** The verdict for a person at a terminal: what fails first, what passes counted unless `all`. */
export const toText = (
  verdict: Verdict,
  snapshot: Snapshot,
  options: { policyName: string; all: boolean; explain: (control: string) => string },
): string => {
  const { repository, target } = snapshot
  const at = target.sha ? ` at ${target.sha.slice(0, 7)}` : ''
  const quiet = (control: ControlVerdict) => control.status === 'pass' || control.status === 'not-applicable'
  const shown = verdict.controls.filter(control => options.all || !quiet(control)).toSorted(byWeight)
  const width = Math.max(20, ...shown.map(control => control.id.length)) + 2
  const lines = shown.flatMap(control => block(control, width))
  const rest = options.all ? [] : counted(verdict.controls.filter(quiet))
  return [
    `${plainLine(repository.name)}${at}, ${plainLine(options.policyName)}`,
    '',
    ...lines,
    ...rest,
    '',
    conclusion(verdict, options.explain),
    '',
  ].join('\n')
}

const label = (control: ControlVerdict): string => {
  if (control.status !== 'fail') return control.status === 'not-applicable' ? 'n/a' : control.status
  return control.level === 'enforce' ? 'fail' : control.level
}

const order = ['fail', 'advise', 'unknown', 'observe', 'waived', 'pass', 'n/a']
const byWeight = (a: ControlVerdict, b: ControlVerdict): number =>
  order.indexOf(label(a)) - order.indexOf(label(b))

const indent = ' '.repeat(11)

const block = (control: ControlVerdict, width: number): string[] => {
  const head = (place: string) =>
    `  ${label(control).padEnd(8)} ${control.id.padEnd(width)}${place}`.trimEnd()
  if (control.findings.length === 0) return [head(plainLine(control.message)), ...after(control)]
  const findings = control.findings.slice(0, mostFindings).flatMap((finding, index) => {
    const place = finding.location ? placeOf(finding.location) : ''
    const next =
      finding.next && !finding.message.includes(finding.next) ? [indent + plainLine(finding.next)] : []
    return [index === 0 ? head(place) : indent + place, indent + plainLine(finding.message), ...next]
  })
  const more = control.findings.length - mostFindings
  return [
    ...findings.filter(line => line.trim() !== ''),
    ...(more > 0 ? [`${indent}and ${more} more`] : []),
    ...after(control),
  ]
}

const after = (control: ControlVerdict): string[] => [
  ...(control.enforcedFrom && control.status === 'fail'
    ? [`${indent}Enforced from ${day(control.enforcedFrom)}.`]
    : []),
  ...(control.waiver
    ? [
        `${indent}Waived until ${day(control.waiver.until)}: ${plainLine(control.waiver.reason)} (${plainLine(control.waiver.approvedBy)})`,
      ]
    : []),
]

const placeOf = ({ path, line, column }: Location): string =>
  [plainLine(path), line, line === undefined ? undefined : column]
    .filter(part => part !== undefined)
    .join(':')

const counted = (quiet: readonly ControlVerdict[]): string[] => {
  const without = quiet.filter(control => control.status === 'not-applicable').length
  const pass = quiet.length - without
  return [
    ...(pass > 0 ? [`  pass     ${pass} (--all lists them)`] : []),
    ...(without > 0 ? [`  n/a      ${without} (--all lists them)`] : []),
  ]
}

const conclusion = ({ controls }: Verdict, explain: (control: string) => string): string => {
  const failing = (level: Level) =>
    controls.filter(control => control.status === 'fail' && control.level === level)
  const [first, ...rest] = failing('enforce')
  if (first) {
    const count = rest.length === 0 ? '1 enforced control fails' : `${rest.length + 1} enforced controls fail`
    return `${count}. ${explain(first.id)} says why it is asked.`
  }
  const open = controls.filter(control => control.status === 'unknown').length
  const advised = failing('advise').length
  if (advised + open === 0)
    return controls.length === 0 ? 'No rule is for this repository.' : 'Nothing fails.'
  return `Nothing enforced fails; ${advised} advised ${advised === 1 ? 'fails' : 'fail'}, ${open} can't be decided here.`
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** `2027-01-15` as `15 January 2027`. */
const day = (date: string): string => {
  const [year, month, dayOfMonth] = date.split('-')
  return `${Number(dayOfMonth)} ${months[Number(month) - 1]} ${year}`
}
