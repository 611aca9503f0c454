import type { Control } from '../controls/control.ts'
import { hint, oneOf } from './nearest.ts'
import type { Requirement } from './policy.ts'
import type { RuleShape } from './schema.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

/** The `require:` of a rule: which control at which level, from when, with which parameters. */
export const readRequirements = (
  require: RuleShape['require'],
  path: readonly PropertyKey[],
  yaml: YamlText,
  controls: ReadonlyMap<string, Control>,
): { requirements: Requirement[]; problems: YamlProblem[] } => {
  const problems: YamlProblem[] = []
  const requirements: Requirement[] = []
  if (Object.keys(require).length === 0) {
    problems.push({
      message: 'This rule requires nothing. Expected at least one control.',
      ...yaml.locate(path),
    })
  }
  for (const [id, written] of Object.entries(require)) {
    const { level, from, ...parameters } = typeof written === 'string' ? { level: written } : written
    const at = yaml.locate([...path, id], 'key')
    const control = controls.get(id)
    if (!control) problems.push({ message: unknownControl(id, controls), ...at })
    else problems.push(...parameterProblems(control, parameters, [...path, id], yaml))
    if (typeof from === 'string' && level !== 'enforce') {
      const message = `"from" says when enforcing begins, and the level here is ${level}. Expected level: enforce, or no from.`
      problems.push({ message, ...yaml.locate([...path, id, 'from'], 'key') })
    }
    requirements.push({
      control: id,
      level,
      ...(typeof from === 'string' ? { from } : {}),
      parameters,
      line: at.line,
    })
  }
  return { requirements, problems }
}

const parameterProblems = (
  control: Control,
  given: Record<string, unknown>,
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  const known = control.parameters ?? {}
  const names = ['level', 'from', ...Object.keys(known)]
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

export const unknownControl = (id: string, controls: ReadonlyMap<string, Control>): string =>
  `"${id.slice(0, 60)}" is no control. Expected one of the library (golden-path controls lists them) or of "controls:"${hint(id, controls.keys())}.`
