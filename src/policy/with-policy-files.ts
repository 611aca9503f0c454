import { absentFile, known, type Snapshot } from '../snapshot/snapshot.ts'
import type { PolicyFile } from './policy.ts'
import { isPolicyPath } from './policy-valid.ts'

/** The policy repository with these policy files in the place of its own. */
export const withPolicyFiles = (snapshot: Snapshot, policy: readonly PolicyFile[]): Snapshot => {
  const source = 'preview'
  const paths = policy.map(({ path }) => path)
  const gone = Object.keys(snapshot.files).filter(path => isPolicyPath(path) && !paths.includes(path))
  const { tree } = snapshot
  return {
    ...snapshot,
    files: {
      ...snapshot.files,
      ...Object.fromEntries(gone.map(path => [path, absentFile(source)])),
      ...Object.fromEntries(
        policy.map(({ path, text }) => [
          path,
          known({ exists: true, oid: '', bytes: text.length, text }, source),
        ]),
      ),
    },
    tree: tree.known
      ? {
          ...tree,
          value: [
            ...tree.value.filter(({ path }) => !isPolicyPath(path)),
            ...paths.map(path => ({ path, type: 'blob' as const, mode: '100644' })),
          ],
        }
      : tree,
  }
}
