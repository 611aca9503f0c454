import type { BranchProtection, Ref, Repository } from '../world.ts'
import { bypassActorNode } from './bypass.ts'
import { connection, type Page } from './connection.ts'
import { objectNode } from './git-objects.ts'
import { type GraphqlNode, permitted, type Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'
import { rulesOfBranch } from './rulesets.ts'

export interface RefArguments extends Page {
  refPrefix: string
  query?: string | null
}

export function refs(reading: Reading, repository: Repository, args: RefArguments) {
  const prefix = args.refPrefix.endsWith('/') ? args.refPrefix : `${args.refPrefix}/`
  const found = reading.world
    .refs(repository.databaseId, prefix)
    .filter(ref => !args.query || ref.name.includes(args.query))
    .sort((left, right) => left.name.localeCompare(right.name))
  return connection(found, args, ref => refNode(reading, repository, ref))
}

export function refOrNull(reading: Reading, repository: Repository, name: string): GraphqlNode | null {
  const ref = reading.world.ref(repository.databaseId, name)
  return ref ? refNode(reading, repository, ref) : null
}

function refNode(reading: Reading, repository: Repository, ref: Ref): GraphqlNode {
  const { world } = reading
  const isBranch = ref.qualifiedName.startsWith('refs/heads/')
  return {
    __typename: 'Ref',
    id: ref.nodeId,
    name: ref.name,
    prefix: ref.qualifiedName.slice(0, -ref.name.length),
    repository: () => repositoryNode(reading, repository),
    target: () => {
      const object = world.object(repository.databaseId, ref.sha)
      return object ? objectNode(reading, repository, object) : null
    },
    branchProtectionRule: () =>
      permitted(reading, repository, 'administration', () => {
        const rule = isBranch ? world.branchProtection(repository.databaseId, ref.name) : undefined
        return rule ? protectionNode(reading, repository, rule) : null
      }),
    // Whoever may read a repository may read the rules of its branches: no permission is asked.
    rules: (page: Page) => (isBranch ? rulesOfBranch(reading, repository, ref.name, page) : null),
  }
}

export function protectionNode(
  reading: Reading,
  repository: Repository,
  rule: BranchProtection,
): GraphqlNode {
  return {
    __typename: 'BranchProtectionRule',
    id: rule.nodeId,
    databaseId: rule.databaseId,
    pattern: rule.pattern,
    requiresApprovingReviews: rule.requiresPullRequest,
    requiredApprovingReviewCount: rule.requiresPullRequest ? rule.approvals : null,
    requiresCodeOwnerReviews: rule.requiresCodeOwnerReviews,
    dismissesStaleReviews: rule.dismissesStaleReviews,
    requiresStatusChecks: rule.requiresStatusChecks,
    requiresStrictStatusChecks: rule.requiresStrictStatusChecks,
    requiredStatusCheckContexts: rule.statusChecks,
    // The state keeps names only, so any App may report each check: `app` is null.
    requiredStatusChecks: rule.statusChecks.map(context => ({
      __typename: 'RequiredStatusCheckDescription',
      context,
      app: null,
    })),
    isAdminEnforced: rule.isAdminEnforced,
    restrictsPushes: rule.restrictsPushes,
    requiresLinearHistory: rule.requiresLinearHistory,
    requiresCommitSignatures: rule.requiresCommitSignatures,
    allowsForcePushes: rule.allowsForcePushes,
    allowsDeletions: rule.allowsDeletions,
    requireLastPushApproval: rule.requiresLastPushApproval,
    bypassPullRequestAllowances: (page: Page) =>
      connection(rule.bypass, page, actor => ({
        __typename: 'BypassPullRequestAllowance',
        id: Buffer.from(`${rule.nodeId}:${actor.kind}:${actor.name}`).toString('base64'),
        actor: bypassActorNode(reading, repository.owner.login, actor),
        branchProtectionRule: () => protectionNode(reading, repository, rule),
      })),
    // Settings that the state does not keep read as switched off, which is GitHub's default for each.
    requiresConversationResolution: false,
    requiresDeployments: false,
    requiredDeploymentEnvironments: [],
    restrictsReviewDismissals: false,
    blocksCreations: false,
    lockBranch: false,
    lockAllowsFetchAndMerge: false,
    repository: () => repositoryNode(reading, repository),
    matchingRefs: (page: Page) =>
      connection(
        reading.world
          .refs(repository.databaseId)
          .filter(
            ref => reading.world.branchProtection(repository.databaseId, ref.name)?.nodeId === rule.nodeId,
          ),
        page,
        ref => refNode(reading, repository, ref),
      ),
  }
}
