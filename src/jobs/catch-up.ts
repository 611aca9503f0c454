import { z } from 'zod'
import { jobKey } from '../intake/job.ts'
import { answerWhatDied } from './answer-what-died.ts'
import { concludeWhatWaits } from './conclude.ts'
import type { JobDependencies } from './jobs.ts'
import { redeliverFailed } from './redeliver.ts'

const minute = 60_000
/** How often GitHub is asked what it could not deliver, and whether a sweep is due. */
const every = 2 * minute
/** After a failure sooner, doubling up to the above. */
const againAfter = 2_000

/** GitHub redelivers for three days; the rest is for the person who asks what woke us. */
const keepDeliveriesDays = 30
const keepReasonsDays = 7
const keepPullRequestsDays = 90

/**
 * Concludes the check runs that nobody came to judge, and finds what webhooks did not tell: asks for failed deliveries, goes through each installation when that is due, and
 * forgets what is old. At once and from then on; answers with the function that stops it.
 */
export function startCatchUp(
  deps: JobDependencies,
  options: { sweepHours: number; first: () => Promise<void> },
): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const round = async (failures: number): Promise<void> => {
    let wait = every
    try {
      // Before GitHub is asked anything: it is needed most while that fails.
      await concludeWhatWaits(deps)
      await options.first()
      if (!deps.dryRun) await redeliverFailed(await deps.github.asApp(), deps.now(), deps.log)
      await answerWhatDied(deps)
      await sweepWhatIsDue(deps, options.sweepHours)
      await deps.store.deliveries.prune(keepDeliveriesDays)
      await deps.store.snapshots.prune(keepPullRequestsDays)
      await deps.store.archive.prune(keepPullRequestsDays)
      await deps.queue.prune(keepReasonsDays)
    } catch (error) {
      if (isStopped) return
      wait = Math.min(every, againAfter * 2 ** failures)
      deps.log.error(
        { err: error },
        `What was missed could not be caught up with; it is tried again in ${wait / 1000} s.`,
      )
    }
    if (!isStopped) timer = setTimeout(() => void round(wait < every ? failures + 1 : 0), wait)
  }
  void round(0)
  return function stop() {
    isStopped = true
    clearTimeout(timer)
  }
}

/** Installations never read, or not for so long: a lost webhook, a `from` date and a waiver's end take effect by this. */
async function sweepWhatIsDue(deps: JobDependencies, sweepHours: number): Promise<void> {
  const due = deps.now().getTime() - sweepHours * 60 * minute
  for (const { id, suspended_at } of await listInstallations(deps)) {
    const known = await deps.store.installations.get(id)
    if (suspended_at || (known?.syncedAt && Date.parse(known.syncedAt) > due)) continue
    await deps.queue.enqueue([
      {
        kind: 'sync-installation',
        key: jobKey.syncInstallation(id),
        installationId: id,
        priority: 'sweep',
        reason: { why: known?.syncedAt ? 'sweep' : 'installed' },
      },
    ])
  }
}

const perPage = 100
const installationsShape = z.array(z.object({ id: z.number(), suspended_at: z.string().nullish() }))

async function listInstallations(deps: JobDependencies): Promise<z.infer<typeof installationsShape>> {
  const github = await deps.github.asApp()
  const installations: z.infer<typeof installationsShape> = []
  for (let page = 1; ; page++) {
    const answer = await github.request('GET /app/installations', { per_page: perPage, page })
    const listed = installationsShape.parse(answer.data)
    installations.push(...listed)
    if (listed.length < perPage) return installations
  }
}
