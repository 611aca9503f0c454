import { fullAllowance } from '../snapshot/entities/entity-file-bounds.ts'
import { readYamlFile, type YamlFile } from '../snapshot/files/yaml-file.ts'
import { listed, quoted } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { firstFile } from './support/first-file.ts'
import { type Ecosystem, type Manifest, manifestsOf, notOurs } from './support/manifests.ts'
import { given, globs, matchesAny } from './support/parameter.ts'

const dependabot = '.github/dependabot.yml'
const dependabotPaths = [dependabot, '.github/dependabot.yaml'] as const
const renovatePaths: ReadonlySet<string> = new Set([
  'renovate.json',
  'renovate.json5',
  '.github/renovate.json',
  '.github/renovate.json5',
  '.renovaterc',
  '.renovaterc.json',
  '.renovaterc.json5',
])

const messages = {
  none: 'There is nothing here that Dependabot or Renovate would keep up to date.',
  missing: (found: readonly string[]): string =>
    `Nothing keeps the dependencies up to date (${listed(found, 4)}). Expected ${dependabot} or a configuration of Renovate.`,
  broken: (path: string, what: string): string =>
    `${path} ${what}. Expected a configuration that Dependabot can read.`,
  version: (path: string): string =>
    `${path} has no version: 2. Expected it, or Dependabot ignores the file.`,
  nothing: (path: string): string => `${path} updates nothing. Expected an entry under updates.`,
  lacks: (what: string): string => `This entry has no ${what}. Expected one, or Dependabot refuses the file.`,
  noSuch: (name: string, meant: string): string =>
    `${quoted(name)} is no ecosystem of Dependabot. Expected ${quoted(meant)}.`,
  uncoveredCode: (path: string, code: readonly string[]): string =>
    `${path} covers nothing that a program here is made of (${listed(code, 4)}). Expected an entry for at least one.`,
  uncovered: (path: string, found: readonly string[]): string =>
    `${path} covers none of what is here (${listed(found, 4)}). Expected an entry for at least one.`,
}

const ignore = globs(notOurs)

export const dependencyUpdates: Control = {
  id: 'dependency-updates',
  title: 'Dependency updates configured',
  why: 'A weakness is repaired by taking the newer version; where that is proposed by itself, it is done in days.',
  satisfies: evidenceOf('dependency-updates'),
  reads: { files: [...dependabotPaths], facts: ['metadata'], tree: true },
  parameters: { ignore },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    if (!snapshot.tree.known) return undecided(`${snapshot.tree.detail}.`)
    const manifests = manifestsOf(snapshot, matchesAny(given(context, 'ignore', ignore)))
    const found = [...new Set(manifests.map(({ ecosystem }) => ecosystem))]
    if (found.length === 0) return notApplicable(messages.none)
    const configuration = firstFile(snapshot, dependabotPaths)
    if (configuration.status === 'unread') return unreadableFile(configuration.path, configuration.fact)
    const renovate = renovateOf(snapshot)
    if (configuration.status === 'there')
      return judged(configuration.path, configuration.content.text, found, renovate)
    return renovate === undefined
      ? fail({ message: messages.missing(found), next: `Add ${dependabot} with an entry for each` })
      : pass(`${renovate} configures Renovate.`)
  },
  fix: (snapshot, context) => {
    if (!snapshot.tree.known || firstFile(snapshot, dependabotPaths).status !== 'absent') return undefined
    if (dependencyUpdates.check(snapshot, context).status !== 'fail') return undefined
    const manifests = manifestsOf(snapshot, matchesAny(given(context, 'ignore', ignore)))
    return {
      why: 'Has Dependabot propose newer versions once a week, for each kind of package that was found.',
      edits: [{ path: dependabot, text: configurationFor(snapshot, manifests) }],
    }
  },
}

const renovateOf = (snapshot: Snapshot): string | undefined =>
  snapshot.tree.known ? snapshot.tree.value.find(({ path }) => renovatePaths.has(path))?.path : undefined

/** Ecosystems under which Dependabot keeps the same manifests, beside the one of the same name. */
const alike: Partial<Record<Ecosystem, readonly string[]>> = {
  npm: ['bun'],
  pip: ['uv', 'conda'],
  terraform: ['opentofu'],
  cargo: ['rust-toolchain'],
}

/** What people write instead, and GitHub refuses. */
const misnamed: ReadonlyMap<string, string> = new Map([
  ['yarn', 'npm'],
  ['pnpm', 'npm'],
  ['node', 'npm'],
  ['javascript', 'npm'],
  ['poetry', 'pip'],
  ['pipenv', 'pip'],
  ['python', 'pip'],
  ['go', 'gomod'],
  ['golang', 'gomod'],
  ['rust', 'cargo'],
  ['ruby', 'bundler'],
  ['gem', 'bundler'],
  ['php', 'composer'],
  ['actions', 'github-actions'],
  ['github_actions', 'github-actions'],
])

