import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Policy, Requirement, Rule } from './policy.ts'
import { selects } from './selectors.ts'
import type { Level, RuleSource } from './verdict.ts'

/** One rule's demand of one control on one day. */
export interface Demanded {
  control: string
  level: Level
  enforcedFrom?: string
  rule: RuleSource
  parameters: Requirement['parameters']
  /** Present when it can't be decided whether the rule is for this repository. */
  undecided?: string
}

/**
 * What the policy asks of a repository on the day `today` (YYYY-MM-DD): by control, the demands that share the
 * strictest level. More than one only where rules ask the same with different parameters; then each must be kept.
 * Does not depend on the order of the rules.
 */
export const asked = (policy: Policy, snapshot: Snapshot, today: string): Map<string, Demanded[]> => {
  const demands = new Map<string, Demanded[]>()
  const named = new Set(policy.rules.flatMap(rule => rule.require.map(requirement => requirement.control)))
  for (const rule of policy.rules) {
    const selection = selects(rule.selector, snapshot)
    if (selection === false) continue
    for (const requirement of rule.require) {
      const demand = demanded(rule, requirement, today)
      if (selection !== true) demand.undecided = selection.undecided
      // What no rule names and a named control implies is asked along with it, at the same level.
      const implied = (policy.controls.get(requirement.control)?.implies ?? []).filter(id => !named.has(id))
      for (const control of [requirement.control, ...implied])
        demands.set(control, [
          ...(demands.get(control) ?? []),
          control === requirement.control ? demand : { ...demand, control, parameters: {} },
        ])
    }
  }
  return new Map([...demands].map(([control, all]) => [control, strictest(all)]))
}

const demanded = (rule: Rule, requirement: Requirement, today: string): Demanded => {
  const later = requirement.level === 'enforce' && requirement.from !== undefined && requirement.from > today
  return {
    control: requirement.control,
    level: later ? 'advise' : requirement.level,
    ...(later ? { enforcedFrom: requirement.from } : {}),
    // The line of the demand itself: that is the line to look at, and to change.
    rule: { ...rule.source, line: requirement.line },
    parameters: requirement.parameters,
  }
}

const severity: Record<Level, number> = { observe: 0, advise: 1, enforce: 2 }

const strictest = (demands: readonly Demanded[]): Demanded[] => {
  const [first, ...rest] = demands.toSorted(byStrictness)
  if (!first) return []
  const same = rest.filter(demand => rank(demand) === rank(first))
  // A decided demand comes first, so an undecided one that asks the very same leaves nothing open.
  const distinct = new Map(
    [first, ...same].toReversed().map(demand => [JSON.stringify(demand.parameters), demand]),
  )
  return [...distinct.values()].toSorted(byStrictness)
}

// A date of enforcement makes an `advise` the stricter of two, the nearer one more so. One that is decided goes
// before one that isn't; then the name, which is unique, so that the order in the file decides nothing.
const byStrictness = (a: Demanded, b: Demanded): number =>
  severity[b.level] - severity[a.level] ||
  compare(a.enforcedFrom ?? '9999', b.enforcedFrom ?? '9999') ||
  Number(a.undecided !== undefined) - Number(b.undecided !== undefined) ||
  compare(a.rule.name, b.rule.name)

const rank = (demand: Demanded): string => `${demand.level} ${demand.enforcedFrom ?? ''}`

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
