import { codeOwnerReview } from '../../src/controls/code-owner-review.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata, protection } from '../support/facts.ts'

controlTable(codeOwnerReview, {
  pass: {
    'code owners must approve': {
      facts: { metadata: metadata(), protection: protection() },
      says: 'A change of main needs the approval of its code owners.',
    },
  },
  fail: {
    'code owners are only invited': {
      facts: { metadata: metadata(), protection: protection({ requiresCodeOwnerReview: false }) },
      says: 'A change of main needs no approval of those whom CODEOWNERS names. Expected one for each owned file that changes.',
      next: 'Tick "Require review from Code Owners" for main, under Settings, Rules, Rulesets',
    },
    'a push needs no pull request, and so no owner': {
      facts: { metadata: metadata(), protection: protection({ requiresPullRequest: false }) },
      says: 'main takes changes without a pull request, so that nobody named in CODEOWNERS has to see them. Expected a pull request for every change.',
      next: 'Require a pull request for main, under Settings, Rules, Rulesets',
    },
  },
  unknown: {
    'rules that may not be read': {
      facts: {
        metadata: metadata(),
        protection: unknown('permission', 'Grant the app "Administration: read"'),
      },
      says: 'Grant the app "Administration: read".',
    },
  },
  'not-applicable': {
    'an empty repository': {
      facts: { metadata: metadata({ isEmpty: true }), protection: protection() },
      says: 'The repository has no commit, and so no default branch to protect.',
    },
    'an archived repository': {
      facts: {
        metadata: metadata({ isArchived: true }),
        protection: protection({ requiresCodeOwnerReview: false }),
      },
      says: 'The repository is archived: nobody can push to it, and its rules can only be changed after it is unarchived.',
    },
  },
})
