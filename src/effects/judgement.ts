import type { Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** What a text about a verdict is written from. */
export interface Judgement {
  verdict: Verdict
  snapshot: Snapshot
  /** Where the policy's repository shows the version in force: `https://github.com/acme/.github/blob/91d0e77`. */
  policyUrl?: string
}
