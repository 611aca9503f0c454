import type { Entity } from '@backstage/catalog-model'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { FileEdit } from '../controls/control.ts'
import type { Catalogue } from '../effects/outside.ts'
import { defaultBranchOf } from '../effects/pull-request/render-fix.ts'
import { urlPath } from '../effects/text/markdown.ts'
import type { FixProposal } from '../fix-proposal.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { RetryLater } from '../store/work.ts'

export type Validation = { accepted: true; asked: number } | { accepted: false; sentence: string }

/** More entities than one change of a repository brings. */
const mostEntities = 100
const againAfterSeconds = 60

/** Asks Backstage itself about each entity that the edits change. Away: it is asked again, and nothing is opened meanwhile. */
export async function validateEntities(
  { edits, left }: FixProposal,
  snapshot: Snapshot,
  catalogue: Catalogue | undefined,
): Promise<Validation> {
  if (!catalogue) return { accepted: true, asked: 0 }
  const entities = edits.flatMap(edit => entitiesIn(edit, snapshot)).slice(0, mostEntities)
  const taken = await takenName(entities, snapshot, catalogue)
  if (taken) return { accepted: false, sentence: taken }
  // A line that a person fills in later makes the file invalid today; it is validated when it is registered.
  const unfinished = new Set(left.map(({ path }) => path))
  const complete = entities.filter(({ path }) => !unfinished.has(path))
  for (const { path, entity } of complete) {
    const location = `url:${snapshot.repository.url}/blob/${urlPath(defaultBranchOf(snapshot))}/${urlPath(path)}`
    const answer = await later(() => catalogue.validateEntity(entity, location))
    if (!answer.valid)
      return {
        accepted: false,
        sentence: `Backstage does not accept ${path} as it would be: ${answer.errors[0]?.message ?? 'it gave no reason'}`,
      }
  }
  return { accepted: true, asked: complete.length }
}

/** Of two files with the same name Backstage takes the first: a new one must not come second. */
async function takenName(
  entities: readonly Found[],
  snapshot: Snapshot,
  catalogue: Catalogue,
): Promise<string | undefined> {
  const before = new Set(snapshot.entities.map(({ ref }) => ref))
  const fresh = [...new Set(entities.map(({ ref }) => ref))].filter(ref => !before.has(ref))
  if (fresh.length === 0) return undefined
  const { items } = await later(() => catalogue.getEntitiesByRefs({ entityRefs: fresh }))
  for (const [index, ref] of fresh.entries()) {
    const held = items[index]?.metadata.annotations?.['backstage.io/managed-by-location']
    if (held !== undefined && !held.startsWith(`url:${snapshot.repository.url}/`))
      return `Backstage has ${ref} from ${held.replace(/^url:/, '')}, so it would pass over a new file of that name here. Rename one of the two first`
  }
  return undefined
}

async function later<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw new RetryLater(
      `Backstage could not be asked about a change of its entities: ${error instanceof Error ? error.message : String(error)}`,
      againAfterSeconds,
    )
  }
}

interface Found {
  path: string
  /** `component:default/payments-api` */
  ref: string
  entity: Entity
}

/** Of a file that holds entities in the repository, or is named as one that does. The engine has read it before: it is bounded. */
function entitiesIn({ path, text }: FileEdit, snapshot: Snapshot): Found[] {
  const holds = snapshot.entities.some(entity => entity.path === path)
  if (!holds && !/(^|\/)catalog-info\.ya?ml$/i.test(path)) return []
  return parseAllDocuments(text).flatMap(document => {
    if (document.errors.length > 0) return []
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return isEntity(value) ? [{ path, ref: refOf(value), entity: value }] : []
  })
}

/** What lacks one of these the engine has refused already. */
const isEntity = (value: unknown): value is Entity => shape.safeParse(value).success

const shape = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
})

const refOf = ({ kind, metadata }: Entity): string =>
  `${kind}:${metadata.namespace ?? 'default'}/${metadata.name}`.toLowerCase()
