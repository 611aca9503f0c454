import type { Snapshot } from '../../snapshot/snapshot.ts'
import { type Concerns, toBeFixed } from '../concerns.ts'
import type { CheckRunAction } from '../effect.ts'
import type { Judgement } from '../judgement.ts'

/** The button on the check run, and how it is told of. */

/**
 * Something that is shown can be repaired by changing files; for what is to be clicked elsewhere there is no button, and none on
 * the commit of a merge group, which is nobody's branch.
 */
export const isPressable = (concerns: Concerns, { fixable, snapshot }: Judgement): boolean =>
  snapshot.target.kind !== 'merge-group' &&
  toBeFixed(concerns).some(({ id }) => (fixable?.get(id)?.edits.length ?? 0) > 0)

/** GitHub takes 20 and 40 characters. */
export const fixThis = ({ target }: Snapshot): CheckRunAction => ({
  label: 'Fix this',
  description:
    target.kind === 'pull-request' ? 'Suggests the changes here' : 'Opens a pull request with the changes',
  identifier: 'fix',
})

export const pressing = ({ target }: Snapshot): string =>
  target.kind === 'pull-request'
    ? 'Or press *Fix this*: what a change of single lines repairs is suggested on this pull request.'
    : 'Or press *Fix this*: it opens a pull request with what can be repaired.'
