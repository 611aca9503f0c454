import type { CheckRunEffect, Published } from '../effect.ts'
import { hashOf, type Planned } from '../planned.ts'
import type { RenderedPreview } from './render-preview.ts'

export const previewName = 'Golden Path preview'

export const previewKey = (sha: string): string => `preview:${sha}`

export interface PreviewPlanInput {
  headSha: string
  rendered: RenderedPreview
  /** Every row of the repository. */
  published: readonly Published[]
  /** A person asked for it: it is written again even when it would say the same. */
  rerun?: boolean
}

/** One preview a head, beside its check run, and written again only when it would say something else. */
export function planPreview({
  headSha,
  rendered,
  published,
  rerun,
}: PreviewPlanInput): Planned<CheckRunEffect>[] {
  const key = previewKey(headSha)
  const hash = hashOf(rendered)
  const before = published.find(row => row.key === key)
  const uncertain = before?.state === 'intended'
  if (before && !uncertain && before.hash === hash && !rerun) return []
  return [
    {
      kind: 'check-run',
      name: previewName,
      key,
      action: before?.externalId ? 'update' : 'create',
      id: before?.externalId ? Number(before.externalId) : undefined,
      headSha,
      ...rendered,
      annotations: [],
      hash,
      detail: {},
      uncertain,
    },
  ]
}
