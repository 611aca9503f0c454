import type { Sign } from './weighed.ts'

/** Backstage's own words first; the others are what organisations write beside them. */
export type ComponentType =
  | 'service'
  | 'website'
  | 'library'
  | 'tool'
  | 'documentation'
  | 'infrastructure'
  | 'mobile-app'
  | 'data-pipeline'
  | 'helm-chart'
  | 'github-action'

export const typeSign = (kind: ComponentType, weight: number, because: string): Sign<ComponentType> => ({
  for: kind,
  weight,
  because,
})
