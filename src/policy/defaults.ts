import type { Policy } from './policy.ts'

/** What holds where a policy's main file says nothing of it. */
export const policyDefaults: Pick<Policy, 'preview' | 'pullRequests' | 'fix' | 'issues'> = Object.freeze({
  preview: Object.freeze({}),
  pullRequests: 'introduced',
  fix: 'offered',
  issues: Object.freeze({
    labels: Object.freeze([]),
    mentionOwners: false,
    publicRepositories: 'neutral',
  }),
})
