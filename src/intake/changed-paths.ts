import { at, listAt, shaAt, textAt } from './payload.ts'

/** GitHub lists at most this many commits of a push. */
const mostCommits = 2_048
/** More than this is not worth keeping: one read is cheaper. */
const mostPaths = 3_000

/**
 * Every path that a push added, changed or removed; `undefined` where the payload can't be trusted to tell all: a new
 * branch, a force push, a truncated list. Then everything counts as changed.
 */
export const changedPaths = (payload: unknown): string[] | undefined => {
  const commits = listAt(payload, 'commits')
  if (at(payload, 'forced') !== false || at(payload, 'created') !== false) return undefined
  if (/^0*$/.test(textAt(payload, 'before') ?? '')) return undefined
  if (!commits || commits.length === 0 || commits.length >= mostCommits) return undefined
  const after = shaAt(payload, 'after')
  if (!commits.some(commit => shaAt(commit, 'id') === after)) return undefined
  const changed = new Set<string>()
  for (const commit of commits) {
    for (const list of ['added', 'modified', 'removed']) {
      const paths = listAt(commit, list)
      if (!paths) return undefined
      for (const path of paths) {
        if (typeof path !== 'string' || changed.size >= mostPaths) return undefined
        changed.add(path)
      }
    }
    // A merge from the other side can undo files without listing one; an empty commit costs a read along with it.
    if (isWithoutPaths(commit)) return undefined
  }
  return [...changed]
}

/** Whether the push added and removed nothing, as far as its commits list: then the list of files is what it was. */
export const keepsPaths = (payload: unknown): boolean =>
  (listAt(payload, 'commits') ?? []).every(commit =>
    ['added', 'removed'].every(list => listAt(commit, list)?.length === 0),
  )

const isWithoutPaths = (commit: unknown): boolean =>
  ['added', 'modified', 'removed'].every(list => listAt(commit, list)?.length === 0)
