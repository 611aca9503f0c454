import {
  type DocumentNode,
  execute,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { costOf, NODE_LIMIT } from './graphql/cost.ts'
import { failure, type GithubGraphqlError, inGithubShape } from './graphql/errors.ts'
import { isEmulated, mutationNode } from './graphql/mutations.ts'
import { queryNode, type RateLimit } from './graphql/query.ts'
import { type GraphqlFault, type Reading, resolveField } from './graphql/reading.ts'
import { githubSchema } from './graphql/schema.ts'
import { validationErrors } from './graphql/validation.ts'
import type { Caller, World } from './world.ts'

export type { GithubGraphqlError } from './graphql/errors.ts'
export type { RateLimit } from './graphql/query.ts'
export { type GraphqlFault, isGraphqlFault } from './graphql/reading.ts'

export interface GraphqlRequest {
  query: string
  variables?: Record<string, unknown> | null
  operationName?: string | null
  caller: Caller
}

/** GitHub's body, which it always sends with status 200. `data` is absent when the query did not run at all. */
export interface GraphqlAnswer {
  data?: Record<string, unknown> | null
  errors?: GithubGraphqlError[]
}

export interface GraphqlOptions {
  /** Takes the points from the caller's budget and tells what is left; without it each caller has 5,000 an hour. */
  charge?(caller: Caller, points: number): RateLimit
  /** Read anew for every query, so that a test can set and clear them between two. */
  faults?(): readonly GraphqlFault[]
  /**
   * How many git objects one query may read before its remaining ones answer RESOURCE_LIMITS_EXCEEDED. GitHub gives no
   * number (it counts its own work); ours stands for "a query too big to be answered whole" and is for tests to lower.
   */
  objects?: number
}

export const OBJECT_LIMIT = 10_000

/** Queries that are kept parsed and judged: a sweep sends the same text for every page (50 repositories, 70 KB). */
const KEPT_DOCUMENTS = 50

/** GitHub's GraphQL over the emulated state: its real schema, its limits and its way of answering in part. */
export function createGraphql(world: World, options: GraphqlOptions = {}) {
  const documents = new Map<string, DocumentNode | GithubGraphqlError[]>()
  const charge = options.charge ?? createBudget()

  function judged(query: string): DocumentNode | GithubGraphqlError[] {
    const known = documents.get(query)
    if (known) return known
    const fresh = judge(query)
    if (documents.size >= KEPT_DOCUMENTS) documents.clear()
    documents.set(query, fresh)
    return fresh
  }

  return async function answer(request: GraphqlRequest): Promise<GraphqlAnswer> {
    if (typeof request.query !== 'string' || request.query === '')
      return { errors: [{ message: 'A query attribute must be specified and must be a string.' }] }
    const document = judged(request.query)
    if (Array.isArray(document)) return { errors: document }
    const operation = getOperationAST(document, request.operationName)
    if (!operation) return { errors: [{ message: noOperation(request.operationName) }] }
    const isMutation = isEmulated(operation)
    if (operation.operation !== 'query' && !isMutation) return { errors: [unsupported(operation)] }

    const schema = githubSchema()
    const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {})
    if (variables.errors) return { errors: variables.errors.map(inGithubShape) }

    const cost = costOf(schema, document, operation, variables.coerced)
    if (cost.nodes > NODE_LIMIT) return { errors: [tooManyNodes(cost.nodes)] }
    const rate = charge(request.caller, cost.points)
    const result = await execute({
      schema,
      document,
      operationName: request.operationName,
      variableValues: request.variables,
      rootValue: isMutation
        ? mutationNode(readingOf(request.caller))
        : queryNode(readingOf(request.caller), cost, rate),
      contextValue: { faults: options.faults?.() ?? [] },
      fieldResolver: resolveField,
    })
    return {
      ...(result.data !== undefined && { data: result.data }),
      ...(result.errors && { errors: result.errors.map(inGithubShape) }),
    }
  }

  function readingOf(caller: Caller): Reading {
    let left = options.objects ?? OBJECT_LIMIT
    return {
      world,
      caller,
      countObject() {
        left -= 1
        if (left < 0) throw failure('RESOURCE_LIMITS_EXCEEDED', 'Resource limits for this query exceeded.')
      },
    }
  }
}

function judge(query: string): DocumentNode | GithubGraphqlError[] {
  try {
    const document = parse(query)
    const errors = validationErrors(githubSchema(), document)
    return errors.length > 0 ? errors : document
  } catch (error) {
    if (error instanceof GraphQLError) return [inGithubShape(error)]
    throw error
  }
}

function noOperation(name: string | null | undefined): string {
  return name ? `No operation named "${name}"` : 'An operation name is required'
}

/** The app changes things over REST. A mutation that is valid on GitHub must not seem to have happened here. */
function unsupported(operation: OperationDefinitionNode): GithubGraphqlError {
  return inGithubShape(
    failure(
      'NOT_EMULATED',
      `The emulated GitHub answers queries and updateRefs only, not this ${operation.operation}: use REST.`,
    ),
  )
}

function tooManyNodes(nodes: number): GithubGraphqlError {
  return inGithubShape(
    failure(
      'MAX_NODE_LIMIT_EXCEEDED',
      `This query requests up to ${nodes.toLocaleString('en-US')} possible nodes which exceeds the maximum limit of ${NODE_LIMIT.toLocaleString('en-US')}.`,
    ),
  )
}

function createBudget(): (caller: Caller, points: number) => RateLimit {
  const limit = 5000
  const spent = new Map<string, { used: number; reset: number }>()
  return function charge(caller, points) {
    const now = Math.floor(Date.now() / 1000)
    const key = JSON.stringify(caller)
    const known = spent.get(key)
    const state = known && known.reset > now ? known : { used: 0, reset: now + 3600 }
    state.used += points
    spent.set(key, state)
    return { limit, used: state.used, remaining: Math.max(0, limit - state.used), reset: state.reset }
  }
}
