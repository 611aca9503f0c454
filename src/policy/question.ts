import { type Outcome, undecided, unreadableFile } from '../controls/control.ts'
import { plain } from '../snapshot/quoted-text.ts'
import { type FileContent, file, type Snapshot } from '../snapshot/snapshot.ts'
import type { Expression } from './cel.ts'
import { type Component, entityFiles } from './components.ts'
import { type Files, filesOf } from './condition-files.ts'
import type {
  AbsentCondition,
  Condition,
  FileCondition,
  GroupCondition,
  RepositoryCondition,
} from './conditions.ts'
import { type ReadDocument, readDocument, startReading } from './document.ts'
import { type FactValues, factValues } from './fact-variables.ts'
import { expressionsIn } from './message.ts'

/**
 * A condition with all that it is about: what is left is to evaluate it. Matching paths and reading files is bounded on
 * its own and happens before, so that a big honest repository does not use up the time that is meant for expressions.
 */
export type Question = FileQuestion | AbsentQuestion | RepositoryQuestion | GroupQuestion | OpenQuestion

interface OfComponent {
  component?: Component
}

export interface FileQuestion extends OfComponent {
  kind: 'file'
  condition: FileCondition
  files: [string, FileContent][]
  /** Of those that can't be looked at, and of none being there. */
  outcomes: Outcome[]
}

export interface AbsentQuestion extends OfComponent {
  kind: 'absent'
  condition: AbsentCondition
  paths: string[]
  open?: Outcome
}

export interface RepositoryQuestion extends OfComponent {
  kind: 'repository'
  condition: RepositoryCondition
}

export interface GroupQuestion extends OfComponent {
  /** `each`: one for each component. */
  kind: 'any-of' | 'all-of' | 'each'
  condition: Condition
  message?: GroupCondition['message']
  parts: Question[]
}

/** Answered already: what it is about can't be known, or is not there. */
interface OpenQuestion extends OfComponent {
  kind: 'answered'
  condition: Condition
  outcome: Outcome
}

export interface Material {
  snapshot: Snapshot
  facts: FactValues
  documents: ReadonlyMap<string, ReadDocument>
}

/** The questions of several controls on one snapshot, and what they share. */
export const prepareQuestions = (
  controls: readonly (readonly Condition[])[],
  snapshot: Snapshot,
  today: string,
): { questions: Question[][]; material: Material } => {
  const lookUp = filesOf(snapshot)
  const questions = controls.map(conditions => conditions.map(each => questionOf(each, lookUp)))
  const documents = readDocuments(questions.flat())
  return { questions, material: { snapshot, facts: factValues(snapshot, today), documents } }
}

const questionOf = (condition: Condition, lookUp: Files, component?: Component): Question => {
  if (condition.forEach && !component) return eachComponent(condition, lookUp)
  const of = component ? { component } : {}
  if (condition.kind === 'file')
    return { kind: 'file', condition, ...of, ...lookUp.files(condition.file, component) }
  if (condition.kind === 'absent')
    return { kind: 'absent', condition, ...of, ...lookUp.paths(condition.absent, component) }
  if (condition.kind === 'repository') return { kind: 'repository', condition, ...of }
  return {
    kind: condition.kind,
    condition,
    ...of,
    ...(condition.message ? { message: condition.message } : {}),
    parts: condition.conditions.map(each => questionOf(each, lookUp, component)),
  }
}

/** More are no repository that a person keeps; each of them is judged, and read for. */
const mostComponents = 1_000

const eachComponent = (condition: Condition, lookUp: Files): Question => {
  const components = lookUp.components()
  const answered = (outcome: Outcome): Question => ({ kind: 'answered', condition, outcome })
  if (!components.known)
    return answered(undecided(`Which components are here can't be known: ${components.detail}.`))
  const unreadable = unreadableEntities(lookUp.snapshot)
  if (components.value.length === 0 && !unreadable)
    return answered({ status: 'not-applicable', message: 'No Component is described here.' })
  if (components.value.length > mostComponents) {
    const message = `This repository describes ${components.value.length} Components. Expected at most ${mostComponents}.`
    return answered({ status: 'fail', findings: [{ message }] })
  }
  const parts = components.value.map(component => questionOf(condition, lookUp, component))
  return { kind: 'each', condition, parts: unreadable ? [...parts, answered(unreadable)] : parts }
}

/** What the repository itself made unreadable may hold a Component: breaking it must not take that out of a control. */
const unreadableEntities = (snapshot: Snapshot): Outcome | undefined => {
  for (const path of entityFiles(snapshot)) {
    const fact = file(snapshot, path)
    if (!fact.known) return unreadableFile(path, fact)
  }
  const broken = snapshot.entities.find(
    ({ judgement, kind }) => judgement === 'invalid' && kind === undefined,
  )
  if (!broken) return undefined
  const message = `Which Components are here can't be told: ${plain(broken.path)}:${broken.line} is no entity that can be read.`
  const location = { path: broken.path, line: broken.line }
  return { status: 'fail', findings: [{ message, location, next: 'Make it an entity that Backstage reads' }] }
}

/** Each file that an expression looks into, read once; in the order of paths, since all of them share one allowance. */
const readDocuments = (questions: readonly Question[]): Map<string, ReadDocument> => {
  const wanted = new Map<string, FileContent>()
  const collect = (question: Question): void => {
    if ('parts' in question) for (const part of question.parts) collect(part)
    if (question.kind === 'file' && looksInside(question.condition))
      for (const [path, content] of question.files) wanted.set(path, content)
  }
  for (const question of questions) collect(question)
  const reading = startReading()
  return new Map(
    [...wanted]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => [path, readDocument(path, content.text, reading)]),
  )
}

const inside = new Set(['doc', 'docs', 'manifest'])

/** Whether the file must be read as data. A condition on its text alone is kept or not, whatever the text is. */
export const looksInside = (condition: FileCondition): boolean =>
  [...(condition.where ? [condition.where] : []), ...expressionsIn(condition.message)].some(({ paths }) =>
    paths.some(([variable]) => inside.has(variable)),
  )

/** Whether answering it evaluates anything, which is to be cut off when it runs away; nothing else can. */
export const mayTakeLong = (question: Question): boolean => {
  if (question.kind === 'answered') return false
  if ('parts' in question)
    return (question.message?.some(isExpression) ?? false) || question.parts.some(mayTakeLong)
  const { condition } = question
  if (condition.message.some(isExpression)) return true
  if (question.kind !== 'file') return question.kind === 'repository'
  const { where, matches, notMatches } = question.condition
  return question.files.length > 0 && (where !== undefined || matches.length + notMatches.length > 0)
}

const isExpression = (part: string | Expression): boolean => typeof part !== 'string'
