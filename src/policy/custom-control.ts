import type { Control, Finding, Outcome, Satisfies } from '../controls/control.ts'
import { fail, pass, undecided, unreadableFile } from '../controls/control.ts'
import { expandBraces, glob, isTrueGlob } from '../snapshot/linear-glob.ts'
import { type FileContent, file, type Location, type Snapshot } from '../snapshot/snapshot.ts'
import {
  type Condition,
  type ConditionPart,
  type Evaluated,
  evaluateCondition,
  type Variables,
} from './cel.ts'
import { type ReadDocument, readDocument, startReading } from './document.ts'
import { withTimeLimit } from './time-limit.ts'

/** A control of the organisation's own, from the policy's `controls:`. */
export interface CustomControl extends Control {
  demands: readonly Demand[]
  /** Kept for fix pull requests. */
  fix?: Fix
}

export interface Demand {
  /** As written: `config/logging.{yaml,yml}`. */
  file: string
  /** Absent: the file must be there. */
  where?: Condition
  message: string
}

export interface Fix {
  copy: string
  to: string
}

/** What all conditions of a repository may take together, in milliseconds. */
export const conditionMilliseconds = 100

// A policy of exploding conditions would otherwise hold a worker for 200 ms each.
const mostCutOff = 3

export const customControl = (definition: {
  id: string
  title: string
  why: string
  satisfies: Satisfies
  demands: Demand[]
  fix?: Fix
}): CustomControl => {
  const control: CustomControl = {
    ...definition,
    reads: { files: definition.demands.map(demand => demand.file), facts: [] },
    check: snapshot => checkTogether([control], snapshot).get(control.id) ?? undecided('It was not checked.'),
  }
  return control
}

export const isCustom = (control: Control): control is CustomControl => 'demands' in control

/** Checks an organisation's controls on one snapshot within one time limit; the outcome of each by its id. */
export const checkTogether = (
  controls: readonly CustomControl[],
  snapshot: Snapshot,
): Map<string, Outcome> => {
  const outcomes = new Map<string, Outcome>()
  // Matching paths and reading YAML happen outside the limit: they are bounded on their own, and a big honest
  // repository must not use up what is meant for the conditions.
  const material = gather(controls, snapshot)
  const run = (batch: readonly CustomControl[]): void => {
    withTimeLimit(conditionMilliseconds, () => {
      for (const control of batch) outcomes.set(control.id, check(control, material))
    })
  }
  let waiting: readonly CustomControl[] = controls
  for (let cutOff = 0; waiting.length > 0 && cutOff <= mostCutOff; cutOff++) {
    run(waiting)
    waiting = waiting.filter(control => !outcomes.has(control.id))
    const [culprit, ...rest] = waiting
    if (!culprit || cutOff === mostCutOff) break
    // It is wall time, which a busy machine takes away as well: once more, alone.
    run([culprit])
    if (!outcomes.has(culprit.id)) outcomes.set(culprit.id, undecided(tooLong(culprit)))
    waiting = rest
  }
  for (const control of waiting) {
    outcomes.set(control.id, undecided(`${control.title}: not checked, other conditions took up the time.`))
  }
  return outcomes
}

const tooLong = (control: CustomControl): string =>
  `${control.title}: its condition took longer than ${conditionMilliseconds} ms.`

interface Material {
  matching: ReadonlyMap<Demand, Matching>
  documents: ReadonlyMap<string, ReadDocument>
}

const gather = (controls: readonly CustomControl[], snapshot: Snapshot): Material => {
  const matching = new Map<Demand, Matching>()
  const documents = new Map<string, ReadDocument>()
  const reading = startReading()
  for (const demand of controls.flatMap(control => control.demands)) {
    const found = matchingFiles(demand, snapshot)
    matching.set(demand, found)
    if (!found.ok || !demand.where) continue
    for (const [path, content] of found.files) {
      if (!documents.has(path)) documents.set(path, readDocument(path, content.text, reading))
    }
  }
  return { matching, documents }
}

