import { GraphQLError } from 'graphql'

/** The types GitHub puts on an execution error, and one of ours: a real field that the emulator does not answer. */
export type ErrorType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNPROCESSABLE'
  | 'ARGUMENT_LIMIT'
  | 'EXCESSIVE_PAGINATION'
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'INVALID_CURSOR_ARGUMENTS'
  | 'MAX_NODE_LIMIT_EXCEEDED'
  | 'RESOURCE_LIMITS_EXCEEDED'
  | 'RATE_LIMITED'
  | 'NOT_EMULATED'

/** One entry of `errors` as GitHub writes it: `type` stands beside the message, not inside `extensions`. */
export interface GithubGraphqlError {
  type?: string
  path?: readonly (string | number)[]
  extensions?: Record<string, unknown>
  locations?: readonly { line: number; column: number }[]
  message: string
}

/** The field that throws this becomes null and the rest of the query is still answered. */
export function failure(type: ErrorType | (string & {}), message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } })
}

export function notFound(message: string): GraphQLError {
  return failure('NOT_FOUND', message)
}

/** What a field answers when the installation lacks the permission. GitHub says this same sentence for all of them. */
export function forbidden(): GraphQLError {
  return new GraphQLError('Resource not accessible by integration', {
    extensions: { type: 'FORBIDDEN', saml_failure: false },
  })
}

export function inGithubShape(error: GraphQLError): GithubGraphqlError {
  const { type, ...extensions } = error.extensions
  const unexpected = error.originalError && !(error.originalError instanceof GraphQLError)
  return {
    ...(typeof type === 'string' && { type }),
    ...(error.path && { path: error.path }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
    ...(error.locations && { locations: error.locations }),
    // GitHub hides the reason behind a request id; an emulator's reader needs it.
    message: unexpected
      ? `Something went wrong while executing your query: ${error.originalError?.stack ?? error.message}`
      : error.message,
  }
}
