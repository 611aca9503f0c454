import { describe, expect, it } from 'vitest'
import { defaultBranchProtected } from '../../src/controls/default-branch-protected.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata, protection } from '../support/facts.ts'

controlTable(defaultBranchProtected, {
  pass: {
    'a pull request and an approval': {
      facts: { metadata: metadata(), protection: protection() },
      says: 'main takes changes by pull request with 1 approval (ruleset "baseline").',
    },
    'no approval, where the policy asks for none': {
      facts: { metadata: metadata(), protection: protection({ requiredApprovals: 0 }) },
      parameters: { approvals: 0 },
      says: 'main takes changes by pull request with no approval (ruleset "baseline").',
    },
  },
  fail: {
    'too few approvals': {
      facts: { metadata: metadata(), protection: protection() },
      parameters: { approvals: 2 },
      says: 'main asks for 1 approval of a pull request. Expected 2 approvals.',
    },
    'everything that is missing': {
      facts: {
        metadata: metadata(),
        protection: protection({
          requiresPullRequest: false,
          requiredApprovals: 0,
          blocksForcePush: false,
          blocksDeletion: false,
        }),
      },
      says: [
        'Anybody who may write can push to main without a pull request. Expected a pull request for every change.',
        'main can be force-pushed, which rewrites history. Expected that to be blocked.',
        'main can be deleted. Expected that to be blocked.',
      ],
      next: 'Require a pull request with 1 approval for main, under Settings, Rules, Rulesets',
    },
  },
  unknown: {
    'what it may not read': {
      facts: {
        metadata: metadata(),
        protection: unknown('permission', 'The app may not read branch protection'),
      },
      says: 'The app may not read branch protection.',
    },
  },
  'not-applicable': {
    'an empty repository': {
      facts: { metadata: metadata({ isEmpty: true }), protection: protection() },
      says: 'The repository has no commit, and so no default branch to protect.',
    },
  },
})

describe('default-branch-protected', () => {
  it.each([
    [0, true],
    [6, true],
    [7, false],
    [1.5, false],
    ['1', false],
    [-1, false],
  ])('approvals: %j is taken: %s', (value, accepted) => {
    expect(defaultBranchProtected.parameters?.approvals?.accepts(value)).toBe(accepted)
  })
})
