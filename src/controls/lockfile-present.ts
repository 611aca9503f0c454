import { directoriesAbove, directoryOf, nameOf } from '../snapshot/files/tree-files.ts'
import { isRecord } from '../snapshot/plain-record.ts'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { FileContent, Snapshot, TreeEntry } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { type Manifest, manifestsOf, notOurs } from './support/manifests.ts'
import { given, globs, matchesAny } from './support/parameter.ts'

const messages = {
  none: 'There is no manifest of npm, Python, Cargo, Go, Bundler or Composer that would need a lockfile.',
  missing: (path: string, lockfiles: readonly string[], above: boolean): string =>
    `${plain(path)} names dependencies, and nothing says which versions of them are built. Expected ${listed(lockfiles, 6).replace(/ and ([^ ]+)$/, ' or $1')} beside it${above ? ' or in a directory above' : ''}.`,
  unpinned: (path: string, requirement: string, more: number): string =>
    `${plain(path)} leaves the version of ${plain(requirement)}${more > 0 ? ` and ${more} more` : ''} open. Expected name==version for each, or a lockfile.`,
  broken: (path: string): string => `${plain(path)} is not valid JSON. Expected a manifest that can be read.`,
}

const ignore = globs(notOurs)

export const lockfilePresent: Control = {
  id: 'lockfile-present',
  title: 'Lockfiles present',
  why: 'Without a lockfile tomorrow’s build takes in code that nobody has seen, and nobody can say what last week’s was made of.',
  satisfies: evidenceOf('lockfile-present'),
  // By name at the root as well: of a glob only the first hundred are read.
  reads: {
    files: [
      'package.json',
      'composer.json',
      'pyproject.toml',
      'requirements.txt',
      'go.mod',
      '**/package.json',
      '**/composer.json',
      '**/pyproject.toml',
      '**/requirements.txt',
      '**/go.mod',
    ],
    facts: ['metadata'],
    tree: true,
  },
  parameters: { ignore },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    if (!snapshot.tree.known) return undecided(`${snapshot.tree.detail}.`)
    const files = listFiles(snapshot.tree.value)
    const manifests = manifestsOf(snapshot, matchesAny(given(context, 'ignore', ignore)))
    const findings: Finding[] = []
    let open: string | undefined
    let judged = 0
    for (const manifest of manifests) {
      const looked = look(snapshot, manifest, files)
      if (looked === 'not-needed') continue
      judged += 1
      if (looked === 'locked') continue
      if ('finding' in looked) findings.push(looked.finding)
      else open ??= looked.open
    }
    return failIfAny(bounded(findings), () => {
      if (open !== undefined) return undecided(open)
      return judged === 0
        ? notApplicable(messages.none)
        : pass(
            judged === 1
              ? 'The one manifest has its lockfile.'
              : `All ${judged} manifests have their lockfiles.`,
          )
    })
  },
}

type Look = 'locked' | 'not-needed' | { finding: Finding } | { open: string }

/** Where a lockfile may stand: a workspace has one at its top for all that lies below. */
interface Lockfiles {
  above?: readonly string[]
  beside?: readonly string[]
}

const lockfiles: Partial<Record<Manifest['ecosystem'], Lockfiles>> = {
  npm: {
    above: [
      'package-lock.json',
      'npm-shrinkwrap.json',
      'yarn.lock',
      'pnpm-lock.yaml',
      'bun.lock',
      'bun.lockb',
    ],
  },
  pip: { above: ['poetry.lock', 'uv.lock', 'pdm.lock', 'pixi.lock', 'pylock.toml', 'Pipfile.lock'] },
  cargo: { above: ['Cargo.lock'] },
  gomod: { beside: ['go.sum'], above: ['go.work.sum'] },
  bundler: { beside: ['Gemfile.lock'] },
  composer: { beside: ['composer.lock'] },
}

/** What the list of files tells, taken out of it once. */
interface Listed {
  paths: ReadonlySet<string>
  /** Directories of crates that make a program. A `[[bin]]` with a path of its own is not among them. */
  programs: ReadonlySet<string>
  /** Directories that hold a gemspec. */
  gems: ReadonlySet<string>
}

const listFiles = (tree: readonly TreeEntry[]): Listed => {
  const paths = new Set<string>()
  const programs = new Set<string>()
  const gems = new Set<string>()
  for (const { path, type, bytes, mode } of tree) {
    if (type !== 'blob') continue
    // An empty lockfile locks nothing, and a link may lead nowhere.
    if (bytes !== 0 && mode !== '120000') paths.add(path)
    const program = /^(?:(.*)\/)?src\/(?:main\.rs|bin\/[^/]+\.rs|bin\/[^/]+\/main\.rs)$/.exec(path)
    if (program) programs.add(program[1] ?? '')
    if (path.endsWith('.gemspec')) gems.add(directoryOf(path))
  }
  return { paths, programs, gems }
}

