import type { Logger } from 'pino'
import type { Control } from './controls/control.ts'
import { apply } from './effects/apply.ts'
import { plan } from './effects/plan.ts'
import { intended, type Planned } from './effects/planned.ts'
import { isFixDue } from './effects/pull-request/plan-fix.ts'
import type { GitHub } from './github.ts'
import type { Job } from './intake/job.ts'
import { issuePlaceOf } from './issue-place.ts'
import { look, type Subject } from './look.ts'
import { verdictsTotal } from './metrics.ts'
import { builtInReads } from './policy/built-in.ts'
import { evaluate } from './policy/evaluate.ts'
import { explain } from './policy/explain.ts'
import { fixableControls } from './policy/fixable.ts'
import type { ReadPlan } from './policy/policy.ts'
import { readsFor } from './policy/reads.ts'
import type { Verdict } from './policy/verdict.ts'
import type { PolicyBook } from './policy-book.ts'
import { recordOutcome } from './record-outcome.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import type { Sources } from './snapshot/take.ts'
import type { Transaction } from './store/database.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'
import { strictest } from './strictest.ts'
import { tryAgain } from './try-again.ts'

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
  /** The tracking issue is to be written: another job's work, since GitHub limits how many may be opened. */
  issue: boolean
  /** The pull request of fixes is to be looked after: another job's work, since nobody's check run waits for it. */
  fix?: boolean
}

/** THE SPINE: snapshot → verdict → effects → record. */
export async function assess(subject: Subject, deps: Assessing): Promise<Snapshot> {
  const inForce = await deps.policies.inForce(subject.repository)
  const sources = await deps.sources(subject.repository)
  const readsOf = (snapshot: Snapshot | undefined): ReadPlan =>
    inForce ? readsFor(inForce.policy, inForce.plan, snapshot) : builtInReads
  const { before, snapshot } = await look(subject, readsOf, sources, deps)
  if (!inForce) {
    await onlyLooked({ before, snapshot, registrations: false, issue: false }, deps)
    return snapshot
  }
  const verdict = evaluate(snapshot, inForce.policy, deps.now())
  // A commit can be the head of a branch and of a pull request at once: two jobs, and one check run.
  return deps.store.database.exclusively(snapshot.repository.id, async () => {
    const published = await deps.store.published.list(snapshot.repository.id)
    const told = await strictest({ snapshot, verdict }, inForce.policy, deps.store, deps.now())
    const effects = plan({
      ...told,
      published,
      issues: await issuePlaceOf(snapshot.repository, inForce.policy.issues, published, deps.store),
      backstage: deps.backstage,
      policyUrl: await deps.policies.url(snapshot.repository),
      fixable: fixableControls(told.snapshot, inForce.policy, told.verdict),
      explain: () => explain(told.snapshot, inForce.policy, told.verdict),
      rerun: subject.reasons.some(reason => reason.why === 're-run'),
    })
    const atGitHub = deps.dryRun ? [] : effects.filter(({ kind }) => kind === 'check-run')
    const isOwn = told.snapshot === snapshot
    const registrations = isOwn && effects.some(({ kind }) => kind === 'registration')
    const issue = isOwn && !deps.dryRun && effects.some(({ kind }) => kind === 'issue')
    const fix = !deps.dryRun && isFixDue(inForce.policy, verdict, published)
    await record(
      { before, snapshot, registrations, issue, fix, controls: inForce.policy.controls },
      verdict,
      atGitHub,
      deps,
    )
    await publish(atGitHub, snapshot, sources.github, deps)
    return snapshot
  })
}

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
    if (outcome.outcome === 'retry') again.push(tryAgain(outcome))
    if (outcome.outcome === 'refused')
      deps.log.warn({ repository: snapshot.repository.id, effect: effect.key }, outcome.sentence)
  }
  if (again[0]) throw again[0]
}
