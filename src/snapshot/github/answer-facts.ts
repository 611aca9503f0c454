import type { GraphqlError } from '../../github.ts'
import {
  type Collaborator,
  type DismissedAlert,
  type Fact,
  type FactName,
  known,
  type Metadata,
  type Protection,
  type Release,
  type RepositoryFacts,
  type Unknown,
  unknown,
  type VulnerabilityAlert,
} from '../snapshot.ts'
import type { RepositoryShape } from './answer-shape.ts'
import { bypassOf } from './bypass.ts'

const source = 'github'

/** The facts that were asked for, and the metadata. A fact that was not asked for is not among them. */
export function readFacts(
  asked: readonly FactName[],
  repository: RepositoryShape,
  errors: readonly GraphqlError[],
): Partial<RepositoryFacts> & Pick<RepositoryFacts, 'metadata'> {
  const facts: Partial<RepositoryFacts> = {}
  for (const name of asked)
    if (isRead(name)) Object.assign(facts, { [name]: readers[name](repository, errors) })
  return { ...facts, metadata: known(readMetadata(repository, errors), source) }
}

/** @param alias under which it was asked for */
export const readCodeownersErrors = (
  alias: 'codeowners' | 'baseCodeowners',
  answer: RepositoryShape['codeowners'],
  errors: readonly GraphqlError[],
): RepositoryFacts['codeownersErrors'] =>
  problemAt(errors, [alias]) ??
  known(
    (answer?.errors ?? []).map(error => ({ ...error, suggestion: error.suggestion ?? undefined })),
    source,
  )

type Read = (repository: RepositoryShape, errors: readonly GraphqlError[]) => Fact<unknown>
type ReadName = keyof typeof readers

const isRead = (name: FactName): name is ReadName => Object.hasOwn(readers, name)

const readers = {
  topics: (repository, errors) =>
    problemAt(errors, ['repositoryTopics']) ??
    known(
      (repository.repositoryTopics?.nodes ?? []).flatMap(node => (node ? [node.topic.name] : [])),
      source,
    ),

  codeownersErrors: (repository, errors) => readCodeownersErrors('codeowners', repository.codeowners, errors),

  protection: (repository, errors) => readProtection(repository, errors),

  vulnerabilityAlerts: (repository, errors) => {
    const problem = problemAt(errors, ['vulnerabilityAlerts'])
    if (problem) return problem
    const alerts = repository.vulnerabilityAlerts
    if (!alerts) return alertsOff
    if (alerts.totalCount > alerts.nodes.length)
      return unknown(
        'partial-answer',
        `There are ${alerts.totalCount} open Dependabot alerts, of which GitHub listed ${alerts.nodes.length}`,
      )
    return known(
      alerts.nodes.flatMap((node): VulnerabilityAlert[] =>
        node ? [{ number: node.number, ...vulnerable(node), createdAt: node.createdAt }] : [],
      ),
      source,
    )
  },

  dismissedAlerts: (repository, errors) => {
    const problem = problemAt(errors, ['dismissedAlerts'])
    if (problem) return problem
    if (!repository.dismissedAlerts) return alertsOff
    const alerts = repository.dismissedAlerts.nodes.flatMap((node): DismissedAlert[] =>
      node
        ? [
            {
              number: node.number,
              ...vulnerable(node),
              reason: node.dismissReason ?? undefined,
              comment: node.dismissComment?.slice(0, mostCommentCharacters) ?? undefined,
              dismissedBy: node.dismisser?.login,
            },
          ]
        : [],
    )
    return known(
      alerts.toSorted((a, b) => b.number - a.number),
      source,
    )
  },

  languages: (repository, errors) =>
    problemAt(errors, ['languages']) ??
    known(
      Object.fromEntries(
        (repository.languages?.edges ?? []).flatMap(edge => (edge ? [[edge.node.name, edge.size]] : [])),
      ),
      source,
    ),

  latestRelease: (repository, errors) => {
    const problem = problemAt(errors, ['latestRelease'])
    if (problem) return problem
    const release = repository.latestRelease
    if (!release) return known({ exists: false }, source)
    const value: Release = {
      exists: true,
      tag: release.tagName,
      publishedAt: release.publishedAt ?? undefined,
      notes: (release.description ?? '').slice(0, mostNotesCharacters),
      assets: (release.releaseAssets.nodes ?? []).flatMap(asset => asset?.name ?? []),
    }
    return known(value, source)
  },

  collaborators: (repository, errors) => {
    const problem = problemAt(errors, ['collaborators']) ?? problemAt(errors, ['outsideCollaborators'])
    if (problem) return problem
    const { collaborators, outsideCollaborators } = repository
    // GitHub answers null, without an error, to whoever may not know.
    if (!collaborators?.edges || !outsideCollaborators)
      return unknown(
        'permission',
        `GitHub does not show the collaborators to the app. Grant it ${permissions.collaborators}`,
      )
    if (collaborators.totalCount > collaborators.edges.length)
      return unknown(
        'partial-answer',
        `There are ${collaborators.totalCount} people with direct access, of whom GitHub listed ${collaborators.edges.length}`,
      )
    const outside = new Set((outsideCollaborators.nodes ?? []).flatMap(node => node?.login ?? []))
    return known(
      collaborators.edges.flatMap((edge): Collaborator[] =>
        edge
          ? [
              {
                login: edge.node.login,
                permission: edge.permission.toLowerCase() as Collaborator['permission'],
                outside: outside.has(edge.node.login),
              },
            ]
          : [],
      ),
      source,
    )
  },
} satisfies Partial<Record<FactName, Read>>

