import { readDirectory, readPropertyValues } from '../snapshot/github/directory.ts'
import type { Transaction } from '../store/database.ts'
import type { Directory } from '../store/directory.ts'
import type { Installation } from '../store/installations.ts'
import type { Work } from '../store/work.ts'
import type { JobDependencies } from './jobs.ts'
import { sweepJob } from './look.ts'

export type Account = Pick<Installation, 'id' | 'account' | 'accountId' | 'accountType'>

/** `sync-directory`: reads teams, members and property values again, and looks at whom the change concerns. */
export async function syncDirectory(work: Work<'sync-directory'>, deps: JobDependencies): Promise<void> {
  const installation = await deps.store.installations.get(work.installationId)
  if (!installation || installation.goneAt || installation.suspendedAt) return
  const before = await deps.store.directory.read(installation.accountId)
  await refreshDirectory(installation, deps, async (after, tx) => {
    if (isSame(before, after)) return
    const concerned = await deps.store.snapshots.namingOwners(installation.accountId, tx)
    await deps.queue.enqueue(
      concerned.map(repository => sweepJob(repository, { why: 'directory-changed' })),
      { tx },
    )
  })
}

/**
 * What can't be read stays as it was: an unreadable listing is no empty one. `andThen` shares the transaction that
 * stores what was read.
 */
export async function refreshDirectory(
  account: Account,
  deps: JobDependencies,
  andThen: (directory: Directory, tx: Transaction) => Promise<void> = async () => {},
): Promise<void> {
  const github = await deps.github.asInstallation(account.id)
  const [directory, properties] = await Promise.all([
    readDirectory(github, account.account, account.accountType),
    readPropertyValues(github, account.account),
  ])
  if (!properties.known) deps.log.warn({ account: account.account }, properties.detail)
  if (!directory.known) {
    deps.log.warn({ account: account.account }, directory.detail)
    return
  }
  const value: Directory = {
    teams: directory.value.teams,
    members: directory.value.members,
    twoFactor: directory.value.twoFactor,
    properties: properties.known ? properties.value : undefined,
    fetchedAt: deps.now().toISOString(),
  }
  await deps.store.database.transaction(async tx => {
    await deps.store.directory.replace(account.accountId, value, tx)
    await andThen(value, tx)
  })
}

type People = Pick<Directory, 'teams' | 'members'>

function isSame(before: People | undefined, after: People): boolean {
  const names = (directory: People | undefined): string =>
    [
      ...(directory?.teams ?? []).map(team => `team ${team.id} ${team.slug}`),
      ...(directory?.members ?? []).map(login => `user ${login}`),
    ]
      .sort()
      .join()
  return names(before) === names(after)
}
