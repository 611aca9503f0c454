import type { Allowance } from '../entities/entity-file-bounds.ts'
import type { FileContent, Snapshot, TreeEntry, Unknown } from '../snapshot.ts'
import { type Fact, known } from '../snapshot.ts'
import { filesMatching } from './tree-files.ts'
import { type Place, readYamlFile, type YamlEntry, type YamlFile } from './yaml-file.ts'

/** A workflow, or an action of the repository's own, which has one job and no events. */
export interface Workflow {
  /** Names under `on`. */
  events: string[]
  permissions?: Permissions
  jobs: Job[]
  /** Line of the top-level key `jobs`, where a key could be written before it; absent in flow style. */
  jobsLine?: number
}

export interface Job extends Place {
  /** Empty for an action. */
  id: string
  name: string
  permissions?: Permissions
  /** The reusable workflow that it calls. */
  uses?: Written
  steps: Step[]
}

export interface Step extends Place {
  name: string
  uses?: Written
  run?: Script
  /** Inputs of the action by name. */
  with: Record<string, Script>
}

export interface Permissions extends Place {
  /** `read-all` and `write-all` as written; `some` for a map, an empty one too. */
  grants: string
}

export interface Written extends Place {
  text: string
}

/** Text that GitHub fills in before it runs. */
export interface Script extends Written {
  /** What stands between `${{` and `}}`. */
  expressions: Written[]
}

export interface WorkflowFile {
  path: string
  read: ReadWorkflow
}

export type ReadWorkflow =
  | { status: 'read'; workflow: Workflow }
  /** The file's own fault, to stand after its path. */
  | ({ status: 'broken'; message: string } & Place)
  | { status: 'unread'; fact: Unknown }

export const workflowGlobs = ['.github/workflows/*.{yml,yaml}'] as const
export const actionGlobs = ['action.{yml,yaml}', '.github/**/action.{yml,yaml}'] as const

/** Every workflow of the repository. Each text is read once, whichever and however many controls ask. */
export const workflowsOf = (snapshot: Snapshot): Fact<WorkflowFile[]> =>
  readOnce(snapshot, workflows, workflowGlobs)

/** The actions that the repository holds for itself or for others. */
export const actionsOf = (snapshot: Snapshot): Fact<WorkflowFile[]> =>
  readOnce(snapshot, actions, actionGlobs)

/**
 * What the workflows of one repository may hold together: the parser takes up to 2 s for this many tokens. A workflow of
 * 100 lines has some 700.
 */
const mostTokens = 240_000

/** GitHub allows 256 jobs a run; a step is 5 lines. */
const mostJobs = 1_000
const mostSteps = 5_000
const mostExpressions = 5_000

/** Of one step. */
const mostInputs = 100

type Remembered = WeakMap<Snapshot['files'], { tree: Fact<TreeEntry[]>; files: Fact<WorkflowFile[]> }>
const workflows: Remembered = new WeakMap()
const actions: Remembered = new WeakMap()

const readOnce = (
  snapshot: Snapshot,
  remembered: Remembered,
  globs: readonly string[],
): Fact<WorkflowFile[]> => {
  const before = remembered.get(snapshot.files)
  if (before?.tree === snapshot.tree) return before.files
  const files = readAll(snapshot, globs)
  remembered.set(snapshot.files, { tree: snapshot.tree, files })
  return files
}

const readAll = (snapshot: Snapshot, globs: readonly string[]): Fact<WorkflowFile[]> => {
  const matched = filesMatching(snapshot, globs)
  if (!matched.known) return matched
  const allowance: Allowance = { tokens: mostTokens, documents: 0 }
  return known(
    matched.value.flatMap(({ path, fact }): WorkflowFile[] => {
      if (!fact.known) return [{ path, read: { status: 'unread', fact } }]
      return fact.value.exists ? [{ path, read: readText(fact.value, allowance) }] : []
    }),
    matched.source,
  )
}

interface Kept {
  read: ReadWorkflow
  tokens: number
}

// Thousands of repositories hold the same few workflows, which their templates gave them. 8 MiB of text is all of them.
const kept = new Map<string, Kept>()
const mostKept = 8 * 1024 * 1024
const largestKept = 64 * 1024
let keptCharacters = 0

const readText = ({ text }: FileContent, allowance: Allowance): ReadWorkflow => {
  const before = kept.get(text)
  // The same with what is left, whether the text was seen before or not.
  if (before && before.tokens < allowance.tokens) {
    allowance.tokens -= before.tokens
    return before.read
  }
  const left = allowance.tokens
  const read = readWorkflow(text, allowance)
  if (allowance.tokens > 0 && text.length <= largestKept && !before) {
    if (keptCharacters + text.length > mostKept) {
      kept.clear()
      keptCharacters = 0
    }
    kept.set(text, { read, tokens: left - allowance.tokens })
    keptCharacters += text.length
  }
  return read
}