/** What a program is made of; the others build it and ship it. */
const isOfCode = (ecosystem: Ecosystem): boolean => ecosystem !== 'github-actions' && ecosystem !== 'docker'

const judged = (
  path: string,
  text: string,
  found: readonly Ecosystem[],
  renovate: string | undefined,
): Outcome => {
  const read = readYamlFile(text, fullAllowance())
  if (!read.ok)
    return fail({
      message: messages.broken(path, read.message),
      location: { path, line: read.line, column: read.column },
      next: `Repair line ${read.line}`,
    })
  const { file } = read
  const updates = file.field(file.root, 'updates')
  const entries = file.items(updates?.value)
  const covered: string[] = []
  const findings: Finding[] = []
  if (file.text(file.field(file.root, 'version')?.value) !== '2')
    findings.push({
      message: messages.version(path),
      location: { path, line: 1 },
      next: 'Write version: 2 in the first line',
    })
  if (entries.length === 0)
    findings.push({
      message: messages.nothing(path),
      location: { path, line: updates?.place.line ?? 1 },
      next: `Add an entry with package-ecosystem: ${found[0]}`,
    })
  for (const entry of entries) {
    const { line, column } = file.placeOf(entry)
    const { ecosystem, problem } = entryOf(file, entry)
    if (ecosystem !== undefined) covered.push(ecosystem)
    if (problem !== undefined)
      findings.push({
        message: problem,
        location: { path, line, column },
        next: `Complete the entry in line ${line}`,
      })
  }
  return failIfAny(bounded(findings), () => {
    const [kept, left] = [found.filter(isCovered(covered)), found.filter(each => !isCovered(covered)(each))]
    const code = found.filter(isOfCode)
    // To keep only the actions up to date says nothing of what runs in production.
    const isKept = code.length > 0 ? kept.some(isOfCode) : kept.length > 0
    if (!isKept && renovate !== undefined) return pass(`${renovate} configures Renovate, beside ${path}.`)
    if (!isKept)
      return fail({
        message: code.length > 0 ? messages.uncoveredCode(path, code) : messages.uncovered(path, found),
        location: { path, line: updates?.place.line ?? 1 },
        next: `Add an entry with package-ecosystem: ${code[0] ?? found[0]}`,
      })
    return pass(
      `${path} covers ${listed(kept, 6)}${left.length > 0 ? `; ${listed(left, 4)} ${left.length === 1 ? 'is' : 'are'} not covered` : ''}.`,
    )
  })
}

const isCovered =
  (covered: readonly string[]) =>
  (ecosystem: Ecosystem): boolean =>
    covered.includes(ecosystem) || (alike[ecosystem] ?? []).some(each => covered.includes(each))

const entryOf = (file: YamlFile, entry: unknown): { ecosystem?: string; problem?: string } => {
  const text = (key: string): string | undefined => file.text(file.field(entry, key)?.value)
  const ecosystem = text('package-ecosystem')
  if (!ecosystem) return { problem: messages.lacks('package-ecosystem') }
  const meant = misnamed.get(ecosystem.toLowerCase())
  if (meant !== undefined) return { problem: messages.noSuch(ecosystem, meant) }
  if (!text('directory') && file.items(file.field(entry, 'directories')?.value).length === 0)
    return { ecosystem, problem: messages.lacks('directory or directories') }
  const schedule = file.field(entry, 'schedule')?.value
  if (!file.text(file.field(schedule, 'interval')?.value) && !text('multi-ecosystem-group'))
    return { ecosystem, problem: messages.lacks('schedule with an interval') }
  return { ecosystem }
}

/** More than these are written as one glob. */
const mostDirectories = 20

const configurationFor = (snapshot: Snapshot, manifests: readonly Manifest[]): string => {
  const groups = Map.groupBy(manifests, ({ ecosystem }) => ecosystem)
  const entries = [...groups].flatMap(([ecosystem, each]) => {
    const directories = [...new Set(each.map(({ directory }) => `/${directory}`))]
    return [
      `  - package-ecosystem: ${nameFor(snapshot, ecosystem)}`,
      ...(directories.length === 1
        ? [`    directory: ${written(directories[0] ?? '/')}`]
        : [
            '    directories:',
            ...(directories.length > mostDirectories ? ['/**/*'] : directories).map(
              at => `      - ${written(at)}`,
            ),
          ]),
      '    schedule:',
      '      interval: weekly',
    ]
  })
  return ['version: 2', 'updates:', ...entries, ''].join('\n')
}

/** A name of a directory may hold anything; JSON's quotes are YAML's. */
const written = (directory: string): string =>
  /^[\w./-]+$/.test(directory) ? directory : JSON.stringify(directory)

const nameFor = (snapshot: Snapshot, ecosystem: Ecosystem): string => {
  const has = (name: string): boolean =>
    snapshot.tree.known && snapshot.tree.value.some(({ path }) => path === name)
  if (ecosystem === 'npm' && (has('bun.lock') || has('bun.lockb'))) return 'bun'
  return ecosystem === 'pip' && has('uv.lock') ? 'uv' : ecosystem
}
