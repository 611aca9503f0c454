import { apply } from '../effects/apply.ts'
import { intended } from '../effects/planned.ts'
import { planPreview } from '../effects/preview/plan-preview.ts'
import { type RenderedPreview, renderPreview, renderUnparsed } from '../effects/preview/render-preview.ts'
import { type Job, jobKey, type PreviewJob } from '../intake/job.ts'
import type { Preview } from '../policy/preview-summary.ts'
import { previewStored, storedPages } from '../preview-stored.ts'
import { recordOutcome } from '../record-outcome.ts'
import { isUnreadable, type Snapshot } from '../snapshot/snapshot.ts'
import { changedContracts } from '../snapshot/templates/changed-contracts.ts'
import { withContract } from '../snapshot/templates/templates.ts'
import type { Transaction } from '../store/database.ts'
import type { Work } from '../store/work.ts'
import { tryAgain } from '../try-again.ts'
import type { JobDependencies } from './jobs.ts'
import { headOf } from './preview-head.ts'

interface Previewed {
  rendered: RenderedPreview
  preview?: Preview
  /** Something that would decide more can be read. */
  isIncomplete: boolean
}

/**
 * `preview`: says on a pull request what its policy or its templates would do to every repository, from what is stored.
 * Where the new policy needs what was never read, that is read afterwards, and said then.
 */
export async function preview(work: Work<'preview'>, deps: JobDependencies): Promise<void> {
  const head = await headOf(work.jobs, deps)
  if (!head) return
  const { snapshot, job } = head
  const previewed = (await ofPolicy(snapshot, job, deps)) ?? (await ofTemplates(snapshot, deps))
  if (!previewed) return
  await record(snapshot, previewed, deps)
  if (deps.dryRun) return
  await publish(snapshot, previewed.rendered, job.reason.why === 're-run', deps)
  if (previewed.isIncomplete && !job.reading) await deps.queue.enqueue([readingJob(job, deps.now())])
}

/** What a look at a pull request makes to be previewed. Cheap: it is asked within the transaction that stores the look. */
export async function previewJobs(
  snapshot: Snapshot,
  deps: Pick<JobDependencies, 'policies' | 'store'>,
  tx: Transaction,
): Promise<Job[]> {
  const { repository, target } = snapshot
  if (target.pullRequest === undefined || target.sha === '') return []
  const isNews =
    (await deps.policies.isProposal(snapshot, tx)) ||
    (await contractsChangedBy(snapshot, deps, tx)).length > 0
  if (!isNews) return []
  return [
    {
      kind: 'preview',
      key: jobKey.preview(repository.id, target.pullRequest),
      installationId: repository.installationId,
      repositoryId: repository.id,
      pullRequest: target.pullRequest,
      sha: target.sha,
      priority: 'pull-request',
      reason: { why: 'pull-request', after: target.sha },
    },
  ]
}

async function ofPolicy(
  snapshot: Snapshot,
  job: PreviewJob,
  deps: JobDependencies,
): Promise<Previewed | undefined> {
  const proposal = await deps.policies.proposed(snapshot)
  if (!proposal) return undefined
  if ('problems' in proposal) return { rendered: renderUnparsed(proposal.problems), isIncomplete: false }
  const now = deps.now()
  const ids = await deps.store.repositories.idsOf(snapshot.repository.ownerId)
  const found = await previewStored(storedPages(deps.store, ids), ids.length, {
    subjectOf: stored => proposal.subjectOf(stored, snapshot),
    after: proposal.after,
    now,
  })
  const isIncomplete = found.unread.repositories.count > 0
  return {
    preview: found,
    isIncomplete,
    rendered: renderPreview(found, {
      policy: proposal.after,
      now,
      isReading: isIncomplete && job.reading !== 'done' && !deps.dryRun,
      read: job.read,
    }),
  }
}

async function ofTemplates(snapshot: Snapshot, deps: JobDependencies): Promise<Previewed | undefined> {
  const { ownerId } = snapshot.repository
  const inForce = await deps.policies.inForce({ ...snapshot.repository, name: '' })
  if (!inForce) return undefined
  const { policy } = inForce
  const changed = await contractsChangedBy(
    snapshot,
    deps,
    undefined,
    id => policy.controls.get(id)?.reads.files,
  )
  if (changed.length === 0) return undefined
  const made = new Set<number>()
  for (const { ref } of changed)
    for (const { id } of await deps.store.snapshots.madeFrom(ownerId, ref)) made.add(id)
  const ids = [...made].sort((a, b) => a - b)
  const now = deps.now()
  const services: string[] = []
  const found = await previewStored(storedPages(deps.store, ids), ids.length, {
    subjectOf: service => {
      services.push(service.repository.name)
      return {
        before: { snapshot: service, policy },
        after: {
          snapshot: changed.reduce(
            (changing, { ref, contract }) => withContract(changing, ref, contract),
            service,
          ),
          policy,
        },
      }
    },
    after: undefined,
    now,
  })
  const templates = changed.map(({ ref }) => ref)
  return { preview: found, isIncomplete: false, rendered: renderPreview(found, { templates, services, now }) }
}

const contractsChangedBy = async (
  snapshot: Snapshot,
  deps: Pick<JobDependencies, 'store'>,
  tx?: Transaction,
  readBy?: (control: string) => readonly string[] | undefined,
) => {
  const before = await deps.store.snapshots.latest(snapshot.repository.id, 'default-branch', tx)
  if (!before?.skeletons && !snapshot.skeletons) return []
  // What could not be read is not gone.
  const isRead = Object.values(snapshot.files).every(fact => fact.known || isUnreadable(fact))
  return isRead ? changedContracts(before, snapshot, readBy) : []
}

async function record(
  snapshot: Snapshot,
  { rendered, preview }: Previewed,
  deps: JobDependencies,
): Promise<void> {
  await deps.store.audit.append([
    {
      at: deps.now().toISOString(),
      repositoryId: snapshot.repository.id,
      what: 'previewed',
      detail: {
        sha: snapshot.target.sha,
        pullRequest: snapshot.target.pullRequest,
        conclusion: rendered.conclusion,
        title: rendered.title,
        ...(preview
          ? {
              judged: preview.judged,
              enforce: preview.fails.enforce.count,
              advise: preview.fails.advise.count,
              unread: preview.unread.repositories.count,
              issues: preview.issues,
            }
          : {}),
      },
    },
  ])
}

async function publish(
  { repository, target }: Snapshot,
  rendered: RenderedPreview,
  rerun: boolean,
  deps: JobDependencies,
): Promise<void> {
  const github = await deps.github.asInstallation(repository.installationId)
  await deps.store.database.exclusively(repository.id, async () => {
    const published = await deps.store.published.list(repository.id)
    const effects = planPreview({ headSha: target.sha, rendered, published, rerun })
    await deps.store.published.intend(repository.id, effects.map(intended))
    for (const effect of effects) {
      const applied = await apply(effect, { github, app: deps.app, repository })
      await recordOutcome(effect, applied, repository.id, deps)
      if (applied.outcome === 'refused') deps.log.warn({ repository: repository.id }, applied.sentence)
      if (applied.outcome === 'retry') throw tryAgain(applied)
    }
  })
}

const readingJob = (job: PreviewJob, now: Date): Job => ({
  kind: 'read-for-preview',
  key: jobKey.readForPreview(job.repositoryId, job.pullRequest),
  installationId: job.installationId,
  repositoryId: job.repositoryId,
  pullRequest: job.pullRequest,
  sha: job.sha,
  after: 0,
  read: 0,
  shownAt: now.toISOString(),
  priority: 'sweep',
  reason: job.reason,
})
