import type { Control } from '../controls/control.ts'
import { codeownersPaths } from '../snapshot/files/codeowners.ts'
import { expandBraces, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import { isSetting } from '../snapshot/github/setting-names.ts'
import { covers } from '../snapshot/missing.ts'
import type { FactName, Snapshot } from '../snapshot/snapshot.ts'
import { askableControls } from './named-controls.ts'
import type { Policy, ReadPlan, Selector } from './policy.ts'
import { settingsPath } from './repository-settings.ts'

/**
 * Read always: who owns a repository is asked even where no rule does, for the registration; and any repository may ask
 * more of itself.
 */
const readAlways = ['catalog-info.yaml', settingsPath]

/** Everything that must be read of any repository so that each rule of the policy can be decided. */
export const policyReads = (policy: Policy): ReadPlan => {
  const named = askableControls(policy)
  const all = [...policy.controls.values()]
  const own = readsOf(all.filter(({ id }) => named.has(id)))
  // A template may ask for any control: what comes with the one query anyhow is read for all of them.
  const reads = keepsTemplates(policy) ? together(own, inOneQuery(readsOf(all))) : own
  const selectors = policy.rules.flatMap(rule => withNested(rule.selector))
  return {
    ...reads,
    files: unique([...reads.files, ...selectors.flatMap(filesOf)]),
    facts: unique([...reads.facts, ...selectors.flatMap(factsOf)]),
  }
}

/**
 * `plan` with what the templates ask for that made this one repository, as it was last seen. To read everything of every
 * repository because some template might ask would be ten requests for each.
 */
export const readsFor = (policy: Policy, plan: ReadPlan, snapshot: Snapshot | undefined): ReadPlan => {
  if (!snapshot || !keepsTemplates(policy)) return plan
  const controls = requiredByTemplates(snapshot).flatMap(id => policy.controls.get(id) ?? [])
  const more = readsOf(controls)
  return covers(plan, more) ? plan : together(plan, more)
}

/** Without what is a request of its own: settings, and the list of files with what globs stand for in it. */
export const inOneQuery = ({ files, facts }: ReadPlan): ReadPlan => ({
  files: files.filter(path => !isTrueGlob(path)),
  facts: facts.filter(name => !isSetting(name)),
  entities: true,
})

const together = (plan: ReadPlan, more: ReadPlan): ReadPlan => ({
  files: unique([...plan.files, ...more.files]),
  facts: unique([...plan.facts, ...more.facts]),
  entities: true,
  ...(plan.tree || more.tree ? { tree: true } : {}),
})

const keepsTemplates = (policy: Policy): boolean => {
  const named = askableControls(policy)
  return named.has('template-controls') || named.has('template-current')
}

/** At any of their versions: to which one a service is held is for the control to say. */
const requiredByTemplates = (snapshot: Snapshot): string[] =>
  Object.values(snapshot.templates).flatMap(fact =>
    fact.known && fact.value.exists
      ? [...fact.value.requires, ...(fact.value.contracts ?? []).flatMap(({ requires }) => requires)]
      : [],
  )

export const readsOf = (controls: readonly Control[]): ReadPlan => ({
  files: unique([...readAlways, ...controls.flatMap(control => control.reads.files.flatMap(expandBraces))]),
  facts: unique(controls.flatMap(control => control.reads.facts)),
  entities: true,
  ...(controls.some(control => control.reads.tree) ? { tree: true } : {}),
})

const withNested = (selector: Selector): Selector[] => {
  const { any = [], all = [], not } = selector
  return [selector, ...[...any, ...all, ...(not ? [not] : [])].flatMap(withNested)]
}

const factsOf = (selector: Selector): FactName[] => {
  const { visibility, language, archived, fork, template, age, topics, properties } = selector
  const metadata = [visibility, language, archived, fork, template, age].some(value => value !== undefined)
  return [
    ...(metadata ? (['metadata'] as const) : []),
    ...(topics ? (['topics'] as const) : []),
    ...(properties ? (['properties'] as const) : []),
  ]
}

// Entities are read anyhow, and so is everybody whom they or CODEOWNERS name.
const filesOf = ({ team }: Selector): readonly string[] => (team ? codeownersPaths : [])

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)].sort()
