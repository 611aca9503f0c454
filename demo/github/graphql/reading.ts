import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql'
import type { Caller, Repository, World } from '../world.ts'
import { checkPage, type Page } from './connection.ts'
import { isConnection } from './cost.ts'
import { failure, forbidden } from './errors.ts'

/**
 * An object of the answer: its type, and for each field of GitHub's schema either the value or how to get it.
 * Functions take the field's arguments and run only when the field is asked.
 */
export type GraphqlNode = { __typename: string } & Record<string, unknown>

/** One request: the state it reads, who asks, and what it may still spend. */
export interface Reading {
  world: World
  caller: Caller
  /** Counts one git object read; throws when the query has read too many. */
  countObject(): void
}

/** A fault that a test asked for: the field answers null and the error below, the rest of the query is answered. */
export interface GraphqlFault {
  /** `repository.codeowners` by response names without list positions, or `Repository.codeowners` for every repository. */
  graphqlPath: string
  type: string
  message: string
}

export function isGraphqlFault(given: unknown): given is GraphqlFault {
  const { graphqlPath, type, message } = (given ?? {}) as Record<string, unknown>
  return [graphqlPath, type, message].every(each => typeof each === 'string')
}

export interface FieldContext {
  faults: readonly GraphqlFault[]
}

type FieldFunction = (args: unknown, info: GraphQLResolveInfo) => unknown

/** One resolver for the whole schema: objects carry their own fields, and what all fields share is checked here. */
export const resolveField: GraphQLFieldResolver<GraphqlNode, FieldContext> = (
  source,
  args,
  context,
  info,
) => {
  if (context.faults.length > 0) raiseFault(context.faults, info)
  const field = info.parentType.getFields()[info.fieldName]
  if (field && isConnection(field)) checkPage(args as Page, info)
  if (!(info.fieldName in source))
    throw failure(
      'NOT_EMULATED',
      `${info.parentType.name}.${info.fieldName} is in GitHub's schema, but the emulated GitHub does not answer it: add it under demo/github/graphql.`,
    )
  const value = source[info.fieldName]
  return typeof value === 'function' ? (value as FieldFunction)(args, info) : value
}

function raiseFault(faults: readonly GraphqlFault[], info: GraphQLResolveInfo): void {
  const names = [`${info.parentType.name}.${info.fieldName}`, responsePath(info)]
  const fault = faults.find(each => names.includes(each.graphqlPath))
  if (fault) throw failure(fault.type, fault.message)
}

function responsePath(info: GraphQLResolveInfo): string {
  const keys: string[] = []
  for (let at: GraphQLResolveInfo['path'] | undefined = info.path; at; at = at.prev)
    if (typeof at.key === 'string') keys.unshift(at.key)
  return keys.join('.')
}

/** What a token may read of a public repository outside its installation, as any App on GitHub can. */
const PUBLIC = ['issues', 'pull_requests', 'checks']

/**
 * The value, or GitHub's FORBIDDEN when the token lacks the permission. An installation's permissions reach only the
 * repositories it was given. The contents of a public repository are anybody's, here as over REST (permissions.ts).
 */
export function permitted<T>(reading: Reading, repository: Repository, permission: string, read: () => T): T {
  const { world, caller } = reading
  const open = !repository.isPrivate && permission === 'contents'
  const reached =
    world.isInstalledOn(caller, repository.databaseId) ||
    (!repository.isPrivate && PUBLIC.includes(permission))
  if (!open && !(reached && world.may(caller, permission))) throw forbidden()
  return read()
}

/** The same for what belongs to an organisation: an installation holds it only in its own. */
export function permittedIn<T>(reading: Reading, organisation: string, permission: string, read: () => T): T {
  const { world, caller } = reading
  const elsewhere = caller.kind === 'installation' && caller.account !== organisation
  if (elsewhere || !world.may(caller, permission)) throw forbidden()
  return read()
}
