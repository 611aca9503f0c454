import { renderNoTeam, renderOwnerAccepted, renderTeamsUnread } from '../../effects/reply/render-reply.ts'
import { jobKey } from '../../intake/job.ts'
import { hint } from '../../policy/nearest.ts'
import type { JobDependencies } from '../jobs.ts'
import { answer, answerFirst, type Commanded } from './commanded.ts'

/** Names the owner in the pull request of fixes, once it is known that there is such a team. */
export async function nameOwner(owner: string, commanded: Commanded, deps: JobDependencies): Promise<void> {
  const { job, subject, asked } = commanded
  const directory = await deps.store.directory.read(subject.ownerId)
  const team = teamIn(owner, subject.owner)
  if (!directory) return answer(commanded, deps, renderTeamsUnread(owner, subject.owner))
  const slugs = directory.teams.map(({ slug }) => slug)
  const slug = slugs.find(each => each.toLowerCase() === team)
  if (!slug) return answer(commanded, deps, renderNoTeam(owner, subject.owner, hint(team ?? owner, slugs)))
  await answerFirst(commanded, deps, renderOwnerAccepted(slug))
  await deps.queue.enqueue([
    {
      kind: 'keep-fix',
      key: jobKey.keepFix(subject.id),
      installationId: subject.installationId,
      repositoryId: subject.id,
      priority: 'pull-request',
      reason: { why: 'comment', ...(job.reason.delivery ? { delivery: job.reason.delivery } : {}) },
      asked: { by: job.author.login, owner, comment: asked },
    },
  ])
}

/** The slug in `payments`, `@acme/payments` or `group:default/payments`, in lower case; `undefined` where it can be no team of the organisation. */
const teamIn = (owner: string, organisation: string): string | undefined => {
  const [, prefix = '', namespace, name = ''] =
    /^(@|group:)?(?:([\w.-]+)\/)?([\w.-]+)$/i.exec(owner.toLowerCase()) ?? []
  const expected = prefix === 'group:' ? 'default' : organisation.toLowerCase()
  // `@jane` is a person.
  if (prefix === '@' && namespace === undefined) return undefined
  return namespace === undefined || namespace === expected ? name : undefined
}
