import { applyRecorded } from '../../apply-recorded.ts'
import { builtInControls } from '../../controls/index.ts'
import type { PullRequestEffect } from '../../effects/effect.ts'
import type { Outside } from '../../effects/outside.ts'
import { hashOf, type Planned } from '../../effects/planned.ts'
import { readPullRequest } from '../../effects/pull-request/read-pull-request.ts'
import { renderWaiver } from '../../effects/pull-request/render-waiver.ts'
import { renderRefused, renderWaiverAsked } from '../../effects/reply/render-reply.ts'
import { type NewWaiver, waiversFile } from '../../policy/add-waiver.ts'
import { proposeWaiver } from '../../policy/propose-waiver.ts'
import type { Repository } from '../../store/repositories.ts'
import { tryAgain } from '../../try-again.ts'
import type { JobDependencies } from '../jobs.ts'
import type { Commanded } from './commanded.ts'
import { approverOf, baseOf, policyFilesAt } from './policy-branch.ts'

/** Opens or changes the pull request, while nobody else works on that repository. Answers with what is to be said. */
export async function proposeInPolicy(
  asked: NewWaiver,
  commanded: Commanded,
  home: Repository,
  outside: Outside,
  deps: JobDependencies,
): Promise<string> {
  const { subject, job, place, inForce } = commanded
  const base = await baseOf(outside)
  const files = await policyFilesAt(base.sha, home, outside, deps)
  const { approver, isOnlyAsker } = await approverOf(
    base.sha,
    inForce.policy.approvers ?? [],
    job.author.login,
    outside,
  )
  const waiver = approver ? { ...asked, approvedBy: approver } : asked
  const proposed = proposeWaiver(files, waiver, builtInControls)
  if (!proposed.ok) return renderRefused(proposed.why)
  const snapshot = await deps.store.snapshots.latest(subject.id)
  const origin = new URL(snapshot?.repository.url || 'https://github.com').origin
  const control = inForce.policy.controls.get(waiver.control)
  const request = renderWaiver({
    repository: `${subject.owner}/${subject.name}`,
    control: { id: waiver.control, title: control?.title ?? waiver.control, why: control?.why ?? '' },
    until: waiver.until,
    reason: waiver.reason,
    by: job.author.login,
    url: `${origin}/${place.owner}/${place.name}/issues/${job.issue}#issuecomment-${job.comment}`,
    ...(waiver.approvedBy ? { approver: waiver.approvedBy } : {}),
    isOnlyAsker,
    renews: proposed.renews,
    path: waiversFile,
  })
  const effect = await plan(
    {
      key: `waiver:${subject.id}:${waiver.control}`,
      branch: `golden-path/waive-${subject.id}-${waiver.control}`,
      base,
      edits: [{ path: waiversFile, text: proposed.text }],
      ...(waiver.approvedBy || proposed.renews ? {} : { draft: true as const }),
      ...request,
    },
    home,
    outside,
    deps,
  )
  const outcome = await applyRecorded(effect, outside, deps)
  if (outcome.outcome === 'retry') throw tryAgain(outcome)
  if (outcome.outcome !== 'done' || outcome.row === 'drop')
    return renderRefused(
      [
        outcome.outcome === 'done' ? 'The pull request is gone.' : outcome.sentence,
        ...(effect.number === undefined
          ? []
          : [`The request stands in pull request ${effect.number} of ${home.owner}/${home.name}.`]),
      ].join(' '),
    )
  const number = Number(outcome.row.externalId)
  return renderWaiverAsked(
    {
      number,
      url: `${origin}/${home.owner}/${home.name}/pull/${number}`,
      repository: `${home.owner}/${home.name}`,
    },
    {
      control: waiver.control,
      until: waiver.until,
      renews: proposed.renews,
      ...(waiver.approvedBy ? { approver: waiver.approvedBy } : {}),
    },
  )
}

type Content = Omit<PullRequestEffect, 'kind' | 'action' | 'number' | 'leftAt'>

/** One that stands open is changed in its place; after a merge or a refusal a new command opens another. */
async function plan(
  content: Content,
  home: Repository,
  outside: Outside,
  deps: JobDependencies,
): Promise<Planned<PullRequestEffect>> {
  const before = await deps.store.published.get(home.id, content.key)
  const number = before?.externalId ? Number(before.externalId) : undefined
  const pull = number === undefined ? undefined : await readPullRequest(number, outside)
  const isOpen = pull?.state === 'open' && pull.byUs
  return {
    kind: 'pull-request',
    ...content,
    ...(isOpen ? { branch: pull.head.branch, number: pull.number } : {}),
    action: isOpen ? 'update' : 'open',
    ...(isOpen && before?.detail.head ? { leftAt: before.detail.head } : {}),
    hash: hashOf([content.edits, content.title, content.body]),
    detail: isOpen && before ? before.detail : {},
    uncertain: before?.state === 'intended',
  }
}
