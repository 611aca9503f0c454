import type { Target } from '../snapshot/snapshot.ts'

/**
 * Under which the latest snapshot and verdict of a target are kept: a pull request keeps its key when it is pushed
 * to, a default branch when it is renamed.
 */
export const refKey = (target: Target): string => {
  switch (target.kind) {
    case 'default-branch':
      return 'default-branch'
    case 'pull-request':
      return target.pullRequest === undefined ? target.ref : `pull:${target.pullRequest}`
    case 'merge-group':
    case 'directory':
      return target.ref
  }
}
