import { isKnown } from '../controls/control.ts'
import type { Explanation } from '../policy/explain.ts'
import { planCheckRun } from './check-run/plan-check-run.ts'
import type { Published } from './effect.ts'
import type { IssuePlace } from './issue/issue-place.ts'
import { planIssue } from './issue/plan-issue.ts'
import type { Judgement } from './judgement.ts'
import type { Planned } from './planned.ts'
import { planRegistration, planWithdrawal } from './registration/plan-registration.ts'

export interface PlanInput extends Omit<Judgement, 'explanation'> {
  /** Every row of this repository: check runs of other heads are passed over. */
  published: readonly Published[]
  backstage: { configured: boolean }
  /** Where the tracking issue is to be; in the repository itself, as the defaults say, when absent. */
  issues?: IssuePlace
  /** Asked for only when a check run is written: it costs more than comparing. */
  explain?: () => Explanation
  /** A person asked for it: the check run is written again even when it would say the same. */
  rerun?: boolean
}

/**
 * What must change outside so that it agrees with the verdict: nothing, when it already does. The check run comes first,
 * since somebody waits for it.
 */
export function plan(input: PlanInput): Planned[] {
  const { metadata } = input.snapshot.facts
  // GitHub refuses every write to an archived repository; Backstage does not.
  if (isKnown(metadata) && metadata.value.isArchived)
    return input.backstage.configured ? planWithdrawal(input.published) : []
  // Where no policy is in force and none is proposed, there is nothing to tell; an issue about a broken one is closed.
  if (isNothingAsked(input)) return planIssue(input)
  return [...planCheckRun(input), ...planIssue(input), ...planRegistration(input)]
}

const isNothingAsked = ({ verdict }: PlanInput): boolean =>
  verdict.policy === 'built-in' && verdict.controls.every(control => control.status === 'not-applicable')
