import type { World } from '../../demo/github/world.ts'
import type { Seen } from './invariants.ts'

/** What came about in all sequences: invariants over nothing would prove nothing. */
export interface Tally {
  steps: number
  issues: number
  pulls: number
  merged: number
  replies: number
  told: number
  takenOver: number
  mishaps: number
}
export const emptyTally = (): Tally => ({
  steps: 0,
  issues: 0,
  pulls: 0,
  merged: 0,
  replies: 0,
  told: 0,
  takenOver: 0,
  mishaps: 0,
})

/** Adds what a sequence left behind. */
export function count(tally: Tally, world: World, repositoryId: number, seen: Seen): void {
  const { db } = world
  const isOurs = (row: { user_id: number }) => world.userById(row.user_id)?.login === seen.bot
  const issues = db.issues.findBy('repo_id', repositoryId).filter(row => !row.is_pull_request && isOurs(row))
  const pulls = db.pullRequests.findBy('repo_id', repositoryId).filter(isOurs)
  const comments = db.comments.findBy('repo_id', repositoryId).filter(isOurs)
  const replies = comments.filter(row => row.body.includes('golden-path:reply:')).length
  tally.issues += issues.length
  tally.pulls += pulls.length
  tally.merged += pulls.filter(row => row.merged).length
  tally.replies += replies
  tally.told += comments.length - replies
  tally.takenOver += seen.touched.size
}
