import { directoryOf, nameOf } from '../../snapshot/files/tree-files.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** What a file of a name says about the repository: which packages it is made of. */
export interface Manifest {
  path: string
  directory: string
  ecosystem: Ecosystem
}

/** As Dependabot names them; `docker` and `github-actions` have no lockfile. */
export type Ecosystem =
  | 'npm'
  | 'pip'
  | 'cargo'
  | 'gomod'
  | 'bundler'
  | 'composer'
  | 'maven'
  | 'gradle'
  | 'nuget'
  | 'mix'
  | 'pub'
  | 'swift'
  | 'terraform'
  | 'docker'
  | 'github-actions'

const byName: ReadonlyMap<string, Ecosystem> = new Map<string, Ecosystem>([
  ['package.json', 'npm'],
  ['pyproject.toml', 'pip'],
  ['requirements.txt', 'pip'],
  ['Pipfile', 'pip'],
  ['Cargo.toml', 'cargo'],
  ['go.mod', 'gomod'],
  ['Gemfile', 'bundler'],
  ['composer.json', 'composer'],
  ['pom.xml', 'maven'],
  ['build.gradle', 'gradle'],
  ['build.gradle.kts', 'gradle'],
  ['packages.config', 'nuget'],
  ['mix.exs', 'mix'],
  ['pubspec.yaml', 'pub'],
  ['Package.swift', 'swift'],
  ['Dockerfile', 'docker'],
])

const byExtension: ReadonlyMap<string, Ecosystem> = new Map<string, Ecosystem>([
  ['.csproj', 'nuget'],
  ['.fsproj', 'nuget'],
  ['.vbproj', 'nuget'],
  ['.tf', 'terraform'],
])

/** Others' code, tests, examples and what they are made of: none of it is deployed. */
export const notOurs = [
  '**/node_modules/**',
  '**/vendor/**',
  '**/third_party/**',
  '**/testdata/**',
  '**/fixtures/**',
  '**/__fixtures__/**',
  '**/{test,tests,__tests__,test_suite,example,examples,samples}/**',
] as const

/** In the order of the tree; empty while that is unknown. */
export const manifestsOf = (snapshot: Snapshot, ignored: (path: string) => boolean): Manifest[] => {
  if (!snapshot.tree.known) return []
  const found: Manifest[] = []
  for (const { path, type } of snapshot.tree.value) {
    if (type !== 'blob') continue
    const ecosystem = ecosystemOf(path)
    if (ecosystem === undefined || ignored(path)) continue
    found.push({ path, directory: ecosystem === 'github-actions' ? '' : directoryOf(path), ecosystem })
  }
  return found
}

const ecosystemOf = (path: string): Ecosystem | undefined => {
  if (path.startsWith('.github/workflows/') && /\.ya?ml$/.test(path)) return 'github-actions'
  const name = nameOf(path)
  return byName.get(name) ?? byExtension.get(name.slice(Math.max(0, name.lastIndexOf('.'))))
}
