import type { Finding } from '../controls/control.ts'
import { plain } from '../snapshot/quoted-text.ts'
import type { Location, Snapshot } from '../snapshot/snapshot.ts'
import { evaluateExpression, isKept } from './cel.ts'
import type { Condition } from './conditions.ts'
import type { CustomControl } from './custom-control.ts'
import { type Answer, answer, type Evaluation, valueAt } from './judge-question.ts'
import { prepareQuestions } from './question.ts'
import { withTimeLimit } from './time-limit.ts'

/** How a control of the organisation's own came to its outcome, for the person who asks why. Plain data, bounded. */
export interface Trace {
  control: string
  /** Evaluating took too long and was cut off: there is nothing to show. */
  cutOff: boolean
  conditions: ConditionTrace[]
}

export interface ConditionTrace {
  kind: Condition['kind'] | 'for-each component'
  /** As the policy has it: `config/logging.{yaml,yml}`, or the expression over the repository. */
  about: string
  /** The Component that it is asked for. */
  component?: string
  status: 'pass' | 'fail' | 'unknown' | 'not-applicable'
  /** Why, in the words of the outcome. */
  message: string
  /** Of the first finding. */
  location?: Location
  /** The files that were looked at. */
  files: string[]
  evaluations: EvaluationTrace[]
  /** Of any-of, all-of and for-each: their conditions. */
  conditions: ConditionTrace[]
}

export interface EvaluationTrace {
  file?: string
  expression: string
  /** `true`; absent when it has none. */
  value?: string
  /** Why it has no value. */
  error?: string
  /** Each operand of its outermost `&&`, with the values that it looks at; of text, which may be a secret, only that it is one. */
  parts: { expression: string; value: string; looksAt: { path: string; value: string }[] }[]
}

/** More than this nobody reads through. */
const most = { files: 20, conditions: 100, parts: 20, paths: 20, expression: 500 }

// For a person who asks, and of wall time: more than what the verdict had.
const milliseconds = 500

/** Pure but for the limit of time. */
export const trace = (control: CustomControl, snapshot: Snapshot, today: string): Trace => {
  const { questions, material } = prepareQuestions([control.conditions], snapshot, today)
  const limited = withTimeLimit(milliseconds, () =>
    questions
      .flat()
      .slice(0, most.conditions)
      .map(question => traceOf(answer(question, material))),
  )
  return { control: control.id, cutOff: !limited.ended, conditions: limited.ended ? limited.value : [] }
}

const traceOf = (answer: Answer): ConditionTrace => {
  const { question, outcome, evaluations, parts } = answer
  const finding: Finding | undefined = outcome.status === 'fail' ? outcome.findings[0] : undefined
  return {
    kind: question.kind === 'each' ? 'for-each component' : question.condition.kind,
    about: aboutOf(question.condition),
    ...(question.component ? { component: plain(question.component.name) } : {}),
    status: outcome.status,
    message: outcome.status === 'fail' ? outcome.findings[0].message : outcome.message,
    ...(finding?.location ? { location: finding.location } : {}),
    files: filesOf(answer),
    evaluations: evaluations.slice(0, most.files).map(evaluationTrace),
    conditions: parts.slice(0, most.conditions).map(traceOf),
  }
}

const aboutOf = (condition: Condition): string => {
  if (condition.kind === 'file') return condition.file
  if (condition.kind === 'absent') return condition.absent
  return condition.kind === 'repository' ? cut(condition.repository.source) : ''
}

const filesOf = ({ question, files }: Answer): string[] => {
  const paths = question.kind === 'absent' ? question.paths : question.kind === 'file' ? files : []
  return paths.slice(0, most.files).map(plain)
}

const evaluationTrace = ({ file, expression, variables, evaluated }: Evaluation): EvaluationTrace => ({
  ...(file === undefined ? {} : { file: plain(file) }),
  expression: cut(expression.source),
  ...(evaluated.ok ? { value: shown(evaluated.value) } : { error: plain(evaluated.message) }),
  parts: expression.parts.slice(0, most.parts).map(part => {
    // What is one operand was evaluated already.
    const own = expression.parts.length === 1 ? evaluated : evaluateExpression(part, variables)
    return {
      expression: cut(part.source),
      value: own.ok ? shown(own.value) : isKept(own) ? 'true' : plain(own.message),
      looksAt: part.paths.slice(0, most.paths).map(path => ({
        path: plain(path.join('.')),
        value: shown(valueAt(variables, path)),
      })),
    }
  }),
})

const cut = (source: string): string =>
  source.length > most.expression ? `${source.slice(0, most.expression)}…` : source

/** Text may be a secret; lists and mappings are told by their size. */
const shown = (value: unknown): string => {
  if (value === undefined) return 'not set'
  if (value === null) return 'null'
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return `a mapping of ${Object.keys(value).length} keys`
  return String(value)
}
