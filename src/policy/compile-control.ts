import { expandBraces, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import type { Setting } from '../snapshot/files/set-values.ts'
import { compileExpression, type Expression, type Scope } from './cel.ts'
import { type Condition, everyCondition } from './conditions.ts'
import type { ConditionShape, ControlShape, FixShape } from './control-schema.ts'
import { type CustomControl, customControl } from './custom-control.ts'
import { ecosystemOf, formatOf, isData } from './formats/format.ts'
import { compileMessage, type Message } from './message.ts'
import { oneOf } from './nearest.ts'
import { globMistake, type PatternAllowance, sizeMistake } from './pattern-allowance.ts'
import { compilePattern } from './regular-expression.ts'
import type { Repair } from './repair.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

type Path = readonly PropertyKey[]

/** What compiling needs, and where its problems go. */
interface Compiling {
  yaml: YamlText
  patterns: PatternAllowance
  problems: YamlProblem[]
}

/** Deeper than anybody can follow. */
const deepest = 4
const mostConditions = 200

/** A control of the policy's `controls:`, its conditions compiled. With a problem it is not to be run. */
export const compileControl = (
  id: string,
  definition: ControlShape,
  yaml: YamlText,
  patterns: PatternAllowance,
): { control: CustomControl; problems: YamlProblem[] } => {
  const compiling: Compiling = { yaml, patterns, problems: [] }
  const path = ['controls', id]
  const forAll = definition['for-each']
  const conditions = definition.require.flatMap((written, index) =>
    conditionOf(
      // Said of the control it is said of each of its conditions.
      forAll && !written['for-each'] ? { ...written, 'for-each': forAll } : written,
      [...path, 'require', index],
      { inComponent: false, depth: 1 },
      compiling,
    ),
  )
  const count = everyCondition(conditions).length
  if (count > mostConditions) {
    report(
      compiling,
      [...path, 'require'],
      `The control has ${count} conditions. Expected at most ${mostConditions}.`,
    )
  }
  const repair = definition.fix ? repairOf(definition.fix, [...path, 'fix'], compiling) : undefined
  const satisfies = Object.fromEntries(
    Object.entries(definition.satisfies ?? {}).map(([framework, requirements]) => [
      framework,
      [requirements].flat(),
    ]),
  )
  const { title, why } = definition
  return {
    control: customControl({
      id,
      title,
      why,
      satisfies,
      conditions,
      ...(repair ? { repair: { ...repair, ...(forAll ? { forEach: forAll } : {}) } } : {}),
    }),
    problems: compiling.problems,
  }
}

const report = ({ yaml, problems }: Compiling, path: Path, message: string, what?: 'key'): void => {
  problems.push({ message, ...yaml.locate(path, what) })
}

const kinds = ['file', 'absent', 'repository', 'any-of', 'all-of'] as const
type Kind = (typeof kinds)[number]

const keysOf: Record<Kind, readonly (keyof ConditionShape)[]> = {
  file: ['file', 'where', 'matches', 'not-matches', 'message', 'for-each'],
  absent: ['absent', 'message', 'for-each'],
  repository: ['repository', 'message', 'for-each'],
  'any-of': ['any-of', 'message', 'for-each'],
  'all-of': ['all-of', 'message', 'for-each'],
}

interface Around {
  inComponent: boolean
  depth: number
}

/** Empty where the condition has a mistake that leaves nothing to compile. */
const conditionOf = (
  written: ConditionShape,
  path: Path,
  around: Around,
  compiling: Compiling,
): Condition[] => {
  const kind = kindOf(written, path, compiling)
  if (!kind) return []
  if (written['for-each'] && around.inComponent) {
    report(
      compiling,
      [...path, 'for-each'],
      'It is asked for each component already. Expected one for-each.',
      'key',
    )
  }
  const inComponent = around.inComponent || written['for-each'] !== undefined
  const each = written['for-each'] && !around.inComponent ? { forEach: written['for-each'] } : {}
  if (kind === 'any-of' || kind === 'all-of') {
    if (around.depth > deepest) {
      report(compiling, path, `Conditions are nested deeper than ${deepest} levels. Expected fewer.`)
      return []
    }
    const conditions = (written[kind] ?? []).flatMap((inner, index) =>
      conditionOf(inner, [...path, kind, index], { inComponent, depth: around.depth + 1 }, compiling),
    )
    const message =
      written.message === undefined
        ? {}
        : { message: messageOf(written.message, path, scopeOf(undefined, inComponent), compiling) }
    return [{ kind, ...each, conditions, ...message }]
  }
  if (written.message === undefined) {
    report(compiling, path, 'A condition has no "message". Expected text.')
    return []
  }
  const scope = scopeOf(written.file, inComponent)
  const message = messageOf(
    written.message,
    path,
    kind === 'absent' ? { ...scope, file: true } : scope,
    compiling,
  )
  if (kind === 'repository') {
    const repository = expressionOf(written.repository ?? '', [...path, kind], scope, compiling)
    return repository ? [{ kind, ...each, repository, message }] : []
  }
  const isPath = isGoodPath(written[kind] ?? '', [...path, kind], compiling)
  if (kind === 'absent') return [{ kind, ...each, absent: written.absent ?? '', message }]
  const where =
    written.where !== undefined && isPath
      ? expressionOf(written.where, [...path, 'where'], scope, compiling)
      : undefined
  return [
    {
      kind,
      ...each,
      file: written.file ?? '',
      ...(where ? { where } : {}),
      matches: patternsOf(written.matches, [...path, 'matches'], compiling),
      notMatches: patternsOf(written['not-matches'], [...path, 'not-matches'], compiling),
      message,
    },
  ]
}

/** Exactly one of the keys that say what it is about, and no key that belongs to another. */
const kindOf = (written: ConditionShape, path: Path, compiling: Compiling): Kind | undefined => {
  const [kind, second] = kinds.filter(each => written[each] !== undefined)
  if (!kind) {
    report(compiling, path, `A condition says nothing of what it is about. Expected ${oneOf(kinds)}.`)
    return undefined
  }
  if (second) {
    const message = `A condition has "${kind}" and "${second}". Expected one of them; two conditions say both.`
    report(compiling, [...path, second], message, 'key')
    return undefined
  }
  for (const key of Object.keys(written) as (keyof ConditionShape)[]) {
    if (keysOf[kind].includes(key)) continue
    const message = `"${key}" goes with "file", and this condition is about "${kind}". Expected ${oneOf(keysOf[kind])}.`
    report(compiling, [...path, key], message, 'key')
  }
  return kind
}

/** What may be said depends on which files are meant: each of them must have it. */
const scopeOf = (pattern: string | undefined, component: boolean): Scope => {
  const paths = pattern === undefined ? [] : alternatives(pattern)
  const each = (holds: (path: string) => boolean) => paths.length > 0 && paths.every(holds)
  return {
    file: pattern !== undefined,
    data: each(isData),
    manifest: each(path => ecosystemOf(path) !== undefined),
    component,
  }
}

/** A glob that stands for too many has a problem of its own, which isGoodPath tells. */
const alternatives = (pattern: string): string[] => {
  try {
    return expandBraces(pattern)
  } catch {
    return []
  }
}

const isGoodPath = (written: string, path: Path, compiling: Compiling): boolean => {
  const mistake = pathMistake(written) ?? globMistake(written, compiling.patterns)
  if (mistake) report(compiling, path, `"${written.slice(0, 80)}" ${mistake}.`)
  return mistake === undefined
}

const pathMistake = (path: string): string | undefined => {
  if (path.startsWith('/')) return 'begins with a slash. Expected a path from the repository’s root'
  if (path.includes('\\')) return 'has a backslash. Expected forward slashes'
  if (path.split('/').some(part => part === '..' || part === '.' || part === '')) {
    return 'has an empty, "." or ".." part. Expected a path from the repository’s root'
  }
  return undefined
}

const expressionOf = (
  source: string,
  path: Path,
  scope: Scope,
  { yaml, patterns, problems }: Compiling,
): Expression | undefined => {
  const compiled = compileExpression(source, 'bool', scope, patterns)
  if (compiled.ok) return compiled.expression
  problems.push({ message: `${compiled.message}.`, ...yaml.locateWithin(path, compiled.offset) })
  return undefined
}

const messageOf = (
  source: string,
  path: Path,
  scope: Scope,
  { yaml, patterns, problems }: Compiling,
): Message => {
  const { message, mistakes } = compileMessage(source, scope, patterns)
  for (const mistake of mistakes)
    problems.push({
      message: `${mistake.message}.`,
      ...yaml.locateWithin([...path, 'message'], mistake.offset),
    })
  return message
}

const patternsOf = (
  written: string | readonly string[] | undefined,
  path: Path,
  compiling: Compiling,
): string[] => {
  const patterns = written === undefined ? [] : [written].flat()
  for (const [index, pattern] of patterns.entries()) {
    const compiled = compilePattern(pattern)
    const tooLarge =
      typeof compiled === 'string' ? undefined : sizeMistake(compiled.programSize(), compiling.patterns)
    const mistake =
      typeof compiled === 'string' ? compiled : tooLarge && `"${pattern.slice(0, 60)}" ${tooLarge}`
    if (mistake) report(compiling, Array.isArray(written) ? [...path, index] : path, `${mistake}.`)
  }
  return patterns
}

const repairs = [
  { does: 'copy', at: 'to' },
  { does: 'write', at: 'to' },
  { does: 'set', at: 'in' },
] as const

const repairOf = (fix: FixShape, path: Path, compiling: Compiling): Repair | undefined => {
  const [repair, second] = repairs.filter(({ does }) => fix[does] !== undefined)
  if (!repair || second) {
    const found = second ? `has "${repair?.does}" and "${second.does}"` : 'does nothing'
    report(compiling, path, `A fix ${found}. Expected copy and to, write and to, or set and in.`)
    return undefined
  }
  const { does, at } = repair
  const other = at === 'to' ? 'in' : 'to'
  if (fix[other] !== undefined) {
    report(compiling, [...path, other], `"${other}" does not go with "${does}". Expected "${at}".`, 'key')
  }
  const target = fix[at]
  if (target === undefined) {
    report(compiling, path, `A fix has no "${at}". Expected text.`)
    return undefined
  }
  if (!isExactPath(target, [...path, at], compiling)) return undefined
  if (does === 'set') return settingsOf(fix.set ?? {}, target, path, compiling)
  if (does === 'write') return { write: fix.write ?? '', to: target }
  return isExactPath(fix.copy ?? '', [...path, 'copy'], compiling)
    ? { copy: fix.copy ?? '', to: target }
    : undefined
}

const isExactPath = (written: string, path: Path, compiling: Compiling): boolean => {
  const mistake =
    pathMistake(written) ??
    (isTrueGlob(written) || /[{}]/.test(written) ? 'stands for several. Expected one path' : undefined)
  if (mistake) report(compiling, path, `"${written.slice(0, 80)}" ${mistake}.`)
  return mistake === undefined
}

const settingsOf = (
  set: Readonly<Record<string, unknown>>,
  target: string,
  path: Path,
  compiling: Compiling,
): Repair | undefined => {
  if (!['yaml', 'json'].includes(formatOf(target))) {
    report(
      compiling,
      [...path, 'in'],
      `"${target.slice(0, 80)}" is no file that values can be set in. Expected .yaml, .yml or .json.`,
    )
    return undefined
  }
  const settings = Object.entries(set).map(([key, value]): Setting => ({ path: key.split('.'), value }))
  if (settings.length === 0) report(compiling, [...path, 'set'], 'Set is empty. Expected at least one.')
  for (const { path: keys } of settings) {
    if (keys.every(key => key !== '' && key !== '__proto__')) continue
    const written = keys.join('.')
    const message = `"${written.slice(0, 80)}" leads to nothing. Expected keys with dots between them, as audit.enabled.`
    report(compiling, [...path, 'set', written], message, 'key')
  }
  return { set: settings, in: target }
}
