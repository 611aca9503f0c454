import { carryOver } from './carry-over.ts'
import type { Comparison } from './github/compare-commits.ts'
import { type Fact, known, type RepositoryFacts, type Snapshot, type Target } from './snapshot.ts'
import type { TakeRequest } from './take.ts'

/**
 * A head that begins at the default branch as it is stored and changes nothing that is read: it is that one, and all that was
 * found there was there before. `undefined` when that is not certain. Pure.
 */
export function carriedHead(request: TakeRequest, comparison: Comparison): Snapshot | undefined {
  const { stored, sha, settings } = request
  const { changes } = comparison
  // Without `settings` somebody wants to see what may have changed at GitHub.
  if (!stored || !settings || !sha || !changes.known || stored.target.sha !== comparison.sha) return undefined
  if (sha === comparison.sha) return undefined
  const paths = changes.value.flatMap(({ path, before }) => (before === undefined ? [path] : [path, before]))
  const samePaths = changes.value.every(({ status, mayBeRetyped }) => status === 'modified' && !mayBeRetyped)
  const push = { before: comparison.sha, after: sha, changed: paths, samePaths }
  const carried = carryOver(stored, [push], request.plan)
  if (!carried) return undefined
  const target: Target = {
    kind: request.kind,
    ref: request.kind === 'merge-group' ? (request.ref ?? '') : `refs/pull/${request.pullRequest}/head`,
    sha,
    ...(request.pullRequest === undefined ? {} : { pullRequest: request.pullRequest }),
    ...(request.base === undefined ? {} : { base: request.base }),
  }
  const head = { ...carried, target, takenAt: request.now.toISOString(), facts: asOf(stored) }
  const base = { ...stored, target: { kind: target.kind, ref: target.ref, sha: comparison.sha } }
  return { ...head, base: known({ changes, snapshot: { ...base, facts: head.facts } }, 'github') }
}

/** Each with the time at which it was read. */
const asOf = ({ facts, takenAt }: Snapshot): RepositoryFacts => {
  const timed = Object.entries(facts).map(([name, fact]: [string, Fact<unknown>]) => [
    name,
    fact.known ? { ...fact, at: fact.at ?? takenAt } : fact,
  ])
  // The same names as before.
  return Object.fromEntries(timed) as RepositoryFacts
}
