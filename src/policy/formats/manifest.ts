import type { Ecosystem } from './format.ts'

/** What a condition sees of a package manifest as `manifest`, whatever its ecosystem. */
export interface Manifest {
  ecosystem: Ecosystem
  name: string
  /** Empty where the manifest names none. */
  version: string
  /** What it needs to run: the version as written, '' where none is asked for. */
  dependencies: Record<string, string>
  /** What it needs to be built and tested. */
  developmentDependencies: Record<string, string>
}

/** Of the file as data, or for go.mod of its text. What has not the expected shape counts as not there. */
export const manifestOf = (ecosystem: Ecosystem, doc: unknown, text: string): Manifest => {
  if (ecosystem === 'go') return ofGo(text)
  const root = mapping(doc)
  if (ecosystem === 'npm') return ofNpm(root)
  return ecosystem === 'cargo' ? ofCargo(root) : ofPython(root)
}

type Mapping = Readonly<Record<string, unknown>>

const ofNpm = (root: Mapping): Manifest => ({
  ecosystem: 'npm',
  name: text(root.name),
  version: text(root.version),
  dependencies: versions(root.dependencies, root.peerDependencies, root.optionalDependencies),
  developmentDependencies: versions(root.devDependencies),
})

const ofCargo = (root: Mapping): Manifest => {
  const targets = Object.values(mapping(root.target)).map(mapping)
  const own = mapping(root.package)
  return {
    ecosystem: 'cargo',
    name: text(own.name),
    version: text(own.version),
    dependencies: versions(root.dependencies, ...targets.map(target => target.dependencies)),
    developmentDependencies: versions(root['dev-dependencies'], root['build-dependencies']),
  }
}

const ofPython = (root: Mapping): Manifest => {
  const project = mapping(root.project)
  const poetry = mapping(mapping(root.tool).poetry)
  const groups = Object.values(mapping(poetry.group)).map(group => mapping(group).dependencies)
  const { python: _, ...runtime } = mapping(poetry.dependencies)
  const lists = (value: unknown) => Object.values(mapping(value)).flatMap(list)
  return {
    ecosystem: 'pypi',
    name: text(project.name) || text(poetry.name),
    version: text(project.version) || text(poetry.version),
    dependencies: { ...versions(runtime), ...requirements(list(project.dependencies)) },
    developmentDependencies: {
      ...versions(poetry['dev-dependencies'], ...groups),
      ...requirements([...lists(project['optional-dependencies']), ...lists(root['dependency-groups'])]),
    },
  }
}

const ofGo = (source: string): Manifest => {
  const dependencies: [string, string][] = []
  let isWithin = false
  for (const line of source.split('\n')) {
    const words = line
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
    if (words[0] === 'require' && words[1] === '(') isWithin = true
    else if (words[0] === ')') isWithin = false
    else {
      const [path, version] = words[0] === 'require' ? words.slice(1) : isWithin ? words : []
      if (path && version) dependencies.push([path, version])
    }
  }
  return {
    ecosystem: 'go',
    name: /^module[ \t]+"?([^\s"]{1,500})/m.exec(source)?.[1] ?? '',
    version: '',
    dependencies: Object.fromEntries(dependencies),
    developmentDependencies: {},
  }
}

/** `requests[socks]>=2.0; python_version < "4"` under `requests`, as PyPI compares names. */
const requirements = (written: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(
    written.flatMap(each => {
      const [, name, rest] =
        /^\s*([A-Za-z\d][A-Za-z\d._-]{0,200})\s*(?:\[[^\]]{0,500}\])?\s*([^;]{0,500})/.exec(text(each)) ?? []
      return name === undefined ? [] : [[normalised(name), (rest ?? '').trim()]]
    }),
  )

const normalised = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** A version, or a mapping with one: `{ version = "1", features = [] }`. */
const versions = (...groups: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(
    groups.flatMap(group =>
      Object.entries(mapping(group)).map(([name, value]) => [
        name,
        text(value) || text(mapping(value).version),
      ]),
    ),
  )

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
