import type { Control } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { compare } from './days.ts'
import { namedControls } from './named-controls.ts'
import type { Policy, Requirement, Rule } from './policy.ts'
import { ownSource, type RepositorySettings, repositorySettings } from './repository-settings.ts'
import { type Reached, rolloutsAt } from './rollout.ts'
import type { Selection } from './selection.ts'
import { selects } from './selectors.ts'
import type { Level, RuleSource } from './verdict.ts'

/** One rule's demand of one control on one day. */
export interface Demanded {
  control: string
  level: Level
  enforcedFrom?: string
  /** At `observe` only because the rollout has not reached this repository. */
  heldBack?: { level: Level; rollout: number }
  rule: RuleSource
  parameters: Requirement['parameters']
  /** Present when it can't be decided whether the rule is for this repository. */
  undecided?: string
  /** The pack that brought it in. */
  pack?: string
  /** The control that brought it along. */
  impliedBy?: string
}

/** A rule as it stands to one repository on one day. */
export interface AskedRule {
  rule: Rule
  selection: Selection
  /** What it asks, or would ask if it were for this repository. */
  demands: Demanded[]
}

/** Every demand that bears on one repository on one day. */
export interface EveryDemand {
  rules: AskedRule[]
  /** What the repository asks of itself. */
  own: Demanded[]
}

/**
 * What is asked of a repository: by control, the demands that share the strictest level. More than one only where rules
 * ask the same with different parameters; then each must be kept. Does not depend on the order of the rules.
 */
export const asked = (every: EveryDemand): ReadonlyMap<string, readonly Demanded[]> => {
  const before = answers.get(every)
  if (before) return before
  const byControl = new Map<string, Demanded[]>()
  for (const demand of [...every.rules.flatMap(demandsFor), ...every.own]) {
    const others = byControl.get(demand.control)
    if (others) others.push(demand)
    else byControl.set(demand.control, [demand])
  }
  const answer = new Map([...byControl].map(([control, all]) => [control, strictest(all)]))
  answers.set(every, answer)
  return answer
}

const answers = new WeakMap<EveryDemand, ReadonlyMap<string, readonly Demanded[]>>()

/**
 * Every rule of the policy with whether it is for this repository, and what it asks on the day `today` (YYYY-MM-DD): for
 * the verdict, and for the person who asks why.
 */
export const everyDemand = (
  policy: Policy,
  snapshot: Snapshot,
  today: string,
  settings: RepositorySettings = repositorySettings(policy, snapshot),
): EveryDemand => {
  const selections = policy.rules.map(rule => selects(rule.selector, snapshot, today))
  const reached = rolloutsAt(snapshot.repository.id)
  const demandsOf = (): EveryDemand => {
    const rules = policy.rules.map((rule, index): AskedRule => {
      const selection = selections[index] ?? false
      const demands = rule.require.flatMap(requirement =>
        withImplied(demanded(rule, requirement, { selection, reached, today, settings }), policy),
      )
      return { rule, selection, demands }
    })
    return { rules, own: ownDemands(policy, settings, rules.flatMap(demandsFor)) }
  }
  const isOrdinary =
    settings.settings.size === 0 && !hasRollout(policy) && selections.every(each => typeof each === 'boolean')
  return isOrdinary ? keptFor(policy, `${today} ${selections.map(Number).join('')}`, demandsOf) : demandsOf()
}

/**
 * Thousands of repositories are asked one of a few things: what depends only on the day and on which rules are for a
 * repository is worked out once.
 */
const keptFor = (policy: Policy, key: string, make: () => EveryDemand): EveryDemand => {
  const ofPolicy = kept.get(policy) ?? new Map<string, EveryDemand>()
  kept.set(policy, ofPolicy)
  const before = ofPolicy.get(key)
  if (before) return before
  const made = make()
  if (ofPolicy.size >= mostKept) ofPolicy.clear()
  ofPolicy.set(key, made)
  return made
}

const kept = new WeakMap<Policy, Map<string, EveryDemand>>()
const mostKept = 200

const hasRollout = ({ rules }: Policy): boolean =>
  rules.some(rule => rule.require.some(({ rollout }) => rollout !== undefined))

const demandsFor = ({ selection, demands }: AskedRule): Demanded[] => (selection === false ? [] : demands)

interface Standing {
  selection: Selection
  reached: Reached
  today: string
  settings: RepositorySettings
}

