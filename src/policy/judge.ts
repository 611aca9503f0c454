import { type Control, type Outcome, undecided } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type CustomControl, checkTogether, isCustom } from './custom-control.ts'
import type { Policy } from './policy.ts'

/** The outcome of a control under given parameters; the rest are the control's defaults. */
export type Judge = (id: string, parameters: Readonly<Record<string, unknown>>) => Outcome

/**
 * Judges one snapshot by the controls of one policy, each at most once for the same parameters. The organisation's own
 * that are `asked` for are checked together, because their time limit costs more than they do. `parametersOf` says under which parameters
 * a control that another one asks about is judged.
 */
export const judgeOf = (
  policy: Policy,
  snapshot: Snapshot,
  asked: ReadonlySet<string>,
  parametersOf: (id: string) => Readonly<Record<string, unknown>>,
): Judge => {
  const outcomes = new Map<string, Outcome | 'running'>()
  let own: Map<string, Outcome> | undefined

  const judge: Judge = (id, parameters) => {
    const control = policy.controls.get(id)
    if (!control) return undecided(`There is no control ${id} any more.`)
    if (isCustom(control)) return ownOutcome(control)
    const key = `${id} ${JSON.stringify(parameters)}`
    const before = outcomes.get(key)
    if (before === 'running') return undecided(`${control.title} depends on its own outcome.`)
    if (before) return before
    outcomes.set(key, 'running')
    const outcome = safely(control, () =>
      control.check(snapshot, { parameters: { ...defaults(control), ...parameters }, outcomeOf }),
    )
    outcomes.set(key, outcome)
    return outcome
  }

  const outcomeOf = (id: string): Outcome | undefined =>
    policy.controls.has(id) ? judge(id, parametersOf(id)) : undefined

  const ownOutcome = (control: CustomControl): Outcome =>
    safely(control, () => {
      own ??= checkTogether(
        [...policy.controls.values()].filter(isCustom).filter(each => asked.has(each.id)),
        snapshot,
      )
      return own.get(control.id) ?? control.check(snapshot, { parameters: {}, outcomeOf })
    })

  return judge
}

const defaults = (control: Control): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
  )

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
