import { glob } from '../files/linear-glob.ts'
import type { TreeEntry } from '../snapshot.ts'

/** Location targets that stand for any number of files, as a monorepo names the catalogue file of each service. Pure. */

/** What Backstage takes for a glob; such a target is looked for in the whole tree. */
export const isGlobTarget = (path: string): boolean => /[*[{]/.test(path)

/** Nobody types one as long; each wildcard more is a state more for every character of every path. */
const longestGlob = 200
const mostWildcards = 12

/** Why a glob can't be followed, to stand after it; `undefined` for one that can. */
export const globProblem = (pattern: string): string | undefined => {
  if (pattern.length > longestGlob) return `is a glob of more than ${longestGlob} characters`
  if ((pattern.match(/\*+|\?|\[/g)?.length ?? 0) > mostWildcards)
    return `is a glob of more than ${mostWildcards} wildcards`
  try {
    glob(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'is no glob'
  }
}

/** Whether the glob stands for this path. RE2, since the pattern comes from the repository. */
export const targetMatcher = (pattern: string): ((path: string) => boolean) => {
  try {
    const matches = glob(pattern)
    // As minimatch does for Backstage: a wildcard stands for no name that begins with a dot.
    return isHidden(pattern) ? matches : path => !isHidden(path) && matches(path)
  } catch {
    return () => false
  }
}

/** The files a glob stands for, in the order of the tree. Links are left out: Backstage reads an archive, which holds none. */
export const expandTarget = (pattern: string, tree: readonly TreeEntry[]): string[] => {
  const known = expanded.get(tree) ?? new Map<string, string[]>()
  expanded.set(tree, known)
  const before = known.get(pattern)
  if (before) return before
  const matches = targetMatcher(pattern)
  const found = tree
    .filter(({ type, mode, path }) => type === 'blob' && mode !== '120000' && matches(path))
    .map(({ path }) => path)
  known.set(pattern, found)
  return found
}

// Reading and judging ask the same of the same tree, which may hold 100,000 paths.
const expanded = new WeakMap<readonly TreeEntry[], Map<string, string[]>>()

const isHidden = (path: string): boolean => /(?:^|\/)\./.test(path)
