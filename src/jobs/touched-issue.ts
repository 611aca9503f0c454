import type { Published } from '../effects/effect.ts'
import { readIssue } from '../effects/issue/publish-issue.ts'
import type { GitHubRequests } from '../effects/outside.ts'
import type { IssueTouch } from '../intake/job.ts'
import type { PublishedIn } from '../store/published.ts'
import type { Repository } from '../store/repositories.ts'
import type { Store } from '../store/store.ts'

/** Touches of issues that lie in this repository and are about others: where `issues.repository` gathers them. */
export async function touchesElsewhere(
  repositoryId: number,
  touches: readonly IssueTouch[],
  store: Store,
): Promise<{ repositoryId: number; touched: IssueTouch }[]> {
  if (touches.length === 0) return []
  const issues = await store.published.issuesIn(
    repositoryId,
    touches.map(({ number }) => number),
  )
  return touches.flatMap(touched =>
    issues
      .filter(row => row.externalId === touched.number.toString())
      .map(row => ({ repositoryId: row.repositoryId, touched: { ...touched, home: repositoryId } })),
  )
}

/**
 * Looks how the issue stands that somebody did something to, and remembers what that means. The events are a reason to look
 * and no more: they come late, twice and in any order. What is gone can't be looked at, and there the event is believed.
 */
export async function noteTouches(
  repository: Repository,
  touches: readonly IssueTouch[],
  { store, github }: { store: Store; github: Pick<GitHubRequests, 'request'> },
): Promise<void> {
  if (touches.length === 0) return
  const row = await store.published.get(repository.id, 'issue')
  if (!row?.externalId || row.detail.gone) return
  const lies = row.detail.home ?? repository.id
  const ours = touches.filter(
    touch => (touch.home ?? repository.id) === lies && touch.number.toString() === row.externalId,
  )
  const home = lies === repository.id ? repository : await store.repositories.get(lies)
  if (ours.length === 0 || !home || home.goneAt) return
  const isGone = ours.some(({ action }) => action === 'deleted' || action === 'transferred')
  const state = isGone ? 'gone' : await readIssue(Number(row.externalId), home, github)
  const detail = detailAfter(row, state)
  if (!detail) return
  const { repositoryId: _, state: before, ...kept } = row
  if (before === 'intended') await store.published.intend(repository.id, [{ ...kept, detail }])
  else await store.published.done(repository.id, { ...kept, detail })
}

/** `undefined` where it is as it was left. */
function detailAfter(
  { detail }: Pick<PublishedIn, 'detail'>,
  state: 'open' | 'closed' | 'gone',
): Published['detail'] | undefined {
  const wasOpen = detail.open === true
  if (state === 'gone') return { ...detail, open: false, gone: true, closedBy: 'person', keptOpen: undefined }
  if (state === 'closed' && wasOpen)
    return { ...detail, open: false, closedBy: 'person', keptOpen: undefined }
  if (state === 'open' && !wasOpen) return { ...detail, open: true, keptOpen: true, closedBy: undefined }
  return undefined
}
