import { type PreviewContext, renderPreview } from '../effects/preview/render-preview.ts'
import type { Policy } from '../policy/policy.ts'
import type { Preview } from '../policy/preview-summary.ts'

/** The check run's own words: its markdown reads well enough in a terminal. */
export const previewText = (preview: Preview, policy: Policy | undefined, now: Date): string => {
  const context: PreviewContext = { now, ...(policy ? { policy } : {}) }
  const { title, summary, text } = renderPreview(preview, context)
  return `${[title, summary, ...(text ? [text] : [])].join('\n\n')}\n`
}
