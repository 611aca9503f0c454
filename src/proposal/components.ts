import { glob, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import { directoriesAbove, directoryOf, nameOf } from '../snapshot/files/tree-files.ts'
import type { Component } from './component.ts'
import type { Manifest } from './manifest.ts'

/** Backstage shows each; nobody reads a first proposal of more. */
export const mostComponents = 50

/** Tests, examples and others' code, wherever they lie. */
const aside =
  /^(?:node_modules|vendor|third[_-]party|testdata|fixtures?|__fixtures__|__tests__|tests?|e2e|specs?|mocks?|examples?|samples?|demos?|benchmarks?|bench|templates?|skeletons?|storybook|dist|\..*)$/i

/** Beside the parts of a repository these hold what serves all of them. */
const asideAtTop =
  /^(?:docs?|documentation|scripts?|tools?|tooling|hack|ci|build|infra|infrastructure|terraform|pulumi|cdk|iac|deploy|deployments?|k8s|kubernetes|helm|charts?)$/i

const isAside = (directory: string): boolean => {
  const [first = '', ...rest] = directory.split('/')
  return asideAtTop.test(first) || [first, ...rest].some(step => aside.test(step))
}

/** Where repositories of several parts keep them. */
const shelves =
  /^(?:services?|apps?|applications?|packages|pkgs|libs?|libraries|modules|plugins|components|projects|functions|lambdas|microservices|backends?|frontends?|servers?|workers?|sdks?|clients?|extensions|integrations|src)$/i

/** Parts of one thing that is built as a whole, as long as not more than one of them runs by itself. */
const builtAsOne = new Set(['maven', 'gradle', 'dotnet', 'rust'])

/** Directories that a file or a Location can name as they are. */
const plainDirectory = /^[\w@+-][\w@.+-]{0,99}(?:\/[\w@+-][\w@.+-]{0,99}){0,7}$/

/**
 * What of a repository gets an entity of its own, by where its manifests lie: the members of a workspace, what lies in
 * `services/` and its like, or all as one. In the order of the directories; at most 50.
 */
export const componentsOf = (paths: readonly string[], manifests: readonly Manifest[]): Component[] => {
  const parts = partsOf(paths, manifests)
  const root = manifests.filter(({ directory }) => directory === '')
  const isSomething = root.some(manifest => isOwn(manifest, paths))
  if (parts.length < 2 && !(parts.length === 1 && isSomething && isShipped(parts[0], manifests)))
    return [whole(paths, manifests)]
  const directories = parts.slice(0, mostComponents - 1)
  const below = byDirectory(paths, directories)
  const own = (directory: string): Component => ({
    directory,
    manifests: inOrder(manifests.filter(each => isWithin(each.directory, directory))),
    paths: below.get(directory) ?? [],
    isPart: true,
  })
  const rest: Component = { directory: '', manifests: root, paths: below.get('') ?? [], isPart: true }
  return [...(isSomething ? [rest] : []), ...directories.map(own)]
}

const whole = (paths: readonly string[], manifests: readonly Manifest[]): Component => {
  const counted = manifests.filter(({ directory }) => !isAside(directory))
  const root = counted.filter(({ directory }) => directory === '')
  const said = root.filter(({ says }) => !says.has('workspace-only'))
  const ecosystems = new Set(root.map(({ ecosystem }) => ecosystem))
  // A page beside a Go service says nothing of the service; a module of a Maven project does.
  const belongs = counted.filter(
    ({ directory, ecosystem }) =>
      directory === '' ||
      said.length === 0 ||
      (builtAsOne.has(ecosystem) && ecosystems.has(ecosystem)) ||
      ecosystem === 'docker' ||
      ecosystem === 'helm',
  )
  return { directory: '', manifests: inOrder(belongs), paths, isPart: false }
}

/** The directories of the parts, sorted. */
const partsOf = (paths: readonly string[], manifests: readonly Manifest[]): string[] => {
  const candidates = manifests.filter(isPartOfSomething)
  const isMember = memberMatcher(manifests)
  const named = candidates.filter(({ directory }) => isMember(directory))
  const shelved = candidates.filter(
    ({ directory }) => !isMember(directory) && isOnShelf(directory) && !hasMembers(manifests, directory),
  )
  const hasRoot = manifests.some(each => each.directory === '' && isOwn(each, paths))
  const topmost = hasRoot
    ? []
    : candidates.filter(({ directory }) => !directory.includes('/') && !isOnShelf(directory))
  const found = outermost([...named, ...shelved, ...topmost])
  const alone = found.filter(directory => standsAlone(directory, candidates))
  const modules = found.filter(directory => isBuiltAsOne(directory, candidates))
  // A module alone is the whole of what it is.
  const asOne = modules.length > 1 ? modules : []
  // Modules of one build: each that runs or goes out by itself is a part, and when fewer than two do, all are one.
  if (asOne.length === 0) return found
  if (asOne.filter(directory => alone.includes(directory)).length < 2)
    return found.filter(directory => !asOne.includes(directory))
  // A crate is made to be used by itself; a Maven module or a project of .NET that does not run is a layer of those that do.
  const isLayer = (directory: string): boolean =>
    !candidates.some(each => each.directory === directory && each.ecosystem === 'rust')
  return found.filter(
    directory => !asOne.includes(directory) || alone.includes(directory) || !isLayer(directory),
  )
}

const isPartOfSomething = ({ directory, says }: Manifest): boolean =>
  directory !== '' &&
  plainDirectory.test(directory) &&
  !isAside(directory) &&
  !directory.split('/').some(part => /(?:^|[-_.])(?:e2e|tests?)$/i.test(part)) &&
  !says.has('tests') &&
  !says.has('settings')

/** Members that a workspace names; one that is left out by `!` is none. */
const memberMatcher = (manifests: readonly Manifest[]): ((directory: string) => boolean) => {
  const named = new Set<string>()
  const globs: ((path: string) => boolean)[] = []
  const refused: ((path: string) => boolean)[] = []
  for (const member of new Set(manifests.flatMap(({ members }) => members))) {
    const isRefused = /(?:^|\/)!/.test(member)
    const pattern = member.replace(/(^|\/)!/, '$1')
    if (!isTrueGlob(pattern) && !pattern.includes('{') && !isRefused) named.add(pattern)
    else if (globs.length + refused.length < 40) {
      const matches = matcher(pattern)
      if (matches) (isRefused ? refused : globs).push(matches)
    }
  }
  return directory =>
    (named.has(directory) || globs.some(matches => matches(directory))) &&
    !refused.some(matches => matches(directory))
}

const matcher = (pattern: string): ((path: string) => boolean) | undefined => {
  try {
    return glob(pattern)
  } catch {
    return undefined
  }
}

const hasMembers = (manifests: readonly Manifest[], directory: string): boolean =>
  manifests.some(each => each.directory === directory && each.members.length > 0)

const isOnShelf = (directory: string): boolean => {
  const steps = directory.split('/')
  return steps.length > 1 && steps.slice(0, -1).some(step => shelves.test(step))
}

/** Those that lie in none of the others. */
const outermost = (manifests: readonly Manifest[]): string[] => {
  const all = new Set(manifests.map(({ directory }) => directory))
  return [...all]
    .filter(
      directory => !directoriesAbove(directoryOf(directory)).some(above => above !== '' && all.has(above)),
    )
    .sort()
}

const standsAlone = (directory: string, manifests: readonly Manifest[]): boolean =>
  manifests.some(
    ({ directory: at, says }) =>
      isWithin(at, directory) &&
      (['runs', 'serves', 'command', 'published'] as const).some(each => says.has(each)),
  )

const isBuiltAsOne = (directory: string, manifests: readonly Manifest[]): boolean => {
  const own = manifests.filter(each => each.directory === directory && each.ecosystem !== 'docker')
  return own.length > 0 && own.every(({ ecosystem }) => builtAsOne.has(ecosystem))
}

/** At the root beside parts: something of its own, more than what holds the parts together. */
const isOwn = ({ directory, says, uses, ecosystem }: Manifest, paths: readonly string[]): boolean => {
  if (directory !== '' || says.has('workspace-only')) return false
  if (ecosystem === 'docker' || ecosystem === 'helm' || ecosystem === 'gradle') return false
  if (says.has('command') || says.has('imported') || says.has('runs') || says.has('serves')) return true
  if (ecosystem === 'npm' && uses.length === 0) return false
  return paths.some(path =>
    /^(?:src|app|lib|cmd|internal|server)\/|^(?:index|main|app|server)\.\w+$/.test(path),
  )
}

/** Beside a root that is something itself, one part counts only if it goes out on its own. */
const isShipped = (directory: string | undefined, manifests: readonly Manifest[]): boolean =>
  manifests.some(
    each =>
      each.directory === directory &&
      (each.says.has('serves') || each.says.has('published') || each.ecosystem === 'docker') &&
      !each.says.has('private'),
  )

const isWithin = (directory: string, above: string): boolean =>
  directory === above || directory.startsWith(`${above}/`)

const inOrder = (manifests: readonly Manifest[]): Manifest[] =>
  [...manifests].sort(
    (a, b) => a.directory.split('/').length - b.directory.split('/').length || (a.path < b.path ? -1 : 1),
  )

/** Each path with the part that it lies in; `''` for what lies in none. */
const byDirectory = (paths: readonly string[], directories: readonly string[]): Map<string, string[]> => {
  const found = new Map<string, string[]>([
    ['', []],
    ...directories.map((each): [string, string[]] => [each, []]),
  ])
  const known = new Map<string, string>([['', '']])
  const partOf = (directory: string): string => {
    const before = known.get(directory)
    if (before !== undefined) return before
    const part = directoriesAbove(directory).find(above => found.has(above)) ?? ''
    known.set(directory, part)
    return part
  }
  for (const path of paths) found.get(partOf(directoryOf(path)))?.push(path)
  return found
}

/** The paths that say something of the repository itself. */
export const ownPaths = (paths: readonly string[]): string[] =>
  paths.filter(
    path =>
      !/(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures|__fixtures__)\//.test(path) &&
      nameOf(path) !== '',
  )
