import type { FactName } from '../snapshot.ts'

/** Builds the one query that reads a repository. Pure; `answer.ts` reads what comes back. */
export interface RepositoryQuery {
  query: string
  variables: Record<string, unknown>
  /** Alias of each file and directory in the answer. */
  files: Map<string, string>
  directories: Map<string, string>
  facts: readonly FactName[]
  /** The same of the commit that the head is compared with. */
  base?: Pick<RepositoryQuery, 'files' | 'directories'> & { codeowners: boolean }
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
  /** What is read of a second commit along with it. */
  base?: Pick<QueryRequest, 'files' | 'directories'> & { at: string; codeowners: boolean }
  /** Leaves out what may not be null and took everything with it: see `ask.ts`. */
  without?: readonly 'hasVulnerabilityAlertsEnabled'[]
}

/** One answer holds at most this many files: GitHub ends a query that takes over ten seconds. */
export const maximumFilesAQuery = 100

export function repositoryQuery(request: QueryRequest): RepositoryQuery {
  const variables: Record<string, unknown> = { id: request.nodeId, at: request.at }
  const declarations = ['$id: ID!', '$at: String!']
  const fields: string[] = [identity, defaultBranch(request.facts.includes('protection')), head]
  const aliases = (prefix: string, at: string, paths: readonly string[], selection: string) =>
    new Map(
      paths.map((path, index) => {
        const name = `${prefix}${index}`
        variables[name] = `${at}:${path}`
        declarations.push(`$${name}: String!`)
        fields.push(`${name}: object(expression: $${name}) { ${selection} }`)
        return [path, name]
      }),
    )
  const files = aliases('file', request.at, request.files, blob)
  const directories = aliases('directory', request.at, request.directories, tree)
  const { base } = request
  const baseAliases = base && {
    files: aliases('baseFile', base.at, base.files, blob),
    directories: aliases('baseDirectory', base.at, base.directories, tree),
    codeowners: base.codeowners,
  }
  if (base?.codeowners) {
    variables.base = base.at
    declarations.push('$base: String!')
    fields.push(`baseCodeowners: ${codeowners('$base')}`)
  }
  if (!request.without?.includes('hasVulnerabilityAlertsEnabled'))
    fields.push('hasVulnerabilityAlertsEnabled')
  if (request.facts.includes('codeownersErrors'))
    fields.push(codeowners(request.at === 'HEAD' ? undefined : '$at'))
  for (const fact of request.facts) if (fact in selections) fields.push(selections[fact] ?? '')
  if (request.pullRequest !== undefined) {
    variables.pullRequest = request.pullRequest
    declarations.push('$pullRequest: Int!')
    fields.push('pullRequest(number: $pullRequest) { state headRefOid baseRefName }')
  }
  const query = `query(${declarations.join(', ')}) {
  repository: node(id: $id) { ... on Repository { ${fields.join('\n')} } }
  rateLimit { cost remaining resetAt }
}`
  return {
    query,
    variables,
    files,
    directories,
    facts: request.facts,
    ...(baseAliases ? { base: baseAliases } : {}),
  }
}

const identity = `databaseId name url description visibility isArchived isFork isTemplate isEmpty hasIssuesEnabled
  createdAt pushedAt primaryLanguage { name } licenseInfo { spdxId } isSecurityPolicyEnabled owner { __typename login ... on Organization { databaseId } ... on User { databaseId } }`

const defaultBranch = (withProtection: boolean): string =>
  `defaultBranchRef { name target { oid } ${withProtection ? protection : ''} }`

const actor = '__typename ... on App { slug } ... on Team { combinedSlug }'

// Bypass lists are asked for in part: one that is longer says by its count that it is not known whole.
const protection = `branchProtectionRule {
    pattern requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews allowsForcePushes allowsDeletions
    requiresStatusChecks requiredStatusChecks { context app { databaseId } }
    dismissesStaleReviews requireLastPushApproval isAdminEnforced
    bypassPullRequestAllowances(first: 50) { totalCount nodes { actor { ${actor} ... on User { login } } } }
  }
  rules(first: 100) { totalCount nodes { type repositoryRuleset { name bypassActors(first: 50) { totalCount nodes {
    bypassMode organizationAdmin enterpriseOwner deployKey repositoryRoleName actor { ${actor} }
  } } } parameters {
    ... on PullRequestParameters {
      requiredApprovingReviewCount requireCodeOwnerReview dismissStaleReviewsOnPush requireLastPushApproval
    }
    ... on RequiredStatusChecksParameters { requiredStatusChecks { context integrationId } }
    ... on WorkflowsParameters { workflows { path } }
  } } }`

const head = 'commit: object(expression: $at) { ... on Commit { oid tree { oid } } }'
const blob = '__typename ... on Blob { oid byteSize isBinary isTruncated text }'
const tree = '__typename ... on Tree { entries { name type mode oid size } }'
const codeowners = (refName: string | undefined): string =>
  `codeowners${refName ? `(refName: ${refName})` : ''} { errors { line column kind source suggestion path message } }`

/** What a fact adds to the query, where it stands on the repository and depends on nothing. */
const selections: Partial<Record<FactName, string>> = {
  topics: 'repositoryTopics(first: 100) { nodes { topic { name } } }',
  vulnerabilityAlerts: `vulnerabilityAlerts(first: 100, states: OPEN) {
    totalCount nodes { number createdAt securityVulnerability { severity package { name } } }
  }`,
  // Without an order GitHub lists the oldest first.
  dismissedAlerts: `dismissedAlerts: vulnerabilityAlerts(last: 100, states: DISMISSED) { nodes {
    number dismissReason dismissComment dismisser { login } securityVulnerability { severity package { name } }
  } }`,
  languages: `languages(first: 100, orderBy: { field: SIZE, direction: DESC }) { edges { size node { name } } }`,
  latestRelease: `latestRelease {
    tagName publishedAt description releaseAssets(first: 100) { nodes { name } }
  }`,
  collaborators: `collaborators(affiliation: DIRECT, first: 100) { totalCount edges { permission node { login } } }
  outsideCollaborators: collaborators(affiliation: OUTSIDE, first: 100) { nodes { login } }`,
}
