import type { RepositoryShape } from './answer-shape.ts'

type Branch = NonNullable<RepositoryShape['defaultBranchRef']>

/**
 * Who may pass by what guards the branch, without repetition; `undefined` where GitHub shows it only in part. A
 * ruleset's list is shown to whoever may change the ruleset, which this app may not.
 */
export function bypassOf(branch: Branch): string[] | undefined {
  const lists = [ofClassic(branch.branchProtectionRule), ...(branch.rules?.nodes ?? []).map(ofRule)]
  return lists.every(list => list !== undefined) ? [...new Set(lists.flat())].sort() : undefined
}

function ofClassic(rule: Branch['branchProtectionRule']): string[] | undefined {
  if (!rule) return []
  const admins = rule.isAdminEnforced ? [] : ['role admin']
  // Where no review is asked for there is nothing of that kind to pass by.
  if (!rule.requiresApprovingReviews) return admins
  const allowances = whole(rule.bypassPullRequestAllowances)
  return allowances && [...admins, ...allowances.map(({ actor }) => nameOf(actor))]
}

function ofRule(rule: NonNullable<Branch['rules']>['nodes'][number]): string[] | undefined {
  if (!rule) return []
  return whole(rule.repositoryRuleset?.bypassActors)?.map(each => {
    const who = each.organizationAdmin
      ? 'role organization admin'
      : each.enterpriseOwner
        ? 'role enterprise owner'
        : each.deployKey
          ? 'deploy keys'
          : each.repositoryRoleName
            ? `role ${each.repositoryRoleName.toLowerCase()}`
            : nameOf(each.actor)
    return each.bypassMode === 'PULL_REQUEST' ? `${who} by pull request` : who
  })
}

interface Connection<T> {
  totalCount: number
  nodes?: (T | null)[] | null
}

const whole = <T>(list: Connection<T> | null | undefined): T[] | undefined => {
  const nodes = list?.nodes?.filter(node => node !== null)
  return nodes && nodes.length === list?.totalCount ? nodes : undefined
}

interface Actor {
  slug?: string
  combinedSlug?: string
  login?: string
}

const nameOf = (actor: Actor | null | undefined): string =>
  actor?.slug
    ? `app ${actor.slug}`
    : actor?.combinedSlug
      ? `team ${actor.combinedSlug}`
      : `user ${actor?.login ?? 'unknown'}`
