import type { CatalogApi } from '@backstage/catalog-client'
import type { Entity } from '@backstage/catalog-model'
import {
  type Account,
  type CatalogueEntry,
  type Fact,
  known,
  type TemplateEntry,
  type Unknown,
  unknown,
} from './snapshot.ts'

/** What is asked of the catalogue; every list by entity ref, lower case: `component:default/payments-api`. */
export interface CatalogueQuestion {
  /** Entities of this repository: are they there, and where do they come from? */
  refs: readonly string[]
  /** Owners that the files name. */
  ownerRefs: readonly string[]
  /** Software Templates that made the entities. */
  templateRefs: readonly string[]
}

export interface CatalogueAnswer {
  catalogue: Record<string, Fact<CatalogueEntry>>
  accounts: Record<string, Fact<Account>>
  templates: Record<string, Fact<TemplateEntry>>
}

/** Which controls a template asks of what it makes: `catalog-info-valid, techdocs`. */
const requiresAnnotation = 'golden-path.dev/requires'
export const versionAnnotation = 'backstage.io/template-version'
const originAnnotation = 'backstage.io/managed-by-origin-location'
/** The file itself: behind a Location, the origin is another file and often in another repository. */
const locationAnnotation = 'backstage.io/managed-by-location'

/** The catalogue's router takes a limited body; a repository rarely asks for more than ten. */
const refsPerRequest = 100
const source = 'catalogue'

/** What Backstage would refuse a whole request for; nothing in the catalogue can bear such a name. */
const possibleRef = /^[a-z][a-z0-9+.-]{0,62}:[a-z0-9-]{1,63}\/[a-z0-9][a-z0-9._-]{0,62}$/

/**
 * One request for all three questions. Never throws: a Backstage that can't answer makes its facts unknown. `client` is
 * undefined where no Backstage is configured.
 */
export async function readCatalogue(
  client: Pick<CatalogApi, 'getEntitiesByRefs'> | undefined,
  question: CatalogueQuestion,
): Promise<CatalogueAnswer> {
  if (!client)
    return answer(question, () =>
      unknown(
        'not-configured',
        'no Backstage is configured: set BACKSTAGE_URL and BACKSTAGE_TOKEN to have it asked',
      ),
    )
  const asked = [...new Set([...question.refs, ...question.ownerRefs, ...question.templateRefs])].filter(
    ref => possibleRef.test(ref),
  )
  const entities = new Map<string, Entity>()
  try {
    for (let at = 0; at < asked.length; at += refsPerRequest) {
      const { items } = await client.getEntitiesByRefs({
        entityRefs: asked.slice(at, at + refsPerRequest),
        fields: ['kind', 'metadata', 'status'],
      })
      for (const entity of items) if (entity) entities.set(refOf(entity), entity)
    }
  } catch (error) {
    const problem = unavailable(error)
    return answer(question, () => problem)
  }
  return answer(question, ref => entities.get(ref))
}

function answer(
  question: CatalogueQuestion,
  lookUp: (ref: string) => Entity | Unknown | undefined,
): CatalogueAnswer {
  const facts = <T>(refs: readonly string[], read: (entity: Entity | undefined, ref: string) => T) =>
    Object.fromEntries(
      refs.map((ref): [string, Fact<T>] => {
        const found = lookUp(ref)
        return [ref, found && 'known' in found ? found : known(read(found, ref), source)]
      }),
    )
  return {
    catalogue: facts(question.refs, entryOf),
    accounts: facts(question.ownerRefs, (entity, ref) =>
      entity ? { exists: true, as: `${ref} in the catalogue` } : { exists: false },
    ),
    templates: facts(question.templateRefs, templateOf),
  }
}

function entryOf(entity: Entity | undefined): CatalogueEntry {
  if (!entity) return { registered: false }
  const status = (entity as { status?: { items?: { level?: string; message?: string }[] } }).status
  return {
    registered: true,
    origin: entity.metadata.annotations?.[originAnnotation] ?? '',
    error: status?.items?.find(item => item.level === 'error')?.message?.slice(0, 1000),
  }
}

/** What a template asks of what it makes: ids of controls. */
export const requiredControls = (annotations: Readonly<Record<string, string>>): string[] =>
  (annotations[requiresAnnotation] ?? '')
    .split(',')
    .map(id => id.trim())
    .filter(id => id !== '')

function templateOf(entity: Entity | undefined): TemplateEntry {
  if (!entity) return { exists: false }
  const annotations = entity.metadata.annotations ?? {}
  return {
    exists: true,
    title: entity.metadata.title ?? entity.metadata.name,
    requires: requiredControls(annotations),
    version: annotations[versionAnnotation],
    location: annotations[locationAnnotation] ?? annotations[originAnnotation],
  }
}

const refOf = ({ kind, metadata }: Entity): string =>
  `${kind}:${metadata.namespace ?? 'default'}/${metadata.name}`.toLowerCase()

function unavailable(error: unknown): Unknown {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  if (status === 401 || status === 403)
    return unknown(
      'unavailable',
      `Backstage answered ${status}: it does not accept BACKSTAGE_TOKEN; give it one of backend.auth.externalAccess`,
    )
  if (typeof status === 'number')
    return unknown('unavailable', `Backstage answered ${status}; it is asked again with the next look`)
  if (error instanceof Error && error.name === 'TimeoutError')
    return unknown(
      'unavailable',
      'Backstage did not answer within 10 s; it is asked again with the next look',
    )
  return unknown(
    'unavailable',
    'Backstage could not be reached at BACKSTAGE_URL; it is asked again with the next look',
  )
}
