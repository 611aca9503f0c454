import type { Control } from '../controls/control.ts'
import { compileControl } from './compile-control.ts'
import { compare } from './days.ts'
import { policyDefaults } from './defaults.ts'
import { deepFreeze } from './freeze.ts'
import { fullPatternAllowance, type PatternAllowance } from './pattern-allowance.ts'
import type {
  IssueSettings,
  ParsedPolicy,
  Policy,
  PolicyFile,
  PolicyProblem,
  Rule,
  Waiver,
} from './policy.ts'
import { readRequirements, unknownControl } from './read-requirements.ts'
import { nameMistake, readSelector, selectorProblems, valueProblems } from './read-selector.ts'
import { reservedIds } from './reserved.ts'
import {
  furtherFileSchema,
  mainFileSchema,
  type PolicyFileShape,
  type RuleShape,
  type WaiverShape,
  weekdays,
} from './schema.ts'
import { daysIn } from './schema-words.ts'
import { shapeProblems } from './shape-problems.ts'
import { allTokens, type TokensLeft } from './yaml-size.ts'
import { readYaml, type YamlProblem, type YamlText } from './yaml-text.ts'

export interface ParseOptions {
  version: string
  /** The built-in controls a rule can name. */
  library: ReadonlyMap<string, Control>
}

const mostFiles = 50
const mostProblems = 100

/** A file whose shape is right, with the place of everything in it. */
interface Shaped {
  path: string
  shape: PolicyFileShape
  yaml: YamlText
}

/**
 * A policy from its files: the one outside `golden-path/` is the main one and names the version, the others add
 * rules, controls and waivers. Never throws; a policy with one mistake is no policy, and every mistake is told.
 */
export const parsePolicy = (files: readonly PolicyFile[], options: ParseOptions): ParsedPolicy => {
  const problems: PolicyProblem[] = []
  const report: Report = (path, found) => problems.push({ path, ...found })
  const [main] = mainFirst(files)
  if (!main) {
    report('golden-path.yml', {
      line: 1,
      column: 1,
      message: 'There is no policy file. Expected golden-path.yml.',
    })
  }
  if (files.length > mostFiles) {
    const message = `The policy has ${files.length} files. Expected at most ${mostFiles}.`
    report(main?.path ?? 'golden-path.yml', { line: 1, column: 1, message })
  }
  const left = allTokens()
  const shaped = mainFirst(files)
    .slice(0, mostFiles)
    .flatMap(file => readFile(file, file === main, report, left))

  const patterns = fullPatternAllowance()
  const controls = readControls(shaped, options.library, report, patterns)
  // A file that couldn't be read may hold controls that the others name: then what they name is not judged yet.
  const complete = shaped.length === files.length
  const rules = complete ? readRules(shaped, controls, report, patterns) : []
  const waivers = complete ? readWaivers(shaped, controls, report, patterns) : []
  if (problems.length > 0) return { ok: false, problems: inOrder(problems, files).slice(0, mostProblems) }
  // The map itself can't be frozen; its type is read-only and nothing keeps the other one.
  for (const control of controls.values()) if (!options.library.has(control.id)) deepFreeze(control)
  return {
    ok: true,
    policy: Object.freeze({
      version: options.version,
      rules: deepFreeze(rules),
      controls,
      waivers: deepFreeze(waivers),
      ...settings(shaped[0]?.shape ?? {}),
    }),
    problems: [],
  }
}

/** What stands once, at the top of the main file. */
const settings = (
  main: PolicyFileShape,
): Pick<Policy, 'maxWaiverDays' | 'approvers' | 'preview' | 'pullRequests' | 'fix' | 'issues'> => {
  const { 'max-waiver': longest, 'waiver-approvers': approvers, preview } = main
  const failAbove = preview?.['fail-above']
  return deepFreeze({
    ...(longest === undefined ? {} : { maxWaiverDays: daysIn(longest) }),
    ...(approvers === undefined ? {} : { approvers: [approvers].flat().map(each => each.toLowerCase()) }),
    preview: failAbove === undefined ? {} : { failAbove },
    pullRequests: main['pull-requests'] ?? policyDefaults.pullRequests,
    fix: main.fix ?? policyDefaults.fix,
    issues: issueSettings(main.issues),
  })
}

