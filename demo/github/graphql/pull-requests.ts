import { type ChangedPaths, changedPaths, commitsBetween, mergeBase } from '../git.ts'
import type { ReviewRow } from '../rows.ts'
import type { PullRequest, Repository } from '../world.ts'
import { accountNode, accountOrNull, viewer } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { failure, notFound } from './errors.ts'
import { commitNode } from './git-objects.ts'
import { labels } from './issues.ts'
import type { GraphqlNode, Reading } from './reading.ts'
import { refOrNull } from './refs.ts'
import { repositoryNode } from './repository.ts'

export interface PullRequestArguments extends Page {
  states?: readonly string[] | null
  headRefName?: string | null
  baseRefName?: string | null
  labels?: readonly string[] | null
  orderBy?: { field: string; direction: string } | null
}

export function pullRequests(reading: Reading, repository: Repository, args: PullRequestArguments) {
  const field = args.orderBy?.field ?? 'CREATED_AT'
  if (field === 'COMMENTS')
    throw failure('NOT_EMULATED', 'The emulated GitHub does not order pull requests by COMMENTS.')
  const key = (pull: PullRequest) => (field === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt)
  const wanted = args.labels
  const found = reading.world
    .pullRequests(repository.databaseId)
    .filter(pull => !args.states || args.states.includes(pull.state.toUpperCase()))
    .filter(pull => !args.headRefName || pull.headRefName === args.headRefName)
    .filter(pull => !args.baseRefName || pull.baseRefName === args.baseRefName)
    .filter(pull => !wanted || pull.labels.some(label => wanted.includes(label)))
    .sort((left, right) => key(left).localeCompare(key(right)) || left.number - right.number)
  if (args.orderBy?.direction === 'DESC') found.reverse()
  return connection(found, args, pull => pullRequestNode(reading, repository, pull))
}

export function pullRequestByNumber(reading: Reading, repository: Repository, number: number): GraphqlNode {
  const pull = reading.world.pullRequest(repository.databaseId, number)
  if (!pull) throw notFound(`Could not resolve to a PullRequest with the number of ${number}.`)
  return pullRequestNode(reading, repository, pull)
}

export function pullRequestNode(reading: Reading, repository: Repository, pull: PullRequest): GraphqlNode {
  const { world } = reading
  const path = `/${repository.nameWithOwner}/pull/${pull.number}`
  const fork = () => (pull.headRepositoryId ? world.repositoryById(pull.headRepositoryId) : undefined)
  // A fork that this installation cannot see is null here. Its head commit is still readable through the base.
  const visibleFork = () => {
    const found = fork()
    return found && world.sees(reading.caller, found.databaseId) ? found : undefined
  }
  const commitOrNull = (sha: string | undefined) => {
    const commit = sha ? world.commit(repository.databaseId, sha) : undefined
    return commit ? commitNode(reading, repository, commit) : null
  }
  const reviewNode = (row: ReviewRow): GraphqlNode => ({
    __typename: 'PullRequestReview',
    id: row.node_id,
    databaseId: row.id,
    author: () => accountOrNull(reading, world.userById(row.user_id)),
    body: row.body ?? '',
    state: row.state,
    submittedAt: row.submitted_at,
    createdAt: row.created_at,
    commit: () => commitOrNull(row.commit_id),
  })
  return {
    __typename: 'PullRequest',
    id: pull.nodeId,
    databaseId: pull.databaseId,
    fullDatabaseId: String(pull.databaseId),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    bodyText: pull.body ?? '',
    state: pull.state.toUpperCase(),
    closed: pull.state !== 'open',
    closedAt: pull.closedAt ?? null,
    merged: pull.state === 'merged',
    mergedAt: pull.mergedAt ?? null,
    mergeCommit: () => commitOrNull(pull.mergeCommitSha),
    isDraft: pull.isDraft,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    url: world.url + path,
    permalink: world.url + path,
    resourcePath: path,
    author: () => accountOrNull(reading, pull.author),
    mergedBy: () =>
      accountOrNull(
        reading,
        world.userById(world.db.pullRequests.get(pull.databaseId)?.merged_by_id ?? null),
      ),
    reviews: (args: Page & ReviewArguments) => connection(reviewsOf(reading, pull, args), args, reviewNode),
    latestReviews: (args: Page) => connection(latest(reviewsOf(reading, pull, {})), args, reviewNode),
    viewerDidAuthor: () =>
      pull.author !== undefined && pull.author.databaseId === viewer(reading)?.databaseId,
    headRefName: pull.headRefName,
    headRefOid: pull.headSha,
    headRef: () => {
      const from = visibleFork()
      return from ? refOrNull(reading, from, `refs/heads/${pull.headRefName}`) : null
    },
    headRepository: () => {
      const from = visibleFork()
      return from ? repositoryNode(reading, from) : null
    },
    headRepositoryOwner: () => {
      const from = fork()
      return from ? accountNode(reading, from.owner) : null
    },
    isCrossRepository: pull.isCrossRepository,
    baseRefName: pull.baseRefName,
    baseRefOid: pull.baseSha,
    baseRef: () => refOrNull(reading, repository, `refs/heads/${pull.baseRefName}`),
    baseRepository: () => repositoryNode(reading, repository),
    repository: () => repositoryNode(reading, repository),
    changedFiles: () => filesOf(reading, repository, pull).length,
    files: (page: Page) =>
      connection(filesOf(reading, repository, pull), page, file => ({
        __typename: 'PullRequestChangedFile',
        ...file,
      })),
    commits: (page: Page) =>
      connection(commitsBetween(world.db, repository.databaseId, pull.baseSha, pull.headSha), page, row => ({
        __typename: 'PullRequestCommit',
        commit: () => commitOrNull(row.sha),
      })),
    labels: (page: Page) => labels(reading, repository, pull.labels, page),
  }
}

/** The three-dot comparison: from where the head left the base. Lines are not counted file by file: 0 in each. */
function filesOf({ world }: Reading, { databaseId }: Repository, pull: PullRequest) {
  const tree = (sha: string | undefined) => (sha ? world.commit(databaseId, sha)?.treeSha : undefined)
  const head = tree(pull.headSha)
  if (!head) return []
  const base = mergeBase(world.db, databaseId, pull.baseSha, pull.headSha)
  const changed = changedPaths(world.db, databaseId, tree(base), head)
  const as = (kind: keyof ChangedPaths, changeType: string) =>
    changed[kind].map(path => ({ path, changeType, additions: 0, deletions: 0 }))
  return [...as('added', 'ADDED'), ...as('modified', 'MODIFIED'), ...as('removed', 'DELETED')].sort(
    (left, right) => (left.path < right.path ? -1 : 1),
  )
}

interface ReviewArguments {
  states?: readonly string[] | null
  author?: string | null
}

function reviewsOf({ world }: Reading, pull: PullRequest, { states, author }: ReviewArguments): ReviewRow[] {
  return world.db.reviews
    .findBy('repo_id', pull.repositoryId)
    .filter(row => row.pull_number === pull.number && (!states || states.includes(row.state)))
    .filter(row => !author || world.userById(row.user_id)?.login === author)
}
/** One a reviewer. */
const latest = (rows: readonly ReviewRow[]): ReviewRow[] => [
  ...new Map(rows.map(row => [row.user_id, row])).values(),
]
