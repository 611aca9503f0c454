import { stringify } from 'yaml'
import { glob } from '../files/linear-glob.ts'
import { type Home, placeOf } from '../files/repository-path.ts'
import { isRecord } from '../plain-record.ts'
import { plain } from '../quoted-text.ts'
import type { Fact, FileState, Location } from '../snapshot.ts'
import type { RenderOptions, Sandbox } from './nunjucks-sandbox.ts'

/** A step of a Template, as it is written. */
export interface Step {
  id: string
  action: string
  if?: unknown
  each?: unknown
  input: unknown
}

/** One rendering: data only, since it goes to another thread. */
export interface RenderJob {
  steps: Step[]
  /** The Template's file: a relative `url` starts from there. */
  path: string
  home?: Home
  /** The Template's ref, which `catalog:write` notes. */
  template: string
  parameters: Record<string, unknown>
  /** What steps of a real run answered, as an example gives it: `{ create: { output: { id: 7 } } }`. */
  outputs: Record<string, unknown>
  /** Every file of the repository that a step may take, by path. */
  sources: Record<string, Fact<FileState>>
}

export interface MadeFile {
  /** The file of the skeleton; absent for what a step writes by itself. */
  from?: string
  /** Absent for what is copied as it is and is no readable text. */
  text?: string
}

export type Rendering =
  | { ok: true; files: [string, MadeFile][]; opaque: string[] }
  /** `own`: the repository's own mistake, and not something that only a real run would show. */
  | { ok: false; own: boolean; why: string; location?: Location }

/** Of one rendering together: half as much again as a skeleton may have. */
const mostCharacters = 1.5 * 1_048_576
const mostFiles = 600
const mostIterations = 50

class Refused extends Error {
  own: boolean
  location: Location | undefined
  constructor(own: boolean, message: string, location?: Location) {
    super(message)
    this.own = own
    this.location = location
  }
}

/** What Backstage's own actions do to the workspace, up to the first that publishes it. Never throws. */
export const runSteps = (job: RenderJob, sandbox: Pick<Sandbox, 'render' | 'renderInput'>): Rendering => {
  try {
    return workspaceOf(job, sandbox)
  } catch (error) {
    if (error instanceof Refused)
      return {
        ok: false,
        own: error.own,
        why: error.message,
        ...(error.location ? { location: error.location } : {}),
      }
    return { ok: false, own: true, why: error instanceof Error ? error.message : String(error) }
  }
}

const workspaceOf = (job: RenderJob, sandbox: Pick<Sandbox, 'render' | 'renderInput'>): Rendering => {
  const workspace = new Map<string, MadeFile>()
  const opaque: string[] = []
  const elsewhere: string[] = []
  const context = {
    parameters: job.parameters,
    steps: job.outputs,
    user: { ref: 'user:default/example', entity: { kind: 'User', metadata: { name: 'example' } } },
    secrets: {},
    environment: { parameters: {}, secrets: {} },
    context: { task: { id: 'example' } },
  }
  for (const step of job.steps) {
    if (step.if === false) continue
    for (const each of iterations(step, job, context, sandbox)) {
      const around = { ...context, ...each }
      if (step.if !== undefined && step.if !== true && !isTruthy(filled(step.if, step, job, around, sandbox)))
        continue
      const publishes = isPublishing(step.action)
      if (!publishes && !Object.hasOwn(actions, step.action)) {
        if (isPullRequest(step.action)) elsewhere.push(`${plain(step.id)} (${plain(step.action)})`)
        else if (!isHarmless(step.action)) opaque.push(`${plain(step.id)} (${plain(step.action)})`)
        continue
      }
      if (publishes) {
        const { sourcePath } = record(sandbox.renderInput(step.input, around))
        return { ok: true, files: [...below(workspace, sourcePath)], opaque }
      }
      const input = record(filled(step.input, step, job, around, sandbox))
      actions[step.action]?.({ step, input, job, workspace, sandbox })
      bound(workspace)
    }
  }
  // What else the repository holds that the pull request goes to is not known here.
  return { ok: true, files: [...workspace], opaque: [...opaque, ...elsewhere] }
}

