import type { Finding, Satisfies } from '../controls/control.ts'

export type Level = 'observe' | 'advise' | 'enforce'

export type Status = 'pass' | 'fail' | 'waived' | 'unknown' | 'not-applicable'

/** What one policy says of one snapshot at one time. A pure function of the three. */
export interface Verdict {
  repositoryId: number
  /** The commit that was judged. */
  sha: string
  ref: string
  /** The policy's version: the commit it was read at, or `built-in`. */
  policy: string
  /** ISO 8601, UTC: the `now` that decided dates and waivers. */
  decidedAt: string
  /**
   * `failure`: something enforced fails. `neutral`: something advised fails or something can't be decided.
   * `success`: everything that applies passes or is waived. With a `comparison` that counts what was `introduced`, a
   * failure of before is neither.
   */
  conclusion: 'success' | 'neutral' | 'failure'
  /** In the order of the library, then of the policy's own controls; only controls that a rule asks for. */
  controls: ControlVerdict[]
  /** Of a pull request or a merge group. */
  comparison?: Comparison
}

/** What a head was compared with. */
export interface Comparison {
  /** The commit that its changes begin at; absent where that could not be known. */
  base?: string
  /** Why it could not be compared, a clause without a full stop: everything counts as introduced then. */
  unknown?: string
  /** What fails it, by the policy. */
  counts: 'introduced' | 'all'
}

/** Whether the same was found where the changes begin. */
export type Since = 'introduced' | 'inherited'

export interface JudgedFinding extends Finding {
  /** Only with a comparison, and only of a control that fails. */
  since?: Since
}

export interface ControlVerdict {
  id: string
  title: string
  why: string
  /** The level on that day: a rule with a `from` in the future is at `advise` until then. */
  level: Level
  /** ISO date on which the level becomes `enforce`, when that is still to come. */
  enforcedFrom?: string
  /** `observe` only because the rule's rollout has not reached this repository: what it would be, and the percentage. */
  heldBack?: { level: Level; rollout: number }
  /** Judged by signs, not by facts. */
  heuristic?: true
  /** The rule that decided the level. */
  rule: RuleSource
  status: Status
  /** One sentence; for a failure the first finding's. */
  message: string
  /** Empty unless the status is `fail` or `waived`. */
  findings: JudgedFinding[]
  /** What was found where the changes begin and is no more, at its place there. */
  fixed?: Finding[]
  /** Why this control could not be compared, though the rest could, a sentence: what it found counts as introduced. */
  uncompared?: string
  waiver?: AppliedWaiver
  satisfies: Satisfies
}

export interface RuleSource {
  name: string
  path: string
  line: number
  /** It is the repository's own `.github/golden-path.yml` that decided, which made it stricter. */
  own?: true
}

export interface AppliedWaiver {
  reason: string
  /** ISO date, the last day on which it holds. */
  until: string
  /** It ends within `reminderDays` and no other goes on from there: the owners are reminded. */
  endsSoon?: true
  approvedBy: string
  source: { path: string; line: number }
}
