import { count, longDate, shortSha } from '../effects/text/wording.ts'
import type { ConsideredRule, ExplainedControl, Explanation, ReadFile } from '../policy/explain.ts'
import type { ConditionTrace, EvaluationTrace, Trace } from '../policy/trace.ts'
import type { ControlVerdict } from '../policy/verdict.ts'
import type { ConsideredWaiver } from '../policy/waivers.ts'
import type { Location } from '../snapshot/snapshot.ts'
import { plainLine } from './plain-line.ts'

export interface StoredAt {
  /** ISO 8601: the same was decided until then. */
  confirmedAt?: string
  /** The version of Golden Path that decided. */
  program?: string
  /** ISO 8601 by control: its status has been the same from then on. */
  since?: ReadonlyMap<string, string>
  /** Another policy is in force by now: its version, `none` where there is none. */
  outdated?: string
  now: Date
}

const mostFindings = 5
const mostListed = 20

/** What is asked, why and how to fix it; of one control alone with all the evidence. */
export const explanationText = (explanation: Explanation, stored: StoredAt): string => {
  const { controls } = explanation
  const [only] = controls
  const isOne = controls.length === 1 && only !== undefined
  const shown = isOne ? controls : controls.filter(isConcern).toSorted(byWeight)
  const rest = controls.filter(control => !shown.includes(control))
  return [
    ...heading(explanation, stored),
    ...(isOne ? [] : summary(controls)),
    ...shown.flatMap(control => ['', ...inShort(control, stored)]),
    ...(isOne ? ['', ...evidence(only, explanation, stored)] : []),
    ...(rest.length > 0 ? ['', `Nothing to do: ${rest.map(({ id }) => id).join(', ')}.`] : []),
    ...(controls.length === 0 ? ['', 'No rule is for this repository.'] : []),
    ...(isOne || controls.length === 0 ? [] : ['', 'With the name of a control it shows all the evidence.']),
    '',
  ].join('\n')
}

export const replayText = (
  verdict: string,
  differences: readonly string[],
  program: { by?: string; now: string },
): string => {
  const versions =
    program.by === program.now
      ? ''
      : ` It was decided by Golden Path ${program.by ?? 'of an unknown version'}, this is ${program.now}.`
  if (differences.length === 0)
    return `${verdict} was judged again from what is stored: it is the same, byte for byte.${versions}\n`
  return [
    `${verdict} was judged again from what is stored and differs:`,
    ...differences.map(line => `  ${plainLine(line)}`),
    versions === ''
      ? 'The version of Golden Path is the same, so this is a defect. Please report it.'
      : versions.trim(),
    '',
  ].join('\n')
}

const heading = (explanation: Explanation, { confirmedAt, outdated, now }: StoredAt): string[] => {
  const { repository, commit, ref, policy, decidedAt } = explanation
  const at = commit ? ` at ${shortSha(commit)} (${plainLine(ref)})` : ''
  const title = `${plainLine(repository)}${at}, ${policyName(policy)}`
  if (confirmedAt === undefined) return [title]
  const judged =
    confirmedAt === decidedAt
      ? `Judged ${moment(decidedAt)}, ${ago(decidedAt, now)}.`
      : `Judged ${moment(decidedAt)}, last confirmed ${moment(confirmedAt)}, ${ago(confirmedAt, now)}.`
  return [title, judged, ...(outdated === undefined ? [] : [outdatedSentence(outdated)])]
}

const policyName = (policy: string): string =>
  policy === 'built-in' ? 'the built-in policy' : `policy ${shortSha(policy)}`

const outdatedSentence = (version: string): string =>
  version === 'none'
    ? 'No policy is in force any more: nothing of this is asked now.'
    : `That policy is no longer in force: ${policyName(version)} is, and this was not judged by it yet.`

