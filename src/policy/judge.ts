import { type Control, type ControlContext, type Outcome, undecided } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type CustomControl, checkTogether, isCustom } from './custom-control.ts'
import { nearest } from './nearest.ts'
import type { Policy } from './policy.ts'

/** The outcome of a control under given parameters; the rest are the control's defaults. */
export type Judge = (id: string, parameters: Readonly<Record<string, unknown>>) => Outcome

/**
 * Outcomes on one snapshot that do not depend on the policy that asked, by control and parameters. Given to several
 * evaluations of the same snapshot, each control is checked once for them all: what a preview lives by.
 */
export type SharedOutcomes = Map<Control | string, Map<string, SharedOutcome>>

interface SharedOutcome {
  outcome: Outcome
  /** The day it was judged for, where the control asked which day it is. */
  today?: string
}

export const shareOutcomes = (): SharedOutcomes => new Map()

/**
 * Judges one snapshot by the controls of one policy, each at most once for the same parameters. The organisation's own
 * that are `asked` for are checked together, because their time limit costs more than they do. `parametersOf` says under which parameters
 * a control that another one asks about is judged.
 */
export const judgeOf = (
  policy: Policy,
  snapshot: Snapshot,
  today: string,
  asked: { has: (id: string) => boolean },
  parametersOf: (id: string) => Readonly<Record<string, unknown>>,
  shared: SharedOutcomes = shareOutcomes(),
): Judge => {
  const outcomes = new Map<string, Outcome | 'running'>()

  const judge: Judge = (id, parameters) => {
    const control = policy.controls.get(id)
    if (!control) return undecided(`There is no control ${id} any more.`)
    if (isCustom(control)) return ownOutcome(control)
    const given = keyOf(parameters)
    const elsewhere = sharedOutcome(control, given)
    if (elsewhere) return elsewhere
    const key = `${id} ${given}`
    const before = outcomes.get(key)
    if (before === 'running') return undecided(`${control.title} depends on its own outcome.`)
    if (before) return before
    outcomes.set(key, 'running')
    const { context, used } = contextFor(control, parameters)
    const outcome = safely(control, () => control.check(snapshot, context))
    outcomes.set(key, outcome)
    if (used.others && !control.asksOthers)
      return undecided(`${control.title} (${id}) asks other controls and does not say so. Please report it.`)
    // What another control said depends on the parameters that this policy gave that one.
    if (!used.others) share(control, given, used.today ? { outcome, today } : { outcome })
    return outcome
  }

  /** Notes what a control asks beside the snapshot. */
  const contextFor = (control: Control, parameters: Readonly<Record<string, unknown>>) => {
    const used = { today: false, others: false }
    const context: ControlContext = {
      parameters:
        keyOf(parameters) === noParameters ? defaultsOf(control) : { ...defaultsOf(control), ...parameters },
      get today() {
        used.today = true
        return today
      },
      outcomeOf: id => {
        used.others = true
        return outcomeOf(id)
      },
      outcomeOn: (other, id) => {
        used.others = true
        return outcomeOn(other, id)
      },
      nearestControl: id => {
        used.others = true
        return nearest(id, policy.controls.keys())
      },
    }
    return { context, used }
  }

  const sharedOutcome = (control: Control, given: string): Outcome | undefined => {
    const before = shared.get(identityOf(control))?.get(given)
    return before && (before.today ?? today) === today ? before.outcome : undefined
  }

  const share = (control: Control, given: string, outcome: SharedOutcome): void => {
    const identity = identityOf(control)
    const ofControl = shared.get(identity)
    if (ofControl) ofControl.set(given, outcome)
    else shared.set(identity, new Map([[given, outcome]]))
  }

  const outcomeOf = (id: string): Outcome | undefined =>
    policy.controls.has(id) ? judge(id, parametersOf(id)) : undefined

  const elsewhere = new Map<Snapshot, Judge>()
  const outcomeOn = (other: Snapshot, id: string): Outcome | undefined => {
    const there = elsewhere.get(other) ?? judgeOf(policy, other, today, new Set(), parametersOf)
    elsewhere.set(other, there)
    return policy.controls.has(id) ? there(id, parametersOf(id)) : undefined
  }

  const ownOutcome = (control: CustomControl): Outcome =>
    safely(control, () => {
      const before = sharedOutcome(control, noParameters)
      if (before) return before
      const together = [...policy.controls.values()]
        .filter(isCustom)
        .filter(each => (each === control || asked.has(each.id)) && !sharedOutcome(each, noParameters))
      const outcomes = checkTogether(together, snapshot, today)
      for (const each of together) {
        const outcome = outcomes.get(each.id)
        if (outcome) share(each, noParameters, each.asksTheDay ? { outcome, today } : { outcome })
      }
      return outcomes.get(control.id) ?? undecided('It was not checked.')
    })

  return judge
}

/** A control of the organisation's own is another object in each policy, and the same where it asks the same. */
export const identityOf = (control: Control): Control | string => {
  if (!isCustom(control)) return control
  const before = identities.get(control)
  if (before) return before
  const identity = JSON.stringify([control.id, control.title, control.conditions])
  identities.set(control, identity)
  return identity
}

const identities = new WeakMap<Control, string>()

const noParameters = '{}'

/** Most demands give none; the others are written the same way each time, as the policy's text has them. */
const keyOf = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.keys(parameters).length === 0 ? noParameters : JSON.stringify(parameters)

const defaultsOf = (control: Control): Readonly<Record<string, unknown>> => {
  const before = defaults.get(control)
  if (before) return before
  const made = Object.fromEntries(
    Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
  )
  defaults.set(control, made)
  return made
}

const defaults = new WeakMap<Control, Readonly<Record<string, unknown>>>()

/** A control that breaks has decided nothing; it must neither pass nor take the others with it. */
const safely = (control: Control, check: () => Outcome): Outcome => {
  try {
    return check()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return undecided(
      `${control.title} (${control.id}) broke while it was checked: ${reason.slice(0, 200)}. Please report it.`,
    )
  }
}