const demanded = (
  rule: Rule,
  requirement: Requirement,
  { selection, reached, today, settings }: Standing,
): Demanded => {
  const { control, rollout, pack } = requirement
  const later = requirement.level === 'enforce' && requirement.from !== undefined && requirement.from > today
  const level = later ? 'advise' : requirement.level
  const isReached = rollout === undefined || level === 'observe' || reached(rollout)
  const undecided = [selection, isReached].find(each => typeof each === 'object')
  return {
    control,
    ...(isReached === false && rollout !== undefined
      ? { level: 'observe', heldBack: { level, rollout } }
      : { level, ...(later && requirement.from !== undefined ? { enforcedFrom: requirement.from } : {}) }),
    // The line of the demand itself: that is the line to look at, and to change.
    rule: { ...rule.source, line: requirement.line },
    parameters: withSettings(requirement, settings),
    ...(undecided ? { undecided: undecided.undecided } : {}),
    ...(pack === undefined ? {} : { pack }),
  }
}

/** Parameters that the rule leaves to the repository are what the repository says. */
const withSettings = (
  { control, parameters, repositoriesMaySet }: Requirement,
  settings: RepositorySettings,
): Requirement['parameters'] => {
  const own = settings.settings.get(control)?.parameters ?? {}
  const set = repositoriesMaySet.filter(name => Object.hasOwn(own, name))
  if (set.length === 0) return parameters
  return { ...parameters, ...Object.fromEntries(set.map(name => [name, own[name]])) }
}

/** What no rule names and a named control implies is asked along with it, at the same level. */
const withImplied = (demand: Demanded, policy: Policy): Demanded[] => [
  demand,
  ...impliedBy(demand.control, policy).map(control => implied(demand, control)),
]

const impliedBy = (id: string, policy: Policy): Control[] =>
  (policy.controls.get(id)?.implies ?? []).flatMap(each =>
    namedControls(policy).has(each) ? [] : (policy.controls.get(each) ?? []),
  )

const implied = (demand: Demanded, control: Control): Demanded => {
  const along = { ...demand, control: control.id, parameters: {}, impliedBy: demand.control }
  if (!control.heuristic && !control.onlyAdvises) return along
  const { enforcedFrom: _, ...capped } = along
  return { ...capped, level: demand.level === 'enforce' ? 'advise' : demand.level }
}

/**
 * What the repository asks of itself: the policy's demands over again at its own level. A milder one changes
 * nothing, since the strictest wins.
 */
const ownDemands = (
  policy: Policy,
  { settings }: RepositorySettings,
  demands: readonly Demanded[],
): Demanded[] =>
  [...settings.values()].flatMap(({ control: id, level, line }) => {
    if (level === undefined) return []
    const of = (control: string): Demanded[] => {
      const before = demands.filter(demand => demand.control === control)
      const asWritten = before.length > 0 ? before.map(({ parameters }) => parameters) : [{}]
      return asWritten.map(parameters => ({ control, level, rule: ownSource(line), parameters }))
    }
    const along = impliedBy(id, policy).filter(control => !settings.has(control.id))
    return [
      ...of(id),
      ...along.flatMap(control => of(control.id).map(demand => implied({ ...demand, control: id }, control))),
    ]
  })

export const severity: Record<Level, number> = { observe: 0, advise: 1, enforce: 2 }

const strictest = (demands: readonly Demanded[]): Demanded[] => {
  // Nearly all are asked by one rule; writing out parameters to compare them takes longer than all the rest.
  if (demands.length === 1) return [...demands]
  const [first, ...rest] = demands.toSorted(byStrictness)
  if (!first) return []
  const same = rest.filter(demand => rank(demand) === rank(first))
  // A decided demand comes first, so an undecided one that asks the very same leaves nothing open.
  const distinct = new Map([first, ...same].toReversed().map(demand => [inOneOrder(demand), demand]))
  return [...distinct.values()].toSorted(byStrictness)
}

// A date of enforcement makes an `advise` the stricter of two, the nearer one more so. One that is decided goes
// before one that isn't, one that waits for a rollout before one that asks no more, the policy before the repository.
// Then the name, which is unique, and the line, so that the order in the file decides nothing.
const byStrictness = (a: Demanded, b: Demanded): number =>
  severity[b.level] - severity[a.level] ||
  compare(a.enforcedFrom ?? '9999', b.enforcedFrom ?? '9999') ||
  Number(a.undecided !== undefined) - Number(b.undecided !== undefined) ||
  waiting(b) - waiting(a) ||
  Number(a.rule.own === true) - Number(b.rule.own === true) ||
  compare(a.rule.name, b.rule.name) ||
  a.rule.line - b.rule.line ||
  compare(inOneOrder(a), inOneOrder(b)) ||
  compare(a.undecided ?? '', b.undecided ?? '')

const rank = (demand: Demanded): string => `${demand.level} ${demand.enforcedFrom ?? ''}`

const waiting = ({ heldBack }: Demanded): number =>
  heldBack ? severity[heldBack.level] * 1_000 + heldBack.rollout : 0

const inOneOrder = ({ parameters }: Demanded): string =>
  JSON.stringify(Object.entries(parameters).toSorted(([a], [b]) => compare(a, b)))