const issueSettings = (shape: PolicyFileShape['issues'] = {}): IssueSettings => {
  const [owner, name] = shape.repository?.split('/') ?? []
  const { 'open-on': openOn } = shape
  const [from = 0, to = 24 * 60] = (openOn?.hours?.split('-') ?? []).map(minutesOf)
  return {
    ...(owner && name ? { repository: { owner, name } } : {}),
    labels: [shape.labels ?? []].flat(),
    ...(openOn
      ? {
          openOn: {
            days: (openOn.days ?? weekdays).map(day => weekdays.indexOf(day) + 1),
            from,
            to,
            timeZone: openOn['time-zone'] ?? 'UTC',
          },
        }
      : {}),
    mentionOwners: shape['mention-owners'] ?? policyDefaults.issues.mentionOwners,
    publicRepositories: shape['public-repositories'] ?? policyDefaults.issues.publicRepositories,
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

type Report = (path: string, found: YamlProblem) => void

const mainFirst = (files: readonly PolicyFile[]): PolicyFile[] => {
  const isFurther = (file: PolicyFile) => /(^|\/)golden-path\/[^/]+$/.test(file.path)
  const main = files.find(file => !isFurther(file)) ?? files[0]
  return main ? [main, ...files.filter(file => file !== main)] : []
}

const readFile = (file: PolicyFile, isMain: boolean, report: Report, left: TokensLeft): Shaped[] => {
  const read = readYaml(file.text, left)
  if (!read.ok) {
    for (const found of read.problems) report(file.path, found)
    return []
  }
  const schema = isMain ? mainFileSchema : furtherFileSchema
  const parsed = schema.safeParse(read.yaml.value)
  if (parsed.success) return [{ path: file.path, shape: parsed.data, yaml: read.yaml }]
  for (const found of shapeProblems(parsed.error.issues.slice(0, mostProblems), schema, read.yaml))
    report(file.path, found)
  return []
}

/** The library's, then the policy's own. */
const readControls = (
  files: readonly Shaped[],
  library: ReadonlyMap<string, Control>,
  report: Report,
  patterns: PatternAllowance,
): Map<string, Control> => {
  const controls: Control[] = []
  const own = new Map<string, string>()
  for (const { path, shape, yaml } of files) {
    for (const [id, definition] of Object.entries(shape.controls ?? {})) {
      const at = yaml.locate(['controls', id], 'key')
      const place = `${path}:${at.line}`
      const before = own.get(id)
      if (before)
        report(path, { ...at, message: `The control "${id}" is there twice; the first is at ${before}.` })
      else if (library.has(id) || reservedIds.has(id)) {
        report(path, { ...at, message: `"${id}" is a built-in control. Expected another id for your own.` })
      } else if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
        report(path, {
          ...at,
          message: `"${id.slice(0, 60)}" is no id. Expected small letters, digits and hyphens.`,
        })
      } else {
        const compiled = compileControl(id, definition, yaml, patterns)
        for (const found of compiled.problems) report(path, found)
        controls.push(compiled.control)
      }
      own.set(id, before ?? place)
    }
  }
  // By id, so that neither the order in a file nor that of the files changes a verdict.
  return new Map([
    ...library,
    ...controls
      .toSorted((a, b) => compare(a.id, b.id))
      .map((control): [string, Control] => [control.id, control]),
  ])
}

const readRules = (
  files: readonly Shaped[],
  controls: ReadonlyMap<string, Control>,
  report: Report,
  patterns: PatternAllowance,
): Rule[] => {
  const names = new Map<string, string>()
  return files.flatMap(({ path, shape, yaml }) =>
    (shape.rules ?? []).map((rule: RuleShape, index): Rule => {
      const at = yaml.locate(['rules', index])
      const nameAt = yaml.locate(['rules', index, 'name'])
      const before = names.get(rule.name)
      if (before) {
        report(path, {
          ...nameAt,
          message: `A rule named "${rule.name.slice(0, 80)}" is already at ${before}. Expected another name.`,
        })
      }
      names.set(rule.name, before ?? `${path}:${at.line}`)
      const required = readRequirements(rule, ['rules', index], yaml, controls)
      const selector = rule.for ?? {}
      for (const found of [
        ...selectorProblems(selector, ['rules', index, 'for'], yaml, patterns),
        ...required.problems,
      ])
        report(path, found)
      return {
        source: { name: rule.name, path, line: at.line },
        selector: readSelector(selector),
        require: required.requirements,
      }
    }),
  )
}

const readWaivers = (
  files: readonly Shaped[],
  controls: ReadonlyMap<string, Control>,
  report: Report,
  patterns: PatternAllowance,
): Waiver[] =>
  files.flatMap(({ path, shape, yaml }) =>
    (shape.waivers ?? []).map((waiver: WaiverShape, index): Waiver => {
      if (!controls.has(waiver.control)) {
        const message = unknownControl(waiver.control, controls)
        report(path, { ...yaml.locate(['waivers', index, 'control']), message })
      }
      const place = ['waivers', index]
      for (const found of [
        ...valueProblems(waiver.repository, [...place, 'repository'], yaml, name =>
          nameMistake(name, patterns),
        ),
        ...waiverProblems(waiver, place, yaml),
      ])
        report(path, found)
      return {
        repository: waiver.repository,
        control: waiver.control,
        ...(waiver.from === undefined ? {} : { from: waiver.from }),
        until: waiver.until,
        reason: waiver.reason,
        approvedBy: waiver['approved-by'],
        source: { path, line: yaml.locate(['waivers', index]).line },
      }
    }),
  )

const inOrder = (problems: PolicyProblem[], files: readonly PolicyFile[]): PolicyProblem[] => {
  const order = new Map(mainFirst(files).map((file, index) => [file.path, index]))
  return problems.toSorted(
    (a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0) || a.line - b.line || a.column - b.column,
  )
}

const waiverProblems = (
  { from, until }: WaiverShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  if (from === undefined || from <= until) return []
  const message = `The waiver begins on ${from}, after its end on ${until}. Expected a from that is not after until.`
  return [{ message, ...yaml.locate([...path, 'from']) }]
}
