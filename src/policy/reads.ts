import type { Control } from '../controls/control.ts'
import { expandBraces } from '../snapshot/linear-glob.ts'
import type { FactName } from '../snapshot/snapshot.ts'
import type { Policy, ReadPlan, Selector } from './policy.ts'

/** Read always: who owns a repository is asked even where no rule does, for the registration. */
const entityFiles = ['catalog-info.yaml']

/** Everything that must be read of a repository so that each rule of the policy can be decided. */
export const policyReads = (policy: Policy): ReadPlan => {
  const required = policy.rules.flatMap(rule => rule.require.map(requirement => requirement.control))
  const named = new Set(required.flatMap(id => [id, ...(policy.controls.get(id)?.implies ?? [])]))
  // A template may ask for any control, so where templates are kept to, all are read.
  const all = named.has('template-controls')
  const controls = [...policy.controls.values()].filter(control => all || named.has(control.id))
  const reads = readsOf(controls)
  const selectorFacts = policy.rules.flatMap(rule => factsOf(rule.selector))
  return { ...reads, facts: unique([...reads.facts, ...selectorFacts]) }
}

export const readsOf = (controls: readonly Control[]): ReadPlan => ({
  files: unique([...entityFiles, ...controls.flatMap(control => control.reads.files.flatMap(expandBraces))]),
  facts: unique(controls.flatMap(control => control.reads.facts)),
  entities: true,
})

const factsOf = (selector: Selector): FactName[] => {
  const { visibility, language, archived, fork, template, topics, properties } = selector
  const metadata = [visibility, language, archived, fork, template].some(value => value !== undefined)
  const nested = [...(selector.any ?? []), ...(selector.all ?? []), ...(selector.not ? [selector.not] : [])]
  return [
    ...(metadata ? (['metadata'] as const) : []),
    ...(topics ? (['topics'] as const) : []),
    ...(properties ? (['properties'] as const) : []),
    ...nested.flatMap(factsOf),
  ]
}

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)].sort()
