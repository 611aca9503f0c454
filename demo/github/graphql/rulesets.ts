import type { Repository, Ruleset, RulesetRule } from '../world.ts'
import { bypassActors, mayChange } from './bypass.ts'
import { connection, type Page } from './connection.ts'
import { organizationNode } from './organization.ts'
import type { GraphqlNode, Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'

export interface RulesetArguments extends Page {
  includeParents?: boolean
  targets?: readonly string[] | null
}

export function rulesetsOf(reading: Reading, repository: Repository, args: RulesetArguments) {
  const found = reading.world
    .rulesets(repository.databaseId, args.includeParents)
    .filter(ruleset => !args.targets || args.targets.includes(ruleset.target.toUpperCase()))
  return connection(found, args, ruleset => rulesetNode(reading, ruleset))
}

export function rulesOfBranch(reading: Reading, repository: Repository, branch: string, page: Page) {
  const found = reading.world.rulesForBranch(repository.databaseId, branch)
  return connection(found, page, ({ rule, ruleset }) => ruleNode(reading, ruleset, rule))
}

export function rulesetNode(reading: Reading, ruleset: Ruleset): GraphqlNode {
  return {
    __typename: 'RepositoryRuleset',
    id: ruleset.nodeId,
    databaseId: ruleset.databaseId,
    name: ruleset.name,
    target: ruleset.target.toUpperCase(),
    enforcement: ruleset.enforcement.toUpperCase(),
    createdAt: ruleset.createdAt,
    updatedAt: ruleset.updatedAt,
    source: () => sourceOf(reading, ruleset),
    // Shown to whoever may change the ruleset, as in REST.
    bypassActors: (page: Page) => (mayChange(reading, ruleset) ? bypassActors(reading, ruleset, page) : null),
    conditions: {
      __typename: 'RepositoryRuleConditions',
      refName: { __typename: 'RefNameConditionTarget', ...ruleset.refNames },
      repositoryName: ruleset.repositoryNames
        ? {
            __typename: 'RepositoryNameConditionTarget',
            ...ruleset.repositoryNames,
            protected: false,
          }
        : null,
      repositoryId: null,
      repositoryProperty: null,
    },
    rules: (args: Page & { type?: string | null }) =>
      connection(
        ruleset.rules.filter(rule => !args.type || rule.type.toUpperCase() === args.type),
        args,
        rule => ruleNode(reading, ruleset, rule),
      ),
  }
}

function sourceOf(reading: Reading, ruleset: Ruleset): GraphqlNode | null {
  if (ruleset.sourceType === 'Organization') {
    const organisation = reading.world.organisation(ruleset.source)
    return organisation ? organizationNode(reading, organisation) : null
  }
  const repository = ruleset.repositoryId ? reading.world.repositoryById(ruleset.repositoryId) : undefined
  return repository ? repositoryNode(reading, repository) : null
}

function ruleNode(reading: Reading, ruleset: Ruleset, rule: RulesetRule): GraphqlNode {
  const type = PARAMETERS[rule.type]
  return {
    __typename: 'RepositoryRule',
    id: Buffer.from(`${ruleset.nodeId}:${rule.type}`).toString('base64'),
    type: rule.type.toUpperCase(),
    repositoryRuleset: () => rulesetNode(reading, ruleset),
    parameters: type
      ? { __typename: type, ...DEFAULTS[rule.type], ...camelCased(rule.parameters ?? {}) }
      : null,
  }
}

/** Rules without a row here take no parameters, and GitHub answers null. */
const PARAMETERS: Record<string, string> = {
  branch_name_pattern: 'BranchNamePatternParameters',
  code_scanning: 'CodeScanningParameters',
  commit_author_email_pattern: 'CommitAuthorEmailPatternParameters',
  commit_message_pattern: 'CommitMessagePatternParameters',
  committer_email_pattern: 'CommitterEmailPatternParameters',
  file_extension_restriction: 'FileExtensionRestrictionParameters',
  file_path_restriction: 'FilePathRestrictionParameters',
  max_file_path_length: 'MaxFilePathLengthParameters',
  max_file_size: 'MaxFileSizeParameters',
  merge_queue: 'MergeQueueParameters',
  pull_request: 'PullRequestParameters',
  required_deployments: 'RequiredDeploymentsParameters',
  required_status_checks: 'RequiredStatusChecksParameters',
  tag_name_pattern: 'TagNamePatternParameters',
  update: 'UpdateParameters',
  workflows: 'WorkflowsParameters',
}

/** What GitHub fills in where a ruleset's author said nothing; without them a field that cannot be null would fail. */
const DEFAULTS: Record<string, Record<string, unknown>> = {
  pull_request: {
    allowedMergeMethods: null,
    dismissStaleReviewsOnPush: false,
    requireCodeOwnerReview: false,
    requireLastPushApproval: false,
    requiredApprovingReviewCount: 0,
    requiredReviewThreadResolution: false,
  },
  required_status_checks: {
    doNotEnforceOnCreate: false,
    requiredStatusChecks: [],
    strictRequiredStatusChecksPolicy: false,
  },
  update: { updateAllowsFetchAndMerge: false },
  workflows: { doNotEnforceOnCreate: false, workflows: [] },
}

/** Rulesets are kept as REST writes them. GraphQL's names are the same in camel case, at every depth. */
function camelCased(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      Array.isArray(inner) ? inner.map(camelCasedInside) : camelCasedInside(inner),
    ]),
  )
}

function camelCasedInside(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  // A check of any App has no `integration_id` in REST; GraphQL says null.
  const named = camelCased(value as Record<string, unknown>)
  return 'context' in named ? { integrationId: null, ...named } : named
}
