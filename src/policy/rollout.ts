import { createHash } from 'node:crypto'
import type { Selection } from './selection.ts'

/** Whether a rollout of so many percent has reached a repository. */
export type Reached = (rollout: number) => Selection

/**
 * Which rollouts have reached a repository. By a hash of GitHub's id, because ids themselves follow the calendar: the
 * oldest repositories would always go first. A higher percentage keeps those inside.
 */
export const rolloutsAt = (repositoryId: number): Reached => {
  let bucket: number | undefined
  return rollout => {
    if (rollout >= 100) return true
    if (rollout <= 0) return false
    if (repositoryId === 0) return { undecided: `its rollout of ${rollout}% ${unknownId}` }
    bucket ??= bucketOf(repositoryId)
    return bucket < rollout
  }
}

const unknownId = 'goes by the repository’s id at GitHub, which is not asked offline'

const bucketOf = (repositoryId: number): number =>
  createHash('sha256').update(String(repositoryId)).digest().readUInt32BE() % 100