/** `1 fails the check, 2 are advice, 9 pass.` */
const summary = (controls: readonly ExplainedControl[]): string[] => {
  const labels = controls.map(({ verdict }) => labelOf(verdict))
  const parts = tallies.flatMap(([label, one, many]) => {
    const amount = labels.filter(each => each === label).length
    return amount === 0 ? [] : [`${amount} ${amount === 1 ? one : many}`]
  })
  return parts.length === 0 ? [] : [`${parts.join(', ')}.`]
}

const tallies = [
  ['fail', 'fails the check', 'fail the check'],
  ['advise', 'is advice', 'are advice'],
  ['unknown', "can't be decided", "can't be decided"],
  ['observe', 'is only observed', 'are only observed'],
  ['waived', 'is waived', 'are waived'],
  ['pass', 'passes', 'pass'],
  ['n/a', "doesn't apply", "don't apply"],
] as const

/** What blocks first. */
const byWeight = (a: ExplainedControl, b: ExplainedControl): number =>
  order.indexOf(labelOf(a.verdict)) - order.indexOf(labelOf(b.verdict))
const order = ['fail', 'advise', 'unknown', 'observe', 'waived']

const isConcern = ({ verdict }: ExplainedControl): boolean =>
  verdict !== undefined && ['fail', 'waived', 'unknown'].includes(verdict.status)

const indent = ' '.repeat(11)

const inShort = (control: ExplainedControl, { since, now }: StoredAt): string[] => {
  const { verdict } = control
  const began = since?.get(control.id)
  const told = (label: string, text: string): string => `${indent}${label.padEnd(9)}${plainLine(text)}`
  return [
    `  ${labelOf(verdict).padEnd(8)} ${control.id}: ${plainLine(control.title)}`,
    ...(verdict ? found(verdict) : []),
    ...(began === undefined ? [] : [told('Since:', `${longDate(began)}, ${ago(began, now)}`)]),
    ...control.because.map((sentence, index) => told(index === 0 ? 'Asked:' : '', sentence)),
    told('Why:', control.why),
    ...(control.heuristic ? [told('', 'It is judged by signs, not by facts, and may be wrong.')] : []),
    ...(verdict?.waiver
      ? [
          told(
            'Waived:',
            `until ${longDate(verdict.waiver.until)}: ${verdict.waiver.reason} (${verdict.waiver.approvedBy}, ${verdict.waiver.source.path}:${verdict.waiver.source.line})`,
          ),
        ]
      : []),
  ]
}

const labelOf = (verdict: ControlVerdict | undefined): string => {
  if (!verdict) return 'unasked'
  if (verdict.status === 'not-applicable') return 'n/a'
  return verdict.status === 'fail' && verdict.level !== 'enforce' ? verdict.level : verdict.status
}

const found = (verdict: ControlVerdict): string[] => {
  if (verdict.findings.length === 0) return [indent + plainLine(verdict.message)]
  const lines = verdict.findings
    .slice(0, mostFindings)
    .flatMap(({ message, location, next }) => [
      ...(location ? [indent + placeOf(location)] : []),
      indent + plainLine(message),
      ...(next && !message.includes(next) ? [`${indent}To fix:  ${plainLine(next)}`] : []),
    ])
  const more = verdict.findings.length - mostFindings
  return more > 0 ? [...lines, `${indent}and ${more} more`] : lines
}

const evidence = (control: ExplainedControl, explanation: Explanation, { now }: StoredAt): string[] => [
  ...section(
    'Rules that name it',
    control.rules.map(rule => ruleLine(rule)),
  ),
  ...section(
    'Parameters',
    control.parameters.map(({ name, value, from }) => `${name} = ${JSON.stringify(value)} (${from})`),
  ),
  ...section('Expressions', control.trace ? expressionLines(control.trace) : []),
  ...section(`Files read${readAt(explanation)}`, control.files.map(fileLine)),
  ...section(
    'Facts read',
    control.facts.map(({ name, detail, source, at }) =>
      detail === undefined
        ? `${name}, from ${source}, ${moment(at)}, ${ago(at, now)}`
        : `${name}: unknown. ${detail}.`,
    ),
  ),
  ...section(
    'Waivers of it',
    control.waivers.map(waiver => waiverLine(waiver, explanation.repository)),
  ),
]

