import type { GitHub, GraphqlAnswer } from '../../github.ts'
import type { Fact } from '../snapshot.ts'
import { type DirectoryEntry, type RepositoryAnswer, readAnswer } from './answer.ts'
import { type QueryRequest, repositoryQuery } from './query.ts'

/** Sends the one query and reads what comes back. `earlier`: directories that were listed before at the same commit. */
export async function askRepository(
  github: GitHub,
  request: QueryRequest,
  earlier?: ReadonlyMap<string, Fact<DirectoryEntry[]>>,
): Promise<RepositoryAnswer> {
  const asked = repositoryQuery(request)
  const answer = await github.graphql(asked.query, asked.variables)
  if (!request.without && isLostTo(answer, unnullable))
    return askRepository(github, { ...request, without: [unnullable] }, earlier)
  return readAnswer(asked, answer, earlier)
}

/** GitHub's schema lets it not be null, so that refusing it would take the whole repository out of the answer. */
const unnullable = 'hasVulnerabilityAlertsEnabled'

const isLostTo = ({ data, errors }: GraphqlAnswer, field: string): boolean =>
  !(data as { repository?: unknown } | null)?.repository && errors.some(error => error.path?.[1] === field)
