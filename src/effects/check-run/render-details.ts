import type { Finding } from '../../controls/control.ts'
import { daysBetween } from '../../policy/days.ts'
import type {
  ConsideredRule,
  ExplainedControl,
  Explanation,
  ParameterInForce,
  ReadFact,
  ReadFile,
} from '../../policy/explain.ts'
import { nextStep } from '../../policy/next-step.ts'
import type { ConditionTrace, EvaluationTrace } from '../../policy/trace.ts'
import type { ControlVerdict } from '../../policy/verdict.ts'
import type { ConsideredWaiver } from '../../policy/waivers.ts'
import type { Concerns } from '../concerns.ts'
import type { Judgement } from '../judgement.ts'
import { evidence, sentence, titleOf } from '../text/control-words.ts'
import { block as blockOf, code, prose } from '../text/markdown.ts'
import { place, policyPlace, rulePlace } from '../text/place.ts'
import { count, listed, longDate, shortSha } from '../text/wording.ts'

/** GitHub refuses a text over 65,535; whether it counts characters or bytes it doesn't say. */
const textLimit = 60_000
/** Of one kind: more is a list to scroll past. The command line shows all. */
const mostListed = 8
const mostFindings = 5

/** Why each thing is asked and by what it was decided, for the one who wonders; GitHub shows it below the annotations. */
export function renderDetails(
  { enforced, advised, inherited, undecided, waived, passing }: Concerns,
  judgement: Judgement,
): string | undefined {
  const { explanation } = judgement
  const blocks = [
    ...chapter(
      'Why it is asked, and what decided it',
      [...enforced, ...advised, ...undecided].map(control => () => block(control, judgement)),
    ),
    ...chapter(
      'There before, and still to be fixed',
      inherited.map(control => () => block(control, judgement)),
    ),
    ...chapter(
      'Waived, and still to be fixed',
      waived.map(control => () => waivedBlock(control, judgement)),
    ),
    ...(passing.length > 0 ? [() => `**Passing:** ${listed(passing.map(titleOf))}.`] : []),
    ...(explanation ? [() => asOf(explanation)] : []),
  ]
  return kept(blocks, judgement) || undefined
}

const asOf = ({ commit, takenAt }: Explanation): string =>
  `Read at ${code(shortSha(commit))} on ${moment(takenAt)}, where no other time is said. ${code('golden-path controls ID')} tells how a control is decided and what it can't see.`

/** Rendered when there is room for it: of hundreds of controls most have none. */
type Block = () => string

const chapter = (title: string, blocks: readonly Block[]): Block[] =>
  blocks.length === 0 ? [] : [() => `### ${title}`, ...blocks]

/** Cut between two controls, never inside one, and said. */
function kept(blocks: readonly Block[], { snapshot }: Judgement): string {
  const shown: string[] = []
  let length = 0
  for (const [index, render] of blocks.entries()) {
    const each = render()
    length += new TextEncoder().encode(each).length + 2
    if (length > textLimit) {
      const { owner, name } = snapshot.repository
      const left = count(blocks.length - index, 'more part is', 'more parts are')
      shown.push(
        `${left} left out here: the text would be too long for GitHub. ${code(`golden-path explain ${owner}/${name}`)} tells everything.`,
      )
      break
    }
    shown.push(each)
  }
  return shown.join('\n\n')
}

/** One control's, waived or not. */
export const detailsOf = (control: ControlVerdict, judgement: Judgement): string =>
  control.status === 'waived' ? waivedBlock(control, judgement) : block(control, judgement)

function block(control: ControlVerdict, judgement: Judgement): string {
  const explained = judgement.explanation?.controls.find(each => each.id === control.id)
  return [
    `**${titleOf(control)}** (${code(control.id)}): ${prose(control.why)}`,
    '',
    ...items([
      ['To fix', steps(control)],
      ['Asked', asked(control, explained, judgement)],
      [control.status === 'unknown' ? 'Not decided' : 'Decided', decided(control)],
      ['Expression', expressions(explained)],
      ['With', explained ? parameters(explained.parameters) : ''],
      ['Read', explained ? whatWasRead(explained, judgement) : ''],
      ['Waivers', explained ? waivers(explained.waivers, judgement) : ''],
      ['Other rules', explained ? otherRules(explained.rules, judgement) : ''],
      ['', satisfied(control)],
    ]),
    ...differences(control),
  ].join('\n')
}

