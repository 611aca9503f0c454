import type { Snapshot, TreeEntry } from '../../snapshot/snapshot.ts'
import { type ControlContext, type Outcome, undecided } from '../control.ts'
import { atRest } from './at-rest.ts'
import { given, matchesAny, type Typed } from './parameter.ts'

/**
 * Files whose name alone says what they are, but for those that the parameter `ignore` names; or why that can't be said.
 * @param kindOf what a file of the list is, to be shown after its path; `undefined` for any other file
 */
export const namedFiles = (
  snapshot: Snapshot,
  context: ControlContext,
  ignore: Typed<readonly string[]>,
  kindOf: (entry: TreeEntry) => string | undefined,
): { path: string; kind: string }[] | Outcome => {
  const resting = atRest(snapshot)
  if (resting) return resting
  if (!snapshot.tree.known) return undecided(`${snapshot.tree.detail}.`)
  const isIgnored = matchesAny(given(context, 'ignore', ignore))
  return snapshot.tree.value.flatMap(entry => {
    const kind = entry.type === 'blob' ? kindOf(entry) : undefined
    return kind === undefined || isIgnored(entry.path) ? [] : { path: entry.path, kind }
  })
}
