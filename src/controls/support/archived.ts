import type { Fact, Metadata } from '../../snapshot/snapshot.ts'

/** Dependabot doesn't look at an archived repository, and none of its settings can be changed. */
export const isArchived = (metadata: Fact<Metadata>): boolean => metadata.known && metadata.value.isArchived

export const archived =
  'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.'
