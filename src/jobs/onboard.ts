import { setImmediate } from 'node:timers/promises'
import { applyRecorded } from '../apply-recorded.ts'
import { builtInControls } from '../controls/index.ts'
import type { PullRequestEffect } from '../effects/effect.ts'
import { isSeenByAll } from '../effects/issue/plan-issue-place.ts'
import { hashOf, type Planned } from '../effects/planned.ts'
import { readPullRequest } from '../effects/pull-request/read-pull-request.ts'
import { renderStarter } from '../effects/pull-request/render-starter.ts'
import { jobKey, type OnboardJob } from '../intake/job.ts'
import { held, isOffered, onboardingOf, starterKey } from '../onboarding.ts'
import { mainPolicyFile } from '../policy/policy-valid.ts'
import { type Starter, starterOf, surveying } from '../policy/starter.ts'
import { storedPages } from '../preview-stored.ts'
import { type Snapshot, snapshotVersion } from '../snapshot/snapshot.ts'
import type { Installation } from '../store/installations.ts'
import type { PublishedIn } from '../store/published.ts'
import type { Repository } from '../store/repositories.ts'
import { RetryLater, type Work } from '../store/work.ts'
import { tryAgain } from '../try-again.ts'
import type { JobDependencies } from './jobs.ts'
import { findPolicyDraft } from './policy-draft.ts'

const branch = 'golden-path/starter-policy'
/** Of this name, or of those that are taken where it is somebody else's. */
const isOurs = (name: string): boolean => /^golden-path\/starter-policy(?:-\d+)?$/.test(name)

/** Repositories that can't be seen must not hold it up for ever. */
const patienceMilliseconds = 10 * 60_000

/**
 * `onboard`: where no policy was ever seen, offers a first one in one pull request, once for all, drawn from what the
 * repositories look like; or says what is in the way.
 */
export async function onboard(work: Work<'onboard'>, deps: JobDependencies): Promise<void> {
  const { store } = deps
  const installation = await store.installations.get(work.installationId)
  if (!installation || installation.suspendedAt || installation.goneAt) return
  if (await store.policies.latest(installation.accountId)) return
  const repository = await store.repositories.named(installation.accountId, deps.policies.repositoryName)
  const row = repository && (await store.published.get(repository.id, starterKey))
  if (repository && isOffered(row)) return keepUp(row, repository, deps)
  if (!(await allSeen(work.jobs, deps))) return
  if (!repository) {
    sayOnce(installation, (await onboardingOf(installation, deps)).sentence, deps)
    return
  }
  await store.database.exclusively(repository.id, () => offer(installation, repository, deps))
}

export const onboardJob = (installationId: number, now: Date): OnboardJob => ({
  kind: 'onboard',
  key: jobKey.onboard(installationId),
  installationId,
  priority: 'sweep',
  reason: { why: 'installed' },
  since: now.toISOString(),
})

/** Whether enough was looked at. What a few repositories are like says nothing of the rest: then the next sweep asks again. */
async function allSeen(jobs: readonly OnboardJob[], deps: JobDependencies): Promise<boolean> {
  const [installationId = 0] = jobs.map(job => job.installationId)
  const ids = (await deps.store.repositories.ofInstallation(installationId)).map(({ id }) => id)
  const seen = await deps.store.snapshots.lookedAt(ids)
  if (seen === ids.length) return ids.length > 0
  const since = Math.min(...jobs.map(job => Date.parse(job.since)))
  if (deps.now().getTime() - since < patienceMilliseconds)
    throw new RetryLater(
      `A starter policy waits until all repositories are seen: ${seen} of ${ids.length} so far.`,
      ids.length - seen > 20 ? 15 : 2,
    )
  return isMost(seen, ids.length)
}

const isMost = (seen: number, all: number): boolean => seen * 2 > all

