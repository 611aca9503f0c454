import type { Reason } from './intake/job.ts'
import type { ReadPlan } from './policy/policy.ts'
import { carryOver } from './snapshot/carry-over.ts'
import { complete } from './snapshot/complete-snapshot.ts'
import { alignBase } from './snapshot/github/base-snapshot.ts'
import { covers } from './snapshot/missing.ts'
import { type Snapshot, snapshotVersion, type Target } from './snapshot/snapshot.ts'
import { type Sources, takeSnapshot } from './snapshot/take.ts'
import { refKey } from './store/ref-key.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'

/** What is to be looked at, and everything that woke us about it since the last look. */
export interface Subject {
  repository: Repository
  kind: Exclude<Target['kind'], 'directory'>
  /** The commit the newest event named; absent for whatever the head is. */
  sha?: string
  /** Of a merge group. */
  ref?: string
  pullRequest?: number
  /** The branch or commit that it is compared with, where the event told. */
  base?: string
  reasons: readonly Reason[]
}

/** Asks GitHub only when the pushes touch something that is read, or something else than a push woke us. */
export async function look(
  subject: Subject,
  readsOf: (snapshot: Snapshot | undefined) => ReadPlan,
  sources: Sources,
  deps: { store: Store; now: () => Date },
): Promise<{ before?: Snapshot; snapshot: Snapshot }> {
  const { repository, kind, reasons } = subject
  const own = current(await deps.store.snapshots.latest(repository.id, keyOf(subject)))
  const branch = kind === 'default-branch' ? own : current(await deps.store.snapshots.latest(repository.id))
  const before = own ?? branch
  const reads = readsOf(before)
  const onlyPushes = reasons.length > 0 && reasons.every(reason => reason.why === 'push')
  const carried =
    onlyPushes && own && isSameRepository(own, repository) ? carryOver(own, reasons, reads) : undefined
  if (carried) return { before: own, snapshot: carried }
  const taken = await takeSnapshot(
    {
      repository: { ...repository, url: before?.repository.url ?? '' },
      kind,
      sha: subject.sha,
      ref: subject.ref,
      pullRequest: subject.pullRequest,
      base: subject.base ?? own?.target.base ?? repository.defaultBranch,
      stored: branch && isSameRepository(branch, repository) ? branch : undefined,
      plan: reads,
      before,
      changed: changedPaths(before, reasons),
      older: reasons.flatMap(reason => reason.before ?? []),
      settings: reasons.some(({ why }) => changesSettings.has(why)) ? undefined : branch,
      now: deps.now(),
    },
    sources,
  )
  // A template that was not known before, or that changed, may ask for what was not read.
  const more = readsOf(taken)
  const snapshot = covers(reads, more) ? taken : alignBase(await complete(taken, more, sources, deps.now()))
  return { before: own, snapshot }
}

/** One of an older shape is retaken instead of misread. */
const current = (snapshot: Snapshot | undefined): Snapshot | undefined =>
  snapshot?.version === snapshotVersion ? snapshot : undefined

/** After these a repository's settings are read anew: they may have changed, or somebody wants to see whether they did. */
const changesSettings: ReadonlySet<Reason['why']> = new Set([
  'settings-changed',
  're-run',
  'installed',
  'sweep',
])

/** Under another name, owner or default branch a snapshot is read anew: what is written goes where it says. */
const isSameRepository = (snapshot: Snapshot, repository: Repository): boolean =>
  snapshot.repository.name === repository.name &&
  snapshot.repository.owner === repository.owner &&
  (repository.defaultBranch === undefined || snapshot.target.ref === `refs/heads/${repository.defaultBranch}`)

/** Which paths may differ from what was last read; `undefined` when any may. */
function changedPaths(
  before: Snapshot | undefined,
  reasons: readonly Reason[],
): readonly string[] | undefined {
  if (before?.target.kind !== 'default-branch') return undefined
  const pushes = reasons.filter(reason => reason.why === 'push')
  if (pushes.some(push => !push.changed)) return undefined
  return pushes.flatMap(push => push.changed ?? [])
}

const keyOf = (subject: Subject): string =>
  refKey({
    kind: subject.kind,
    ref: subject.ref ?? '',
    sha: subject.sha ?? '',
    pullRequest: subject.pullRequest,
  })
