import type * as Rows from '../rows.ts'
import { nodeId, type Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'
import type { Extras } from '../world.ts'

/** What binds a repository: protection, rulesets, properties; and the alerts it has. */
export function rulesIn(
  db: Tables,
  extras: Extras,
  repositoryById: (id: number) => V.Repository | undefined,
) {
  function protectionView(row: Rows.BranchProtectionRow): V.BranchProtection {
    const reviews = row.required_pull_request_reviews
    return {
      databaseId: row.id,
      nodeId: nodeId('BranchProtectionRule', row.id),
      pattern: row.branch_name,
      requiresPullRequest: reviews !== null,
      approvals: reviews?.required_approving_review_count ?? 0,
      requiresCodeOwnerReviews: reviews?.require_code_owner_reviews ?? false,
      dismissesStaleReviews: reviews?.dismiss_stale_reviews ?? false,
      requiresStatusChecks: row.required_status_checks !== null,
      requiresStrictStatusChecks: row.required_status_checks?.strict ?? false,
      statusChecks: row.required_status_checks?.contexts ?? [],
      isAdminEnforced: row.enforce_admins,
      restrictsPushes: row.restrictions !== null,
      requiresLinearHistory: row.required_linear_history,
      requiresCommitSignatures: row.required_signatures,
      allowsForcePushes: row.allow_force_pushes,
      allowsDeletions: row.allow_deletions,
      requiresLastPushApproval: extras.protections.get(row.id)?.requiresLastPushApproval ?? false,
      bypass: extras.protections.get(row.id)?.bypass ?? [],
    }
  }
  const branchProtections = (repositoryId: number): V.BranchProtection[] =>
    db.branchProtections.findBy('repo_id', repositoryId).map(protectionView)
  const branchProtection = (repositoryId: number, branch: string): V.BranchProtection | undefined =>
    branchProtections(repositoryId).find(rule => matches(rule.pattern, branch))
  /** The repository's own and, unless told not to, those of its organisation that reach it. */
  function rulesets(repositoryId: number, includeParents = true): V.Ruleset[] {
    const row = repositoryById(repositoryId)
    return extras.rulesets.filter(ruleset =>
      ruleset.repositoryId
        ? ruleset.repositoryId === repositoryId
        : includeParents &&
          ruleset.source === row?.owner.login &&
          inCondition(ruleset.repositoryNames, name => matches(name, row.name)),
    )
  }
  /** What binds a branch: the rules of active rulesets. GitHub leaves evaluated ones out here. */
  function rulesForBranch(
    repositoryId: number,
    branch: string,
  ): { rule: V.RulesetRule; ruleset: V.Ruleset }[] {
    const isDefault = db.repos.get(repositoryId)?.default_branch === branch
    const hits = (name: string) =>
      name === '~DEFAULT_BRANCH' ? isDefault : matches(name.replace(/^refs\/heads\//, ''), branch)
    return rulesets(repositoryId)
      .filter(ruleset => ruleset.enforcement === 'active' && ruleset.target === 'branch')
      .filter(ruleset => inCondition(ruleset.refNames, hits))
      .flatMap(ruleset => ruleset.rules.map(rule => ({ rule, ruleset })))
  }

  /** Undefined when alerts are switched off for it. */
  const alerts = (repositoryId: number): V.DependabotAlert[] | undefined =>
    extras.alertsDisabled.has(repositoryId)
      ? undefined
      : extras.alerts.filter(alert => alert.repositoryId === repositoryId)
  const properties = (repositoryId: number): Record<string, V.PropertyValue> =>
    extras.properties.get(repositoryId) ?? {}

  return { branchProtections, branchProtection, rulesets, rulesForBranch, alerts, properties }
}

/** fnmatch as branch protection and rulesets use it: `*` stops at a slash, `**` does not; `~ALL` is everything. */
export function matches(pattern: string, name: string): boolean {
  if (pattern === '~ALL') return true
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, found => (found.startsWith('**') ? '.*' : found === '*' ? '[^/]*' : '[^/]'))
  return new RegExp(`^${source}$`).test(name)
}

function inCondition(
  condition: { include: string[]; exclude: string[] } | undefined,
  hits: (name: string) => boolean,
): boolean {
  if (!condition) return true
  return condition.include.some(hits) && !condition.exclude.some(hits)
}
