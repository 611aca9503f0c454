import type { Repository } from '../world.ts'
import { accountNode, viewer, viewerNode } from './accounts.ts'
import { runNode } from './check-runs.ts'
import type { Cost } from './cost.ts'
import { failure, forbidden, notFound } from './errors.ts'
import { issueNode } from './issues.ts'
import { organizationNode, teamNode } from './organization.ts'
import { pullRequestNode } from './pull-requests.ts'
import { type GraphqlNode, permitted, permittedIn, type Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'

/** The caller's budget after this query was paid for. */
export interface RateLimit {
  limit: number
  remaining: number
  used: number
  /** Seconds since 1970, as in the header. */
  reset: number
}

/** GitHub's limit on `nodes(ids:)`. */
const IDS_LIMIT = 100

export function queryNode(reading: Reading, cost: Cost, rate: RateLimit): GraphqlNode {
  const { world } = reading
  return {
    __typename: 'Query',
    repository: ({
      owner,
      name,
      followRenames,
    }: {
      owner: string
      name: string
      followRenames?: boolean
    }) => {
      const found = world.repository(owner, name)
      const asked = `${owner}/${name}`
      const renamed = found?.nameWithOwner.toLowerCase() !== asked.toLowerCase()
      if (!found || !world.sees(reading.caller, found.databaseId) || (renamed && followRenames === false))
        throw notFound(`Could not resolve to a Repository with the name '${asked}'.`)
      return repositoryNode(reading, found)
    },
    organization: ({ login }: { login: string }) => {
      const found = world.organisation(login)
      if (!found) throw notFound(`Could not resolve to an Organization with the login of '${login}'.`)
      return organizationNode(reading, found)
    },
    user: ({ login }: { login: string }) => {
      const found = world.account(login)
      if (found?.type !== 'User') throw notFound(`Could not resolve to a User with the login of '${login}'.`)
      return accountNode(reading, found)
    },
    repositoryOwner: ({ login }: { login: string }) => {
      const found = world.account(login)
      return found && found.type !== 'Bot' ? accountNode(reading, found) : null
    },
    viewer: () => {
      if (!viewer(reading)) throw forbidden()
      return viewerNode(reading)
    },
    node: ({ id }: { id: string }) => nodeById(reading, id),
    nodes: ({ ids }: { ids: readonly string[] }) => {
      if (ids.length > IDS_LIMIT)
        throw failure(
          'ARGUMENT_LIMIT',
          `You may not provide more than ${IDS_LIMIT} node ids; you provided ${ids.length}.`,
        )
      return ids.map(id => {
        try {
          return nodeById(reading, id)
        } catch (error) {
          // A list's entry that fails is null with an error of its own path; a rejection does that, a throw would not.
          return Promise.reject(error)
        }
      })
    },
    rateLimit: ({ dryRun }: { dryRun?: boolean }) => {
      if (dryRun) throw failure('NOT_EMULATED', 'The emulated GitHub runs every query: ask without dryRun.')
      return {
        __typename: 'RateLimit',
        cost: cost.points,
        nodeCount: cost.nodes,
        limit: rate.limit,
        remaining: rate.remaining,
        used: rate.used,
        resetAt: new Date(rate.reset * 1000).toISOString(),
      }
    },
  }
}

function nodeById(reading: Reading, id: string): GraphqlNode {
  const found = lookUp(reading, id)
  if (!found) throw notFound(`Could not resolve to a node with the global id of '${id}'.`)
  return found
}

/** A node id names its type and row: `0:Repository12`, in base64. The row must bear the same id, or it is not that one. */
function lookUp(reading: Reading, id: string): GraphqlNode | undefined {
  const { world } = reading
  const [, type, number] = /^0:([A-Za-z]+)(\d+)$/.exec(Buffer.from(id, 'base64').toString('latin1')) ?? []
  const row = Number(number)
  switch (type) {
    case 'Repository': {
      const found = visible(reading, row)
      return found?.nodeId === id ? repositoryNode(reading, found) : undefined
    }
    case 'Organization':
    case 'Org': {
      const found = world.db.orgs.get(row)
      const account = found?.node_id === id ? world.organisation(found.login) : undefined
      return account && organizationNode(reading, account)
    }
    case 'User':
    case 'Bot': {
      const account = world.userById(row)
      return account?.nodeId === id ? accountNode(reading, account) : undefined
    }
    case 'Team': {
      const organisation = world.db.orgs.get(world.db.teams.get(row)?.org_id ?? 0)?.login ?? ''
      const team = world.teams(organisation).find(each => each.nodeId === id)
      return team && permittedIn(reading, organisation, 'members', () => teamNode(reading, team))
    }
    case 'PullRequest': {
      const repository = visible(reading, world.db.pullRequests.get(row)?.repo_id)
      const pull = repository && world.pullRequests(repository.databaseId).find(each => each.nodeId === id)
      return (
        pull &&
        permitted(reading, repository, 'pull_requests', () => pullRequestNode(reading, repository, pull))
      )
    }
    case 'Issue': {
      const repository = visible(reading, world.db.issues.get(row)?.repo_id)
      const issue = repository && world.issues(repository.databaseId).find(each => each.nodeId === id)
      return issue && permitted(reading, repository, 'issues', () => issueNode(reading, repository, issue))
    }
    case 'CheckRun': {
      const repository = visible(reading, world.db.checkRuns.get(row)?.repo_id)
      const run = repository && world.checkRuns(repository.databaseId).find(each => each.nodeId === id)
      return run && permitted(reading, repository, 'checks', () => runNode(reading, repository, run))
    }
    default:
      return undefined
  }
}

function visible({ world, caller }: Reading, databaseId: number | undefined): Repository | undefined {
  return databaseId !== undefined && world.sees(caller, databaseId)
    ? world.repositoryById(databaseId)
    : undefined
}