const check = (control: CustomControl, { matching, documents }: Material): Outcome => {
  const findings: Finding[] = []
  const checked: string[] = []
  let open: Outcome | undefined
  for (const demand of control.demands) {
    const found = matching.get(demand)
    if (!found) continue
    if (!found.ok) {
      if (found.outcome.status === 'fail') findings.push(...found.outcome.findings)
      else open ??= found.outcome
      continue
    }
    for (const [path, content] of found.files) {
      checked.push(path)
      const result = checkFile(demand, path, content, documents.get(path))
      if (result?.status === 'fail') findings.push(...result.findings)
      else if (result) open ??= result
    }
  }
  const [first, ...rest] = findings
  if (first) return fail(first, ...rest)
  return open ?? pass(`${[...new Set(checked)].join(', ')} ${checked.length === 1 ? 'is' : 'are'} as asked.`)
}

type Matching = { ok: true; files: [string, FileContent][] } | { ok: false; outcome: Outcome }

const matchingFiles = (demand: Demand, snapshot: Snapshot): Matching => {
  const paths: string[] = []
  for (const alternative of expandBraces(demand.file)) {
    if (!isTrueGlob(alternative)) {
      paths.push(alternative)
      continue
    }
    if (!snapshot.tree.known) {
      return {
        ok: false,
        outcome: undecided(`Which files match ${demand.file} can't be known: ${snapshot.tree.detail}.`),
      }
    }
    const matches = glob(alternative)
    paths.push(
      ...snapshot.tree.value
        .filter(entry => entry.type !== 'tree' && matches(entry.path))
        .map(entry => entry.path),
    )
  }
  const files: [string, FileContent][] = []
  for (const path of new Set(paths)) {
    const fact = file(snapshot, path)
    if (!fact.known) return { ok: false, outcome: unreadableFile(path, fact) }
    if (fact.value.exists) files.push([path, fact.value])
  }
  return files.length > 0 ? { ok: true, files } : { ok: false, outcome: noSuchFile(demand) }
}

const noSuchFile = (demand: Demand): Outcome => {
  const several = isTrueGlob(demand.file) || expandBraces(demand.file).length > 1
  const message = several ? `No file matches ${demand.file}.` : `There is no ${demand.file}.`
  return fail({ message: `${message} ${demand.message}` })
}

const checkFile = (
  demand: Demand,
  path: string,
  content: FileContent,
  document: ReadDocument | undefined,
): Outcome | undefined => {
  if (!demand.where || !document) return undefined
  if (!document.ok) {
    const location = { path, line: document.line, column: document.column }
    return fail({ message: `${path} ${document.message}.`, location, next: `Make ${path} readable` })
  }
  const variables: Variables = { doc: document.docs[0] ?? null, docs: document.docs, text: content.text }
  const evaluated = evaluateCondition(demand.where.source, variables)
  if (evaluated.ok && evaluated.value) return undefined
  const part = brokenPart(demand.where, variables)
  const location: Location = { path, ...placeOf(part, document) }
  return fail({
    message: `${whatIsThere(part, variables, evaluated)}${demand.message}`,
    location,
  })
}

/** The first operand of the `&&` that is not kept, so that the finding points at it. */
const brokenPart = (condition: Condition, variables: Variables): ConditionPart | undefined =>
  condition.parts.find(part => {
    const evaluated = evaluateCondition(part.source, variables)
    return !evaluated.ok || !evaluated.value
  })

const placeOf = (
  part: ConditionPart | undefined,
  document: Extract<ReadDocument, { ok: true }>,
): { line: number; column: number } => {
  const longest = part?.paths.toSorted((a, b) => b.length - a.length)[0]
  return longest ? document.lineOf(longest) : { line: 1, column: 1 }
}

/**
 * `audit.retentionDays is 30. `, for the paths the broken operand looks at. Numbers and truth values only: text
 * may be a secret, and the sentence is shown more widely than the file.
 */
const whatIsThere = (part: ConditionPart | undefined, variables: Variables, evaluated: Evaluated): string => {
  const seen = new Map(
    (part?.paths ?? []).slice(0, 3).map(path => [path.join('.'), valueAt(variables.doc, path)]),
  )
  const words = [...seen].flatMap(([name, value]) => {
    if (value === undefined) return [`${name} is not set`]
    return ['number', 'bigint', 'boolean'].includes(typeof value) ? [`${name} is ${String(value)}`] : []
  })
  if (words.length > 0) return `${words.join(', ')}. `
  return evaluated.ok || evaluated.missing ? '' : `The condition can't be applied: ${evaluated.message}. `
}

const valueAt = (root: unknown, path: readonly (string | number)[]): unknown => {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