const iterations = (
  step: Step,
  job: RenderJob,
  context: Record<string, unknown>,
  sandbox: Pick<Sandbox, 'renderInput'>,
): Record<string, unknown>[] => {
  if (step.each === undefined) return [{}]
  const over = filled(step.each, step, job, context, sandbox)
  if (typeof over !== 'object' || over === null)
    throw new Refused(
      true,
      `The step "${plain(step.id)}" repeats itself for each of something that is no list and no map`,
    )
  const entries = Object.entries(over)
  if (entries.length > mostIterations)
    throw new Refused(
      false,
      `The step "${plain(step.id)}" repeats itself ${entries.length} times, at most ${mostIterations} are rendered`,
    )
  return entries.map(([key, value]) => ({ each: { key, value } }))
}

const isTruthy = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

/** An input with its expressions filled in; refuses one that needs what another step answered. */
const filled = (
  input: unknown,
  step: Step,
  job: RenderJob,
  context: Record<string, unknown>,
  sandbox: Pick<Sandbox, 'renderInput'>,
): unknown => {
  const needs = [
    ...JSON.stringify(input ?? null).matchAll(
      /\$\{\{[^}]*?\bsteps\s*(?:\.\s*([\w-]+)|\[\s*\\?["']([^"'\\]+))/g,
    ),
  ].flatMap(([, dotted, quoted]) => dotted ?? quoted ?? [])
  const missing = needs.find(id => !Object.hasOwn(job.outputs, id))
  if (missing !== undefined)
    throw new Refused(
      false,
      `The step "${plain(step.id)}" needs what the step "${plain(missing)}" answers, which only a real run would show. An example can say it: steps: { ${plain(missing)}: { output: { … } } }`,
    )
  return sandbox.renderInput(input, context)
}

interface Running {
  step: Step
  input: Record<string, unknown>
  job: RenderJob
  workspace: Map<string, MadeFile>
  sandbox: Pick<Sandbox, 'render'>
}

/** Actions of Backstage's that make, move or delete files, by name. */
const actions: Record<string, (running: Running) => void> = {
  'fetch:template': running => fetchTemplate(running),
  'fetch:template:file': running => fetchTemplateFile(running),
  'fetch:plain': running => fetchPlain(running),
  'fetch:plain:file': running => fetchPlainFile(running),
  'catalog:write': running => writeEntity(running),
  'fs:rename': running => rename(running),
  'fs:delete': running => remove(running),
  'fetch:cookiecutter': ({ step }) => onlyElsewhere(step, 'cookiecutter renders with Python'),
  'fetch:rails': ({ step }) => onlyElsewhere(step, 'it runs Rails'),
  'workspace:template': ({ step }) => onlyElsewhere(step, 'it renders what other steps made'),
  'workspace:template:file': ({ step }) => onlyElsewhere(step, 'it renders what other steps made'),
}

const onlyElsewhere = (step: Step, because: string): never => {
  throw new Refused(
    false,
    `The step "${plain(step.id)}" uses ${step.action}, which can't be rendered here: ${because}`,
  )
}

/** The repository is what stands in the workspace when it is published; pull requests go to others. */
const isPublishing = (action: string): boolean =>
  /^publish:[\w-]+$/.test(action) || /:repo:push$/.test(action)

const isPullRequest = (action: string): boolean => /:(?:pull|merge)-request$/i.test(action)

const isHarmless = (action: string): boolean =>
  /^(?:publish|github|gitlab|bitbucket|bitbucketServer|azure|gitea|catalog|debug|notification|argocd|sonarqube|pagerduty):/.test(
    action,
  ) || action === 'fs:readdir'

const fetchTemplate = ({ step, input, job, workspace, sandbox }: Running): void => {
  const copied = input.copyWithoutTemplating ?? input.copyWithoutRender
  const rendersNames = input.copyWithoutRender === undefined
  if (copied !== undefined && !Array.isArray(copied))
    throw new Refused(true, `The step "${plain(step.id)}": copyWithoutTemplating must be a list of globs`)
  const isCopied = matcherOf(Array.isArray(copied) ? copied.map(String) : [])
  const extension = extensionOf(input.templateFileExtension)
  if (extension && (copied !== undefined || input.cookiecutterCompat))
    throw new Refused(
      true,
      `The step "${plain(step.id)}": templateFileExtension goes with neither copyWithoutTemplating nor cookiecutterCompat`,
    )
  const options = optionsOf(input)
  const context = { [input.cookiecutterCompat ? 'cookiecutter' : 'values']: input.values }
  const target = targetOf(step, input.targetPath, './')
  for (const [at, path, fact] of filesIn(step, input.url, job)) {
    const endsRight = extension !== undefined && at.endsWith(extension) && at !== extension
    const rendersContent = extension === undefined ? !isCopied(at) : endsRight
    const name = endsRight ? at.slice(0, -extension.length) : at
    const rendersName = extension !== undefined || rendersNames || rendersContent
    const made = rendersName ? rendered(name, path, 'name', context, options, sandbox) : name
    // Backstage leaves out what an expression in the name makes empty.
    if (made === '' || made.startsWith('/') || made.includes('//')) continue
    const to = safe(step, target, made)
    if (workspace.has(to) && !input.replace) continue
    workspace.set(to, copy(path, fact, rendersContent ? { context, options, sandbox } : undefined))
  }
}

const fetchTemplateFile = ({ step, input, job, workspace, sandbox }: Running): void => {
  const to = safe(step, '', String(input.targetPath ?? ''))
  if (workspace.has(to) && !input.replace) return
  const [path, fact] = fileAt(step, input.url, job)
  const context = { [input.cookiecutterCompat ? 'cookiecutter' : 'values']: input.values }
  workspace.set(to, copy(path, fact, { context, options: optionsOf(input), sandbox }))
}

const fetchPlain = ({ step, input, job, workspace }: Running): void => {
  const target = targetOf(step, input.targetPath, './')
  for (const [at, path, fact] of filesIn(step, input.url, job))
    workspace.set(safe(step, target, at), copy(path, fact))
}

const fetchPlainFile = ({ step, input, job, workspace }: Running): void => {
  const [path, fact] = fileAt(step, input.url, job)
  workspace.set(safe(step, '', String(input.targetPath ?? '')), copy(path, fact))
}

/** Backstage adds where the entity comes from. */
const writeEntity = ({ step, input, job, workspace }: Running): void => {
  const entity = record(input.entity)
  const metadata = record(entity.metadata)
  const annotations = { ...record(metadata.annotations), 'backstage.io/source-template': job.template }
  workspace.set(safe(step, '', String(input.filePath ?? 'catalog-info.yaml')), {
    text: stringify({ ...entity, metadata: { ...metadata, annotations } }),
  })
}

const rename = ({ step, input, workspace }: Running): void => {
  for (const each of Array.isArray(input.files) ? input.files.map(record) : []) {
    const [from, to] = [safe(step, '', String(each.from ?? '')), safe(step, '', String(each.to ?? ''))]
    for (const [path, file] of [...workspace]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      const moved = to + path.slice(from.length)
      if (workspace.has(moved) && !each.overwrite) continue
      workspace.delete(path)
      workspace.set(moved, file)
    }
  }
}

const remove = ({ input, workspace }: Running): void => {
  const matches = matcherOf(Array.isArray(input.files) ? input.files.map(String) : [])
  for (const path of [...workspace.keys()]) if (matches(path)) workspace.delete(path)
}

interface Filling {
  context: unknown
  options: RenderOptions
  sandbox: Pick<Sandbox, 'render'>
}

/** Binary files and links are copied as they are. */
const copy = (from: string, fact: Fact<FileState>, filling?: Filling): MadeFile => {
  if (!fact.known || !fact.value.exists) return { from }
  const { text } = fact.value
  return {
    from,
    text: filling ? rendered(text, from, 'text', filling.context, filling.options, filling.sandbox) : text,
  }
}

const rendered = (
  text: string,
  path: string,
  what: 'name' | 'text',
  context: unknown,
  options: RenderOptions,
  sandbox: Pick<Sandbox, 'render'>,
): string => {
  // Most names and many files hold nothing to fill in.
  if (!/\{[{%#]/.test(text)) return text
  try {
    return sandbox.render(text, context, options)
  } catch (error) {
    throw refusal(error, path, what)
  }
}

const refusal = (error: unknown, path: string, what: 'name' | 'text'): Refused => {
  const { message, line, column, unknownFilter } = error as {
    message?: unknown
    line?: number
    column?: number
    unknownFilter?: string
  }
  const location = { path, ...(what === 'text' && line ? { line, column: column ?? 1 } : {}) }
  if (unknownFilter !== undefined)
    return new Refused(
      false,
      `${plain(path)} uses the filter "${plain(unknownFilter)}", which neither nunjucks nor Backstage brings: only your Backstage can render it`,
      location,
    )
  const whose = what === 'name' ? `The name ${plain(path)}` : plain(path)
  return new Refused(true, `${whose} can't be filled in: ${plain(String(message))}`, location)
}

const optionsOf = (input: Record<string, unknown>): RenderOptions => ({
  cookiecutterCompat: Boolean(input.cookiecutterCompat),
  trimBlocks: Boolean(input.trimBlocks),
  lstripBlocks: Boolean(input.lstripBlocks),
})

const extensionOf = (given: unknown): string | undefined => {
  if (!given) return undefined
  const extension = given === true ? '.njk' : String(given)
  return extension.startsWith('.') ? extension : `.${extension}`
}

/** The files below a step's `url`: path within it, path in the repository, content. */
const filesIn = (step: Step, url: unknown, job: RenderJob): [string, string, Fact<FileState>][] => {
  const directory = placeIn(step, url, job)
  const prefix = directory === '' ? '' : `${directory}/`
  const found = Object.entries(job.sources)
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, fact]): [string, string, Fact<FileState>] => [path.slice(prefix.length), path, fact])
  if (found.length === 0)
    throw new Refused(
      true,
      `The step "${plain(step.id)}" takes its files from ${plain(directory || '.')}, where there are none`,
      { path: job.path },
    )
  return found
}

const fileAt = (step: Step, url: unknown, job: RenderJob): [string, Fact<FileState>] => {
  const path = placeIn(step, url, job)
  const fact = job.sources[path]
  if (!fact)
    throw new Refused(true, `The step "${plain(step.id)}" takes ${plain(path)}, which is not there`, {
      path: job.path,
    })
  return [path, fact]
}

const placeIn = (step: Step, url: unknown, job: RenderJob): string => {
  const place = skeletonPlace(job.path, String(url ?? ''), job.home)
  if (place.ok) return place.path
  throw new Refused(
    place.own,
    `The step "${plain(step.id)}" takes its files from ${plain(String(url ?? ''))}, which ${place.why}`,
    { path: job.path },
  )
}

export type SkeletonPlace = { ok: true; path: string } | { ok: false; own: boolean; why: string }

/** Where a step's `url` leads, in this repository; `''` is its root. */
export const skeletonPlace = (from: string, url: string, home: Home | undefined): SkeletonPlace => {
  const directory = from.slice(0, Math.max(0, from.lastIndexOf('/')))
  if (/^(?:\.?\/*)*$/.test(url)) return { ok: true, path: directory }
  const place = placeOf(from, url, home)
  if (place.in === 'repository') return { ok: true, path: place.path }
  if (place.in === 'elsewhere') return { ok: false, own: false, why: 'lies in another repository' }
  // `../` from the folder below the root.
  if (place.why === 'names no file') return { ok: true, path: '' }
  return { ok: false, own: true, why: place.why }
}

const targetOf = (step: Step, given: unknown, otherwise: string): string =>
  safe(step, '', String(given ?? otherwise))

/** A path of the workspace, without `.` and empty parts; one that leads out of it is refused, as Backstage refuses it. */
const safe = (step: Step, target: string, path: string): string => {
  const segments: string[] = []
  for (const segment of `${target}/${path}`.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined)
      throw new Refused(
        true,
        `The step "${plain(step.id)}" writes to ${plain(path)}, which leads out of the workspace`,
      )
  }
  return segments.join('/')
}

function* below(workspace: ReadonlyMap<string, MadeFile>, sourcePath: unknown): Iterable<[string, MadeFile]> {
  const prefix = String(sourcePath ?? '')
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .map(part => `${part}/`)
    .join('')
  for (const [path, file] of workspace) if (path.startsWith(prefix)) yield [path.slice(prefix.length), file]
}

/** As globby reads them: a directory's name stands for all in it, `!` takes back. */
const matcherOf = (patterns: readonly string[]): ((path: string) => boolean) => {
  const compiled = patterns.slice(0, 100).map(pattern => {
    const negated = pattern.startsWith('!')
    const bare = (negated ? pattern.slice(1) : pattern).replace(/^\.\//, '').replace(/\/$/, '')
    const matchers = [glob(bare), glob(`${bare}/**`)]
    return { negated, matches: (path: string) => matchers.some(each => each(path)) }
  })
  return path =>
    compiled.some(({ negated, matches }) => !negated && matches(path)) &&
    !compiled.some(({ negated, matches }) => negated && matches(path))
}

const bound = (workspace: ReadonlyMap<string, MadeFile>): void => {
  const characters = [...workspace.values()].reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
  if (workspace.size > mostFiles) throw new Refused(true, `It makes more than ${mostFiles} files`)
  if (characters > mostCharacters) throw new Refused(true, 'It grows to more than 1.5 MiB')
}

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
