import { completeFiles, type Files, type ListTree, type ReadMore } from '../complete.ts'
import { fileFact } from '../files/file-fact.ts'
import type { Home } from '../files/repository-path.ts'
import { treeOfFiles } from '../files/tree-of-files.ts'
import { type OwnerMentions, ownerMentions } from '../ownership.ts'
import { plain } from '../quoted-text.ts'
import {
  type EntityDocument,
  type EntityError,
  type Fact,
  type FileState,
  known,
  type RenderedRepository,
  type Skeleton,
  type TreeEntry,
  unknown,
} from '../snapshot.ts'
import { parametersOf, standInOwner } from './skeleton-parameters.ts'
import type { MadeFile, Rendering, RenderJob } from './skeleton-steps.ts'
import {
  type Example,
  examplesFile,
  isContract,
  readExamples,
  skeletonRoots,
  type TemplateSource,
  templateSource,
} from './skeleton-template.ts'

/** A repository with ten templates is rare, and each rendering takes a thread for 0.2 s. */
const mostTemplates = 20
/** As many as three queries bring. */
const mostFiles = 300
const mostBytes = 1_048_576

/** What is known of a repository so far. */
export interface Holding {
  files: Readonly<Files>
  entities: readonly EntityDocument[]
  /** `acme`, for the addresses of repositories that examples need. */
  owner: string
  /** Empty on the command line. */
  url: string
  /** What its URLs in this repository name: `refs/heads/main`, or another ref, which no URL names. */
  branch: string
}

export interface Skeletons {
  /** What was read for them. */
  files: Files
  /** Absent where no Template asks anything of what it makes. */
  skeletons?: Skeleton[]
}

/**
 * What the Templates of a repository make, as far as that can be known without making it. Reads nothing where no Template
 * asks anything of its services.
 */
export const readSkeletons = async (
  holding: Holding,
  readMore: ReadMore,
  listTree: ListTree,
  render: (job: RenderJob) => Promise<Rendering>,
): Promise<Skeletons> => {
  const contracts = holding.entities.filter(isContract).slice(0, mostTemplates)
  if (contracts.length === 0) return { files: {} }
  const home = homeOf(holding)
  const tree = await listTree()
  const files: Files = {}
  const read = async (paths: readonly string[]): Promise<void> => {
    const missing = paths.filter(path => !isRead(holding.files, path) && !isRead(files, path))
    if (missing.length > 0) Object.assign(files, await readMore(missing))
  }
  const at = (path: string): Fact<FileState> | undefined => files[path] ?? holding.files[path]
  const skeletons: Skeleton[] = []
  for (const entity of contracts) {
    const fact = at(entity.path)
    const template =
      fact?.known && fact.value.exists ? templateSource(entity, fact.value.text, home, at) : undefined
    if (!template) continue
    const sources = await sourcesOf(template, home, tree, read, at)
    for (const example of await examplesOf(template, read, at)) {
      const about = aboutOf(template, sources.roots, example.name)
      if ('problems' in example) {
        const rendered = unknown('unrenderable', `The examples beside ${template.ref} have mistakes`)
        skeletons.push({ ...about, problems: example.problems, rendered })
      } else if (!sources.ok) skeletons.push({ ...about, rendered: sources.why })
      else skeletons.push(await rendering(template, example, sources.files, holding, home, about, render))
    }
  }
  return { files, skeletons }
}

const homeOf = ({ url, branch }: Holding): Home | undefined => {
  if (url === '') return undefined
  const defaultBranch = /^refs\/heads\/(.+)$/.exec(branch)?.[1]
  return { url, ...(defaultBranch === undefined ? {} : { defaultBranch }) }
}

const isRead = (files: Readonly<Files>, path: string): boolean => Object.hasOwn(files, path)

type About = Pick<Skeleton, 'template' | 'location' | 'example' | 'requires' | 'version' | 'reads'>

const aboutOf = (template: TemplateSource, roots: string[], example: string): About => ({
  template: template.ref,
  location: template.location,
  example,
  requires: template.requires,
  ...(template.version === undefined ? {} : { version: template.version }),
  reads: roots,
})

type Sources = { roots: string[] } & (
  | { ok: true; files: Record<string, Fact<FileState>> }
  | { ok: false; why: Skeleton['rendered'] & { known: false } }
)

