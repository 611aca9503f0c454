import type { FactName } from './snapshot.ts'

/** Builds the one query that reads a repository. Pure; `answer.ts` reads what comes back. */
export interface RepositoryQuery {
  query: string
  variables: Record<string, unknown>
  /** Alias of each file and directory in the answer. */
  files: Map<string, string>
  directories: Map<string, string>
}

export interface QueryRequest {
  nodeId: string
  /** A commit, or `HEAD` while the head is not known. */
  at: string
  /** Paths whose text is asked for. */
  files: readonly string[]
  /** Directories whose entries are asked for: object ids, modes, and what is absent. `''` is the root. */
  directories: readonly string[]
  facts: readonly FactName[]
  pullRequest?: number
}

/** One answer holds at most this many files: GitHub ends a query that takes over ten seconds. */
export const maximumFilesAQuery = 100

export function repositoryQuery(request: QueryRequest): RepositoryQuery {
  const variables: Record<string, unknown> = { id: request.nodeId, at: request.at }
  const declarations = ['$id: ID!', '$at: String!']
  const fields: string[] = [identity, defaultBranch(request.facts.includes('protection')), head]
  const alias = (prefix: string, index: number, path: string, selection: string): string => {
    const name = `${prefix}${index}`
    variables[name] = `${request.at}:${path}`
    declarations.push(`$${name}: String!`)
    fields.push(`${name}: object(expression: $${name}) { ${selection} }`)
    return name
  }
  const files = new Map(request.files.map((path, index) => [path, alias('file', index, path, blob)]))
  const directories = new Map(
    request.directories.map((path, index) => [path, alias('directory', index, path, tree)]),
  )
  if (request.facts.includes('topics')) fields.push(topics)
  if (request.facts.includes('codeownersErrors')) fields.push(codeowners(request.at))
  if (request.facts.includes('vulnerabilityAlerts')) fields.push(alerts)
  if (request.pullRequest !== undefined) {
    variables.pullRequest = request.pullRequest
    declarations.push('$pullRequest: Int!')
    fields.push('pullRequest(number: $pullRequest) { state headRefOid }')
  }
  const query = `query(${declarations.join(', ')}) {
  repository: node(id: $id) { ... on Repository { ${fields.join('\n')} } }
  rateLimit { cost remaining resetAt }
}`
  return { query, variables, files, directories }
}

const identity = `databaseId name url description visibility isArchived isFork isTemplate isEmpty hasIssuesEnabled
  createdAt pushedAt primaryLanguage { name } owner { __typename login ... on Organization { databaseId } ... on User { databaseId } }`

const defaultBranch = (withProtection: boolean): string =>
  `defaultBranchRef { name target { oid } ${withProtection ? protection : ''} }`

const protection = `branchProtectionRule {
    pattern requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews allowsForcePushes allowsDeletions
    requiresStatusChecks requiredStatusChecks { context app { databaseId } }
  }
  rules(first: 100) { totalCount nodes { type repositoryRuleset { name } parameters {
    ... on PullRequestParameters { requiredApprovingReviewCount requireCodeOwnerReview }
    ... on RequiredStatusChecksParameters { requiredStatusChecks { context integrationId } }
  } } }`

const head = 'commit: object(expression: $at) { ... on Commit { oid tree { oid } } }'
const blob = '__typename ... on Blob { oid byteSize isBinary isTruncated text }'
const tree = '__typename ... on Tree { entries { name type mode oid size } }'
const topics = 'repositoryTopics(first: 100) { nodes { topic { name } } }'
const codeowners = (at: string): string =>
  `codeowners${at === 'HEAD' ? '' : '(refName: $at)'} { errors { line column kind source suggestion path message } }`
const alerts = `vulnerabilityAlerts(first: 100, states: OPEN) {
    totalCount nodes { number createdAt securityVulnerability { severity package { name } } }
  }`
