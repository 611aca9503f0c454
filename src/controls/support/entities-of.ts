import type { EntityDocument, Snapshot } from '../../snapshot/snapshot.ts'

/** Components of a type, or of any; not those that a template is yet to fill in. */
export const componentsOf = (snapshot: Snapshot, type?: string): EntityDocument[] =>
  snapshot.entities.filter(
    entity =>
      entity.kind?.toLowerCase() === 'component' &&
      entity.judgement !== 'skeleton' &&
      (type === undefined || entity.type?.toLowerCase() === type),
  )
