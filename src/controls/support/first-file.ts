import type { FileContent, Snapshot, Unknown } from '../../snapshot/snapshot.ts'
import { file } from '../../snapshot/snapshot.ts'

export type FirstFile =
  | { status: 'there'; path: string; content: FileContent }
  | { status: 'unread'; path: string; fact: Unknown }
  | { status: 'absent' }

/** The first of the paths that exists; where none is known to, the first of which that can't be said. */
export const firstFile = (snapshot: Snapshot, paths: readonly string[]): FirstFile => {
  let unread: FirstFile | undefined
  for (const path of paths) {
    const fact = file(snapshot, path)
    if (!fact.known) unread ??= { status: 'unread', path, fact }
    else if (fact.value.exists) return { status: 'there', path, content: fact.value }
  }
  return unread ?? { status: 'absent' }
}
