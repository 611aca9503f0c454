import type { TreeEntry } from '../snapshot.ts'

/** The list of files of something that is made of files only. */
export const treeOfFiles = (paths: readonly string[]): TreeEntry[] =>
  [...paths].sort().map(path => ({ path, type: 'blob', mode: '100644' }))
