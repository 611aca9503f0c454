import { type Finding, type Outcome, undecided } from '../controls/control.ts'
import { bounded } from '../controls/support/bounded.ts'
import { expandBraces, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import { plain } from '../snapshot/quoted-text.ts'
import type { FileContent, Location } from '../snapshot/snapshot.ts'
import { type Evaluated, type Expression, holds, isKept, type Part, type Variables } from './cel.ts'
import type { Component } from './components.ts'
import type { ReadDocument } from './document.ts'
import { factVariables } from './fact-variables.ts'
import { positionAt } from './formats/positions.ts'
import { type Message, sayMessage } from './message.ts'
import type {
  AbsentQuestion,
  FileQuestion,
  GroupQuestion,
  Material,
  Question,
  RepositoryQuestion,
} from './question.ts'
import { placesIn } from './regular-expression.ts'

/** What became of a question; the outcome, and what was looked at for those who ask why. */
export interface Answer {
  question: Question
  outcome: Outcome
  /** Files that were found and judged. */
  files: string[]
  evaluations: Evaluation[]
  parts: Answer[]
}

/** One expression on one file, or on none. */
export interface Evaluation {
  file?: string
  expression: Expression
  variables: Variables
  evaluated: Evaluated
}

/** Answers a question. May take as long as its expressions do: to be called within a time limit. */
export const answer = (question: Question, material: Material): Answer => {
  if (question.kind === 'answered') return { ...nothingSeen, question, outcome: question.outcome }
  if (question.kind === 'file') return answerFile(question, material)
  if (question.kind === 'absent') return answerAbsent(question, material)
  if (question.kind === 'repository') return answerRepository(question, material)
  return answerGroup(question, material)
}

const nothingSeen = { files: [], evaluations: [], parts: [] }
const kept: Outcome = { status: 'pass', message: 'It is as asked.' }

const answerFile = (question: FileQuestion, material: Material): Answer => {
  const { condition, files, component } = question
  const outcomes = [...question.outcomes]
  const evaluations: Evaluation[] = []
  if (files.length === 0 && outcomes.length === 0) outcomes.push(noSuchFile(question, material))
  for (const [path, content] of files) {
    const document = material.documents.get(path)
    if (document && !document.ok) {
      outcomes.push(notReadable(path, document))
      continue
    }
    const variables = variablesOf(material, component, condition.message, condition.where, {
      path,
      content,
      ...(document ? { document } : {}),
    })
    const open = condition.where && material.facts.open(condition.where.facts)
    if (open !== undefined) outcomes.push(undecided(`${open}.`))
    else if (condition.where) {
      const evaluated = holds(condition.where, variables)
      evaluations.push({ file: path, expression: condition.where, variables, evaluated })
      if (!isKept(evaluated))
        outcomes.push(notKept(condition.message, condition.where, evaluated, variables, path, document))
    }
    outcomes.push(...patternOutcomes(question, path, content.text, variables))
  }
  return {
    ...nothingSeen,
    question,
    outcome: inComponent(together(outcomes), component),
    files: files.map(([path]) => path),
    evaluations,
  }
}

const noSuchFile = ({ condition, component }: FileQuestion, material: Material): Outcome => {
  const several = isTrueGlob(condition.file) || expandBraces(condition.file).length > 1
  const path = `${plain(component?.directory ?? '')}${condition.file}`
  const message = several ? `No file matches ${path}.` : `There is no ${path}.`
  const words = sayMessage(condition.message, variablesOf(material, component, condition.message))
  return { status: 'fail', findings: [{ message: `${message} ${words}` }] }
}

const notReadable = (path: string, document: Extract<ReadDocument, { ok: false }>): Outcome => {
  const location = { path, line: document.line, column: document.column }
  const message = `${path} ${document.message}.`
  return { status: 'fail', findings: [{ message, location, next: `Make ${path} readable` }] }
}

/** Nobody reads the twenty-first place at which the same is wrong. */
const mostPlaces = 20

const patternOutcomes = (
  { condition }: FileQuestion,
  path: string,
  text: string,
  variables: Variables,
): Outcome[] => {
  const found = (place: number): Outcome => ({
    status: 'fail',
    findings: [
      { message: sayMessage(condition.message, variables), location: { path, ...positionAt(text, place) } },
    ],
  })
  return [
    ...condition.matches.flatMap(pattern => (placesIn(text, pattern, 1).length === 0 ? [found(0)] : [])),
    ...condition.notMatches.flatMap(pattern => placesIn(text, pattern, mostPlaces).map(found)),
  ]
}

const answerAbsent = (question: AbsentQuestion, material: Material): Answer => {
  const { condition, component, paths, open } = question
  const outcomes = paths.map((path): Outcome => {
    const variables = { ...variablesOf(material, component, condition.message), file: path }
    const message = `${plain(path)} is there. ${sayMessage(condition.message, variables)}`
    return { status: 'fail', findings: [{ message, location: { path } }] }
  })
  const outcome = together(open ? [...outcomes, open] : outcomes)
  return { ...nothingSeen, question, outcome: inComponent(outcome, component) }
}

const answerRepository = (question: RepositoryQuestion, material: Material): Answer => {
  const { condition, component } = question
  const { repository: expression, message } = condition
  const open = material.facts.open(expression.facts)
  if (open !== undefined) return { ...nothingSeen, question, outcome: undecided(`${open}.`) }
  const variables = variablesOf(material, component, message, expression)
  const evaluated = holds(expression, variables)
  const outcome = isKept(evaluated) ? kept : notKept(message, expression, evaluated, variables)
  return {
    ...nothingSeen,
    question,
    outcome: inComponent(outcome, component),
    evaluations: [{ expression, variables, evaluated }],
  }
}

const answerGroup = (question: GroupQuestion, material: Material): Answer => {
  const parts = question.parts.map(part => answer(part, material))
  const outcomes = parts.map(part => part.outcome)
  const outcome = question.kind === 'any-of' ? anyOf(outcomes) : together(outcomes)
  const words = question.message
    ? sayMessage(question.message, variablesOf(material, question.component, question.message))
    : undefined
  const said: Outcome =
    outcome.status === 'fail' && words !== undefined
      ? { status: 'fail', findings: [{ ...outcome.findings[0], message: words }] }
      : outcome
  return {
    ...nothingSeen,
    question,
    outcome: words === undefined ? said : inComponent(said, question.component),
    files: parts.flatMap(part => part.files),
    parts,
  }
}

/** Each must be kept: what is wrong goes before what is not known. */
export const together = (outcomes: readonly Outcome[]): Outcome => {
  const [first, ...rest] = bounded(outcomes.flatMap(each => (each.status === 'fail' ? each.findings : [])))
  if (first) return { status: 'fail', findings: [first, ...rest] }
  const open = outcomes.find(each => each.status === 'unknown')
  if (open) return open
  return outcomes.length > 0 && outcomes.every(each => each.status === 'not-applicable')
    ? (outcomes[0] ?? kept)
    : kept
}

/** One kept is enough; while one is not known, none may be wrong. */
const anyOf = (outcomes: readonly Outcome[]): Outcome => {
  const asked = outcomes.filter(each => each.status !== 'not-applicable')
  if (asked.length === 0) return together(outcomes)
  if (asked.some(each => each.status === 'pass')) return kept
  const open = asked.find(each => each.status === 'unknown')
  if (open) return open
  const firsts = asked.flatMap(each => (each.status === 'fail' ? [each.findings[0]] : []))
  const [first] = firsts
  if (!first || firsts.length === 1) return first ? { status: 'fail', findings: [first] } : kept
  const list = firsts.slice(0, mostAlternatives).map(({ message }, index) => `(${index + 1}) ${message}`)
  return { status: 'fail', findings: [{ ...first, message: `One of these must be kept. ${list.join(' ')}` }] }
}

const mostAlternatives = 5

/** The component is named where the finding's place does not say it already. */
const inComponent = (outcome: Outcome, component: Component | undefined): Outcome => {
  if (!component || outcome.status === 'pass') return outcome
  const name = plain(component.name)
  if (outcome.status !== 'fail') return { ...outcome, message: `${name}: ${outcome.message}` }
  const [first, ...rest] = outcome.findings.map(
    (finding): Finding => ({
      ...finding,
      message: `${name}: ${finding.message}`,
    }),
  )
  return first ? { status: 'fail', findings: [first, ...rest] } : outcome
}

interface ReadFile {
  path: string
  content: FileContent
  document?: Extract<ReadDocument, { ok: true }>
}

/** The values of what is used, and of no more: a fact nobody asks for is not made. */
const variablesOf = (
  { facts }: Material,
  component: Component | undefined,
  message: Message,
  expression?: Expression,
  file?: ReadFile,
): Variables => {
  const used = [...(expression ? [expression] : []), ...message.filter(part => typeof part !== 'string')]
  const values = used.flatMap(each =>
    each.facts.flatMap(({ variable }) => {
      const fact = facts.value(variable)
      return fact.known ? [[variable, fact.value] as const] : []
    }),
  )
  return {
    ...Object.fromEntries(values),
    ...(component ? { component: component.value } : {}),
    ...(file ? ofFile(file) : {}),
  }
}

const ofFile = ({ path, content, document }: ReadFile): Variables => ({
  file: path,
  text: content.text,
  ...(document ? { doc: document.docs[0] ?? null, docs: document.docs } : {}),
  ...(document?.manifest ? { manifest: document.manifest } : {}),
})

const notKept = (
  message: Message,
  expression: Expression,
  evaluated: Evaluated,
  variables: Variables,
  path?: string,
  document?: ReadDocument,
): Outcome => {
  const broken = brokenPart(expression, variables)
  const words = sayMessage(message, variables)
  // An author who shows values in the message has chosen which.
  const seen = message.some(part => typeof part !== 'string') ? '' : whatIsThere(broken, variables, evaluated)
  const location = path === undefined ? undefined : { path, ...placeOf(broken, document) }
  return { status: 'fail', findings: [{ message: `${seen}${words}`, ...(location ? { location } : {}) }] }
}

/** The first operand of the `&&` that is not kept, so that the finding points at it. */
const brokenPart = (expression: Expression, variables: Variables): Part | undefined =>
  expression.parts.length === 1 ? expression : expression.parts.find(part => !isKept(holds(part, variables)))

const placeOf = (
  part: Part | undefined,
  document: ReadDocument | undefined,
): Pick<Location, 'line' | 'column'> => {
  const inDocument = (part?.paths ?? []).filter(([variable]) => variable === 'doc')
  const [longest] = inDocument.toSorted((a, b) => b.length - a.length)
  return longest && document?.ok ? document.lineOf(longest.slice(1)) : { line: 1, column: 1 }
}

/**
 * `audit.retentionDays is 30. `, for the paths the broken operand looks at. Numbers and truth values only: text
 * may be a secret, and the sentence is shown more widely than the file.
 */
const whatIsThere = (part: Part | undefined, variables: Variables, evaluated: Evaluated): string => {
  const seen = new Map(
    (part?.paths ?? [])
      .filter(([variable]) => variable === 'doc' || variable in factVariables)
      .slice(0, 3)
      .map(path => [(path[0] === 'doc' ? path.slice(1) : path).join('.'), valueAt(variables, path)]),
  )
  const words = [...seen].flatMap(([name, value]) => {
    if (value === undefined) return [`${name} is not set`]
    return ['number', 'bigint', 'boolean'].includes(typeof value) ? [`${name} is ${String(value)}`] : []
  })
  if (words.length > 0) return `${words.join(', ')}. `
  return evaluated.ok || evaluated.missing ? '' : `The condition can't be applied: ${evaluated.message}. `
}

export const valueAt = (root: unknown, path: readonly (string | number)[]): unknown => {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
