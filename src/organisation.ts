import type { Control } from './controls/control.ts'
import type { Policy } from './policy/policy.ts'
import { proposedPolicy } from './policy/policy-valid.ts'
import { anyGlob } from './snapshot/files/linear-glob.ts'
import { known, type Organisation, type Snapshot, unknown } from './snapshot/snapshot.ts'
import { readStanding } from './store/standing.ts'
import type { Store } from './store/store.ts'

/**
 * What the organisation looks like to the policy that a snapshot of the policy repository holds: who and what a waiver can
 * name, and how the repositories stand to the controls that waivers excuse. `undefined` where there is nothing to hold it
 * against: no policy, or one that doesn't parse.
 */
export async function organisationOf(
  snapshot: Snapshot,
  deps: { store: Store; library: ReadonlyMap<string, Control> },
): Promise<Organisation | undefined> {
  const proposed = proposedPolicy(snapshot, deps.library)
  if (!('policy' in proposed) || proposed.policy.waivers.length === 0) return undefined
  const { ownerId, installationId, owner } = snapshot.repository
  const [repositories, directory, installation] = await Promise.all([
    deps.store.repositories.ofInstallation(installationId),
    deps.store.directory.read(ownerId),
    deps.store.installations.get(installationId),
  ])
  return {
    repositories: installation?.syncedAt
      ? known(
          repositories.map(({ name }) => name),
          'store',
        )
      : unknown('partial-answer', 'The list of repositories has not been read yet'),
    handles: directory
      ? known(
          [
            ...directory.teams.map(({ slug }) => `@${owner}/${slug}`),
            ...directory.members.map(login => `@${login}`),
          ].map(handle => handle.toLowerCase()),
          'directory',
        )
      : unknown('permission', `The teams and members of ${owner} have not been read`),
    standing: await standingOf(proposed.policy, repositories, deps.store),
  }
}

async function standingOf(
  { waivers }: Policy,
  repositories: readonly { id: number; name: string }[],
  store: Store,
): Promise<Organisation['standing']> {
  const isWaived = anyGlob(
    waivers.map(waiver => waiver.repository),
    { ignoreCase: true },
  )
  const waived = repositories.filter(({ name }) => isWaived(name))
  const controls = [...new Set(waivers.map(waiver => waiver.control))]
  const rows = await readStanding(
    store.database,
    waived.map(({ id }) => id),
    controls,
  )
  return Object.fromEntries(
    [...Map.groupBy(rows, row => row.control)].map(([control, group]) => [
      control,
      group.map(({ control: _, ...row }) => row),
    ]),
  )
}
