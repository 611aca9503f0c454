import { applyRecorded } from '../apply-recorded.ts'
import type { ReplyEffect } from '../effects/effect.ts'
import { hashOf, type Planned } from '../effects/planned.ts'
import { replyBody } from '../effects/reply/render-reply.ts'
import type { AskedComment } from '../intake/job.ts'
import type { RepositoryIdentity } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import { tryAgain } from '../try-again.ts'
import type { JobDependencies } from './jobs.ts'

type Replying = Pick<JobDependencies, 'store' | 'github' | 'app' | 'dryRun' | 'now' | 'log'>

/**
 * The one answer to a command: written the first time, edited in place from then on; the same text twice is one write.
 * `body` is markdown; `underWay`: another one follows. May be called while the repository is held by `exclusively`. Throws what the queue is to try again;
 * a reply that GitHub refuses is logged, and is no reason to do the work again.
 */
export async function reply(
  deps: Replying,
  repository: Pick<Repository, 'id'>,
  asked: AskedComment,
  body: string,
  underWay = false,
): Promise<void> {
  const { store } = deps
  const place = await store.repositories.get(asked.repositoryId ?? repository.id)
  if (!place || place.goneAt || deps.dryRun) return
  // Not the repository's own key, which the caller may hold: ids of repositories are above 0.
  await store.database.exclusively(-asked.id, async () => {
    const effect = await plan(deps, place.id, asked, body, underWay)
    if (!effect) return
    const github = await deps.github.asInstallation(place.installationId)
    const outcome = await applyRecorded(
      effect,
      { github, app: deps.app, repository: identityOf(place) },
      deps,
    )
    if (outcome.outcome === 'refused' || outcome.outcome === 'skipped')
      deps.log.warn({ repository: place.id, effect: effect.key }, outcome.sentence)
    if (outcome.outcome === 'retry') throw tryAgain(outcome)
  })
}

/** Whether it was answered, or is about to be: then what it says by now is more than that it was begun. */
export const isAnswered = async (
  { store }: Pick<JobDependencies, 'store'>,
  repository: Pick<Repository, 'id'>,
  asked: AskedComment,
): Promise<boolean> =>
  (await store.published.get(asked.repositoryId ?? repository.id, keyOf(asked)))?.state === 'done'

/** Whether it says no result yet, or an edit that would have said one was lost; `undefined` when there is no reply. */
export async function isUnderWay(
  { store }: Pick<JobDependencies, 'store'>,
  asked: AskedComment & { repositoryId: number },
): Promise<boolean | undefined> {
  const row = await store.published.get(asked.repositoryId, keyOf(asked))
  return row && (row.state === 'intended' || row.detail.underWay === true)
}

async function plan(
  { store }: Replying,
  repositoryId: number,
  asked: AskedComment,
  text: string,
  underWay: boolean,
): Promise<Planned<ReplyEffect> | undefined> {
  const key = keyOf(asked)
  const before = await store.published.get(repositoryId, key)
  const hash = hashOf(text)
  if (before?.state === 'done' && before.hash === hash) return undefined
  const id = before?.externalId ? Number(before.externalId) : undefined
  return {
    kind: 'reply',
    key,
    action: id === undefined ? 'create' : 'update',
    issue: asked.issue,
    ...(id === undefined ? {} : { id }),
    body: replyBody(asked.id, text),
    hash,
    detail: underWay ? { underWay: true } : {},
    uncertain: before?.state === 'intended',
  }
}

const keyOf = ({ id }: AskedComment): string => `reply:${id}`

/** A reply needs a name and an id; it is written where no snapshot may be yet. */
export const identityOf = ({
  id,
  nodeId,
  name,
  owner,
  ownerId,
  installationId,
}: Repository): RepositoryIdentity => ({
  id,
  nodeId,
  name,
  owner,
  ownerId,
  installationId,
  url: '',
})
