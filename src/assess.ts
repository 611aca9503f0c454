import type { Logger } from 'pino'
import type { Control } from './controls/control.ts'
import { apply } from './effects/apply.ts'
import { plan } from './effects/plan.ts'
import { intended, type Planned } from './effects/planned.ts'
import type { GitHub } from './github.ts'
import type { Job, Reason } from './intake/job.ts'
import { verdictsTotal } from './metrics.ts'
import { builtInReads } from './policy/built-in.ts'
import { evaluate } from './policy/evaluate.ts'
import { explain } from './policy/explain.ts'
import type { ReadPlan } from './policy/policy.ts'
import { readsFor } from './policy/reads.ts'
import type { Verdict } from './policy/verdict.ts'
import type { PolicyBook } from './policy-book.ts'
import { recordOutcome } from './record-outcome.ts'
import { carryOver } from './snapshot/carry-over.ts'
import { complete } from './snapshot/complete-snapshot.ts'
import { covers } from './snapshot/missing.ts'
import { type Snapshot, snapshotVersion, type Target } from './snapshot/snapshot.ts'
import { type Sources, takeSnapshot } from './snapshot/take.ts'
import type { Transaction } from './store/database.ts'
import { refKey } from './store/ref-key.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'
import { RetryLater } from './store/work.ts'

/** What is to be looked at, and everything that woke us about it since the last look. */
export interface Subject {
  repository: Repository
  kind: Exclude<Target['kind'], 'directory'>
  /** The commit the newest event named; absent for whatever the head is. */
  sha?: string
  /** Of a merge group. */
  ref?: string
  pullRequest?: number
  reasons: readonly Reason[]
}

export interface Assessing {
  store: Store
  policies: PolicyBook
  sources: (repository: Repository) => Promise<Sources>
  /** What is to be done because of this look. Enqueued in the transaction that stores the look, so that neither is lost. */
  followUps: (looked: Looked, tx: Transaction) => Promise<Job[]>
  enqueue: (jobs: readonly Job[], options: { tx: Transaction }) => Promise<void>
  app: { id: number; slug?: string }
  backstage: { configured: boolean }
  /** Judge and record; change nothing outside. */
  dryRun: boolean
  now: () => Date
  log: Logger
}

export interface Looked {
  /** What was known of the same target; absent at the first look. */
  before?: Snapshot
  snapshot: Snapshot
  /** Those of the policy in force; absent where there is none. */
  controls?: ReadonlyMap<string, Control>
  /** Entities to be registered or withdrawn: another job's work, since Backstage may be slow or away. */
  registrations: boolean
}

/** THE SPINE: snapshot → verdict → effects → record. */
export async function assess(subject: Subject, deps: Assessing): Promise<Snapshot> {
  const inForce = await deps.policies.inForce(subject.repository)
  const sources = await deps.sources(subject.repository)
  const readsOf = (snapshot: Snapshot | undefined): ReadPlan =>
    inForce ? readsFor(inForce.policy, inForce.plan, snapshot) : builtInReads
  const { before, snapshot } = await look(subject, readsOf, sources, deps)
  if (!inForce) {
    await onlyLooked({ before, snapshot, registrations: false }, deps)
    return snapshot
  }
  const verdict = evaluate(snapshot, inForce.policy, deps.now())
  // A commit can be the head of a branch and of a pull request at once: two jobs, and one check run.
  return deps.store.database.exclusively(snapshot.repository.id, async () => {
    const effects = plan({
      verdict,
      snapshot,
      published: await deps.store.published.list(snapshot.repository.id),
      backstage: deps.backstage,
      policyUrl: await deps.policies.url(snapshot.repository),
      explain: () => explain(snapshot, inForce.policy, verdict),
      rerun: subject.reasons.some(reason => reason.why === 're-run'),
    })
    const atGitHub = deps.dryRun ? [] : effects.filter(effect => effect.kind !== 'registration')
    const registrations = effects.some(effect => effect.kind === 'registration')
    await record(
      { before, snapshot, registrations, controls: inForce.policy.controls },
      verdict,
      atGitHub,
      deps,
    )
    await publish(atGitHub, snapshot, sources.github, deps)
    return snapshot
  })
}

/** Asks GitHub only when the pushes touch something that is read, or something else than a push woke us. */
async function look(
  subject: Subject,
  readsOf: (snapshot: Snapshot | undefined) => ReadPlan,
  sources: Sources,
  deps: Assessing,
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
  const snapshot = covers(reads, more) ? taken : await complete(taken, more, sources, deps.now())
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

/** No policy, no writes: what was seen is kept, so that a policy can be judged the day it comes. */
async function onlyLooked(looked: Looked, deps: Assessing): Promise<void> {
  await deps.store.database.transaction(async tx => {
    await deps.store.snapshots.put(looked.snapshot, tx)
    await deps.enqueue(await deps.followUps(looked, tx), { tx })
  })
}

async function record(
  looked: Looked,
  verdict: Verdict,
  effects: readonly Planned[],
  deps: Assessing,
): Promise<void> {
  const { snapshot } = looked
  verdictsTotal.inc({ conclusion: verdict.conclusion })
  const audit = {
    at: deps.now().toISOString(),
    repositoryId: snapshot.repository.id,
    what: 'judged',
    detail: {
      ref: snapshot.target.ref,
      sha: verdict.sha,
      policy: verdict.policy,
      conclusion: verdict.conclusion,
      effects: effects.map(effect => `${effect.kind}: ${effect.action}`),
    },
  }
  await deps.store.database.transaction(async tx => {
    await deps.store.record({ snapshot, verdict, intended: effects.map(intended), audit: [audit] }, tx)
    await deps.enqueue(await deps.followUps(looked, tx), { tx })
  })
}

/** Each effect is tried, whatever became of the one before it; what must be tried again fails the job at the end. */
async function publish(
  effects: readonly Planned[],
  snapshot: Snapshot,
  github: GitHub,
  deps: Assessing,
): Promise<void> {
  const again: Error[] = []
  for (const effect of effects) {
    const outcome = await apply(effect, { github, app: deps.app, repository: snapshot.repository })
    await recordOutcome(effect, outcome, snapshot.repository.id, deps)
    if (outcome.outcome === 'retry') again.push(tryAgain(outcome.sentence, outcome.afterSeconds))
    if (outcome.outcome === 'refused')
      deps.log.warn({ repository: snapshot.repository.id, effect: effect.key }, outcome.sentence)
  }
  if (again[0]) throw again[0]
}

/** To be told when to come back costs no try; a failure does, so that one without an end becomes a dead letter. */
const tryAgain = (sentence: string, afterSeconds: number | undefined): Error =>
  afterSeconds === undefined ? new Error(sentence) : new RetryLater(sentence, afterSeconds)

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
