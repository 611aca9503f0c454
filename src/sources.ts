import type { Catalogue } from './effects/outside.ts'
import type { GitHub } from './github.ts'
import { requiredControls, versionAnnotation } from './snapshot/catalogue.ts'
import { known, unknown } from './snapshot/snapshot.ts'
import type { Sources } from './snapshot/take.ts'
import type { TemplateHolder } from './snapshot/templates.ts'
import type { Repository } from './store/repositories.ts'
import type { Store } from './store/store.ts'

/** Where the facts of a repository come from: GitHub for itself, the store for its organisation, Backstage for the catalogue. */
export const sourcesOf =
  (deps: {
    store: Store
    github: { asInstallation: (id: number) => Promise<GitHub> }
    catalogue?: Catalogue
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
      registered: published.flatMap(row => (row.kind === 'registration' ? (row.detail.target ?? []) : [])),
      templates: refs => templatesOf(refs, repository.ownerId, deps.store),
    }
  }

/** Templates in repositories that we look at: what they ask for holds even before Backstage knows them. */
async function templatesOf(
  refs: readonly string[],
  ownerId: number,
  store: Store,
): Promise<Record<string, TemplateHolder[]>> {
  const found: Record<string, TemplateHolder[]> = {}
  for (const ref of refs)
    found[ref] = (await store.snapshots.entities(ownerId, ref))
      .filter(({ entity }) => entity.judgement === 'valid')
      .map(({ repository, url, entity }) => ({
        repository,
        url,
        entry: {
          exists: true,
          title: entity.name ?? ref,
          requires: requiredControls(entity.annotations),
          version: entity.annotations[versionAnnotation],
        },
      }))
  return found
}