const mostNotesCharacters = 1_000
const mostCommentCharacters = 1_000

const alertsOff = unknown(
  'not-configured',
  'Dependabot alerts are switched off for this repository, so GitHub knows of none',
)

const vulnerable = (node: {
  securityVulnerability?: { severity: string; package: { name: string } } | null
}): Pick<VulnerabilityAlert, 'severity' | 'package'> => ({
  severity: (node.securityVulnerability?.severity ?? 'LOW').toLowerCase() as VulnerabilityAlert['severity'],
  package: node.securityVulnerability?.package.name ?? '',
})

/** As GitHub's settings page of the app names them, by the field that is refused without. */
const permissions: Record<string, string> = {
  branchProtectionRule: 'the repository permission "Administration: read"',
  rules: 'the repository permission "Administration: read"',
  codeowners: 'the repository permission "Contents: read"',
  latestRelease: 'the repository permission "Contents: read"',
  vulnerabilityAlerts: 'the repository permission "Dependabot alerts: read"',
  dismissedAlerts: 'the repository permission "Dependabot alerts: read"',
  collaborators:
    'the repository permission "Administration: read" and the organisation permission "Members: read"',
  outsideCollaborators:
    'the repository permission "Administration: read" and the organisation permission "Members: read"',
}

/** The error GitHub gave at this field of the repository or below it, as a reason. */
export function problemAt(
  errors: readonly GraphqlError[],
  path: readonly string[],
  what: string = path.at(-1) ?? '',
): Unknown | undefined {
  const error = errors.find(each => {
    const at = (each.path ?? []).slice(1).map(String)
    return path.every((segment, index) => at[index] === segment || at[index] === undefined)
  })
  if (!error) return undefined
  const said = error.message.slice(0, 200)
  if (error.type === 'FORBIDDEN')
    return unknown(
      'permission',
      `The app may not read ${what}: ${said}. Grant it ${permissions[path.at(-1) ?? ''] ?? 'the permission in its settings'}`,
    )
  return unknown('partial-answer', `GitHub left ${what} out of its answer: ${said}`)
}

/** What GitHub refused to say beside the rest is not told; an error there makes nothing else unknown. */
function readMetadata(repository: RepositoryShape, errors: readonly GraphqlError[]): Metadata {
  const told = <T>(field: string, value: T | undefined): T | undefined =>
    problemAt(errors, [field]) ? undefined : value
  return {
    visibility: repository.visibility.toLowerCase() as Metadata['visibility'],
    isArchived: repository.isArchived,
    isFork: repository.isFork,
    isTemplate: repository.isTemplate,
    isEmpty: repository.isEmpty,
    hasIssuesEnabled: repository.hasIssuesEnabled,
    description: repository.description ?? '',
    defaultBranch: repository.defaultBranchRef?.name,
    primaryLanguage: repository.primaryLanguage?.name,
    licence: told('licenseInfo', licenceOf(repository)),
    hasSecurityPolicy: told('isSecurityPolicyEnabled', repository.isSecurityPolicyEnabled ?? undefined),
    hasDependencyAlerts: told(
      'hasVulnerabilityAlertsEnabled',
      repository.hasVulnerabilityAlertsEnabled ?? undefined,
    ),
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt ?? undefined,
  }
}

