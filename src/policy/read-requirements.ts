import type { Control } from '../controls/control.ts'
import { packOf } from '../controls/packs.ts'
import { hint, oneOf } from './nearest.ts'
import type { Requirement } from './policy.ts'
import { readPacks } from './read-packs.ts'
import { mainFileSchema, type RuleShape } from './schema.ts'
import { keysAt } from './schema-walk.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

export interface Required {
  requirements: Requirement[]
  problems: YamlProblem[]
}

/** What a rule at `path` asks: its `require`, then what its `packs` bring in that `require` doesn't name. */
export const readRequirements = (
  rule: RuleShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
  controls: ReadonlyMap<string, Control>,
): Required => {
  const required = Object.entries(rule.require ?? {}).map(([id, written]) =>
    readRequirement(id, written, rule, [...path, 'require', id], yaml, controls),
  )
  const named = new Set(Object.keys(rule.require ?? {}))
  const packed = readPacks(rule, path, yaml, controls, named)
  const nothing = named.size === 0 && Object.keys(rule.packs ?? {}).length === 0
  return {
    requirements: [...required.map(each => each.requirement), ...packed.requirements],
    problems: [
      ...(nothing ? [{ message: asksNothing, ...yaml.locate([...path, 'require']) }] : []),
      ...required.flatMap(each => each.problems),
      ...packed.problems,
    ],
  }
}

const asksNothing =
  'This rule requires nothing. Expected at least one control in require, or a pack in packs.'

const readRequirement = (
  id: string,
  written: NonNullable<RuleShape['require']>[string],
  rule: RuleShape,
  path: readonly PropertyKey[],
  yaml: YamlText,
  controls: ReadonlyMap<string, Control>,
): { requirement: Requirement; problems: YamlProblem[] } => {
  const {
    level,
    from,
    rollout,
    'repositories-may-set': settable = [],
    'accept-heuristic': accepted,
    ...parameters
  } = typeof written === 'string' ? { level: written } : written
  const at = yaml.locate(path, 'key')
  const control = controls.get(id)
  const maySet = [settable].flat()
  const problems = [
    ...(control
      ? [
          ...parameterProblems(control, parameters, path, yaml),
          ...settableProblems(control, maySet, path, yaml),
        ]
      : [{ message: unknownControl(id, controls), ...at }]),
    ...levelProblems({ level, from, rollout }, path, yaml),
  ]
  if (control?.heuristic && level === 'enforce' && accepted !== true) {
    const message = `${id} judges by signs, which may be wrong. Expected observe or advise, or accept-heuristic: true beside level: enforce.`
    problems.push({
      message,
      ...yaml.locate(typeof written === 'string' ? path : [...path, 'level']),
    })
  }
  const reached = rollout ?? rule.rollout
  return {
    requirement: {
      control: id,
      level,
      ...(from === undefined ? {} : { from }),
      ...(reached === undefined ? {} : { rollout: percent(reached) }),
      parameters,
      repositoriesMaySet: maySet,
      line: at.line,
    },
    problems,
  }
}

export const percent = (written: string): number => Number.parseInt(written, 10)

/** What goes with `enforce` only, beside another level. */
export const levelProblems = (
  { level, from, rollout }: { level: string; from?: string | undefined; rollout?: string | undefined },
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  const problems: YamlProblem[] = []
  if (from !== undefined && level !== 'enforce') {
    const message = `"from" says when enforcing begins, and the level here is ${level}. Expected level: enforce, or no from.`
    problems.push({ message, ...yaml.locate([...path, 'from'], 'key') })
  }
  if (rollout !== undefined && level === 'observe') {
    const message =
      '"rollout" says how many repositories more than observe has reached, and the level here is observe. Expected level: advise or enforce, or no rollout.'
    problems.push({ message, ...yaml.locate([...path, 'rollout'], 'key') })
  }
  return problems
}

export const parameterProblems = (
  control: Control,
  given: Record<string, unknown>,
  path: readonly PropertyKey[],
  yaml: YamlText,
  ownKeys = keysAt(mainFileSchema, ['rules', 0, 'require', control.id]),
): YamlProblem[] => {
  const known = control.parameters ?? {}
  const names = [...Object.keys(known), ...ownKeys]
  return Object.entries(given).flatMap(([name, value]) => {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined
    if (!parameter) {
      const message = `"${name.slice(0, 60)}" is no parameter of ${control.id}. Expected ${oneOf(names)}${hint(name, names)}.`
      return [{ message, ...yaml.locate([...path, name], 'key') }]
    }
    if (parameter.accepts(value)) return []
    const found = JSON.stringify(value)?.slice(0, 60) ?? 'nothing'
    const message = `${found} is not what ${name} of ${control.id} may be. Expected ${parameter.expects}.`
    return [{ message, ...yaml.locate([...path, name]) }]
  })
}

const settableProblems = (
  control: Control,
  names: readonly string[],
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  const known = Object.keys(control.parameters ?? {})
  return names.flatMap((name, index) => {
    if (known.includes(name)) return []
    const message = `"${name.slice(0, 60)}" is no parameter of ${control.id}, which ${known.length === 0 ? 'has none' : `has ${oneOf(known)}`}${hint(name, known)}.`
    const place = [...path, 'repositories-may-set', index]
    return [{ message, ...yaml.locate(place) }]
  })
}

export const unknownControl = (id: string, controls: ReadonlyMap<string, Control>): string =>
  packOf(id)
    ? `"${id}" is a pack, not a control. Expected one control; a rule asks for a pack under "packs".`
    : `"${id.slice(0, 60)}" is no control. Expected one of the library (golden-path controls lists them) or of "controls:"${hint(id, controls.keys())}.`