async function offer(
  installation: Installation,
  repository: Repository,
  deps: JobDependencies,
): Promise<void> {
  const { store } = deps
  const hold = (sentence: string): Promise<void> => holdBack(installation, repository, sentence, deps)
  const snapshot = await store.snapshots.latest(repository.id)
  if (!snapshot) return
  const name = `${repository.owner}/${repository.name}`
  const { metadata } = snapshot.facts
  if (metadata.known && metadata.value.isArchived)
    return hold(`${name} is archived, so no policy can be offered there. Unarchive it.`)
  if (snapshot.target.sha === '')
    return hold(`${name} is empty, so no policy can be offered there. Add a README to it.`)
  const github = await deps.github.asInstallation(installation.id)
  const draft = await findPolicyDraft(github, repository, isOurs)
  if (draft.found === 'unknown')
    return hold(
      `It can't be told whether somebody writes a policy in ${name}: ${draft.why}. None is offered.`,
    )
  if (draft.found)
    return hold(
      `A policy is being written in ${name} (${draft.where}), so none is offered. Merge it when it is ready.`,
    )
  const isPublic = !metadata.known || isSeenByAll(metadata.value)
  const starter = await draw(installation, isPublic, deps)
  if (!starter)
    return hold(
      `Nothing that was seen of ${installation.account} decides a control yet, so no policy is offered.`,
    )
  const published = await store.published.get(repository.id, starterKey)
  const effect = planned(starter, snapshot, installation.account, published)
  if (deps.dryRun) return hold(`A starter policy would be offered in ${name}. This is a dry run.`)
  const here = { github, app: deps.app, repository: snapshot.repository }
  const applied = await applyRecorded(effect, here, deps)
  if (applied.outcome === 'done')
    deps.log.info(
      { installation: installation.id, account: installation.account },
      (await onboardingOf(installation, deps)).sentence,
    )
  else if (applied.outcome === 'retry') throw tryAgain(applied)
  else sayOnce(installation, applied.sentence, deps)
}

/** So many are judged before others have the thread. */
const atOnce = 50

/** From what is stored; `undefined` where that is less than most, or decides nothing. */
async function draw(
  { id, account }: Installation,
  isPublic: boolean,
  deps: JobDependencies,
): Promise<Starter | undefined> {
  const now = deps.now()
  const ids = (await deps.store.repositories.ofInstallation(id)).map(each => each.id)
  const policyRepository = deps.policies.repositoryName
  const survey = surveying(builtInControls, policyRepository)
  let seen = 0
  // One of an older version is to be taken again: it is not seen yet.
  for await (const page of storedPages(deps.store, ids))
    for (const snapshot of page.filter(({ version }) => version === snapshotVersion)) {
      survey.add(snapshot, now)
      if (++seen % atOnce === 0) await setImmediate()
    }
  if (!isMost(seen, ids.length)) return undefined
  return starterOf(survey.result(), {
    library: builtInControls,
    account,
    policyRepository,
    seen,
    known: ids.length,
    isPublic,
    now,
  })
}

function planned(
  starter: Starter,
  { target }: Snapshot,
  account: string,
  published: PublishedIn | undefined,
): Planned<PullRequestEffect> {
  const content = {
    edits: [{ path: mainPolicyFile, text: starter.text }],
    ...renderStarter(starter, account),
  }
  return {
    kind: 'pull-request',
    key: starterKey,
    action: 'open',
    branch,
    base: { branch: target.ref.replace(/^refs\/heads\//, ''), sha: target.sha },
    ...content,
    hash: hashOf(content),
    detail: {},
    uncertain: published?.state === 'intended',
  }
}

/** It is never opened again; what became of it is for whoever asks. */
async function keepUp(
  row: PublishedIn & { externalId: string },
  repository: Repository,
  deps: JobDependencies,
): Promise<void> {
  const snapshot = await deps.store.snapshots.latest(repository.id)
  if (row.detail.ended || !snapshot) return
  const github = await deps.github.asInstallation(repository.installationId)
  const outside = { github, app: deps.app, repository: snapshot.repository }
  const pull = await readPullRequest(Number(row.externalId), outside)
  if (pull?.state !== 'closed') return
  await deps.store.published.done(repository.id, {
    ...row,
    detail: { ...row.detail, ended: pull.merged ? 'merged' : 'person' },
  })
}

async function holdBack(
  installation: Installation,
  repository: Repository,
  sentence: string,
  deps: JobDependencies,
): Promise<void> {
  if (!sayOnce(installation, sentence, deps)) return
  await deps.store.audit.append([
    { at: deps.now().toISOString(), repositoryId: repository.id, what: held, detail: { sentence } },
  ])
}

/** By installation. Forgotten at a restart, which tells the operator once more. */
const said = new WeakMap<JobDependencies['store'], Map<number, string>>()

/** Not at each sweep. */
function sayOnce({ id, account }: Installation, sentence: string, deps: JobDependencies): boolean {
  const before = said.get(deps.store) ?? new Map<number, string>()
  said.set(deps.store, before)
  if (before.get(id) === sentence) return false
  before.set(id, sentence)
  deps.log.info({ installation: id, account }, sentence)
  return true
}
