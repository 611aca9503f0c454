import { lastPushReviewed } from '../../src/controls/last-push-reviewed.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata, protection } from '../support/facts.ts'

const stale =
  'A pull request to main that was approved stays approved, whatever is pushed to it afterwards. Expected the last push to be seen, too.'
const nobody =
  'main takes changes that nobody approved. Expected a pull request with 1 approval, given after its last push.'

controlTable(lastPushReviewed, {
  pass: {
    'a push takes approvals away': {
      facts: { metadata: metadata(), protection: protection({ dismissesStaleReviews: true }) },
      says: 'A push to a pull request of main takes earlier approvals away.',
    },
    'somebody else approves the last push': {
      facts: {
        metadata: metadata(),
        protection: protection({ dismissesStaleReviews: false, requiresLastPushApproval: true }),
      },
      says: 'The last push to a pull request of main must be approved by somebody else.',
    },
  },
  fail: {
    'approvals outlive a push': {
      facts: { metadata: metadata(), protection: protection({ dismissesStaleReviews: false }) },
      says: stale,
      next: 'Tick "Dismiss stale pull request approvals when new commits are pushed" for main, under Settings, Rules, Rulesets',
    },
    'there is no approval that could be taken away': {
      facts: { metadata: metadata(), protection: protection({ requiredApprovals: 0 }) },
      says: nobody,
    },
    'nothing is asked': {
      facts: {
        metadata: metadata(),
        protection: protection({ requiresPullRequest: false, dismissesStaleReviews: false }),
      },
      says: [nobody, stale],
    },
  },
  unknown: {
    'rules that may not be read': {
      facts: { metadata: metadata(), protection: unknown('permission', 'The rules may not be read') },
      says: 'The rules may not be read.',
    },
  },
  'not-applicable': {
    'an empty repository': {
      facts: { metadata: metadata({ isEmpty: true }), protection: protection() },
      says: 'The repository has no commit, and so no default branch to protect.',
    },
  },
})
