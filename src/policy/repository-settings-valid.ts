import { type Finding, failIfAny, type Outcome, pass } from '../controls/control.ts'
import { type AskedRule, severity } from './asked.ts'
import { ownSource, type RepositorySettings, type Setting, settingsPath } from './repository-settings.ts'
import { repositorySettingsValid } from './reserved.ts'
import type { ControlVerdict } from './verdict.ts'

/**
 * The check of a repository's own `.github/golden-path.yml`: that it is understood, and that it does something. No control
 * of the library, since no rule asks for it; `undefined` where there is nothing to say. Advised only: it must not block
 * anybody whom the policy alone would not.
 */
export const repositorySettingsVerdict = (
  { settings, outcome }: RepositorySettings,
  rules: readonly AskedRule[],
): ControlVerdict | undefined => {
  const found = outcome ?? idleOutcome([...settings.values()], rules)
  if (found.status === 'pass') return undefined
  return {
    id: repositorySettingsValid,
    title: 'Repository settings hold',
    why: 'A repository may ask more of itself than the policy does; a mistake there must be seen where it is made.',
    level: 'advise',
    rule: ownSource(1),
    status: found.status,
    message: found.status === 'fail' ? found.findings[0].message : found.message,
    findings: found.status === 'fail' ? found.findings : [],
    satisfies: {},
  }
}

const idleOutcome = (settings: readonly Setting[], rules: readonly AskedRule[]): Outcome =>
  failIfAny(
    settings.flatMap(setting => [...milder(setting, rules), ...withoutEffect(setting, rules)]),
    () => pass('Every setting has an effect.'),
  )

/** A level below the policy's changes nothing, and whoever wrote it believes that it does. */
const milder = ({ control, level, at }: Setting, rules: readonly AskedRule[]): Finding[] => {
  if (level === undefined) return []
  const stricter = rules
    .filter(({ selection }) => selection === true)
    .flatMap(({ demands }) => demands)
    .filter(demand => demand.control === control && demand.undecided === undefined)
    .filter(demand => severity[demand.level] > severity[level])
    .toSorted((a, b) => severity[b.level] - severity[a.level] || (a.rule.name < b.rule.name ? -1 : 1))[0]
  if (!stricter) return []
  const { name, path, line } = stricter.rule
  return [
    {
      message: `${control} is at ${level} here and at ${stricter.level} in the policy (${path}:${line}, "${name}"). Expected a stricter level: a repository can't ask less of itself.`,
      location: { path: settingsPath, ...at('level') },
      next: `Take this level out; to be excused, ask for a waiver`,
    },
  ]
}

const withoutEffect = ({ control, parameters, at }: Setting, rules: readonly AskedRule[]): Finding[] => {
  const open = new Set(
    rules
      .filter(({ selection }) => selection !== false)
      .flatMap(({ rule }) => rule.require)
      .filter(requirement => requirement.control === control)
      .flatMap(requirement => requirement.repositoriesMaySet),
  )
  return Object.keys(parameters)
    .filter(name => !open.has(name))
    .map(name => ({
      message: `${name} of ${control} is left to other repositories by the policy, not to this one. Expected only what has an effect here.`,
      location: { path: settingsPath, ...at(name) },
      next: `Take ${name} out`,
    }))
}
