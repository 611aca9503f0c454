import type { CheckRun, Repository } from '../world.ts'
import { appNode } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import type { GraphqlNode, Reading } from './reading.ts'

interface RunFilter {
  appId?: number | null
  checkName?: string | null
  checkType?: 'ALL' | 'LATEST' | null
  status?: string | null
  statuses?: readonly string[] | null
  conclusions?: readonly string[] | null
}

/** The suites of one commit. A suite without a run, as GitHub makes one for every App on a push, is not listed. */
export function checkSuites(
  reading: Reading,
  repository: Repository,
  sha: string,
  args: Page & { filterBy?: { appId?: number; checkName?: string } | null },
) {
  const runs = reading.world
    .checkRuns(repository.databaseId, sha)
    .filter(run => !args.filterBy?.appId || run.appId === args.filterBy.appId)
    .filter(run => !args.filterBy?.checkName || run.name === args.filterBy.checkName)
  const suites = [...new Set(runs.map(run => run.checkSuiteId))]
  return connection(suites, args, id =>
    suiteNode(
      reading,
      repository,
      id,
      runs.filter(run => run.checkSuiteId === id),
    ),
  )
}

function suiteNode(
  reading: Reading,
  repository: Repository,
  id: number,
  runs: CheckRun[],
): GraphqlNode | null {
  const row = reading.world.db.checkSuites.get(id)
  if (!row) return null
  return {
    __typename: 'CheckSuite',
    id: row.node_id,
    databaseId: row.id,
    status: row.status.toUpperCase(),
    conclusion: row.conclusion?.toUpperCase() ?? null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    app: () => appOf(reading, row.app_id),
    url: `${reading.world.url}/${repository.nameWithOwner}/commit/${row.head_sha}/checks`,
    checkRuns: (args: Page & { filterBy?: RunFilter | null }) =>
      connection(wanted(runs, args.filterBy ?? {}), args, run => runNode(reading, repository, run)),
  }
}

/** GitHub lists the latest run of each name unless ALL is asked. */
function wanted(runs: CheckRun[], filter: RunFilter): CheckRun[] {
  const latest = new Map(runs.map(run => [`${run.appId} ${run.name}`, run]))
  return (filter.checkType === 'ALL' ? runs : [...latest.values()])
    .filter(run => !filter.appId || run.appId === filter.appId)
    .filter(run => !filter.checkName || run.name === filter.checkName)
    .filter(run => !filter.status || run.status.toUpperCase() === filter.status)
    .filter(run => !filter.statuses || filter.statuses.includes(run.status.toUpperCase()))
    .filter(run => !filter.conclusions || filter.conclusions.includes(run.conclusion?.toUpperCase() ?? ''))
}

export function runNode(reading: Reading, repository: Repository, run: CheckRun): GraphqlNode {
  const path = `/${repository.nameWithOwner}/runs/${run.databaseId}`
  return {
    __typename: 'CheckRun',
    id: run.nodeId,
    databaseId: run.databaseId,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    title: run.title ?? null,
    summary: run.summary ?? null,
    text: run.text ?? null,
    externalId: run.externalId ?? null,
    detailsUrl: run.detailsUrl ?? null,
    startedAt: run.startedAt ?? null,
    completedAt: run.completedAt ?? null,
    permalink: reading.world.url + path,
    url: reading.world.url + path,
    resourcePath: path,
    annotations: (page: Page) =>
      connection(run.annotations, page, annotation => ({
        __typename: 'CheckAnnotation',
        path: annotation.path,
        message: annotation.message,
        title: annotation.title,
        rawDetails: annotation.raw_details,
        annotationLevel: annotation.annotation_level.toUpperCase(),
        location: {
          __typename: 'CheckAnnotationSpan',
          start: { line: annotation.start_line, column: annotation.start_column },
          end: { line: annotation.end_line, column: annotation.end_column },
        },
      })),
  }
}

function appOf(reading: Reading, appId: number | null): GraphqlNode | null {
  const app = reading.world.db.apps.all().find(each => each.app_id === appId)
  return app ? appNode(reading, app) : null
}
