import type { Published } from './effect.ts'

/**
 * What became of one effect. What can be expected is a value; what is thrown is a defect.
 * `row` is what the store is to hold from now on; of what was not done it says what is still to be. `drop`: nothing stands
 * outside. `keep`: the intended row stays; it may
 * hold the only memory of what stands outside, or nobody knows whether the call took effect, and the next try asks first.
 */
export type Applied =
  | {
      outcome: 'done'
      row: Published | 'drop'
      /** Worth a line in the audit: `adopted check run 7, which an earlier try had made`. */
      note?: string
    }
  | NotApplied

export type NotApplied =
  /** The outside can't take it and need not: issues are switched off, the commit is gone. */
  | { outcome: 'skipped'; row: 'keep' | 'drop'; sentence: string }
  /** Trying again changes nothing before a person does something: a permission is missing, a name is taken. */
  | {
      outcome: 'refused'
      row: Published | 'keep' | 'drop'
      why: 'permission' | 'invalid' | 'conflict'
      sentence: string
    }
  | { outcome: 'retry'; row: Published | 'keep'; sentence: string; afterSeconds?: number }
