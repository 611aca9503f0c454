import { directoriesAbove, directoryOf } from '../files/tree-files.ts'
import { type Fact, known, type Snapshot, type TreeEntry, unknown } from '../snapshot.ts'
import type { Comparison } from './compare-commits.ts'

export type EntryKind = 'file' | 'symbolic-link' | 'submodule'

/**
 * The list of files at the base: the head's with its changes undone, so that it costs no request. Pure.
 * @param kindAt what stood where something was removed or retyped; where that is not known, the list is not
 */
export function baseTree(
  head: Fact<TreeEntry[]>,
  { changes }: Comparison,
  stored: Snapshot | undefined,
  kindAt: (path: string) => EntryKind | undefined,
): Fact<TreeEntry[]> {
  if (stored?.tree.known && !stored.treeGlobs) return stored.tree
  if (!head.known) return head
  if (!changes.known)
    return unknown('partial-answer', `The list of files at the base is not known: ${changes.detail}`)
  const moves = changes.value.filter(({ status, mayBeRetyped }) => status !== 'modified' || mayBeRetyped)
  if (moves.length === 0) return head
  const unsure = moves.find(
    ({ path, status }) => (status === 'removed' || status === 'modified') && !kindAt(path),
  )
  if (unsure)
    return unknown('partial-answer', `What ${unsure.path} was at the base, a file or a link, was not read`)
  const gone = new Set(moves.filter(({ status }) => status !== 'removed').map(({ path }) => path))
  const entries = new Map(head.value.map(entry => [entry.path, entry]))
  const treeAt = (path: string): TreeEntry | undefined => {
    const entry = entries.get(path)
    return entry?.type === 'tree' ? entry : undefined
  }
  const back = moves.flatMap(({ path, status, before }): TreeEntry[] => {
    if (status === 'added') return []
    const { mode, bytes } = entries.get(path) ?? {}
    if (status === 'renamed')
      return [
        { path: before ?? path, type: mode === '160000' ? 'commit' : 'blob', mode: mode ?? '100644', bytes },
      ]
    const kind = kindAt(path) ?? 'file'
    return [{ path, type: kind === 'submodule' ? 'commit' : 'blob', mode: modes[kind] }]
  })
  const left = head.value.filter(({ path, type }) => type !== 'tree' && !gone.has(path))
  // GitHub's order is kept where nothing has to be put back: messages name the first of a list.
  const above = new Set([...left, ...back].flatMap(({ path }) => directoriesAbove(directoryOf(path))))
  above.delete('')
  if (back.length === 0)
    return known(
      head.value.filter(({ path, type }) => (type === 'tree' ? above.has(path) : !gone.has(path))),
      head.source,
    )
  const directories = [...above].map(
    (path): TreeEntry => treeAt(path) ?? { path, type: 'tree', mode: '040000' },
  )
  return known(inGitOrder([...left, ...back, ...directories]), head.source)
}

const modes: Record<EntryKind, string> = { file: '100644', 'symbolic-link': '120000', submodule: '160000' }

/** As git lists them: a directory before what is in it, and as if its name ended in a slash. */
const inGitOrder = (entries: TreeEntry[]): TreeEntry[] => {
  const keys = new Map(entries.map(each => [each, each.type === 'tree' ? `${each.path}/` : each.path]))
  const keyOf = (entry: TreeEntry): string => keys.get(entry) ?? entry.path
  return entries.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}
