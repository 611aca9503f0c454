import type { Fix } from '../controls/control.ts'
import type { Explanation } from '../policy/explain.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** What a text about a verdict is written from. */
export interface Judgement {
  verdict: Verdict
  snapshot: Snapshot
  /** Where the policy's repository shows the version in force: `https://github.com/acme/.github/blob/91d0e77`. */
  policyUrl?: string
  /** What the failing controls offer as a fix, by id: `fixableControls` of the same snapshot, policy and verdict. */
  fixable?: ReadonlyMap<string, Fix>
  /** The tracking issue is kept in another repository: that issues are switched off in this one matters to nobody. */
  issueElsewhere?: boolean
  /** Why it says so. Only the check run's details tell it. */
  explanation?: Explanation
  /** Since when each control has its status, by id. ISO 8601. Only the tracking issue tells it. */
  since?: ReadonlyMap<string, string>
}
