import type { Catalogue } from './effects/outside.ts'
import type { GitHub } from './github.ts'
import { requiredControls, versionAnnotation } from './snapshot/catalogue.ts'
import { type Fact, known, type Organisation, type Snapshot, unknown } from './snapshot/snapshot.ts'
import type { Sources } from './snapshot/take.ts'
import type { TemplateHolder } from './snapshot/templates/templates.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'

/** Where the facts of a repository come from: GitHub for itself, the store for its organisation, Backstage for the catalogue. */
export const sourcesOf =
  (deps: {
    store: Store
    github: { asInstallation: (id: number) => Promise<GitHub> }
    catalogue?: Catalogue
    /** Of the policy repository: what its policy is held against. */
    organisation: (snapshot: Snapshot) => Promise<Organisation | undefined>
    isPolicyRepository: (name: string) => boolean
  }) =>
  async (repository: Repository): Promise<Sources> => {
    const [github, directory, properties, published] = await Promise.all([
      deps.github.asInstallation(repository.installationId),
      deps.store.directory.read(repository.ownerId),
      deps.store.directory.properties(repository.id),
      deps.store.published.list(repository.id),
    ])
    return {
      github,
      catalogue: deps.catalogue,
      directory: directory
        ? known({ owner: repository.owner, teams: directory.teams, members: directory.members }, 'directory')
        : unknown(
            'permission',
            `The teams and members of ${repository.owner} have not been read. Grant the app the permission "Members: read"`,
          ),
      properties: properties
        ? known(properties, 'directory')
        : unknown(
            'permission',
            `The custom properties of ${repository.owner} have not been read. Grant the app the permission "Custom properties: read"`,
          ),
      twoFactor: twoFactorOf(directory, repository.owner),
      registered: published.flatMap(row => (row.kind === 'registration' ? (row.detail.target ?? []) : [])),
      ...(deps.isPolicyRepository(repository.name) ? { organisation: deps.organisation } : {}),
      templates: (refs, versions) => templatesOf(refs, versions, repository.ownerId, deps.store),
    }
  }

/** Read with the directory, once for all repositories of the owner. */
const twoFactorOf = (
  directory: Awaited<ReturnType<Store['directory']['read']>>,
  owner: string,
): Fact<boolean> => {
  const fact = directory?.twoFactor
  if (fact?.known) return { ...fact, at: fact.at ?? directory?.fetchedAt }
  return (
    fact ??
    unknown(
      'permission',
      `Whether ${owner} asks for a second factor has not been read. Grant the app the organisation permission "Administration: read"`,
    )
  )
}

/** Templates in repositories that we look at: what they ask for holds even before Backstage knows them. */
async function templatesOf(
  refs: readonly string[],
  versions: readonly string[],
  ownerId: number,
  store: Store,
): Promise<Record<string, TemplateHolder[]>> {
  const found: Record<string, TemplateHolder[]> = {}
  for (const ref of refs) {
    const entities = await store.snapshots.entities(ownerId, ref)
    found[ref] = await Promise.all(
      entities
        .filter(({ entity }) => entity.judgement === 'valid')
        .map(async ({ id, repository, url, entity }): Promise<TemplateHolder> => {
          const version = entity.annotations[versionAnnotation]?.trim()
          const contracts = await store.templates.contracts(id, ref, versions)
          return {
            repository,
            url,
            entry: {
              exists: true,
              title: entity.name ?? ref,
              requires: requiredControls(entity.annotations),
              ...(version ? { version } : {}),
              ...(contracts.length > 0 ? { contracts } : {}),
            },
          }
        }),
    )
  }
  return found
}
