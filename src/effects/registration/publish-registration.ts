import type { Entity } from '@backstage/catalog-model'
import type { Applied, NotApplied } from '../applied.ts'
import type { RegistrationEffect } from '../effect.ts'
import type { Catalogue, Outside } from '../outside.ts'
import { done, type Planned } from '../planned.ts'
import { oneLine } from '../text/markdown.ts'

const originAnnotation = 'backstage.io/managed-by-origin-location'
const refsPerRequest = 100

export async function publishRegistration(
  effect: Planned<RegistrationEffect>,
  { catalogue }: Outside,
): Promise<Applied> {
  if (!catalogue)
    return {
      outcome: 'skipped',
      row: 'keep',
      sentence: 'No Backstage is configured. Set BACKSTAGE_URL and BACKSTAGE_TOKEN to register entities.',
    }
  try {
    return await (effect.action === 'register' ? register(effect, catalogue) : unregister(effect, catalogue))
  } catch (error) {
    return catalogueRefusal(error, effect.target)
  }
}

/**
 * `addLocation` checks nothing, so Backstage is first asked what it would make of the target, and then who has the names:
 * its dry run does not see that an entity belongs to another location.
 */
async function register(effect: Planned<RegistrationEffect>, catalogue: Catalogue): Promise<Applied> {
  const { target } = effect
  const { entities } = await catalogue.addLocation({ type: 'url', target, dryRun: true })
  const refs = entities
    .filter(entity => !isGeneratedLocation(entity))
    .map(refOf)
    .sort()
  const taken = (await entitiesByRef(refs, catalogue)).find(
    entity => originOf(entity) !== undefined && !isOurs(entity, effect),
  )
  if (taken)
    return {
      outcome: 'refused',
      row: effect.locationId ? 'keep' : 'drop',
      // Only a name of this repository's own shows in its next verdict; one that a Location points to elsewhere does not.
      why: effect.refs.includes(refOf(taken)) ? 'conflict' : 'invalid',
      sentence: `${refOf(taken)} belongs to ${shownOrigin(taken)}. Backstage would ignore it here: rename it, or take it over there first.`,
    }
  // `refresh` answers with the location that is there instead of 409; an older Backstage passes over the word.
  const location = await catalogue
    .addLocation({ type: 'url', target, onConflict: 'refresh' })
    .then(added => added.location)
    .catch(async error => {
      if (statusOf(error) !== 409) throw error
      const existing = await catalogue.getLocationByRef(`url:${target}`)
      if (!existing) throw error
      return existing
    })
  const row = done({ ...effect, detail: { ...effect.detail, refs } }, location.id)
  return { outcome: 'done', row }
}

async function unregister(effect: Planned<RegistrationEffect>, catalogue: Catalogue): Promise<Applied> {
  const id = effect.locationId ?? (await catalogue.getLocationByRef(`url:${effect.target}`))?.id
  if (id === undefined) return { outcome: 'done', row: 'drop', note: `${effect.target} was not registered` }
  try {
    await catalogue.removeLocationById(id)
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
  return { outcome: 'done', row: 'drop' }
}

export interface Confirmation {
  /** All refs are in the catalogue, coming from our target, and Backstage has no error for one. */
  seen: boolean
  missing: string[]
  /** What Backstage says of the entities it could not process, or who else has them. */
  problem?: string
}

/** Whether what was registered has arrived. Throws when Backstage can't be asked. */
export async function confirm(
  registration: { target: string; refs: readonly string[] },
  catalogue: Catalogue,
): Promise<Confirmation> {
  const entities = await entitiesByRef(registration.refs, catalogue)
  const ours = entities.filter(entity => originOf(entity) === `url:${registration.target}`)
  const present = new Set(ours.map(refOf))
  const missing = registration.refs.filter(ref => !present.has(ref.toLowerCase()))
  const elsewhere = entities.find(entity => originOf(entity) !== `url:${registration.target}`)
  const error = ours.map(processingError).find(Boolean)
  return {
    seen: missing.length === 0 && !error,
    missing,
    problem: error ?? (elsewhere && `${refOf(elsewhere)} belongs to ${shownOrigin(elsewhere)}`),
  }
}

async function entitiesByRef(refs: readonly string[], catalogue: Catalogue): Promise<Entity[]> {
  const entities: Entity[] = []
  for (let at = 0; at < refs.length; at += refsPerRequest) {
    const { items } = await catalogue.getEntitiesByRefs({
      entityRefs: refs.slice(at, at + refsPerRequest),
      fields: ['kind', 'metadata', 'status'],
    })
    for (const item of items) if (item) entities.push(item)
  }
  return entities
}

/** Ours by its target, or by one that this registration is about to replace: an old name, an old branch. */
const isOurs = (entity: Entity, effect: RegistrationEffect): boolean =>
  [effect.target, ...(effect.replaces ?? [])].some(target => originOf(entity) === `url:${target}`)

/** Backstage wraps every target, registered or pointed to, in a Location entity of its own making. */
const isGeneratedLocation = ({ kind, metadata }: Entity): boolean =>
  kind === 'Location' && /^generated-[0-9a-f]{40}$/.test(metadata.name)

const originOf = (entity: Entity): string | undefined => entity.metadata.annotations?.[originAnnotation]

const shownOrigin = (entity: Entity): string =>
  oneLine(originOf(entity)?.replace(/^url:/, '') ?? 'an unknown location', 300)

const refOf = ({ kind, metadata }: Entity): string =>
  `${kind}:${metadata.namespace ?? 'default'}/${metadata.name}`.toLowerCase()

export function processingError(entity: Entity): string | undefined {
  const status = (entity as { status?: { items?: { level?: string; message?: string }[] } }).status
  const message = status?.items?.find(item => item.level === 'error')?.message
  return message && oneLine(message, 500)
}

/** A dry run answers 400 also when Backstage could not reach GitHub; that passes. Nothing a file says can look like it. */
const isPassing = /^\w*Error: Unable to read url, request .*(?:, (?:429|5\d\d) |failed, reason:)/i

/** 400 is Backstage's verdict on the target; everything else is about Backstage, which delays and never loses. */
function catalogueRefusal(error: unknown, target: string): NotApplied {
  const status = statusOf(error)
  const message = oneLine(bodyMessage(error) ?? (error instanceof Error ? error.message : String(error)), 400)
  if (status === 400 && /^\w*Error: Unable to read url/.test(message) && !isPassing.test(message))
    return {
      outcome: 'refused',
      row: 'keep',
      why: 'permission',
      sentence: `Backstage could not read ${target}: ${message}. Let its GitHub integration read the repository.`,
    }
  if (status === 400 && !isPassing.test(message))
    return {
      outcome: 'refused',
      row: 'keep',
      why: 'invalid',
      sentence: `Backstage would not accept ${target}: ${message}`,
    }
  if (status === 401 || status === 403)
    return {
      outcome: 'refused',
      row: 'keep',
      why: 'permission',
      sentence: `Backstage answered ${status}: it does not accept BACKSTAGE_TOKEN. Give it one of backend.auth.externalAccess that may create locations.`,
    }
  return {
    outcome: 'retry',
    row: 'keep',
    sentence: `Backstage answered ${status ?? 'nothing'} for ${target} (${message}). It is tried again.`,
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  return typeof status === 'number' ? status : undefined
}

function bodyMessage(error: unknown): string | undefined {
  const body = (error as { body?: { error?: { message?: unknown } } } | undefined)?.body
  return typeof body?.error?.message === 'string' ? body.error.message : undefined
}
