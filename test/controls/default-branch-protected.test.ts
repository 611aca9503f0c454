import { describe, expect, it } from 'vitest'
import { defaultBranchProtected } from '../../src/controls/default-branch-protected.ts'
import type { Metadata, Protection, Snapshot } from '../../src/snapshot/snapshot.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { checked, snapshotOf, told } from '../support/snapshot.ts'

const strict: Protection = {
  requiresPullRequest: true,
  requiredApprovals: 1,
  requiresCodeOwnerReview: true,
  blocksForcePush: true,
  blocksDeletion: true,
  requiredChecks: [],
  sources: ['ruleset "baseline"'],
}
const metadata: Metadata = {
  visibility: 'private',
  isArchived: false,
  isFork: false,
  isTemplate: false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: '',
  defaultBranch: 'main',
}

describe('default-branch-protected', () => {
  it.each<[string, Partial<Protection> | Snapshot['facts']['protection'], number, string[]]>([
    ['passes', {}, 1, ['pass main takes changes by pull request with 1 approval (ruleset "baseline").']],
    [
      'passes fewer approvals when the policy asks for fewer',
      { requiredApprovals: 0 },
      0,
      ['pass main takes changes by pull request with no approval (ruleset "baseline").'],
    ],
    [
      'fails with too few approvals',
      {},
      2,
      ['fail main asks for 1 approval of a pull request. Expected 2 approvals.'],
    ],
    [
      'fails with everything that is missing',
      { requiresPullRequest: false, requiredApprovals: 0, blocksForcePush: false, blocksDeletion: false },
      1,
      [
        'fail Anybody who may write can push to main without a pull request. Expected a pull request for every change.',
        'fail main can be force-pushed, which rewrites history. Expected that to be blocked.',
        'fail main can be deleted. Expected that to be blocked.',
      ],
    ],
    [
      'does not know what it may not read',
      unknown('permission', 'The app may not read branch protection'),
      1,
      ['unknown The app may not read branch protection.'],
    ],
  ])('%s', async (_name, protection, approvals, expected) => {
    const facts = { metadata, protection: 'known' in protection ? protection : { ...strict, ...protection } }
    const snapshot = await snapshotOf({ facts })
    expect(told(checked(defaultBranchProtected, snapshot, { parameters: { approvals } }))).toEqual(expected)
  })

  it('does not apply to an empty repository', async () => {
    const snapshot = await snapshotOf({ facts: { metadata: { ...metadata, isEmpty: true } } })
    expect(told(checked(defaultBranchProtected, snapshot))).toEqual([
      'not-applicable The repository has no commit, and so no default branch to protect.',
    ])
  })

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
