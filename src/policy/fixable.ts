import type { Control, ControlContext, Fix } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { asked, everyDemand } from './asked.ts'
import { isCustom } from './custom-control.ts'
import { judgeOf } from './judge.ts'
import { nearest } from './nearest.ts'
import type { Policy } from './policy.ts'
import { copyOf } from './repair.ts'
import type { ControlVerdict, Verdict } from './verdict.ts'

/** Texts of the policy repository's files, by path: what `fix: { copy }` copies. Without them such a fix is not offered. */
export type Copies = Readonly<Record<string, string>>

/**
 * What the failing controls of a verdict offer as a fix, by id, in the verdict's order: those that advise or enforce, and are not
 * waived. Pure and cheap: none of it is proven here, `proposeFixes` does that. The map is empty where nothing can be offered.
 */
export const fixableControls = (
  snapshot: Snapshot,
  policy: Policy,
  verdict: Verdict,
  copies: Copies = {},
): ReadonlyMap<string, Fix> => {
  const failing = verdict.controls.filter(isToBeFixed)
  if (failing.length === 0) return new Map()
  const offer = offersOf(snapshot, policy, verdict.decidedAt.slice(0, 10), copies)
  return new Map(
    failing.flatMap(({ id }): [string, Fix][] => {
      const fix = offer(id)
      return fix ? [[id, fix]] : []
    }),
  )
}

/** What is only observed is nobody's task, and what is waived was decided. */
export const isToBeFixed = ({ status, level }: ControlVerdict): boolean =>
  status === 'fail' && level !== 'observe'

/** What a control offers on this snapshot under the parameters that it is asked with; `undefined` for nothing. */
export const offersOf = (
  snapshot: Snapshot,
  policy: Policy,
  today: string,
  copies: Copies,
): ((id: string) => Fix | undefined) => {
  const demands = asked(everyDemand(policy, snapshot, today))
  const parametersOf = (id: string): Readonly<Record<string, unknown>> =>
    demands.get(id)?.[0]?.parameters ?? {}
  const judge = judgeOf(policy, snapshot, today, demands, parametersOf)
  const contextFor = (control: Control, parameters: Readonly<Record<string, unknown>>): ControlContext => ({
    parameters: {
      ...Object.fromEntries(
        Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
      ),
      ...parameters,
    },
    today,
    outcomeOf: id => (policy.controls.has(id) ? judge(id, parametersOf(id)) : undefined),
    // What a template makes is no repository of anybody's: nothing of it is repaired.
    outcomeOn: () => undefined,
    nearestControl: id => nearest(id, policy.controls.keys()),
  })
  return id => {
    const control = policy.controls.get(id)
    if (!control) return undefined
    if (isCustom(control) && control.repair && 'copy' in control.repair)
      return copyOf(control, control.repair, snapshot, copies, changed =>
        control.check(changed, contextFor(control, {})),
      )
    // Of several demands each must be kept; the one that is not offers.
    for (const { parameters } of demands.get(id) ?? []) {
      const fix = safely(() => control.fix?.(snapshot, contextFor(control, parameters)))
      if (fix && (fix.edits.length > 0 || (fix.settings ?? []).length > 0)) return fix
    }
    return undefined
  }
}

/** A fix that breaks offers nothing; the failure is told all the same. */
const safely = (offer: () => Fix | undefined): Fix | undefined => {
  try {
    return offer()
  } catch {
    return undefined
  }
}

/** Files of the policy repository that a `fix: { copy }` names: whoever proposes fixes reads them. */
export const copyPaths = ({ controls }: Policy): string[] => [
  ...new Set(
    [...controls.values()].flatMap(control =>
      isCustom(control) && control.repair && 'copy' in control.repair ? [control.repair.copy] : [],
    ),
  ),
]
