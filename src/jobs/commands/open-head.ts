import { readPullRequest } from '../../effects/pull-request/read-pull-request.ts'
import type { Repository } from '../../store/repositories.ts'
import type { JobDependencies } from '../jobs.ts'
import { identityOf } from '../reply.ts'

/** The commit that an open pull request is at; `undefined` when it is closed or gone. */
export async function openHead(
  repository: Repository,
  pullRequest: number,
  deps: JobDependencies,
): Promise<string | undefined> {
  const github = await deps.github.asInstallation(repository.installationId)
  const pull = await readPullRequest(pullRequest, {
    github,
    app: deps.app,
    repository: identityOf(repository),
  })
  return pull?.state === 'open' ? pull.head.sha : undefined
}
