import type { Home } from '../files/repository-path.ts'
import type { EntityDocument, EntityError, Location, LocationTarget } from '../snapshot.ts'
import { skeletonError } from '../templates/skeleton.ts'
import { type BackstageModel, backstageModel, type Complaint } from './backstage-model.ts'
import { describeEntity } from './entity-description.ts'
import { type Problem, problemOf, unrecognised } from './entity-errors.ts'
import { type Allowance, fullAllowance, mostGlobs } from './entity-file-bounds.ts'
import { hintsOf } from './entity-hints.ts'
import { parseEntityDocuments, type YamlDocument } from './entity-yaml.ts'
import { dotted } from './field-words.ts'
import { globProblem, isGlobTarget } from './location-globs.ts'
import { placeholderReader } from './placeholder-content.ts'
import { type FileLookup, type ResolvedEntity, resolvePlaceholders } from './placeholders.ts'
import { type FieldPath, locate, type PointAt } from './yaml-lines.ts'

export interface JudgeOptions {
  /** Whose file it is; without it every URL lies elsewhere. */
  repository?: Home
  /** What is known of a file that a placeholder names; `undefined` for one that was not read. */
  lookup?: FileLookup
  /** Awaited now and then, so that a service can answer others meanwhile. */
  pause?: () => Promise<void>
}

export type JudgeFile = (path: string, text: string) => Promise<EntityDocument[]>

/** A document with forty errors is no better read than one with ten. */
const mostErrors = 20

/** A large entity has 300 nodes. Each round over one of 50,000 takes 0.1 s, so that those get two. */
const ordinaryNodes = 5_000

/** Each takes up to 1 ms. */
const documentsBetweenPauses = 100

/**
 * Judges catalogue files of one repository, every document as Backstage would judge it. Never throws. What all of them
 * may take is bounded together. A file may be judged again, once more is known of what its placeholders name.
 * `valid` and `invalid` are Backstage's own verdict; `skeleton` is an invalid one that a template is to fill in.
 */
export const entityJudge = (options: JudgeOptions = {}): JudgeFile => {
  const allowance = fullAllowance()
  const parsed = new Map<string, YamlDocument[]>()
  const globs = new Map<string, string | undefined>()
  return async (path, text) => {
    const documents = parsed.get(path) ?? parseEntityDocuments(path, text, allowance)
    parsed.set(path, documents)
    await options.pause?.()
    if (documents.length === 0) return []
    const model = await backstageModel()
    const judged: EntityDocument[] = []
    for (const [index, document] of documents.entries()) {
      if (index % documentsBetweenPauses === documentsBetweenPauses - 1) await options.pause?.()
      const entity = document.ok
        ? await judgeEntity(path, index, document, model, options, allowance)
        : unparsed(path, index, document)
      judged.push({ ...entity, targets: entity.targets.map(target => withoutExcess(target, globs)) })
    }
    return judged
  }
}

/** The same for one file that stands alone. */
export const judgeEntities = (
  path: string,
  text: string,
  options: JudgeOptions = {},
): Promise<EntityDocument[]> => entityJudge(options)(path, text)

/** A glob that can't be followed, or one too many, leads nowhere and is a problem. @param globs what was said of each */
const withoutExcess = (target: LocationTarget, globs: Map<string, string | undefined>): LocationTarget => {
  if (target.path === undefined || !isGlobTarget(target.path)) return target
  if (!globs.has(target.path)) {
    // The many that are refused need no telling apart.
    if (globs.size >= mostGlobs) return refused(target, `is one of more than ${mostGlobs} globs`)
    globs.set(target.path, globProblem(target.path))
  }
  const problem = globs.get(target.path)
  return problem === undefined ? target : refused(target, problem)
}

const refused = ({ text, location }: LocationTarget, problem: string): LocationTarget => ({
  text,
  location,
  problem,
})

/** Further files that the documents lead to. Location targets hold entities and may be globs; placeholders hold values. */
export interface DiscoveredPaths {
  entities: string[]
  placeholders: string[]
}

export const discoveredPaths = (documents: readonly EntityDocument[]): DiscoveredPaths => ({
  entities: unique(documents.flatMap(document => document.targets.map(target => target.path))),
  placeholders: unique(documents.flatMap(document => document.placeholders ?? [])),
})

const unique = (paths: readonly (string | undefined)[]): string[] => [
  ...new Set(paths.filter(path => path !== undefined)),
]

