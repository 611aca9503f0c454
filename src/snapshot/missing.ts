import type { Reads } from '../controls/control.ts'
import { isTrueGlob, pathMatcher } from './files/linear-glob.ts'
import type { Fact, FactName, Snapshot, TreeEntry } from './snapshot.ts'

/** What a plan reads and a snapshot does not have: never asked for, or not answered. Pure. */
export interface Missing {
  files: string[]
  facts: FactName[]
  /** The list of files, without which what the globs stand for is not known either. */
  tree: boolean
}

/**
 * What is withheld by a permission or a licence is not missing: asking again would not bring it. What a refused or cut
 * answer left out is, so a caller that has just asked must not ask for the same again.
 */
export function missingFrom(snapshot: Snapshot, plan: Reads): Missing {
  const wanted = [...exactPaths(plan), ...(snapshot.tree.known ? globPaths(snapshot.tree.value, plan) : [])]
  return {
    files: [...new Set(wanted)].filter(path => {
      const fact = snapshot.files[path]
      return !fact || isMissing(fact)
    }),
    facts: plan.facts.filter(name => isMissing(snapshot.facts[name])),
    tree: readsTree(plan) && !treeHolds(snapshot, plan),
  }
}

export const isNothing = ({ files, facts, tree }: Missing): boolean =>
  files.length === 0 && facts.length === 0 && !tree

/** Whether whoever has read the one plan has read the other. */
export const covers = (plan: Reads, other: Reads): boolean =>
  other.files.every(path => plan.files.includes(path)) &&
  other.facts.every(name => plan.facts.includes(name)) &&
  (!other.tree || plan.tree === true)

/** Not known now, and perhaps a minute later. */
export const isMissing = (fact: Fact<unknown>): boolean =>
  !fact.known && (fact.reason === 'partial-answer' || fact.reason === 'unavailable')

/** A glob stands for at most this many files; the rest is said to be unread. Each has its own share: one must not crowd out another. */
const maximumGlobFiles = 100

/** The files that the plan's globs stand for, in the order of the tree. */
export const globPaths = (tree: readonly TreeEntry[], plan: Reads): string[] =>
  plan.files.filter(isTrueGlob).flatMap(glob => {
    const matches = pathMatcher([glob])
    return tree
      .flatMap(({ path, type }) => (type !== 'tree' && matches(path) ? [path] : []))
      .slice(0, maximumGlobFiles)
  })

export const readsTree = (plan: Reads): boolean => plan.tree === true || plan.files.some(isTrueGlob)

export const exactPaths = (plan: Reads): string[] => plan.files.filter(path => !isTrueGlob(path))

/** After pushes that were carried over, the list of files is that of an older commit, and right for their globs only. */
const treeHolds = (snapshot: Snapshot, plan: Reads): boolean => {
  if (isMissing(snapshot.tree)) return false
  const { treeGlobs } = snapshot
  if (!treeGlobs) return true
  return !plan.tree && plan.files.every(path => !isTrueGlob(path) || treeGlobs.includes(path))
}