/** Further ones are in the files that the findings name. */
const mostDifferences = 3

const differences = (control: ControlVerdict): string[] =>
  control.findings
    .flatMap(({ diff, location }) => (diff ? [{ diff, location }] : []))
    .slice(0, mostDifferences)
    .flatMap(({ diff, location }) => [
      '',
      `What changes${location ? ` in ${code(location.path)}` : ''}:`,
      '',
      blockOf(diff, 'diff'),
    ])

/** What is excused is still so: the debt stays in sight, with the day on which it is due. */
function waivedBlock(control: ControlVerdict, judgement: Judgement): string {
  const { waiver } = control
  const explained = judgement.explanation?.controls.find(each => each.id === control.id)
  return [
    `**${titleOf(control)}** (${code(control.id)}): ${prose(control.why)}`,
    '',
    ...items([
      ['Waived', waiver ? `${untilWhen(waiver.until, judgement)}, by ${code(waiver.approvedBy)}` : ''],
      [
        'Because',
        waiver ? `${sentence(waiver.reason)} (${policyPlace(judgement.policyUrl, waiver.source)})` : '',
      ],
      ['Still so', stillSo(control, judgement)],
      ['To fix', steps(control)],
      ['Asked', asked(control, explained, judgement)],
      ['', satisfied(control)],
    ]),
  ].join('\n')
}

/** No days are counted where the day of the decision is left out, to see whether anything else changed. */
function untilWhen(until: string, { verdict }: Judgement): string {
  const day = verdict.decidedAt.slice(0, 10)
  const left = day === '' ? '' : ` (${count(daysBetween(day, until) + 1, 'day')} left on ${dateOf(day)})`
  return `until ${dateOf(until)}${left}`
}

const stillSo = (control: ControlVerdict, judgement: Judgement): string =>
  control.findings.length > 0
    ? firstOf(control.findings, finding => found(finding, judgement))
    : prose(control.message)

const found = ({ message, location }: Finding, { snapshot, verdict }: Judgement): string =>
  `${sentence(message)}${location ? ` (${place(snapshot, verdict.sha, location)})` : ''}`

const items = (rows: readonly (readonly [label: string, text: string])[]): string[] =>
  rows.flatMap(([label, text]) => (text ? [`- ${label ? `*${label}:* ` : ''}${text}`] : []))

const satisfied = (control: ControlVerdict): string => {
  const requirements = evidence(control)
  return requirements && `A pass is evidence for ${requirements}.`
}

function asked(
  control: ControlVerdict,
  explained: ExplainedControl | undefined,
  judgement: Judgement,
): string {
  const rule = `${code(control.rule.name)} (${rulePlace(control.rule, judgement)})`
  // The first sentence names the rule, which stands here already with its link.
  const [, ...more] = explained?.because ?? []
  return [
    `by the rule ${rule}, at ${control.heldBack?.level ?? control.level}.`,
    ...more.map(each => prose(each)),
  ].join(' ')
}

/** An open question has no finding that tells it. */
const decided = (control: ControlVerdict): string =>
  [
    control.status === 'unknown' ? prose(control.message) : '',
    control.heuristic ? 'It is judged by signs, not by facts, and may be wrong.' : '',
  ]
    .filter(Boolean)
    .join(' ')

const steps = (control: ControlVerdict): string =>
  firstOf([...new Set(control.findings.flatMap(finding => nextStep(finding) ?? []))], next => sentence(next))

/** Sentences, of which the rest is counted. */
const firstOf = <T>(all: readonly T[], tell: (each: T) => string): string =>
  [
    ...all.slice(0, mostFindings).map(tell),
    ...(all.length > mostFindings ? [`And ${all.length - mostFindings} more.`] : []),
  ].join(' ')

