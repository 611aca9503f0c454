import { withoutVersions } from '../concerns.ts'
import type { Annotation, CheckRunEffect } from '../effect.ts'
import type { PlanInput } from '../plan.ts'
import { hashOf, type Planned } from '../planned.ts'
import { renderCheckRun } from './render-check-run.ts'

export const checkRunKey = (sha: string): string => `check-run:${sha}`

/** One check run a head, always concluded, and written again only when it would say something else. */
export function planCheckRun(input: PlanInput): Planned<CheckRunEffect>[] {
  const { verdict, snapshot, policyUrl, published, rerun, fixable, issues } = input
  if (verdict.sha === '' || snapshot.target.kind === 'directory') return []

  const home = issues?.home
  const issueElsewhere = home !== undefined && home !== 'hidden' && home.takesIssues
  const told = { snapshot, fixable, issueElsewhere }
  const hash = hashOf(renderCheckRun({ ...told, verdict: withoutVersions(verdict) }))
  const key = checkRunKey(verdict.sha)
  const before = published.find(row => row.key === key)
  const uncertain = before?.state === 'intended'
  if (before && !uncertain && before.hash === hash && !rerun) return []

  const rendered = renderCheckRun({ ...told, verdict, policyUrl, explanation: input.explain?.() })
  // GitHub adds the annotations of an update to those that are there, and takes none away: only new ones are sent.
  const sent = new Set(before?.state === 'done' ? before.detail.annotations : [])
  return [
    {
      kind: 'check-run',
      key,
      action: before?.externalId ? 'update' : 'create',
      id: before?.externalId ? Number(before.externalId) : undefined,
      headSha: verdict.sha,
      ...rendered,
      annotations: rendered.annotations.filter(annotation => !sent.has(annotationHash(annotation))),
      hash,
      detail: { annotations: [...new Set([...sent, ...rendered.annotations.map(annotationHash)])] },
      uncertain,
    },
  ]
}

/** Short, since a row holds one for each annotation; a collision costs one annotation on an update. */
export const annotationHash = (annotation: Annotation): string => hashOf(annotation).slice(0, 12)
