import { z } from 'zod'
import type { GitHub } from '../github.ts'
import { type Job, jobKey } from '../intake/job.ts'
import type { Work } from '../store/work.ts'
import type { JobDependencies } from './jobs.ts'
import { lookAt, sweepJob } from './look.ts'
import { onboardJob } from './onboard.ts'
import { type Account, refreshDirectory } from './refresh-directory.ts'

/**
 * `sync-installation`: which repositories there are, who there is, what the policy says; then a look at each.
 * What a webhook that got lost would have told is found here.
 */
export async function syncInstallation(
  work: Work<'sync-installation'>,
  deps: JobDependencies,
): Promise<void> {
  const installation = await readInstallation(work.installationId, deps)
  if (!installation) return
  const listed = await listRepositories(work.installationId, deps)
  await deps.store.repositories.upsert(
    listed.map(({ archived, ...repository }) => ({
      ...repository,
      archived,
      installationId: work.installationId,
    })),
  )
  await refreshDirectory(installation, deps)

  const policyRepository = listed.find(repository => deps.policies.isPolicyRepository(repository.name))
  const known = policyRepository && (await deps.store.repositories.get(policyRepository.id))
  if (known)
    await lookAt(
      { repository: known, kind: 'default-branch', reasons: work.jobs.map(job => job.reason) },
      deps,
    )

  const why = work.jobs.every(job => job.reason.why === 'sweep') ? 'sweep' : 'installed'
  // The policy's own once more, after the others: what its waivers excuse is known when those have been judged.
  const others = listed.filter(repository => repository.id !== policyRepository?.id)
  const jobs = [...others, ...(policyRepository ? [policyRepository] : [])].map(
    ({ id }): Job => sweepJob({ id, installationId: work.installationId }, { why }),
  )
  await deps.queue.enqueue(jobs)
  await forgetMissing(work.installationId, listed, deps)
  await deps.store.installations.synced(work.installationId, deps.now().toISOString())
  // After the looks: it waits until there was one at each.
  if (!(await deps.store.policies.latest(installation.accountId)))
    await deps.queue.enqueue([onboardJob(work.installationId, deps.now())])
}

/** `undefined` when the app was uninstalled or suspended meanwhile. */
async function readInstallation(id: number, deps: JobDependencies): Promise<Account | undefined> {
  const github = await deps.github.asApp()
  const answer = await github.request('GET /app/installations/{installation_id}', { installation_id: id })
  const installation = installationShape.parse(answer.data)
  if (installation.suspended_at) {
    await deps.store.installations.suspend(id)
    return undefined
  }
  const { login, id: accountId, type } = installation.account
  await deps.store.installations.upsert({
    id,
    account: login,
    accountId,
    accountType: type === 'User' ? 'User' : 'Organization',
    permissions: installation.permissions,
  })
  return { id, account: login, accountId, accountType: type === 'User' ? 'User' : 'Organization' }
}

type Listed = Awaited<ReturnType<typeof listRepositories>>

async function listRepositories(installationId: number, deps: JobDependencies) {
  const github = await deps.github.asInstallation(installationId)
  const listed = new Map<number, z.infer<typeof repositoryShape>>()
  let seen = 0
  for (let page = 1; ; page++) {
    const answer = await github.request('GET /installation/repositories', { per_page: 100, page })
    const { total_count, repositories } = pageShape.parse(answer.data)
    for (const repository of repositories) listed.set(repository.id, repository)
    seen += repositories.length
    if (seen >= total_count) break
    if (repositories.length === 0)
      throw new Error(
        `GitHub listed ${seen} of ${total_count} repositories of installation ${installationId} and then no more. ` +
          'A partial list is not taken for the whole; it is read again.',
      )
  }
  return [...listed.values()].map(repository => ({
    id: repository.id,
    nodeId: repository.node_id,
    name: repository.name,
    owner: repository.owner.login,
    ownerId: repository.owner.id,
    defaultBranch: repository.default_branch,
    archived: repository.archived,
  }))
}

/** More than this share missing at once looks like an outage, not like people deleting repositories. */
const credibleShare = 0.5

/**
 * Repositories that the listing no longer has, and that GitHub says are gone when asked for each: while the pages were
 * read, a deletion can have moved one from a page to come to a page gone by.
 */
async function forgetMissing(installationId: number, listed: Listed, deps: JobDependencies): Promise<void> {
  const ids = new Set(listed.map(repository => repository.id))
  const before = await deps.store.repositories.ofInstallation(installationId)
  const missing = before.filter(repository => !ids.has(repository.id))
  if (missing.length === 0) return
  if (listed.length === 0 || (missing.length > 5 && missing.length > before.length * credibleShare)) {
    deps.log.warn(
      { installation: installationId, listed: listed.length, missing: missing.length },
      'Most repositories are missing from the list that GitHub gave. Nothing is forgotten because of it.',
    )
    return
  }
  const github = await deps.github.asInstallation(installationId)
  const gone: number[] = []
  for (const { id } of missing) if (await isGone(github, id)) gone.push(id)
  await deps.store.database.transaction(async tx => {
    await deps.store.repositories.remove(gone, installationId, tx)
    await deps.queue.enqueue(
      gone.map(id => ({
        kind: 'forget-repository',
        key: jobKey.forget(id),
        installationId,
        repositoryId: id,
        priority: 'sweep',
        reason: { why: 'removed' },
      })),
      { tx },
    )
  })
}

/** By id, so that a rename is no loss. Anything but a plain "not found" says nothing. */
async function isGone(github: GitHub, id: number): Promise<boolean> {
  try {
    await github.request('GET /repositories/{id}', { id })
    return false
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 404) return true
    throw error
  }
}

const installationShape = z.object({
  account: z.object({ login: z.string(), id: z.number(), type: z.string().optional() }),
  permissions: z.record(z.string(), z.string()).default({}),
  suspended_at: z.string().nullish(),
})

const repositoryShape = z.object({
  id: z.number(),
  node_id: z.string(),
  name: z.string(),
  owner: z.object({ login: z.string(), id: z.number() }),
  default_branch: z.string().optional(),
  archived: z.boolean().default(false),
})

const pageShape = z.object({ total_count: z.number(), repositories: z.array(repositoryShape) })
