import type { Issue, Repository } from '../world.ts'
import { accountOrNull, viewer } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { failure, notFound } from './errors.ts'
import type { GraphqlNode, Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'

export interface IssueArguments extends Page {
  states?: readonly string[] | null
  labels?: readonly string[] | null
  orderBy?: { field: string; direction: string } | null
  filterBy?: {
    states?: readonly string[] | null
    labels?: readonly string[] | null
    createdBy?: string | null
    since?: string | null
    [other: string]: unknown
  } | null
}

const FILTERS = ['states', 'labels', 'createdBy', 'since']

/** GitHub's default order is by creation, oldest first. */
export function issues(reading: Reading, repository: Repository, args: IssueArguments) {
  const filter = args.filterBy ?? {}
  const unread = Object.keys(filter).filter(key => filter[key] != null && !FILTERS.includes(key))
  if (unread.length > 0)
    throw failure('NOT_EMULATED', `The emulated GitHub does not filter issues by ${unread.join(', ')}.`)
  const states = args.states ?? filter.states
  const labels = args.labels ?? filter.labels
  const found = reading.world
    .issues(repository.databaseId)
    .filter(issue => !states || states.includes(issue.state.toUpperCase()))
    .filter(issue => !labels || issue.labels.some(label => labels.includes(label)))
    .filter(issue => !filter.since || issue.updatedAt >= filter.since)
    .filter(issue => !filter.createdBy || withoutBot(issue.author?.login) === withoutBot(filter.createdBy))
  const key = (issue: Issue): string => {
    if (args.orderBy?.field === 'UPDATED_AT') return issue.updatedAt
    return args.orderBy?.field === 'COMMENTS' ? String(issue.comments).padStart(9, '0') : issue.createdAt
  }
  found.sort((left, right) => key(left).localeCompare(key(right)) || left.number - right.number)
  if (args.orderBy?.direction === 'DESC') found.reverse()
  return connection(found, args, issue => issueNode(reading, repository, issue))
}

const withoutBot = (login: string | undefined) => login?.replace(/\[bot\]$/, '').toLowerCase()

export function issueByNumber(reading: Reading, repository: Repository, number: number): GraphqlNode {
  const issue = reading.world.issues(repository.databaseId).find(each => each.number === number)
  if (!issue) throw notFound(`Could not resolve to an Issue with the number of ${number}.`)
  return issueNode(reading, repository, issue)
}

export function issueNode(reading: Reading, repository: Repository, issue: Issue): GraphqlNode {
  const { world } = reading
  const path = `/${repository.nameWithOwner}/issues/${issue.number}`
  return {
    __typename: 'Issue',
    id: issue.nodeId,
    databaseId: issue.databaseId,
    fullDatabaseId: String(issue.databaseId),
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    bodyText: issue.body ?? '',
    state: issue.state.toUpperCase(),
    stateReason: issue.stateReason?.toUpperCase() ?? null,
    closed: issue.state === 'closed',
    closedAt: issue.closedAt ?? null,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    url: world.url + path,
    resourcePath: path,
    author: () => accountOrNull(reading, issue.author),
    viewerDidAuthor: () =>
      issue.author !== undefined && issue.author.databaseId === viewer(reading)?.databaseId,
    labels: (page: Page) => labels(reading, repository, issue.labels, page),
    comments: (page: Page) =>
      connection(
        world.db.comments
          .findBy('repo_id', repository.databaseId)
          .filter(row => row.comment_type === 'issue' && row.issue_number === issue.number),
        page,
        row => ({
          __typename: 'IssueComment',
          id: row.node_id,
          databaseId: row.id,
          body: row.body,
          createdAt: row.created_at,
          updatedAt: row.updated_at,
          author: () => accountOrNull(reading, world.userById(row.user_id)),
        }),
      ),
    repository: () => repositoryNode(reading, repository),
  }
}

export function labels(reading: Reading, repository: Repository, names: readonly string[], page: Page) {
  const rows = reading.world.db.labels.findBy('repo_id', repository.databaseId)
  return connection(
    rows.filter(row => names.includes(row.name)),
    page,
    row => ({
      __typename: 'Label',
      id: row.node_id,
      name: row.name,
      color: row.color,
      description: row.description,
      isDefault: row.default,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      url: `${reading.world.url}/${repository.nameWithOwner}/labels/${encodeURIComponent(row.name)}`,
    }),
  )
}
