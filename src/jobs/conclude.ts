import { applyRecorded } from '../apply-recorded.ts'
import { checkRunKey } from '../effects/check-run/plan-check-run.ts'
import { planGivenUp } from '../effects/check-run/plan-given-up.ts'
import { checkRunName } from '../effects/check-run/publish-check-run.ts'
import { done } from '../effects/planned.ts'
import type { GitHub } from '../github.ts'
import { jobKey } from '../intake/job.ts'
import { RateLimited } from '../request-budget.ts'
import type { Repository } from '../store/repositories.ts'
import { type WaitingLook, waitingLooks } from '../store/waiting-looks.ts'
import type { Work } from '../store/work.ts'
import type { JobDependencies } from './jobs.ts'

/** A look takes a second; after so long somebody wonders. */
export const waitedLongMinutes = 10

/** The watchdog: looks that pull requests, merge groups and re-runs have waited for too long. Asks GitHub nothing. */
export async function concludeWhatWaits(deps: JobDependencies): Promise<void> {
  if (deps.dryRun) return
  const waiting = await waitingLooks(deps.store.database, { before: longAgo(deps) })
  await deps.queue.enqueue(
    waiting.map(look => ({
      kind: 'conclude',
      key: jobKey.conclude(look.repositoryId, look.sha),
      installationId: look.installationId,
      repositoryId: look.repositoryId,
      sha: look.sha,
      sentence: reasonFor(look),
      priority: 'pull-request',
      reason: { why: 'given-up' },
    })),
  )
}

/**
 * `conclude`: concludes the check run of a commit that was not judged, and says why. Never over a concluded one. What can't be
 * written now is written at the watchdog's next round: it makes no dead letter beside the one that it tells of.
 */
export async function conclude(work: Work<'conclude'>, deps: JobDependencies): Promise<void> {
  const job = work.jobs.at(-1)
  const repository = job && (await deps.store.repositories.get(job.repositoryId))
  if (!job || !repository || repository.goneAt || deps.dryRun) return
  if (!(await deps.policies.inForce(repository))) return
  const github = await deps.github.asInstallation(repository.installationId)
  await deps.store.database.exclusively(repository.id, async () => {
    const only = { repositoryId: repository.id, sha: job.sha }
    // The look may have come meanwhile: this job waited behind the same outage.
    const [look] = await waitingLooks(deps.store.database, { before: longAgo(deps), only })
    if (look) await concludeOne(look, job.sentence, repository, github, deps)
  })
}

/**
 * *Re-run* on a commit that was never judged, as of a fork's pull request or a merge group: what knows its ref is the look that
 * was given up. It gets a new set of tries.
 */
export async function retryGivenUp(
  repositoryId: number,
  sha: string,
  deps: JobDependencies,
): Promise<boolean> {
  const looks = await waitingLooks(deps.store.database, { only: { repositoryId, sha }, evenTold: true })
  const keys = looks
    .filter(({ key }) => key !== jobKey.assess(repositoryId, { kind: 'commit', sha }))
    .map(({ key }) => key)
  if (keys.length === 0) return false
  await deps.queue.replay(keys)
  return true
}

async function concludeOne(
  look: WaitingLook,
  sentence: string,
  repository: Repository,
  github: GitHub,
  deps: JobDependencies,
): Promise<void> {
  const { store } = deps
  const published = await store.published.list(repository.id)
  const effect = planGivenUp({ ...look, sentence, job: look.key }, published, deps.now())
  if (!effect) return
  const before = published.find(row => row.key === checkRunKey(look.sha))
  const standing = await standingOf(look.sha, repository, github, deps)
  if (standing === 'not to be known') return
  if (standing !== 'open') {
    // Noted, so that GitHub is not asked again every two minutes.
    if (before?.state === 'done')
      await store.published.done(repository.id, {
        ...before,
        detail: { ...before.detail, givenUp: look.since },
      })
    // An earlier round wrote it and died before it could write that down.
    else if (before?.hash === effect.hash)
      await store.published.done(repository.id, done(effect, String(standing.concluded)))
    return
  }
  const here = { github, app: deps.app, repository: { ...repository, url: '' } }
  const outcome = await applyRecorded(effect, here, deps)
  const told = { repository: repository.id, sha: look.sha, job: look.key, dead: look.isDead }
  if (outcome.outcome === 'done')
    deps.log.warn(told, `Its check run is concluded without a verdict. ${sentence}`)
  else deps.log.warn(told, outcome.sentence)
}

/** What GitHub shows of our check run on the commit: only what is not concluded is waited for. */
async function standingOf(
  sha: string,
  { owner, name }: Repository,
  github: GitHub,
  { app, log }: JobDependencies,
): Promise<'open' | 'not to be known' | { concluded: number }> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      owner,
      repo: name,
      ref: sha,
      check_name: checkRunName,
      app_id: app.id,
      filter: 'latest',
    })
    const { check_runs: runs = [] } = data as { check_runs?: { id: number; name: string; status: string }[] }
    const concluded = runs.find(run => run.name === checkRunName && run.status === 'completed')
    return concluded ? { concluded: concluded.id } : 'open'
  } catch (error) {
    if (error instanceof RateLimited || !(error instanceof Error && 'status' in error)) throw error
    // The commit is gone, or GitHub is away.
    log.warn({ repository: name, sha, status: error.status }, 'Whether its check run is open is not known.')
    return 'not to be known'
  }
}

const longAgo = ({ now }: JobDependencies): Date => new Date(now().getTime() - waitedLongMinutes * 60_000)

/** For whoever wrote the pull request: what happened, without the words of the error. */
const reasonFor = ({ error, isDead, tries }: WaitingLook): string => {
  const said = error ?? ''
  if (/^RetryLater|rate limit|request limit|limit is used up/i.test(said))
    return "GitHub's limit of requests for this organisation is used up."
  if (
    /^HttpError|ECONN|ETIMEDOUT|fetch failed|socket|EAI_AGAIN|timeout|GitHub (?:answered|does not answer)/i.test(
      said,
    )
  )
    return 'GitHub did not answer as it should.'
  if (isDead || tries > 0) return 'Golden Path failed at it, by a mistake of its own.'
  return 'Other commits are ahead of it.'
}
