import { fullAllowance } from '../snapshot/entities/entity-file-bounds.ts'
import { expandBraces } from '../snapshot/files/linear-glob.ts'
import { directoryOf, nameOf } from '../snapshot/files/tree-files.ts'
import { readYamlFile } from '../snapshot/files/yaml-file.ts'
import { file, type Snapshot } from '../snapshot/snapshot.ts'
import { type Ecosystem, largestManifest, type Manifest, type Read } from './manifest.ts'
import { readCargo, readCsproj, readGoMod, readGoWork } from './manifests/compiled.ts'
import { readGradle, readGradleSettings, readPom } from './manifests/jvm.ts'
import { readNpm, readNxProject } from './manifests/npm.ts'
import { readPyproject, readRequirements, readSetup } from './manifests/python.ts'
import {
  readChart,
  readComposer,
  readDocker,
  readGemfile,
  readGemspec,
  readMix,
  readPubspec,
  readServerless,
  readSwift,
} from './manifests/scripted.ts'

interface Reader {
  ecosystem: Ecosystem
  read: (text: string, path: string) => Read
}

const byName: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['package.json', { ecosystem: 'npm', read: readNpm }],
  ['project.json', { ecosystem: 'npm', read: readNxProject }],
  ['lerna.json', { ecosystem: 'npm', read: text => readPackages(text) }],
  ['pnpm-workspace.yaml', { ecosystem: 'npm', read: text => readPackages(text) }],
  ['pyproject.toml', { ecosystem: 'python', read: readPyproject }],
  ['setup.py', { ecosystem: 'python', read: readSetup }],
  ['setup.cfg', { ecosystem: 'python', read: readSetup }],
  ['requirements.txt', { ecosystem: 'python', read: readRequirements }],
  ['Pipfile', { ecosystem: 'python', read: () => ({}) }],
  ['go.mod', { ecosystem: 'go', read: readGoMod }],
  ['go.work', { ecosystem: 'go', read: readGoWork }],
  ['Cargo.toml', { ecosystem: 'rust', read: readCargo }],
  ['pom.xml', { ecosystem: 'maven', read: readPom }],
  ['build.gradle', { ecosystem: 'gradle', read: readGradle }],
  ['build.gradle.kts', { ecosystem: 'gradle', read: readGradle }],
  ['settings.gradle', { ecosystem: 'gradle', read: readGradleSettings }],
  ['settings.gradle.kts', { ecosystem: 'gradle', read: readGradleSettings }],
  ['composer.json', { ecosystem: 'php', read: readComposer }],
  ['Gemfile', { ecosystem: 'ruby', read: readGemfile }],
  ['mix.exs', { ecosystem: 'elixir', read: readMix }],
  ['pubspec.yaml', { ecosystem: 'dart', read: readPubspec }],
  ['Package.swift', { ecosystem: 'swift', read: readSwift }],
  ['Dockerfile', { ecosystem: 'docker', read: readDocker }],
  ['Containerfile', { ecosystem: 'docker', read: readDocker }],
  ['Chart.yaml', { ecosystem: 'helm', read: readChart }],
  ['serverless.yml', { ecosystem: 'serverless', read: readServerless }],
  ['serverless.yaml', { ecosystem: 'serverless', read: readServerless }],
])

/** What of the manifests is read; of the others it is enough that they are there. */
export const manifestGlobs = [
  '**/{package.json,pyproject.toml,go.mod,Cargo.toml,pom.xml,composer.json,Dockerfile,Chart.yaml}',
  '**/{build.gradle,build.gradle.kts,requirements.txt,Gemfile,project.json,pubspec.yaml,serverless.yml,serverless.yaml}',
  '**/*.csproj',
  '*.gemspec',
  '{pnpm-workspace.yaml,lerna.json,go.work,settings.gradle,settings.gradle.kts,setup.py,setup.cfg,mix.exs,Package.swift}',
].flatMap(expandBraces)

/** A repository of thousands of manifests is generated, or somebody else's. */
const mostManifests = 2_000

/** Every manifest of these paths, read where its text is known. In the order of the paths. */
export const readManifests = (snapshot: Snapshot, paths: readonly string[]): Manifest[] => {
  const found: Manifest[] = []
  for (const path of paths) {
    const reader = readerOf(nameOf(path))
    if (!reader) continue
    if (found.length === mostManifests) break
    found.push(manifestOf(snapshot, path, reader))
  }
  return found
}

const readerOf = (name: string): Reader | undefined =>
  byName.get(name) ??
  (name.endsWith('.csproj')
    ? { ecosystem: 'dotnet', read: (text, path) => readCsproj(path, text) }
    : name.endsWith('.gemspec')
      ? { ecosystem: 'ruby', read: readGemspec }
      : undefined)

const manifestOf = (snapshot: Snapshot, path: string, { ecosystem, read }: Reader): Manifest => {
  const fact = file(snapshot, path)
  const text = fact.known && fact.value.exists ? fact.value.text : undefined
  const {
    says = [],
    uses = [],
    builds = [],
    members = [],
    ...rest
  } = text === undefined || text.length > largestManifest ? {} : read(text, path)
  return {
    path,
    directory: directoryOf(path),
    ecosystem,
    ...rest,
    uses,
    builds,
    says: new Set(says),
    members: members.map(member => joined(directoryOf(path), member)),
  }
}

/** `services/*` of a manifest at `shop` is `shop/services/*`. */
const joined = (directory: string, member: string): string => {
  const plain = member.replace(/^\.\//, '').replace(/\/+$/, '')
  return directory === '' ? plain : `${directory}/${plain}`
}

/** pnpm-workspace.yaml and lerna.json: JSON is YAML. */
const readPackages = (text: string): Read => {
  const read = readYamlFile(text, fullAllowance())
  if (!read.ok) return {}
  const list = read.file.field(read.file.root, 'packages')
  const members = list ? read.file.items(list.value).map(item => read.file.text(item)) : []
  return {
    says: ['workspace-only'],
    members: members.filter(member => member !== undefined).slice(0, 100),
  }
}
