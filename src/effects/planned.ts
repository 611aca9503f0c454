import { createHash } from 'node:crypto'
import type { Effect, Published, PublishedDetail } from './effect.ts'

/** An effect with what its record is to hold: everything needed to write the row before and after the call. */
export type Planned<Kind extends Effect = Effect> = Kind & {
  /** Of what is published, without commit and policy versions: an equal one means nothing to do. */
  hash: string
  detail: PublishedDetail
  /**
   * An earlier call for this key was made and its answer not recorded: the outside is asked what it has before
   * anything is created.
   */
  uncertain: boolean
}

export const hashOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32)

/** The row to store before the call. `outside` is the id that GitHub or Backstage knows the thing by, once it is known. */
export function intended(effect: Planned): Published {
  return {
    key: effect.key,
    kind: effect.kind,
    state: 'intended',
    externalId: outsideId(effect),
    hash: effect.hash,
    detail: (effect.kind === 'issue' ? effect.pending : undefined) ?? effect.detail,
  }
}

/** The row to store after it. */
export const done = (effect: Planned, externalId: string): Published => ({
  ...intended(effect),
  detail: effect.detail,
  state: 'done',
  externalId,
})

function outsideId(effect: Planned): string | undefined {
  switch (effect.kind) {
    case 'check-run':
      return effect.id?.toString()
    case 'issue':
    case 'pull-request':
      return effect.number?.toString()
    case 'reply':
      return effect.id?.toString()
    case 'review':
      return undefined
    case 'registration':
      return effect.locationId
  }
}