const look = (snapshot: Snapshot, manifest: Manifest, files: Listed): Look => {
  const { path, directory, ecosystem } = manifest
  const isPipfile = nameOf(path) === 'Pipfile'
  const accepted = isPipfile ? { beside: ['Pipfile.lock'] } : lockfiles[ecosystem]
  if (!accepted) return 'not-needed'
  const { above = [], beside = [] } = accepted
  const isIn = (at: string) => (name: string) => files.paths.has(at === '' ? name : `${at}/${name}`)
  if (beside.some(isIn(directory)) || directoriesAbove(directory).some(at => above.some(isIn(at))))
    return 'locked'
  const missing: Look = {
    finding: {
      message: messages.missing(path, [...beside, ...above], above.length > 0),
      location: { path, line: 1 },
      next: `Make the lockfile of ${plain(path)} and commit it`,
    },
  }
  if (isPipfile) return missing
  if (ecosystem === 'cargo') return files.programs.has(directory) ? missing : 'not-needed'
  if (ecosystem === 'bundler') return files.gems.has(directory) ? 'not-needed' : missing
  const fact = file(snapshot, path)
  if (!fact.known) {
    const outcome = unreadableFile(path, fact)
    return outcome.status === 'fail' ? { finding: outcome.findings[0] } : { open: `${fact.detail}.` }
  }
  return fact.value.exists ? byContent(manifest, fact.value, missing, isIn(directory)) : 'not-needed'
}

const byContent = (
  { path, ecosystem }: Manifest,
  { text }: FileContent,
  missing: Look,
  beside: (name: string) => boolean,
): Look => {
  if (ecosystem === 'gomod') return /^\s{0,9}require\b/m.test(text) ? missing : 'not-needed'
  if (nameOf(path) === 'requirements.txt') return requirements(path, text)
  // A compiled requirements.txt is the lockfile of its project, and judged by itself.
  if (ecosystem === 'pip')
    return beside('requirements.txt') || !declaresDependencies(text) ? 'not-needed' : missing
  const json = parsed(text)
  if (!isRecord(json))
    return {
      finding: {
        message: messages.broken(path),
        location: { path, line: 1 },
        next: `Repair or remove ${plain(path)}`,
      },
    }
  if (ecosystem === 'composer') {
    // A library of PHP leaves its lockfile out by custom: whoever uses it decides.
    const needed = Object.keys(isRecord(json.require) ? json.require : {}).some(name => name.includes('/'))
    return needed && json.type !== 'library' ? missing : 'not-needed'
  }
  const named = ['dependencies', 'devDependencies', 'optionalDependencies'].some(
    key => isRecord(json[key]) && Object.keys(json[key]).length > 0,
  )
  return named ? missing : 'not-needed'
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

const requirements = (path: string, text: string): Look => {
  const open: { name: string; line: number }[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.split(' #', 1)[0]?.trim() ?? ''
    if (line === '' || line.startsWith('#') || line.startsWith('-')) continue
    // An address or a path is what it is; `==1.*` is any of many.
    if ((line.includes('==') && !/==[\s\d.]{0,40}\*/.test(line)) || line.includes('@') || /^[./]/.test(line))
      continue
    open.push({ name: /^[\w.-]{1,80}/.exec(line)?.[0] ?? line, line: index + 1 })
  }
  const [first] = open
  if (!first) return 'locked'
  return {
    finding: {
      message: messages.unpinned(path, first.name, open.length - 1),
      location: { path, line: first.line },
      next: `Write the version of each requirement into ${plain(path)}, as pip-compile or pip freeze does`,
    },
  }
}

/** By line and section: enough to tell a project with dependencies from a file that only sets up tools. */
const declaresDependencies = (toml: string): boolean => {
  let section = ''
  let inList = false
  for (const raw of toml.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (inList) {
      if (!line.startsWith(']')) return true
      inList = false
    }
    const header = /^\[([^[\]]{1,200})\]/.exec(line)?.[1]
    if (header !== undefined) section = header.trim()
    else if (section === 'project' && /^dependencies\s{0,9}=/.test(line)) {
      const rest = line.slice(line.indexOf('=') + 1).trim()
      if (rest === '[') inList = true
      else if (!/^\[\s{0,9}\]/.test(rest)) return true
    } else if (section === 'tool.poetry.dependencies' && !/^python\s{0,9}=/.test(line)) return true
    else if (/^(?:dependency-groups|tool\.poetry\.group\.[\w.-]{1,100})$/.test(section) && line.includes('='))
      return true
  }
  return false
}