/** Every file that the template's steps may take, within bounds. */
const sourcesOf = async (
  template: TemplateSource,
  home: Home | undefined,
  tree: Fact<TreeEntry[]>,
  read: (paths: readonly string[]) => Promise<void>,
  at: (path: string) => Fact<FileState> | undefined,
): Promise<Sources> => {
  const roots = skeletonRoots(template, home)
  if (!tree.known)
    return {
      roots,
      ok: false,
      why: unknown(tree.reason, `What ${template.ref} makes is not known: ${tree.detail}`),
    }
  const paths = tree.value
    .filter(({ path, type }) => type === 'blob' && roots.some(root => isBelow(path, root)))
    .map(({ path }) => path)
  if (paths.length > mostFiles)
    return {
      roots,
      ok: false,
      why: unknown(
        'not-configured',
        `${template.ref} takes ${paths.length.toLocaleString('en')} files, at most ${mostFiles} are rendered`,
      ),
    }
  await read(paths)
  const files = Object.fromEntries(
    paths.map(path => [path, at(path) ?? unknown('partial-answer', `${path} was not read`)]),
  )
  // A picture is copied, whatever can't be read for a minute is not.
  const open = Object.values(files).find(
    fact => !fact.known && (fact.reason === 'partial-answer' || fact.reason === 'unavailable'),
  )
  if (open && !open.known) return { roots, ok: false, why: unknown(open.reason, open.detail) }
  const bytes = Object.values(files).reduce(
    (sum, fact) => sum + (fact.known && fact.value.exists ? fact.value.bytes : 0),
    0,
  )
  if (bytes > mostBytes)
    return {
      roots,
      ok: false,
      why: unknown('not-configured', `${template.ref} takes more than 1 MiB of text, which is not rendered`),
    }
  return { roots, ok: true, files }
}

const isBelow = (path: string, root: string): boolean =>
  root === '' || path === root || path.startsWith(`${root}/`)

/** Those beside the template, or its defaults where there are none. */
const examplesOf = async (
  template: TemplateSource,
  read: (paths: readonly string[]) => Promise<void>,
  at: (path: string) => Fact<FileState> | undefined,
): Promise<(Example | { name: string; problems: EntityError[] })[]> => {
  const path = template.path.slice(0, template.path.lastIndexOf('/') + 1) + examplesFile
  await read([path])
  const fact = at(path)
  if (fact?.known && !fact.value.exists) return [{ name: 'the defaults', parameters: {}, outputs: {} }]
  if (!fact?.known || !fact.value.exists) {
    const why = fact && !fact.known ? fact.detail : `${path} was not read`
    return [{ name: examplesFile, problems: [{ message: `${why}.`, location: { path } }] }]
  }
  const { examples, problems } = readExamples(path, fact.value.text)
  return problems.length > 0 ? [{ name: examplesFile, problems }] : examples
}

const rendering = async (
  template: TemplateSource,
  example: Example,
  sources: Record<string, Fact<FileState>>,
  holding: Holding,
  home: Home | undefined,
  about: About,
  render: (job: RenderJob) => Promise<Rendering>,
): Promise<Skeleton> => {
  const { values, standIns } = parametersOf(template.pages, example.parameters, holding.owner || 'acme')
  const made = await render({
    steps: template.steps,
    path: template.path,
    ...(home ? { home } : {}),
    template: template.ref,
    parameters: values,
    outputs: example.outputs,
    sources,
  })
  const said = { ...about, ...(standIns.length > 0 ? { standIns } : {}) }
  if (!made.ok)
    return {
      ...said,
      problems: [{ message: `${made.why}.`, location: made.location ?? template.location }],
      rendered: unknown(made.own ? 'unrenderable' : 'not-configured', made.why),
    }
  return {
    ...said,
    ...(made.opaque.length > 0 ? { opaque: made.opaque } : {}),
    rendered: known(await judged(made.files, sources), 'skeleton'),
  }
}

/** The rendered files as facts, their entities judged as those of a real repository are. */
const judged = async (
  made: readonly [string, MadeFile][],
  sources: Readonly<Record<string, Fact<FileState>>>,
): Promise<RenderedRepository> => {
  const files: Files = Object.fromEntries(made.map(([path, file]) => [path, factOf(path, file, sources)]))
  const from = Object.fromEntries(
    made.flatMap(([path, file]) => (file.from === undefined ? [] : [[path, file.from]])),
  )
  const lookUp = async (paths: readonly string[]): Promise<Files> =>
    Object.fromEntries(
      paths.map(path => [path, isRead(files, path) ? (files[path] ?? absent(path)) : absent(path)]),
    )
  const tree = async () => known(treeOfFiles(Object.keys(files)), 'skeleton')
  const { entities } = await completeFiles(await lookUp(['catalog-info.yaml']), '', lookUp, tree)
  return { files, entities, from }
}

const absent = (path: string): Fact<FileState> => fileFact(path, { kind: 'absent' }, 'skeleton')

const factOf = (
  path: string,
  file: MadeFile,
  sources: Readonly<Record<string, Fact<FileState>>>,
): Fact<FileState> => {
  if (file.text === undefined) {
    const source = file.from === undefined ? undefined : sources[file.from]
    return source && !source.known ? source : unknown('binary', `${plain(path)} is not a text file`)
  }
  const text = file.text.toWellFormed()
  return fileFact(path, { kind: 'file', bytes: Buffer.byteLength(text), text }, 'skeleton')
}

/** Owners that examples name are looked up with the repository's own, so that what is made can be judged by them. */
export const ownersIn = (own: OwnerMentions, skeletons: readonly Skeleton[] = []): OwnerMentions => {
  const mentioned = skeletons.flatMap(({ rendered }) =>
    rendered.known ? [ownerMentions(rendered.value.entities, rendered.value.files)] : [],
  )
  return {
    refs: unique([own, ...mentioned].flatMap(({ refs }) => refs)).filter(ref => ref !== standInOwner),
    handles: unique([own, ...mentioned].flatMap(({ handles }) => handles)),
  }
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]