const readWorkflow = (text: string, allowance: Allowance): ReadWorkflow => {
  const yaml = readYamlFile(text, allowance)
  if (!yaml.ok) return { status: 'broken', message: yaml.message, line: yaml.line, column: yaml.column }
  return workflowOf(yaml.file)
}

/** What is left to be told of one file. */
interface Left {
  steps: number
  expressions: number
}

const workflowOf = (file: YamlFile): ReadWorkflow => {
  const field = (name: string): YamlEntry | undefined => file.field(file.root, name)
  const left: Left = { steps: mostSteps, expressions: mostExpressions }
  const jobsEntry = field('jobs')
  const runs = field('runs')
  const jobs = jobsEntry
    ? file
        .entries(jobsEntry.value)
        .slice(0, mostJobs + 1)
        .map(entry => jobOf(file, entry, left))
    : runs
      ? [jobOf(file, { ...runs, key: '' }, left)]
      : []
  if (jobs.length > mostJobs || left.steps < 0 || left.expressions < 0)
    return {
      status: 'broken',
      message: `holds more than ${mostJobs.toLocaleString('en')} jobs, or more than ${mostSteps.toLocaleString('en')} steps or expressions, and is not read`,
      line: 1,
      column: 1,
    }
  const permissions = permissionsOf(file, field('permissions'))
  return {
    status: 'read',
    workflow: {
      events: eventsOf(file, field('on')?.value),
      ...(permissions ? { permissions } : {}),
      jobs,
      ...(jobsEntry && file.isBlock(file.root) && jobsEntry.place.column === 1
        ? { jobsLine: jobsEntry.place.line }
        : {}),
    },
  }
}

const eventsOf = (file: YamlFile, on: unknown): string[] => {
  const single = file.text(on)
  if (single !== undefined) return [single]
  const listed = file.items(on).flatMap(item => file.text(item) ?? [])
  return listed.length > 0 ? listed : file.entries(on).map(({ key }) => key)
}

const permissionsOf = (file: YamlFile, entry: YamlEntry | undefined): Permissions | undefined =>
  entry && { grants: file.text(entry.value) ?? 'some', ...entry.place }

const jobOf = (file: YamlFile, { key, place, value }: YamlEntry, left: Left): Job => {
  const field = (name: string): YamlEntry | undefined => file.field(value, name)
  const permissions = permissionsOf(file, field('permissions'))
  const uses = writtenOf(file, field('uses')?.value)
  const steps: Step[] = []
  for (const step of file.items(field('steps')?.value)) {
    left.steps -= 1
    if (left.steps < 0) break
    steps.push(stepOf(file, step, left))
  }
  return {
    id: key,
    ...place,
    name: file.text(field('name')?.value) ?? '',
    ...(permissions ? { permissions } : {}),
    ...(uses ? { uses } : {}),
    steps,
  }
}

const stepOf = (file: YamlFile, node: unknown, left: Left): Step => {
  const value = (name: string): unknown => file.field(node, name)?.value
  const uses = writtenOf(file, value('uses'))
  const run = scriptOf(file, value('run'), left)
  const inputs = file
    .entries(value('with'))
    .slice(0, mostInputs)
    .flatMap(input => {
      const script = scriptOf(file, input.value, left)
      return script ? [[input.key, script] as const] : []
    })
  return {
    ...file.placeOf(node),
    name: file.text(value('name')) ?? '',
    ...(uses ? { uses } : {}),
    ...(run ? { run } : {}),
    with: Object.fromEntries(inputs),
  }
}

const writtenOf = (file: YamlFile, node: unknown): Written | undefined => {
  const text = file.text(node)
  return text === undefined || text === '' ? undefined : { text, ...file.placeOf(node) }
}

const scriptOf = (file: YamlFile, node: unknown, left: Left): Script | undefined => {
  const written = writtenOf(file, node)
  if (!written) return undefined
  const source = file.source(node)
  const expressions = expressionsIn(source.text, source.at, left)
  const seen = new Set(expressions.map(({ text }) => text.trim()))
  // `"\u0024{{ … }}"` is an expression that the source doesn't show.
  for (const hidden of expressionsIn(written.text, () => file.placeOf(node), left))
    if (!seen.has(hidden.text.trim())) expressions.push(hidden)
  return { ...written, expressions }
}

const expressionsIn = (text: string, at: (offset: number) => Place, left: Left): Written[] => {
  const found: Written[] = []
  let from = text.indexOf('${{')
  while (from !== -1) {
    const end = text.indexOf('}}', from + 3)
    if (end === -1) break
    left.expressions -= 1
    if (left.expressions < 0) break
    found.push({ text: text.slice(from + 3, end), ...at(from) })
    from = text.indexOf('${{', end + 2)
  }
  return found
}
