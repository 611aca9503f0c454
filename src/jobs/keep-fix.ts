import { applyRecorded } from '../apply-recorded.ts'
import type { Applied, NotApplied } from '../effects/applied.ts'
import type { Published } from '../effects/effect.ts'
import { isSeenByAll } from '../effects/issue/plan-issue-place.ts'
import type { Outside } from '../effects/outside.ts'
import { readTip } from '../effects/pull-request/branch-tip.ts'
import {
  type FixPlan,
  type FixSituation,
  fixKey,
  mayStandOpen,
  planFix,
} from '../effects/pull-request/plan-fix.ts'
import { type PullRequestState, readPullRequest } from '../effects/pull-request/read-pull-request.ts'
import { type FixAnswer, renderFixAnswer } from '../effects/pull-request/render-fix-answer.ts'
import type { KeepFixJob } from '../intake/job.ts'
import type { Policy } from '../policy/policy.ts'
import { recordOutcome } from '../record-outcome.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import type { Work } from '../store/work.ts'
import { tryAgain } from '../try-again.ts'
import { headOfDefaultBranch, ofDefaultBranch } from './fix-subject.ts'
import type { JobDependencies } from './jobs.ts'
import { propose } from './propose-fixes.ts'
import { reply } from './reply.ts'
import { validateEntities } from './validate-entities.ts'

/** `keep-fix`: opens, keeps up to date or closes the one pull request of fixes, and answers who asked for it. */
export async function keepFix(work: Work<'keep-fix'>, deps: JobDependencies): Promise<void> {
  const repository = await deps.store.repositories.get(work.jobs[0]?.repositoryId ?? 0)
  const installation = repository && (await deps.store.installations.get(repository.installationId))
  if (!repository || repository.goneAt || installation?.suspendedAt || installation?.goneAt) return
  if (deps.dryRun) return
  const jobs = await ofDefaultBranch(work.jobs, deps)
  if (jobs.length === 0) return
  const answer = await bring(repository, jobs, deps)
  const comments = jobs.flatMap(({ asked }) => asked?.comment ?? [])
  for (const comment of comments) await reply(deps, repository, comment, renderFixAnswer(answer, repository))
}

type Asked = NonNullable<KeepFixJob['asked']>

async function bring(
  repository: Repository,
  jobs: readonly KeepFixJob[],
  deps: JobDependencies,
): Promise<FixAnswer> {
  const inForce = await deps.policies.inForce(repository)
  if (!inForce) return { standing: 'no-policy' }
  const asked = jobs.flatMap(job => job.asked ?? [])
  const before = await deps.store.published.get(repository.id, fixKey)
  const wanted = asked.length > 0 ? 'asked' : inForce.policy.fix === 'pull-request' ? 'policy' : 'no'
  if (wanted === 'no' && !mayStandOpen(before) && !mayBeReopened(jobs, before))
    return { standing: 'not-wanted' }

  const stored = await headOfDefaultBranch(repository, jobs, deps)
  if (!stored) return { standing: 'read-only' }
  const owner = ownerFor(asked, before)
  const { snapshot, proposal } = await propose(stored, repository, inForce, deps, owner)
  const validation = await validateEntities(proposal, snapshot, deps.backstageCatalogue)
  if (!validation.accepted) return refusedByBackstage(repository, validation.sentence, deps)
  const given = {
    snapshot,
    proposal,
    wanted,
    owner,
    validated: validation.asked > 0 && proposal.left.length === 0,
    isNeutral: isNeutral(snapshot, inForce.policy),
  } as const
  const answer = await deps.store.database.exclusively(repository.id, () => carryOut(given, deps))
  return { ...answer, isNeutral: given.isNeutral }
}

/** As its issue is: a repository that anybody may read tells no weakness, unless the policy says so. */
const isNeutral = ({ facts: { metadata } }: Snapshot, { issues }: Policy): boolean =>
  issues.publicRepositories !== 'full' && (!metadata.known || isSeenByAll(metadata.value))

/** One that a person had closed, and something happened to it: if it stands open again, it is looked after again. */
const mayBeReopened = (jobs: readonly KeepFixJob[], row: Published | undefined): boolean =>
  row?.detail.ended === 'person' && jobs.some(({ reason }) => reason.why === 'pull-request-changed')

/** A pull request that an earlier try closed or adopted is planned for once more with what GitHub says of it now. */
const mostRounds = 3

