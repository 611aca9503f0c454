import { isKnown } from '../controls/control.ts'
import { concernsOf, withoutVersions } from './concerns.ts'
import type { IssueEffect } from './effect.ts'
import type { PlanInput } from './plan.ts'
import { hashOf, type Planned } from './planned.ts'
import {
  type RenderedIssue,
  renderChange,
  renderClosedIssue,
  renderOpenIssue,
  renderReminder,
} from './render-issue.ts'

/**
 * One issue a repository, about its default branch: opened when something enforced fails or a waiver is about to end,
 * kept up to date in place, closed when neither is so, and the same one opened again. The edit that closes or opens it
 * says why, so only a change while it stays open is worth a comment.
 */
export function planIssue(input: PlanInput): Planned<IssueEffect>[] {
  const { verdict, snapshot, published } = input
  if (snapshot.target.kind !== 'default-branch' || verdict.sha === '') return []
  const { metadata } = snapshot.facts
  if (!isKnown(metadata)) return []
  const { isFork, isEmpty, hasIssuesEnabled } = metadata.value
  if (isFork || isEmpty || !hasIssuesEnabled) return []

  const { enforced, advised, ending } = concernsOf(verdict)
  const failing = [...enforced, ...advised].map(control => control.id)
  const reminded = ending.map(control => `${control.id} ${control.waiver?.until}`)
  const before = published.find(row => row.key === 'issue')
  // Without a single record the database is new, perhaps because the old one was lost: an issue of ours may stand there.
  const uncertain = before?.state === 'intended' || published.length === 0
  const number = before?.externalId ? Number(before.externalId) : undefined
  const wasOpen = before?.detail.open ?? false
  const unversioned = { ...input, verdict: withoutVersions(verdict), policyUrl: undefined }

  const planned = (
    action: IssueEffect['action'],
    rendered: RenderedIssue,
    hash: string,
    comment?: string,
  ): Planned<IssueEffect>[] => [
    {
      kind: 'issue',
      key: 'issue',
      action,
      number,
      ...rendered,
      comment,
      hash,
      detail: { open: action !== 'close', failing, ...(reminded.length > 0 ? { reminded } : {}) },
      uncertain,
    },
  ]

  if (enforced.length === 0 && ending.length === 0) {
    // An intended row may stand for an issue that was opened and not recorded: it is looked for, and closed.
    if (!before || (!wasOpen && !uncertain)) return []
    return planned('close', renderClosedIssue(input), hashOf(renderClosedIssue(unversioned)))
  }

  const hash = hashOf(renderOpenIssue(unversioned))
  if (!before || (uncertain && number === undefined)) return planned('open', renderOpenIssue(input), hash)
  // After a lost answer nobody knows whether it stands open: reopening an open issue changes nothing.
  if (!wasOpen || uncertain) return planned('reopen', renderOpenIssue(input, !wasOpen), hash)
  if (before.hash === hash) return []
  const failingBefore = before.detail.failing ?? []
  const changed = failing.length !== failingBefore.length || failing.some(id => !failingBefore.includes(id))
  const comments = [
    changed ? renderChange(input, failingBefore) : '',
    renderReminder(ending.filter((_, index) => !before.detail.reminded?.includes(reminded[index] ?? ''))),
  ].filter(Boolean)
  return planned('edit', renderOpenIssue(input), hash, comments.join('\n\n') || undefined)
}
