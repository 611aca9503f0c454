import { expandBraces } from '../snapshot/linear-glob.ts'
import { compileCondition } from './cel.ts'
import { type CustomControl, customControl, type Demand } from './custom-control.ts'
import { isData } from './document.ts'
import { globMistake, type PatternAllowance } from './pattern-allowance.ts'
import type { ControlShape } from './schema.ts'
import type { YamlProblem, YamlText } from './yaml-text.ts'

/** A control of the policy's `controls:`, its conditions compiled. With a problem it is not to be run. */
export const compileControl = (
  id: string,
  definition: ControlShape,
  yaml: YamlText,
  patterns: PatternAllowance,
): { control: CustomControl; problems: YamlProblem[] } => {
  const problems: YamlProblem[] = []
  const demands = definition.require.map((written, index): Demand => {
    const path = ['controls', id, 'require', index]
    const demand: Demand = { file: written.file, message: written.message }
    const badFile = pathMistake(written.file, patterns)
    if (badFile) {
      problems.push({
        message: `"${written.file.slice(0, 80)}" ${badFile}.`,
        ...yaml.locate([...path, 'file']),
      })
      return demand
    }
    if (written.where === undefined) return demand
    const compiled = compileCondition(written.where, expandBraces(written.file).every(isData), patterns)
    if (compiled.ok) return { ...demand, where: compiled.condition }
    problems.push({
      message: `${compiled.message}.`,
      ...yaml.locateWithin([...path, 'where'], compiled.offset),
    })
    return demand
  })
  const satisfies = Object.fromEntries(
    Object.entries(definition.satisfies ?? {}).map(([framework, requirements]) => [
      framework,
      [requirements].flat(),
    ]),
  )
  const { title, why, fix } = definition
  return { control: customControl({ id, title, why, satisfies, demands, ...(fix ? { fix } : {}) }), problems }
}

const pathMistake = (path: string, patterns: PatternAllowance): string | undefined => {
  if (path.startsWith('/')) return 'begins with a slash. Expected a path from the repository’s root'
  if (path.includes('\\')) return 'has a backslash. Expected forward slashes'
  if (path.split('/').some(part => part === '..' || part === '.' || part === '')) {
    return 'has an empty, "." or ".." part. Expected a path from the repository’s root'
  }
  return globMistake(path, patterns)
}