async function carryOut(
  given: Pick<FixSituation, 'snapshot' | 'proposal' | 'wanted' | 'owner' | 'validated' | 'isNeutral'>,
  deps: JobDependencies,
): Promise<FixAnswer> {
  const { repository } = given.snapshot
  const github = await deps.github.asInstallation(repository.installationId)
  const outside: Outside = { github, app: deps.app, repository }
  for (let round = 1; ; round++) {
    const { pull, plan, before } = await decide(given, outside, deps)
    if (!plan.effect) return { standing: plan.standing, pull, proposal: given.proposal }
    const lacking = plan.effect.action === 'open' ? await permissionLacking(repository, deps) : undefined
    const outcome = lacking ?? (await applyRecorded(plan.effect, outside, deps))
    if (lacking) await recordOutcome(plan.effect, lacking, repository.id, deps)
    if (outcome.outcome === 'retry') throw tryAgain(outcome)
    if (!lacking && plan.effect.action === 'open' && outcome.outcome !== 'done')
      await forgetOpening(repository.id, before, deps)
    if (isToBePlannedAnew(outcome) && round < mostRounds) continue
    return answerOf(outcome, plan, given.proposal, repository.id, deps)
  }
}

/** Known beforehand: else each look would make a branch, and whatever runs on a push, before GitHub refuses the pull request. */
async function permissionLacking(
  { installationId, owner, name }: Snapshot['repository'],
  { store }: JobDependencies,
): Promise<NotApplied | undefined> {
  const permissions = (await store.installations.get(installationId))?.permissions
  // Nothing at all: GitHub did not tell, and decides.
  const isTold = permissions && Object.keys(permissions).length > 0
  const missing = isTold && ['contents', 'pull_requests'].find(each => permissions[each] !== 'write')
  return missing
    ? {
        outcome: 'refused',
        row: 'keep',
        why: 'permission',
        sentence: `Could not open the pull request in ${owner}/${name}: the app lacks the permission ${missing}: write. An owner of the organisation can give it.`,
      }
    : undefined
}

/** Skipped: GitHub had changed in this moment. Adopted: what was found may be closed by now. */
const isToBePlannedAnew = (outcome: Applied): boolean =>
  outcome.outcome === 'skipped' ||
  (outcome.outcome === 'done' && outcome.note?.startsWith('adopted') === true)

function answerOf(
  outcome: Applied,
  plan: FixPlan,
  proposal: FixSituation['proposal'],
  repositoryId: number,
  deps: JobDependencies,
): FixAnswer {
  if (outcome.outcome === 'done') {
    const number = outcome.row === 'drop' ? undefined : Number(outcome.row.externalId)
    return { standing: plan.standing, proposal, ...(number ? { number } : {}) }
  }
  deps.log.warn({ repository: repositoryId, effect: fixKey }, outcome.sentence)
  return { standing: 'refused', sentence: outcome.sentence, proposal }
}

async function decide(
  given: Parameters<typeof carryOut>[0],
  outside: Outside,
  deps: JobDependencies,
): Promise<{ pull?: PullRequestState; plan: FixPlan; before?: Published }> {
  const published = await deps.store.published.get(outside.repository.id, fixKey)
  const pull = published?.externalId
    ? await readPullRequest(Number(published.externalId), outside)
    : undefined
  const pushedTo = pull?.state === 'open' && (await isPushedTo(pull, published, outside))
  const plan = planFix({ ...given, published, pull, pushedTo })
  // What stands open again after a person had closed it is ended no more.
  const before = published?.detail.ended
  const ended = plan.ended ?? (before === 'person' && pull?.state === 'open' ? undefined : before)
  if (published && before !== ended) {
    const { ended: _, ...detail } = published.detail
    await deps.store.published.done(outside.repository.id, {
      ...published,
      detail: { ...detail, ...(ended ? { ended } : {}) },
    })
  }
  return { pull, plan, before: published }
}

/**
 * Nothing was opened, and GitHub was asked whether anything of ours stands there: the record is again what it was, or each look
 * at the repository would try in vain to open it.
 */
async function forgetOpening(
  repositoryId: number,
  before: Published | undefined,
  { store }: JobDependencies,
): Promise<void> {
  if (before?.externalId === undefined) return store.published.remove(repositoryId, fixKey)
  const { opening: _, ...detail } = before.detail
  await store.published.done(repositoryId, { ...before, detail })
}

/** A head that we do not know may be our own, moved before a crash. */
async function isPushedTo(
  pull: PullRequestState,
  published: Published | undefined,
  outside: Outside,
): Promise<boolean> {
  if (pull.head.sha === published?.detail.head) return false
  const tip = pull.head.inRepository ? await readTip(pull.head.branch, outside) : undefined
  return tip?.byUs !== true
}

/** The last one named stays: the next push must not take it back. */
const ownerFor = (asked: readonly Asked[], before: Published | undefined): string | undefined =>
  asked.findLast(each => each.owner)?.owner ?? (mayStandOpen(before) ? before?.detail.owner : undefined)

/** What the engine passes and Backstage does not is not opened; what stands open stays as it is. */
async function refusedByBackstage(
  { id }: Repository,
  sentence: string,
  deps: JobDependencies,
): Promise<FixAnswer> {
  deps.log.warn({ repository: id, effect: fixKey }, sentence)
  await deps.store.audit.append([
    {
      at: deps.now().toISOString(),
      repositoryId: id,
      what: 'pull-request-refused',
      detail: { key: fixKey, action: 'open', sentence },
    },
  ])
  return { standing: 'refused', sentence }
}
