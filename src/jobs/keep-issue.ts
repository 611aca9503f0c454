import { applyRecorded } from '../apply-recorded.ts'
import type { IssueEffect } from '../effects/effect.ts'
import { planIssue } from '../effects/issue/plan-issue.ts'
import type { Planned } from '../effects/planned.ts'
import type { GitHub } from '../github.ts'
import { type IssueTouch, jobKey, type KeepIssueJob } from '../intake/job.ts'
import { issuePlaceOf } from '../issue-place.ts'
import { evaluate } from '../policy/evaluate.ts'
import { fixableControls } from '../policy/fixable.ts'
import { opensIn } from '../policy/opening-time.ts'
import type { RepositoryIdentity } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import { standingSince } from '../store/standing.ts'
import { RetryLater, type Work } from '../store/work.ts'
import { tryAgain } from '../try-again.ts'
import type { JobDependencies } from './jobs.ts'
import { noteTouches, touchesElsewhere } from './touched-issue.ts'

/** An issue that moves is closed, and opened elsewhere; one that somebody closed or deleted is told so, or followed by another. */
const mostSteps = 4

/** `keep-issue`: makes the tracking issue say what the last look found. Asks nothing of the repository. */
export async function keepIssue(work: Work<'keep-issue'>, deps: JobDependencies): Promise<void> {
  const { store } = deps
  const repository = await store.repositories.get(work.jobs[0]?.repositoryId ?? 0)
  if (!repository || repository.goneAt || deps.dryRun) return
  const touches = work.jobs.flatMap(({ touched }) => touched ?? [])
  const elsewhere = await touchesElsewhere(repository.id, touches, store)
  await deps.queue.enqueue(elsewhere.map(each => elsewhereJob(each, work)))
  const github = await deps.github.asInstallation(repository.installationId)
  await store.database.exclusively(repository.id, async () => {
    await noteTouches(repository, touches, { store, github })
    for (let step = 0; step < mostSteps; step++) {
      const next = await nextStep(repository, deps)
      if (!next || (await carryOut(next, github, deps)) !== 'another step') return
    }
  })
}

/** The job of a repository whose issue lies in another one, where somebody did something to it. */
const elsewhereJob = (
  { repositoryId, touched }: { repositoryId: number; touched: IssueTouch },
  { installationId, jobs: [first] }: Work<'keep-issue'>,
): KeepIssueJob => ({
  kind: 'keep-issue',
  key: jobKey.keepIssue(repositoryId),
  installationId,
  repositoryId,
  priority: 'push',
  reason: first?.reason ?? { why: 'issue-changed' },
  touched,
})

interface Step {
  /** What is to be done; its text lacks what would have to be read for it. */
  planned: Planned<IssueEffect>
  /** With it. */
  complete: () => Promise<Planned<IssueEffect>>
  repository: RepositoryIdentity
}

async function nextStep(
  repository: Repository,
  { store, policies, backstage, now }: JobDependencies,
): Promise<Step | undefined> {
  const snapshot = await store.snapshots.latest(repository.id)
  const inForce = await policies.inForce(repository)
  if (!snapshot || !inForce) return undefined
  const { policy } = inForce
  const published = await store.published.list(repository.id)
  const verdict = evaluate(snapshot, policy, now())
  const issues = await issuePlaceOf(repository, policy.issues, published, store)
  const input = { verdict, snapshot, published, backstage, issues }
  const [planned] = planIssue(input)
  if (!planned) return undefined
  if (planned.action === 'open' || planned.action === 'reopen') {
    const wait = planned.refused === undefined ? opensIn(policy.issues.openOn, now().getTime()) : 0
    if (wait > 0)
      throw new RetryLater(
        `The policy lets issues be opened from ${new Date(now().getTime() + wait).toISOString()} on.`,
        Math.ceil(wait / 1000),
      )
  }
  const complete = async (): Promise<Planned<IssueEffect>> => {
    const [judged] = await store.verdicts.history(repository.id, 'default-branch', { limit: 1 })
    const [effect] = planIssue({
      ...input,
      policyUrl: await policies.url(snapshot.repository),
      fixable: fixableControls(snapshot, policy, verdict),
      ...(judged ? { since: await standingSince(store.database, judged.id) } : {}),
    })
    return effect ?? planned
  }
  return { planned, complete, repository: snapshot.repository }
}

/** Answers whether what was met asks for another step. */
async function carryOut(
  { planned, complete, repository }: Step,
  github: GitHub,
  deps: JobDependencies,
): Promise<'done' | 'another step'> {
  const { app } = deps
  // Before anything is written or read for it: whoever waits costs nothing.
  const isOpening = planned.action === 'open' && planned.refused === undefined
  const turnIsOver = isOpening ? await github.turn?.(`issue of ${repository.id}`) : undefined
  try {
    const effect = await complete()
    const applied = await applyRecorded(effect, { github, app, repository }, deps)
    if (applied.outcome === 'refused')
      deps.log.warn({ repository: repository.id, effect: effect.key }, applied.sentence)
    if (applied.outcome === 'retry') throw tryAgain(applied)
    const { row } = applied
    if (applied.outcome !== 'done' || row === 'drop' || row === 'keep') return 'done'
    // It was closed, deleted or moved away, by a person or by us.
    const isNews = row.detail.closedBy !== effect.detail.closedBy || row.detail.gone !== undefined
    return isNews ? 'another step' : 'done'
  } finally {
    turnIsOver?.()
  }
}
