import { requiredControls, versionAnnotation } from '../catalogue.ts'
import { fullAllowance } from '../entities/entity-file-bounds.ts'
import { parseEntityDocuments } from '../entities/entity-yaml.ts'
import { placeholderReader } from '../entities/placeholder-content.ts'
import { type FileLookup, resolvePlaceholders } from '../entities/placeholders.ts'
import { type FieldPath, locate } from '../entities/yaml-lines.ts'
import type { Home } from '../files/repository-path.ts'
import { isRecord } from '../plain-record.ts'
import type { EntityDocument, EntityError, Location } from '../snapshot.ts'
import { type Step, skeletonPlace } from './skeleton-steps.ts'

/** A Template with what its steps say, which an entity's description leaves out. */
export interface TemplateSource {
  ref: string
  path: string
  location: Location
  requires: string[]
  version?: string
  /** `spec.parameters`: one JSON schema or a list of them. */
  pages: unknown
  steps: Step[]
}

const mostSteps = 100

/** Valid Templates of the repository that ask something of what they make. */
export const isContract = (entity: EntityDocument): boolean =>
  entity.kind?.toLowerCase() === 'template' &&
  entity.judgement === 'valid' &&
  entity.ref !== undefined &&
  requiredControls(entity.annotations).length > 0

/** `undefined` where the document is not what the entity was read from. */
export const templateSource = (
  entity: EntityDocument,
  text: string,
  home: Home | undefined,
  lookup: FileLookup,
): TemplateSource | undefined => {
  const document = parseEntityDocuments(entity.path, text)[entity.document]
  if (!document?.ok || entity.ref === undefined) return undefined
  const allowance = placeholderReader(fullAllowance())
  const resolved = resolvePlaceholders(entity.path, document.json, home, lookup, allowance).entity
  const spec = isRecord(resolved.spec) ? resolved.spec : {}
  const version = entity.annotations[versionAnnotation]
  return {
    ref: entity.ref,
    path: entity.path,
    location: { path: entity.path, line: entity.line },
    requires: requiredControls(entity.annotations),
    ...(version === undefined ? {} : { version }),
    pages: spec.parameters,
    steps: (Array.isArray(spec.steps) ? spec.steps : [])
      .filter(isRecord)
      .slice(0, mostSteps)
      .map((step, index) => ({
        id: typeof step.id === 'string' ? step.id : `step-${index + 1}`,
        action: String(step.action),
        ...(step.if === undefined ? {} : { if: step.if }),
        ...(step.each === undefined ? {} : { each: step.each }),
        input: step.input ?? {},
      })),
  }
}

/**
 * Directories and files of this repository that the steps may take: an expression in a `url` may stand for anything
 * below what comes before it.
 */
export const skeletonRoots = (template: TemplateSource, home: Home | undefined): string[] => {
  const roots = template.steps.flatMap(({ action, input }) => {
    const url = isRecord(input) ? input.url : undefined
    if (!action.startsWith('fetch:') || typeof url !== 'string') return []
    const [fixed = ''] = url.split(/\$\{\{|\{%/)
    const place = skeletonPlace(
      template.path,
      fixed === url ? url : fixed.slice(0, fixed.lastIndexOf('/') + 1),
      home,
    )
    return place.ok ? [place.path] : []
  })
  return [...new Set(roots)]
}

/** One set of parameters to render with. */
export interface Example {
  name: string
  parameters: Record<string, unknown>
  outputs: Record<string, unknown>
}

export const examplesFile = 'golden-path-examples.yml'
const mostExamples = 5
const noExamples = 'There are no examples. Expected a list of them, each with a name and parameters'

/** What stands beside a template, or each mistake in it at its place: then nothing of it is used. */
export const readExamples = (
  path: string,
  text: string,
): { examples: Example[]; problems: EntityError[] } => {
  const [document, second] = parseEntityDocuments(path, text)
  if (!document) return { examples: [], problems: [{ message: noExamples, location: { path, line: 1 } }] }
  if (!document.ok) return { examples: [], problems: [document.problem] }
  const problems: EntityError[] = []
  const mistake = (field: FieldPath, message: string, part: 'key' | 'value' = 'value'): void => {
    problems.push({ message, location: locate(document.document, document.lines, path, field, part) })
  }
  const onlyKeys = (value: Record<string, unknown>, keys: readonly string[], field: FieldPath): void => {
    for (const key of Object.keys(value))
      if (!keys.includes(key))
        mistake(
          [...field, key],
          `The key "${key.slice(0, 60)}" means nothing here. Expected ${keys.join(', ')}`,
          'key',
        )
  }
  if (second)
    problems.push({
      message: 'The file holds a second document. Expected one, with a list of examples',
      location: { path, line: second.line },
    })
  onlyKeys(document.json, ['examples'], [])
  const { examples: list } = document.json
  if (!Array.isArray(list) || list.length === 0) {
    mistake(['examples'], noExamples)
    return { examples: [], problems }
  }
  if (list.length > mostExamples)
    mistake(['examples'], `There are ${list.length} examples. Expected at most ${mostExamples}`)
  const names = new Set<string>()
  const examples = list.slice(0, mostExamples).flatMap((example: unknown, index): Example[] => {
    const at: FieldPath = ['examples', index]
    if (!isRecord(example)) {
      mistake(at, 'The example is no map. Expected a name and parameters')
      return []
    }
    onlyKeys(example, ['name', 'parameters', 'steps'], at)
    const { name, parameters = {}, steps = {} } = example
    if (typeof name !== 'string' || name === '')
      mistake([...at, 'name'], 'The example has no name. Expected a few words to tell it from the others')
    else if (names.has(name)) mistake([...at, 'name'], `A second example is called "${name.slice(0, 60)}"`)
    if (!isRecord(parameters))
      mistake([...at, 'parameters'], 'The parameters are no map. Expected a value for each name')
    if (!isRecord(steps))
      mistake([...at, 'steps'], 'The steps are no map. Expected the output of each step by its id')
    if (typeof name !== 'string' || !isRecord(parameters) || !isRecord(steps)) return []
    names.add(name)
    return [{ name: name.slice(0, 80), parameters, outputs: steps }]
  })
  return { examples: problems.length > 0 ? [] : examples, problems }
}
