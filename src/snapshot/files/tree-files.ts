import { type Fact, type FileState, file, known, type Snapshot } from '../snapshot.ts'
import { glob } from './linear-glob.ts'

export interface MatchedFile {
  path: string
  fact: Fact<FileState>
}

/** The files of the tree that any of the globs means; unknown while the tree is. */
export const pathsMatching = (snapshot: Snapshot, globs: readonly string[]): Fact<string[]> => {
  if (!snapshot.tree.known) return snapshot.tree
  const matchers = globs.map(pattern => glob(pattern))
  const found = snapshot.tree.value.flatMap(({ path, type }) =>
    type === 'blob' && matchers.some(matches => matches(path)) ? [path] : [],
  )
  return known(found, snapshot.tree.source)
}

/** The same with what is known of each. */
export const filesMatching = (snapshot: Snapshot, globs: readonly string[]): Fact<MatchedFile[]> => {
  const paths = pathsMatching(snapshot, globs)
  return paths.known
    ? known(
        paths.value.map(path => ({ path, fact: file(snapshot, path) })),
        paths.source,
      )
    : paths
}

/** `services/pay` of `services/pay/go.mod`; `''` at the root. */
export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Nobody nests deeper on purpose, and 2,000 names in each of 1,700 paths would take seconds. */
const deepest = 64

/** The directory and those that it lies in, the nearest first and the root last. */
export const directoriesAbove = (directory: string): string[] => {
  const found: string[] = []
  for (let at = directory; at !== '' && found.length < deepest; at = directoryOf(at)) found.push(at)
  return [...found, '']
}