/** Where one has no value or another one than is asked for: what it was, and what it looked at. */
function expressions(explained: ExplainedControl | undefined): string {
  const { trace } = explained ?? {}
  if (!trace) return ''
  if (trace.cutOff) return 'cut off, because it took too long'
  return shortList(
    leaves(trace.conditions)
      .filter(({ status }) => status === 'fail' || status === 'unknown')
      .flatMap(({ evaluations }) => evaluations.map(expressionValue)),
  )
}

const leaves = (conditions: readonly ConditionTrace[]): ConditionTrace[] =>
  conditions.flatMap(each => (each.conditions.length > 0 ? leaves(each.conditions) : [each]))

function expressionValue({ file, expression, value, error, parts }: EvaluationTrace): string {
  const seen = parts.flatMap(({ looksAt }) =>
    looksAt.map(each => `${code(each.path)} is ${seenValue(each.value)}`),
  )
  const where = file === undefined ? '' : ` in ${code(file)}`
  const result =
    value === undefined ? `has no value${where}: ${prose(error ?? '')}` : `is ${code(value)}${where}`
  return `${code(expression)} ${result}${seen.length > 0 ? ` (${shortList([...new Set(seen)], ', ')})` : ''}`
}

const seenValue = (value: string): string => (/^an? /.test(value) ? prose(value) : code(value))

const parameters = (all: readonly ParameterInForce[]): string =>
  shortList(
    all.map(({ name, value, from }) => `${code(`${name} = ${JSON.stringify(value)}`)} (${prose(from, 200)})`),
  )

function whatWasRead({ files, facts }: ExplainedControl, judgement: Judgement): string {
  return shortList([
    ...files.map(file => readFile(file, judgement)),
    ...facts.map(fact => readFact(fact, judgement)),
  ])
}

function readFile({ path, state, detail, oid }: ReadFile, { snapshot, verdict }: Judgement): string {
  if (state === 'there') {
    const object = oid ? ` (${code(oid.slice(0, 7))})` : ''
    return `${place(snapshot, verdict.sha, { path })}${object}`
  }
  return state === 'absent' ? `${code(path)} is not there` : `${code(path)} unknown: ${prose(detail ?? '')}`
}

function readFact({ name, detail, source, at }: ReadFact, { snapshot }: Judgement): string {
  if (detail !== undefined) return `${code(name)} unknown: ${prose(detail)}`
  const earlier = at === snapshot.takenAt ? '' : `, read ${moment(at)}`
  return `${code(name)} from ${prose(source ?? '', 80)}${earlier}`
}

function waivers(all: readonly ConsideredWaiver[], { policyUrl }: Judgement): string {
  return shortList(
    all
      .filter(({ standing }) => standing !== 'holds')
      .map(({ waiver, standing, begins }) => {
        const why = {
          holds: '',
          elsewhere: `is for ${code(waiver.repository)}`,
          ended: `ended on ${dateOf(waiver.until)}`,
          'not-begun': `begins on ${dateOf(begins ?? '')}`,
          'too-early': `is longer than ${code('max-waiver')} allows, and holds from ${dateOf(begins ?? '')} on`,
        }[standing]
        return `the one in ${policyPlace(policyUrl, waiver.source)} ${why}`
      }),
  )
}

function otherRules(rules: readonly ConsideredRule[], judgement: Judgement): string {
  return shortList(
    rules
      .filter(({ decided: isDecided }) => !isDecided)
      .map(({ rule, applies, detail, level }) => {
        const answer = {
          yes: `asks the same at ${level}`,
          no: `is not for this repository: ${prose(detail ?? '', 200)}`,
          undecided: `may be for this repository, which can't be decided: ${prose(detail ?? '', 200)}`,
        }[applies]
        return `${code(rule.name)} (${rulePlace(rule, judgement)}) ${answer}`
      }),
  )
}

const shortList = (all: readonly string[], separator = '; '): string =>
  [
    ...all.slice(0, mostListed),
    ...(all.length > mostListed ? [`and ${all.length - mostListed} more`] : []),
  ].join(separator)

/** `22 November 2026, 10:00 UTC` */
const moment = (at: string): string => `${dateOf(at)}, ${prose(at.slice(11, 16), 5)} UTC`

const dateOf = (day: string): string => prose(longDate(day), 40)
