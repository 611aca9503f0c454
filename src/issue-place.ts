import type { Published } from './effects/effect.ts'
import type { IssueHome, IssuePlace } from './effects/issue/issue-place.ts'
import type { IssueSettings } from './policy/policy.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'

/** Where the tracking issue of a repository is to lie and where it lies, by what is stored. */
export async function issuePlaceOf(
  repository: Pick<Repository, 'id' | 'owner' | 'name' | 'installationId'>,
  settings: IssueSettings,
  published: readonly Published[],
  store: Store,
): Promise<IssuePlace> {
  const home = await wantedHome(repository, settings, store)
  const row = published.find(({ key }) => key === 'issue')
  const lies = row?.detail.home ?? repository.id
  const wanted = home === undefined ? repository.id : home === 'hidden' ? lies : home.id
  return {
    settings,
    ...(home ? { home } : {}),
    ...(row && lies !== wanted ? { former: await formerHome(lies, repository, store) } : {}),
  }
}

async function wantedHome(
  repository: Pick<Repository, 'id' | 'installationId'>,
  { repository: named }: IssueSettings,
  store: Store,
): Promise<IssueHome | 'hidden' | undefined> {
  if (!named) return undefined
  const there = (await store.repositories.withName(named.name, named.owner)).find(
    each => each.installationId === repository.installationId && !each.goneAt,
  )
  if (!there) return 'hidden'
  if (there.id === repository.id) return undefined
  const { id, owner, name } = there
  const metadata = (await store.snapshots.latest(id))?.facts.metadata
  const known = metadata?.known ? metadata.value : undefined
  return {
    id,
    owner,
    name,
    // What nobody has looked at yet may be seen by anybody.
    isPublic: !known || known.visibility === 'public' || known.untold?.includes('visibility') === true,
    takesIssues: !there.archived && (known?.hasIssuesEnabled ?? true),
  }
}

async function formerHome(
  id: number,
  repository: Pick<Repository, 'id' | 'owner' | 'name' | 'installationId'>,
  store: Store,
): Promise<IssuePlace['former']> {
  const other = id === repository.id ? undefined : await store.repositories.get(id)
  const isOurs = other && !other.goneAt && other.installationId === repository.installationId
  if (id !== repository.id && (!isOurs || other.archived)) return 'hidden'
  const metadata = (await store.snapshots.latest(id))?.facts.metadata
  // GitHub would refuse to close it there, and none would ever be opened where it is wanted.
  if (metadata?.known && !metadata.value.hasIssuesEnabled) return 'hidden'
  const { owner, name } = other ?? repository
  return { id, owner, name }
}
