import type { Repository } from '../world.ts'
import { accountNode } from './accounts.ts'
import { type AlertArguments, alertByNumber, alertsOf } from './alerts.ts'
import { type CollaboratorArguments, collaborators } from './collaborators.ts'
import { connection, type Page } from './connection.ts'
import { failure } from './errors.ts'
import { objectAt } from './git-objects.ts'
import { type IssueArguments, issueByNumber, issues } from './issues.ts'
import { type PullRequestArguments, pullRequestByNumber, pullRequests } from './pull-requests.ts'
import { type GraphqlNode, permitted, type Reading } from './reading.ts'
import { protectionNode, type RefArguments, refOrNull, refs } from './refs.ts'
import { latestRelease, type ReleaseArguments, releases } from './releases.ts'
import { type RulesetArguments, rulesetNode, rulesetsOf } from './rulesets.ts'

export function repositoryNode(reading: Reading, repository: Repository): GraphqlNode {
  const { world } = reading
  const { databaseId } = repository
  const needs = <T>(permission: string, read: () => T): T => permitted(reading, repository, permission, read)
  return {
    __typename: 'Repository',
    ...metadata(reading, repository),
    owner: () => accountNode(reading, repository.owner),
    defaultBranchRef: () => refOrNull(reading, repository, `refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => refOrNull(reading, repository, qualifiedName),
    refs: (args: RefArguments) => refs(reading, repository, args),
    object: (args: { expression?: string | null; oid?: string | null }) =>
      objectAt(reading, repository, args),
    branchProtectionRules: (page: Page) =>
      needs('administration', () =>
        connection(world.branchProtections(databaseId), page, rule =>
          protectionNode(reading, repository, rule),
        ),
      ),
    rulesets: (args: RulesetArguments) => rulesetsOf(reading, repository, args),
    ruleset: ({ databaseId: wanted, includeParents }: { databaseId: number; includeParents?: boolean }) => {
      const found = world.rulesets(databaseId, includeParents).find(each => each.databaseId === wanted)
      return found ? rulesetNode(reading, found) : null
    },
    codeowners: ({ refName }: { refName?: string | null }) =>
      needs('contents', () => {
        const errors = world.codeowners(databaseId, refName ?? undefined)
        return errors
          ? {
              __typename: 'RepositoryCodeowners',
              errors: errors.map(error => ({ ...error, suggestion: error.suggestion ?? null })),
            }
          : null
      }),
    hasVulnerabilityAlertsEnabled: () =>
      needs('vulnerability_alerts', () => world.alerts(databaseId) !== undefined),
    vulnerabilityAlerts: (args: AlertArguments) =>
      needs('vulnerability_alerts', () => alertsOf(reading, repository, args)),
    vulnerabilityAlert: ({ number }: { number: number }) =>
      needs('vulnerability_alerts', () => alertByNumber(reading, repository, number)),
    isSecurityPolicyEnabled: () => world.hasSecurityPolicy(databaseId),
    latestRelease: () => needs('contents', () => latestRelease(reading, databaseId)),
    releases: (args: ReleaseArguments) => needs('contents', () => releases(reading, databaseId, args)),
    collaborators: (args: CollaboratorArguments) =>
      needs('administration', () => collaborators(reading, repository, args)),
    pullRequest: ({ number }: { number: number }) =>
      needs('pull_requests', () => pullRequestByNumber(reading, repository, number)),
    pullRequests: (args: PullRequestArguments) =>
      needs('pull_requests', () => pullRequests(reading, repository, args)),
    issue: ({ number }: { number: number }) =>
      needs('issues', () => issueByNumber(reading, repository, number)),
    issues: (args: IssueArguments) => needs('issues', () => issues(reading, repository, args)),
    parent: () => {
      const parent = repository.parentId ? world.repositoryById(repository.parentId) : undefined
      return parent && world.sees(reading.caller, parent.databaseId) ? repositoryNode(reading, parent) : null
    },
  }
}

/** What the permission `metadata` gives, which every App has. */
function metadata({ world }: Reading, repository: Repository): Omit<GraphqlNode, '__typename'> {
  const language = (name: string) => ({
    __typename: 'Language',
    id: idOf('Language', name),
    name,
    color: null,
  })
  const languages = [...repository.languages].sort((left, right) => right.size - left.size)
  return {
    id: repository.nodeId,
    databaseId: repository.databaseId,
    name: repository.name,
    nameWithOwner: repository.nameWithOwner,
    url: `${world.url}/${repository.nameWithOwner}`,
    resourcePath: `/${repository.nameWithOwner}`,
    sshUrl: `git@${new URL(world.url).hostname}:${repository.nameWithOwner}.git`,
    description: repository.description ?? null,
    homepageUrl: repository.homepage ?? null,
    visibility: repository.visibility.toUpperCase(),
    isPrivate: repository.isPrivate,
    isArchived: repository.isArchived,
    archivedAt: repository.isArchived ? repository.updatedAt : null,
    isFork: repository.isFork,
    isTemplate: repository.isTemplate,
    isEmpty: repository.isEmpty,
    isInOrganization: repository.owner.type === 'Organization',
    hasIssuesEnabled: repository.hasIssues,
    // States that nobody can reach through the emulator.
    isDisabled: false,
    isLocked: false,
    isMirror: false,
    lockReason: null,
    templateRepository: null,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt ?? null,
    diskUsage: repository.diskUsage,
    licenseInfo: () => {
      const licence = world.licence(repository)
      return licence ? { __typename: 'License', id: idOf('License', licence.key), ...licence } : null
    },
    primaryLanguage: repository.primaryLanguage ? language(repository.primaryLanguage) : null,
    languages: (page: Page) => ({
      ...connection(
        languages,
        page,
        each => language(each.name),
        each => ({ size: each.size }),
      ),
      totalSize: languages.reduce((sum, each) => sum + each.size, 0),
    }),
    repositoryTopics: (page: Page) =>
      connection(repository.topics, page, name => ({
        __typename: 'RepositoryTopic',
        id: idOf('RepositoryTopic', `${repository.databaseId}:${name}`),
        url: `${world.url}/topics/${name}`,
        resourcePath: `/topics/${name}`,
        topic: { __typename: 'Topic', id: idOf('Topic', name), name },
      })),
  }
}

const idOf = (type: string, key: string) => Buffer.from(`${type}:${key}`).toString('base64')

export interface RepositoryArguments extends Page {
  isArchived?: boolean | null
  isFork?: boolean | null
  privacy?: 'PUBLIC' | 'PRIVATE' | null
  visibility?: string | null
  hasIssuesEnabled?: boolean | null
  orderBy?: { field: string; direction: string } | null
}

/** Only those that the caller may see, and they alone are counted. */
export function repositories(reading: Reading, all: readonly Repository[], args: RepositoryArguments) {
  const is = (wanted: boolean | null | undefined, value: boolean) => wanted == null || wanted === value
  const found = all
    .filter(each => reading.world.sees(reading.caller, each.databaseId))
    .filter(each => is(args.isArchived, each.isArchived) && is(args.isFork, each.isFork))
    .filter(each => is(args.hasIssuesEnabled, each.hasIssues))
    .filter(each => !args.privacy || (args.privacy === 'PRIVATE') === each.isPrivate)
    .filter(each => !args.visibility || each.visibility.toUpperCase() === args.visibility)
    .sort((left, right) => orderKey(left, args).localeCompare(orderKey(right, args)))
  if (args.orderBy?.direction === 'DESC') found.reverse()
  return connection(found, args, repository => repositoryNode(reading, repository))
}

function orderKey(repository: Repository, { orderBy }: RepositoryArguments): string {
  switch (orderBy?.field) {
    case undefined:
    case 'NAME':
      return repository.name
    case 'CREATED_AT':
      return repository.createdAt
    case 'PUSHED_AT':
      return repository.pushedAt ?? ''
    case 'UPDATED_AT':
      return repository.updatedAt
    default:
      throw failure('NOT_EMULATED', `The emulated GitHub does not order repositories by ${orderBy?.field}.`)
  }
}
