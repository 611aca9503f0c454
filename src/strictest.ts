import { evaluate } from './policy/evaluate.ts'
import type { Policy } from './policy/policy.ts'
import type { Verdict } from './policy/verdict.ts'
import { type Snapshot, snapshotVersion } from './snapshot/snapshot.ts'
import { refKey } from './store/ref-key.ts'
import type { Store } from './store/store.ts'

export interface Judged {
  snapshot: Snapshot
  verdict: Verdict
}

/**
 * What the one check run of a commit tells, where that is the head of several: the strictest. A second pull request of the same
 * commit, to a branch where nothing of it is new, must not make the first one's check pass.
 */
export async function strictest(own: Judged, policy: Policy, store: Store, now: Date): Promise<Judged> {
  const { repository, target } = own.snapshot
  // A default branch is held to everything there is.
  if (target.kind !== 'pull-request' && target.kind !== 'merge-group') return own
  const others = await store.snapshots.othersAtCommit(repository.id, { sha: target.sha, key: refKey(target) })
  return others
    .filter(each => each.version === snapshotVersion)
    .map((snapshot): Judged => ({ snapshot, verdict: evaluate(snapshot, policy, now) }))
    .reduce(
      (worst, each) => (rank[each.verdict.conclusion] > rank[worst.verdict.conclusion] ? each : worst),
      own,
    )
}

const rank: Record<Verdict['conclusion'], number> = { success: 0, neutral: 1, failure: 2 }
