import { type Finding, failIfAny, type Outcome, pass, unreadableFile } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { askableControls } from './named-controls.ts'
import { hint, oneOf } from './nearest.ts'
import type { Policy, Requirement } from './policy.ts'
import { parameterProblems } from './read-requirements.ts'
import { type SettingsShape, settingsFileSchema } from './schema.ts'
import { keysAt } from './schema-walk.ts'
import { shapeProblems } from './shape-problems.ts'
import type { Level, RuleSource } from './verdict.ts'
import { type Position, readYaml, type YamlProblem, type YamlText } from './yaml-text.ts'

/** Where a repository asks more of itself than the policy does. */
export const settingsPath = '.github/golden-path.yml'

/** What people write there has a few lines; reading 64 KiB of it takes 30 ms at most. */
const mostCharacters = 65_536
const mostProblems = 20

export interface Setting {
  control: string
  /** Absent: only parameters are set. */
  level?: Level
  parameters: Requirement['parameters']
  line: number
  at: (key: string) => Position
}

export interface RepositorySettings {
  /** By control. Empty when there are none, and when one of them is a mistake: then nothing is applied. */
  settings: ReadonlyMap<string, Setting>
  /** Why nothing is applied. */
  outcome?: Outcome
}

const none: RepositorySettings = { settings: new Map() }

export const ownSource = (line: number): RuleSource => ({
  name: 'The repository’s own settings',
  path: settingsPath,
  line,
  own: true,
})

/** What a repository says of itself in `.github/golden-path.yml`. Never throws. */
export const repositorySettings = (policy: Policy, snapshot: Snapshot): RepositorySettings => {
  const fact = snapshot.files[settingsPath]
  // A snapshot from before any policy was not asked for it; the next one is.
  if (!fact) return none
  if (!fact.known) return { ...none, outcome: unreadableFile(settingsPath, fact) }
  return fact.value.exists ? read(fact.value.text, policy) : none
}

const read = (text: string, policy: Policy): RepositorySettings => {
  if (text.length > mostCharacters)
    return mistaken([
      { message: `It has ${text.length} characters. Expected at most 64 KiB.`, line: 1, column: 1 },
    ])
  const yaml = readYaml(text)
  if (!yaml.ok) return mistaken(yaml.problems)
  const parsed = settingsFileSchema.safeParse(yaml.yaml.value)
  if (!parsed.success)
    return mistaken(shapeProblems(parsed.error.issues.slice(0, mostProblems), settingsFileSchema, yaml.yaml))
  const problems = settingsProblems(parsed.data, policy, yaml.yaml)
  return problems.length > 0 ? mistaken(problems) : { settings: settingsOf(parsed.data, yaml.yaml) }
}

const mistaken = (problems: readonly YamlProblem[]): RepositorySettings => ({
  ...none,
  outcome: failIfAny(
    problems.slice(0, mostProblems).map(
      ({ message, line, column }): Finding => ({
        message,
        location: { path: settingsPath, line, column },
        next: `Correct ${settingsPath}:${line}:${column}; until then nothing of the file is applied`,
      }),
    ),
    () => pass('The settings are right.'),
  ),
})

const settingsOf = (shape: SettingsShape, yaml: YamlText): Map<string, Setting> =>
  new Map(
    Object.entries(shape.require ?? {}).map(([control, written]) => {
      const { level, ...parameters } = typeof written === 'string' ? { level: written } : written
      const place = ['require', control]
      return [
        control,
        {
          control,
          ...(level === undefined ? {} : { level }),
          parameters,
          line: yaml.locate(place, 'key').line,
          at: key => yaml.locate(typeof written === 'string' ? place : [...place, key]),
        },
      ]
    }),
  )

const settingsProblems = (shape: SettingsShape, policy: Policy, yaml: YamlText): YamlProblem[] => {
  const askable = askableControls(policy)
  return Object.entries(shape.require ?? {}).flatMap(([id, written]): YamlProblem[] => {
    const place = ['require', id]
    const control = askable.has(id) ? policy.controls.get(id) : undefined
    if (!control) {
      const known = [...askable].toSorted()
      const message = `"${id.slice(0, 60)}" is no control that the policy asks for. Expected ${oneOf(known)}${hint(id, known)}.`
      return [{ message, ...yaml.locate(place, 'key') }]
    }
    const { level, ...parameters } = typeof written === 'string' ? { level: written } : written
    const requirements = policy.rules.flatMap(rule => rule.require).filter(each => each.control === id)
    const open = new Set(requirements.flatMap(each => each.repositoriesMaySet))
    const expected = [...keysAt(settingsFileSchema, place), ...open]
    if (level === undefined && Object.keys(parameters).length === 0)
      return [{ message: `Nothing is set here. Expected ${oneOf(expected)}.`, ...yaml.locate(place) }]
    const kept = Object.keys(parameters).filter(name => !open.has(name))
    const given = Object.fromEntries(Object.entries(parameters).filter(([name]) => open.has(name)))
    return [
      ...kept.map(name => ({
        message: `The policy leaves no "${name.slice(0, 60)}" of ${id} to repositories. Expected ${oneOf(expected)}${hint(name, expected)}.`,
        ...yaml.locate([...place, name], 'key'),
      })),
      ...parameterProblems(control, given, place, yaml, expected),
      ...(control.heuristic && level === 'enforce' && !requirements.some(each => each.level === 'enforce')
        ? [
            {
              message: `${id} judges by signs, which may be wrong, and the policy enforces it nowhere. Expected observe or advise.`,
              ...yaml.locate(typeof written === 'string' ? place : [...place, 'level']),
            },
          ]
        : []),
    ]
  })
}
