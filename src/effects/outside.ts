import type { CatalogApi } from '@backstage/catalog-client'
import type { RepositoryIdentity } from '../snapshot/snapshot.ts'

/** The outside of one repository, as the publishers see it. */
export interface Outside {
  github: GitHubRequests
  /** Who we are there: what carries our marker and is not ours is not believed. `slug` without `[bot]`. */
  app: { id: number; slug?: string }
  repository: RepositoryIdentity
  /** Absent when no Backstage is configured. */
  catalogue?: Catalogue
}

export interface GitHubRequests {
  /** Throws an error with `status` for an answer of 400 and above; one with `retryAfter` (seconds) to be asked later. */
  request: (route: string, parameters?: Record<string, unknown>) => Promise<{ status: number; data: unknown }>
  /** A GraphQL mutation, for the little that REST can't do. Throws for any error in the answer. */
  mutate: (mutation: string, variables?: Record<string, unknown>) => Promise<unknown>
  /** Before something of a campaign is created; throws as `request` does. The answer is called when it is done. */
  turn?: (key: string) => Promise<() => void>
}

/** What is used of Backstage's catalogue, with the token and time limit already in it. */
export type Catalogue = Pick<
  CatalogApi,
  'addLocation' | 'getEntitiesByRefs' | 'getLocationByRef' | 'removeLocationById' | 'validateEntity'
>

export const ownerAndRepo = ({ repository }: Outside): { owner: string; repo: string } => ({
  owner: repository.owner,
  repo: repository.name,
})

export const fullName = ({ repository }: Outside): string => `${repository.owner}/${repository.name}`