const unparsed = (path: string, index: number, document: YamlDocument & { ok: false }): EntityDocument => {
  const { message, location } = document.problem
  const error: EntityError = { message, location }
  const filledIn = skeletonError(error, document.text, document.line)
  return {
    path,
    document: index,
    line: document.line,
    judgement: filledIn ? 'skeleton' : 'invalid',
    errors: [filledIn ?? error],
    hints: [],
    annotations: {},
    targets: [],
  }
}

const judgeEntity = async (
  path: string,
  index: number,
  document: YamlDocument & { ok: true },
  model: BackstageModel,
  options: JudgeOptions,
  allowance: Allowance,
): Promise<EntityDocument> => {
  const place = (field: FieldPath, part?: PointAt): Location =>
    locate(document.document, document.lines, path, field, part)
  const resolved = resolvePlaceholders(
    path,
    document.json,
    options.repository,
    at => options.lookup?.(at),
    placeholderReader(allowance),
  )
  const { judgement, problems } = await judgementOf(resolved, document.nodes, model)
  const errors = problems.slice(0, mostErrors).map(
    ({ field, pointAt, part, message }): EntityError => ({
      message,
      ...(field.length > 0 ? { field: dotted(field) } : {}),
      location: place(pointAt, part),
    }),
  )
  const [first] = errors
  const filledIn =
    judgement === 'invalid' && first
      ? skeletonError(first, textOf(document), document.line, document.json.kind)
      : undefined
  const shared = describeEntity(path, index, document, resolved, model, place, options.repository)
  return {
    ...shared,
    judgement: filledIn ? 'skeleton' : judgement,
    errors: filledIn ? [filledIn] : errors,
    hints: filledIn ? [] : hintsOf(resolved.entity, place),
  }
}

interface Judged {
  judgement: 'valid' | 'invalid' | 'unsupported-kind' | 'undecided'
  problems: Pick<Problem, 'field' | 'pointAt' | 'part' | 'message'>[]
}

const judgementOf = async (
  resolved: ResolvedEntity,
  nodes: number,
  model: BackstageModel,
): Promise<Judged> => {
  const refused = resolved.problems.map(({ field, message }) => ({ field, pointAt: field, message }))
  const open = resolved.open.map(({ field, message }) => ({ field, pointAt: field, message }))
  if (refused.length > 0) return { judgement: 'invalid', problems: refused }
  const { kindKnown, problems } = await allProblems(resolved.entity, nodes, model)
  // A value that is not known yet can't be held against the entity.
  const certain = problems.filter(problem => !open.some(({ field }) => isWithin(problem.field, field)))
  if (certain.length > 0) return { judgement: 'invalid', problems: certain }
  if (open.length > 0) return { judgement: 'undecided', problems: open }
  if (kindKnown) return { judgement: 'valid', problems: [] }
  const { kind, apiVersion } = resolved.entity
  const mistaken = unrecognised(String(kind), String(apiVersion))
  return mistaken
    ? { judgement: 'invalid', problems: [mistaken] }
    : { judgement: 'unsupported-kind', problems: [] }
}

const isWithin = (inner: FieldPath, outer: FieldPath): boolean =>
  outer.every((step, index) => String(step) === String(inner[index]))

/**
 * Backstage reports the first thing it dislikes. To report the rest, the value at fault is replaced by one that
 * passes and the entity is judged again, until nothing is left or nothing changes.
 */
const allProblems = async (
  entity: Record<string, unknown>,
  nodes: number,
  model: BackstageModel,
): Promise<{ kindKnown: boolean; problems: Problem[] }> => {
  const problems: Problem[] = []
  let current = entity
  const rounds = nodes > ordinaryNodes ? 2 : mostErrors
  for (let round = 0; round < rounds; round += 1) {
    const { complaints, kindKnown } = await model.judge(current)
    const fresh = complaints
      .map((complaint: Complaint) => problemOf(complaint, current))
      .filter(problem => !problems.some(({ message }) => message === problem.message))
    problems.push(...fresh)
    const repair = fresh[0]?.repair
    // An unknown kind hides what its spec lacks, so that the first round's answer stands.
    if (!repair) return { kindKnown, problems }
    const copy = round === 0 ? copyOf(entity) : current
    if (!copy) return { kindKnown, problems }
    repair(copy)
    current = copy
  }
  return { kindKnown: true, problems }
}

const copyOf = (entity: Record<string, unknown>): Record<string, unknown> | undefined => {
  try {
    return structuredClone(entity)
  } catch {
    return undefined
  }
}

const textOf = (document: YamlDocument & { ok: true }): string => {
  const [from, , to] = document.document.range ?? [0, 0, document.text.length]
  return document.text.slice(from, to)
}
