import { ProbotOctokit } from 'probot'
import type { Content } from './content-budget.ts'
import { githubRequestsTotal } from './metrics.ts'
import { createRequestBudget, RateLimited, type RequestBudget } from './request-budget.ts'

/** The one HTTP client to GitHub: budget, time limit and, in a dry run, the refusal of every write. */
export interface GitHub {
  /** `request('GET /repos/{owner}/{repo}', {…})`. Throws Octokit's RequestError with `status`, or `RateLimited`. */
  request: (route: string, parameters?: Record<string, unknown>) => Promise<GitHubResponse>
  /** A GraphQL mutation: a write like any other. Throws for any error in the answer. */
  mutate: (mutation: string, variables?: Record<string, unknown>) => Promise<unknown>
  /** Never throws for `errors` in the answer: GitHub answers partially, and the caller decides what is unknown. */
  graphql: (query: string, variables?: Record<string, unknown>) => Promise<GraphqlAnswer>
  /**
   * Before an issue is opened or commented on because of a verdict, and before anything is read for it: rejects with
   * `RateLimited` when it is not its turn yet. The answer is called when the turn is over.
   */
  turn?: (key: string) => Promise<() => void>
}

export interface GitHubResponse {
  status: number
  data: unknown
  headers: Record<string, string | number | undefined>
}

export interface GraphqlAnswer {
  data: unknown
  errors: GraphqlError[]
}

export interface GraphqlError {
  type?: string
  path?: (string | number)[]
  message: string
}

/** A write was asked for in a dry run: a defect in the planner, not something to retry. */
export class ReadOnly extends Error {
  override name = 'ReadOnly'
}

const timeLimitMilliseconds = 30_000

type Octokit = InstanceType<typeof ProbotOctokit>

/**
 * Octokit as Probot is to use it. Its throttling spaces writes by one second (960 ms for a second check run against
 * 88 ms), so the budget below takes its place; retrying is the queue's task. Set in the constructor, since Probot lays
 * throttling options of its own over given defaults.
 */
export class AppOctokit extends ProbotOctokit {
  constructor(options: ConstructorParameters<typeof ProbotOctokit>[0] = {}) {
    super({ ...options, throttle: { enabled: false }, retry: { enabled: false } })
  }
}

export function createGitHubClients(options: {
  auth: (installationId?: number) => Promise<Octokit>
  dryRun: boolean
  /** One for each installation; 0 for the App itself. */
  budget?: (installationId: number) => RequestBudget
}): { asApp: () => Promise<GitHub>; asInstallation: (id: number) => Promise<GitHub> } {
  const { budget: newBudget = () => createRequestBudget() } = options
  const budgets = new Map<number, RequestBudget>()
  const budgetOf = (id: number): RequestBudget => {
    const budget = budgets.get(id) ?? newBudget(id)
    budgets.set(id, budget)
    return budget
  }
  return {
    asApp: async () => clientOf(await options.auth(), budgetOf(0), options.dryRun),
    asInstallation: async id => clientOf(await options.auth(id), budgetOf(id), options.dryRun),
  }
}

function clientOf(octokit: Octokit, budget: RequestBudget, dryRun: boolean): GitHub {
  const spend = async <T>(
    method: string,
    url: string,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const write = method !== 'GET' && method !== 'HEAD'
    if (write && dryRun)
      throw new ReadOnly(`Dry run: ${method} ${url} was not sent. Unset DRY_RUN to allow writes.`)
    const release = await budget.take({
      write,
      creates: write ? contentOf(url) : undefined,
    })
    const kind = write ? 'write' : 'read'
    try {
      const answer = await call(AbortSignal.timeout(timeLimitMilliseconds))
      githubRequestsTotal.inc({ kind, outcome: 'ok' })
      return answer
    } catch (error) {
      const limited = asRateLimited(error, budget)
      githubRequestsTotal.inc({ kind, outcome: limited ? 'limited' : 'failed' })
      throw limited ?? error
    } finally {
      release()
    }
  }

  return {
    turn: budget.turn,
    request: (route, parameters = {}) => {
      const [method = 'GET', url = ''] = route.split(' ')
      return spend(
        method,
        url,
        signal => octokit.request(route, { ...parameters, request: { signal } }) as Promise<GitHubResponse>,
      )
    },
    mutate: async (mutation, variables = {}) =>
      spend('POST', '/graphql', async signal => {
        try {
          return await octokit.graphql(mutation, { ...variables, request: { signal } })
        } catch (error) {
          throw (isPartialAnswer(error) && limitIn(error.errors)) || error
        }
      }),
    graphql: (query, variables = {}) => {
      if (/^\s*mutation\b/.test(query)) throw new ReadOnly('A mutation is a write: send it by mutate().')
      return spend('GET', '/graphql', async signal => {
        try {
          return { data: await octokit.graphql(query, { ...variables, request: { signal } }), errors: [] }
        } catch (error) {
          if (!isPartialAnswer(error)) throw error
          const limit = limitIn(error.errors)
          if (limit) throw limit
          return { data: error.data, errors: error.errors }
        }
      })
    },
  }
}

/** By the end of its route: what GitHub counts as content when it is posted there. */
function contentOf(url: string): Content | undefined {
  const [, end] = /\/(issues|pulls|comments|reviews)$/.exec(url) ?? []
  return end === undefined
    ? undefined
    : end === 'issues'
      ? 'issue'
      : end === 'pulls'
        ? 'pull-request'
        : 'comment'
}

function limitIn(errors: readonly GraphqlError[]): RateLimited | undefined {
  const limit = errors.find(each => each.type === 'RATE_LIMITED' || each.type === 'RATE_LIMIT')
  return limit && new RateLimited(`GitHub's GraphQL limit is used up: ${limit.message}`, 60)
}

function isPartialAnswer(error: unknown): error is { data: unknown; errors: GraphqlError[] } {
  return error instanceof Error && error.name === 'GraphqlResponseError'
}

/** GitHub's two limits, told apart from a plain 403 by their headers. */
function asRateLimited(error: unknown, budget: RequestBudget): RateLimited | undefined {
  if (!(error instanceof Error) || !('status' in error) || !('response' in error)) return undefined
  if (error.status !== 403 && error.status !== 429) return undefined
  const headers = (error.response as { headers?: Record<string, string> } | undefined)?.headers ?? {}
  const seconds = retryAfterSeconds(headers, error.status === 429 || /secondary rate/i.test(error.message))
  if (seconds === undefined) return undefined
  budget.pause(seconds * 1000)
  return new RateLimited(`GitHub asks to wait ${seconds} s: ${error.message.slice(0, 200)}`, seconds)
}

function retryAfterSeconds(headers: Record<string, string>, limited: boolean): number | undefined {
  const retryAfter = Number(headers['retry-after'])
  if (Number.isFinite(retryAfter) && headers['retry-after'] !== undefined) return Math.max(1, retryAfter)
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset']) - Math.floor(Date.now() / 1000)
    return Number.isFinite(reset) ? Math.max(1, reset) : 60
  }
  return limited ? 60 : undefined
}
