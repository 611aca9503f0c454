import { apply } from '../effects/apply.ts'
import type { Catalogue } from '../effects/outside.ts'
import { plan } from '../effects/plan.ts'
import { intended, type Planned } from '../effects/planned.ts'
import { planWithdrawal } from '../effects/registration/plan-registration.ts'
import { confirm } from '../effects/registration/publish-registration.ts'
import type { Reason } from '../intake/job.ts'
import { recordOutcome } from '../record-outcome.ts'
import type { RepositoryIdentity, Snapshot } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import { RetryLater, type Work } from '../store/work.ts'
import { isCatalogueAway } from './follow-ups.ts'
import type { JobDependencies } from './jobs.ts'
import { sweepJob } from './look.ts'

/**
 * Backstage processes a new location within its interval, 100 to 150 s unless configured; asked at these gaps. One that
 * is away is asked at the same, the last for as long as it takes.
 */
const gapsInSeconds = [1, 2, 4, 8, 15, 30, 60]

/**
 * `confirm-registration`: registers what complies, takes back what must not stay, and sees that it has arrived in the
 * catalogue. Asks Backstage only. Never gives up: an outage delays and never loses.
 */
export async function keepRegistration(
  work: Work<'confirm-registration'>,
  deps: JobDependencies,
): Promise<void> {
  const id = work.jobs[0]?.repositoryId
  const catalogue = deps.backstageCatalogue
  if (id === undefined || !catalogue) return
  // Not beside its withdrawal: a location that arrives after "gone" would stay for ever.
  await deps.store.database.exclusively(id, async () => {
    const repository = await deps.store.repositories.get(id)
    const snapshot = await deps.store.snapshots.latest(id)
    const verdict = await deps.store.verdicts.latest(id)
    if (!repository || repository.goneAt || !snapshot || !verdict) return
    if (!(await deps.policies.inForce(repository))) return
    if (isCatalogueAway(snapshot)) {
      await waitForCatalogue(catalogue, snapshot)
      await lookAgain(repository, { why: 'registered' }, deps)
      return
    }
    // The look that follows a newer commit brings this job again.
    if (verdict.sha !== snapshot.target.sha) return
    const effects = plan({
      verdict,
      snapshot,
      published: await deps.store.published.list(id),
      backstage: deps.backstage,
    }).filter(effect => effect.kind === 'registration')
    await carryOut(effects, snapshot.repository, deps)
    await confirmArrival(repository, catalogue, deps)
    hasArrived(id)
  })
}

/** `forget-repository`: takes back what was registered for a repository that is no longer ours to see. */
export async function forgetRepository(
  work: Work<'forget-repository'>,
  deps: JobDependencies,
): Promise<void> {
  const id = work.jobs[0]?.repositoryId
  if (id === undefined) return
  await deps.store.database.exclusively(id, async () => {
    const repository = await deps.store.repositories.get(id)
    // Transfers and reinstallations also say "removed", before or after they say "added".
    if (!repository?.goneAt) return
    const snapshot = await deps.store.snapshots.latest(id)
    const published = await deps.store.published.list(id)
    if (deps.backstageCatalogue)
      await carryOut(planWithdrawal(published), snapshot?.repository ?? { ...repository, url: '' }, deps)
    await deps.store.snapshots.forget(id)
    await deps.store.templates.forget(id)
  })
}

async function carryOut(
  effects: readonly Planned[],
  repository: RepositoryIdentity,
  deps: JobDependencies,
): Promise<void> {
  if (effects.length === 0) return
  const github = await deps.github.asApp()
  await deps.store.published.intend(repository.id, effects.map(intended))
  for (const effect of effects) {
    const applied = await apply(effect, {
      github,
      app: deps.app,
      repository,
      catalogue: deps.backstageCatalogue,
    })
    await recordOutcome(effect, applied, repository.id, deps)
    if (applied.outcome === 'retry')
      throw new RetryLater(applied.sentence, applied.afterSeconds ?? nextGap(repository.id, 'catalogue'))
    if (applied.outcome === 'refused') {
      deps.log.warn({ repository: repository.id, target: effect.key }, applied.sentence)
      if (applied.why === 'conflict') await lookAgain(repository, { why: 'registered' }, deps)
    }
  }
}

async function confirmArrival(
  repository: Repository,
  catalogue: Catalogue,
  deps: JobDependencies,
): Promise<void> {
  const rows = await deps.store.published.list(repository.id)
  const unseen = rows.filter(row => row.kind === 'registration' && row.state === 'done' && !row.detail.seen)
  for (const row of unseen) {
    const { target, refs } = row.detail
    if (!target || !refs) continue
    const confirmation = await confirm({ target, refs }, catalogue).catch(cause => {
      throw new RetryLater(
        `Backstage could not be asked whether ${target} has arrived: ${cause}`,
        nextGap(repository.id, 'arrival'),
      )
    })
    if (!confirmation.seen)
      throw new RetryLater(
        confirmation.problem ?? `${confirmation.missing.join(', ')} is not in the catalogue yet`,
        nextGap(repository.id, 'arrival'),
      )
    await deps.store.published.done(repository.id, { ...row, detail: { ...row.detail, seen: true } })
    await deps.store.audit.append([
      {
        at: deps.now().toISOString(),
        repositoryId: repository.id,
        what: 'registration-seen',
        detail: { target, refs },
      },
    ])
  }
}

type Waiting = 'arrival' | 'catalogue' | 'second look'

/** By repository and what is waited for. Forgotten at a restart, which only asks a little more often. */
const timesAsked = new Map<string, number>()

function nextGap(repositoryId: number, waiting: Waiting): number {
  const key = `${repositoryId} ${waiting}`
  const asked = timesAsked.get(key) ?? 0
  timesAsked.set(key, asked + 1)
  return gapsInSeconds[Math.min(asked, gapsInSeconds.length - 1)] ?? 60
}

function hasArrived(repositoryId: number): void {
  for (const waiting of ['arrival', 'catalogue', 'second look'])
    timesAsked.delete(`${repositoryId} ${waiting}`)
}

/** Asked for an entity of the repository: for an empty list Backstage's client sends no request. */
async function waitForCatalogue(catalogue: Catalogue, snapshot: Snapshot): Promise<void> {
  const entityRefs = [snapshot.entities.find(entity => entity.ref)?.ref ?? 'component:default/golden-path']
  try {
    await catalogue.getEntitiesByRefs({ entityRefs, fields: ['kind'] })
  } catch (error) {
    throw new RetryLater(
      `Backstage can't be asked: ${error instanceof Error ? error.message : error}`,
      nextGap(snapshot.repository.id, 'catalogue'),
    )
  }
}

/** After a while, so that an answer which stays the same does not go round and round. */
async function lookAgain(
  repository: { id: number; installationId: number },
  reason: Reason,
  deps: JobDependencies,
): Promise<void> {
  await deps.queue.enqueue([{ ...sweepJob(repository, reason), priority: 'push' }], {
    startAfter: nextGap(repository.id, 'second look'),
  })
}
