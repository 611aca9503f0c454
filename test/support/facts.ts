import type { Environment, Metadata, Protection } from '../../src/snapshot/snapshot.ts'

/** Facts in which nothing is wrong, for tables to break one thing of. */

export const metadata = (parts: Partial<Metadata> = {}): Metadata => ({
  visibility: 'private',
  isArchived: false,
  isFork: false,
  isTemplate: false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: '',
  defaultBranch: 'main',
  ...parts,
})

export const protection = (parts: Partial<Protection> = {}): Protection => ({
  requiresPullRequest: true,
  requiredApprovals: 1,
  requiresCodeOwnerReview: true,
  blocksForcePush: true,
  blocksDeletion: true,
  requiredChecks: [{ context: 'test' }],
  dismissesStaleReviews: true,
  requiresLastPushApproval: false,
  bypass: [],
  sources: ['ruleset "baseline"'],
  ...parts,
})

export const environment = (parts: Partial<Environment> = {}): Environment => ({
  name: 'production',
  requiredReviewers: 1,
  preventsSelfReview: true,
  branches: 'protected',
  ...parts,
})