const readAt = ({ commit, takenAt }: Explanation): string =>
  commit ? ` at ${shortSha(commit)} on ${moment(takenAt)}` : ''

const section = (title: string, lines: readonly string[]): string[] => {
  if (lines.length === 0) return []
  const more = lines.length - mostListed
  return [
    `  ${title}`,
    ...lines.slice(0, mostListed).map(line => `    ${plainLine(line)}`),
    ...(more > 0 ? [`    and ${more} more; --format json has all`] : []),
  ]
}

const ruleLine = (rule: ConsideredRule): string => {
  const applies = {
    yes: rule.decided ? 'decides' : 'asks, too',
    no: `is not for this repository: ${rule.detail}`,
    undecided: `can't be decided: ${rule.detail}`,
  }[rule.applies]
  const notes = [
    rule.level,
    rule.from && `enforce from ${longDate(rule.from)}`,
    rule.rollout !== undefined && `rollout ${rule.rollout} %, not here yet`,
    rule.pack && `pack ${rule.pack}`,
    rule.impliedBy && `along with ${rule.impliedBy}`,
  ].filter(Boolean)
  return `${rule.rule.path}:${rule.rule.line} "${rule.rule.name}" (${notes.join(', ')}) ${applies}`
}

const expressionLines = ({ cutOff, conditions }: Trace): string[] =>
  cutOff ? ['They took too long and were cut off.'] : conditions.flatMap(conditionLines)

const conditionLines = (condition: ConditionTrace): string[] => [
  `${condition.status.padEnd(7)} ${[condition.kind, condition.component, condition.about].filter(Boolean).join(' ')}`,
  ...condition.evaluations.map(
    ({ file, expression, value, error, parts }) =>
      `${expression} is ${value ?? `without a value (${error})`}${file ? ` in ${file}` : ''}${seen(parts)}`,
  ),
  ...condition.conditions.flatMap(conditionLines),
]

const seen = (parts: EvaluationTrace['parts']): string => {
  const all = [
    ...new Set(parts.flatMap(({ looksAt }) => looksAt.map(({ path, value }) => `${path} is ${value}`))),
  ]
  return all.length > 0 ? `: ${all.join(', ')}` : ''
}

const fileLine = ({ path, state, oid, detail, source }: ReadFile): string => {
  if (state === 'unknown') return `${path}: unknown. ${detail}.`
  if (state === 'absent') return `${path}: not there, from ${source}`
  return `${path}${oid ? ` (${oid.slice(0, 12)})` : ''}, from ${source}`
}

const waiverLine = ({ waiver, standing, begins, daysLeft }: ConsideredWaiver, repository: string): string => {
  const why = {
    holds: `holds, ${count(daysLeft, 'day')} left`,
    elsewhere: `is for ${waiver.repository}, not for ${repository}`,
    ended: `ended on ${longDate(waiver.until)}`,
    'not-begun': `begins on ${longDate(begins ?? '')}`,
    'too-early': `is longer than max-waiver allows and holds from ${longDate(begins ?? '')} on`,
  }[standing]
  return `${waiver.source.path}:${waiver.source.line} ${why}: ${waiver.reason} (${waiver.approvedBy})`
}

const placeOf = ({ path, line, column }: Location): string =>
  [plainLine(path), line, line === undefined ? undefined : column]
    .filter(part => part !== undefined)
    .join(':')

/** `22 November 2026, 10:00 UTC` */
const moment = (at: string): string => `${longDate(at)}, ${at.slice(11, 16)} UTC`

const minute = 60_000

/** `3 hours ago`; in the largest unit of which there are two. */
const ago = (at: string, now: Date): string => {
  const minutes = Math.floor((now.getTime() - Date.parse(at)) / minute)
  if (minutes < 2) return 'just now'
  if (minutes < 120) return `${minutes} minutes ago`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} hours ago` : `${Math.floor(minutes / 1_440)} days ago`
}