const licenceOf = ({ licenseInfo }: RepositoryShape): string | undefined =>
  licenseInfo === undefined ? undefined : licenseInfo === null ? '' : (licenseInfo.spdxId ?? 'NOASSERTION')

/** Classic protection and rules are two answers; together they are known only when both are. */
function readProtection(repository: RepositoryShape, all: readonly GraphqlError[]): Fact<Protection> {
  const branch = repository.defaultBranchRef
  // Who may bypass is shown to whoever may change it; not to be shown that leaves the rest as known as it was.
  const errors = all.filter(error => !error.path?.some(step => /^bypass/.test(String(step))))
  const problem =
    problemAt(errors, ['defaultBranchRef', 'branchProtectionRule'], 'branch protection') ??
    problemAt(errors, ['defaultBranchRef', 'rules'], 'branch protection')
  if (problem) return problem
  if (!branch) return unknown('partial-answer', 'There is no default branch yet')
  if (!branch.rules) return unknown('partial-answer', 'GitHub left the rules of the branch out of its answer')
  if (branch.rules.totalCount > branch.rules.nodes.length)
    return unknown(
      'partial-answer',
      `The branch has ${branch.rules.totalCount} rules, of which GitHub listed ${branch.rules.nodes.length}`,
    )
  const rules = branch.rules.nodes.filter(rule => rule !== null)
  const classic = branch.branchProtectionRule
  const reviews = rules.filter(rule => rule.type === 'PULL_REQUEST')
  const checks = rules.flatMap(rule => rule.parameters?.requiredStatusChecks ?? [])
  const workflows = rules.flatMap(rule => rule.parameters?.workflows?.map(({ path }) => path) ?? [])
  const asksReview = classic?.requiresApprovingReviews === true
  return known(
    {
      requiresPullRequest: reviews.length > 0 || asksReview,
      requiredApprovals: Math.max(
        0,
        asksReview ? (classic.requiredApprovingReviewCount ?? 0) : 0,
        ...reviews.map(rule => rule.parameters?.requiredApprovingReviewCount ?? 0),
      ),
      requiresCodeOwnerReview:
        classic?.requiresCodeOwnerReviews === true ||
        reviews.some(rule => rule.parameters?.requireCodeOwnerReview === true),
      blocksForcePush:
        rules.some(rule => rule.type === 'NON_FAST_FORWARD') || classic?.allowsForcePushes === false,
      blocksDeletion: rules.some(rule => rule.type === 'DELETION') || classic?.allowsDeletions === false,
      requiredChecks: [
        ...checks.map(check => ({ context: check.context, appId: check.integrationId ?? undefined })),
        ...(classic?.requiresStatusChecks ? (classic.requiredStatusChecks ?? []) : []).map(check => ({
          context: check.context,
          appId: check.app?.databaseId ?? undefined,
        })),
      ],
      ...(workflows.length > 0 ? { requiredWorkflows: workflows } : {}),
      dismissesStaleReviews:
        (asksReview && classic.dismissesStaleReviews) ||
        reviews.some(rule => rule.parameters?.dismissStaleReviewsOnPush === true),
      requiresLastPushApproval:
        (asksReview && classic.requireLastPushApproval) ||
        reviews.some(rule => rule.parameters?.requireLastPushApproval === true),
      bypass: bypassOf(branch),
      sources: [
        ...(classic ? [`branch protection of ${classic.pattern}`] : []),
        ...new Set(rules.map(rule => `ruleset ${rule.repositoryRuleset?.name ?? 'without a name'}`)),
      ],
    },
    source,
  )
}
