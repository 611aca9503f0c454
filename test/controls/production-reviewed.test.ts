import { describe, expect, it } from 'vitest'
import { productionReviewed } from '../../src/controls/production-reviewed.ts'
import { type Environment, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { environment, metadata } from '../support/facts.ts'

const facts = (...environments: Environment[]) => ({ metadata: metadata(), environments })

controlTable(productionReviewed, {
  pass: {
    'somebody else approves, and only guarded branches are deployed': {
      facts: facts(environment(), environment({ name: 'staging', requiredReviewers: 0, branches: 'all' })),
      says: 'A deployment to production must be approved, and comes only from protected branches.',
    },
    'any of the usual names, however it is written': {
      facts: facts(environment({ name: 'Prod', branches: 'selected' }), environment({ name: 'LIVE' })),
      says: 'A deployment to Prod and LIVE must be approved, and comes only from chosen branches.',
    },
    'the one who started it, where the policy allows that': {
      facts: facts(environment({ preventsSelfReview: false })),
      parameters: { 'prevent-self-review': false },
      says: 'A deployment to production must be approved, and comes only from protected branches.',
    },
    'no reviewer, where the policy asks for none': {
      facts: facts(environment({ requiredReviewers: 0, preventsSelfReview: false })),
      parameters: { reviewers: 0 },
      says: 'A deployment to production comes only from protected branches.',
    },
  },
  fail: {
    'everything that is missing': {
      facts: facts(environment({ requiredReviewers: 0, preventsSelfReview: false, branches: 'all' })),
      says: [
        'Nobody has to approve a deployment to "production". Expected 1 reviewer.',
        'Any branch can be deployed to "production". Expected only protected or chosen ones.',
      ],
      next: 'Add required reviewers, under Settings, Environments, production',
    },
    'the one who started it may approve it': {
      facts: facts(environment({ preventsSelfReview: false })),
      says: 'Whoever starts a deployment to "production" may approve it. Expected somebody else to.',
      next: 'Tick "Prevent self-review", under Settings, Environments, production',
    },
    'fewer reviewers than the policy asks for': {
      facts: facts(environment()),
      parameters: { reviewers: 2 },
      says: '"production" names 1 reviewer. Expected 2.',
    },
    'an environment that a glob of the policy means': {
      facts: facts(environment({ name: 'eu-prod-1', branches: 'all' })),
      parameters: { environments: ['*-prod-*'] },
      says: 'Any branch can be deployed to "eu-prod-1". Expected only protected or chosen ones.',
    },
  },
  unknown: {
    'environments that may not be read': {
      facts: { metadata: metadata(), environments: unknown('permission', 'Grant the app "Actions: read"') },
      says: 'Grant the app "Actions: read".',
    },
  },
  'not-applicable': {
    'a library, which has no production': {
      facts: facts(),
      says: 'There is no deployment environment called production, prod or live: nothing is deployed to production from here, as far as GitHub knows.',
    },
    'other environments only': {
      facts: facts(environment({ name: 'production-like', requiredReviewers: 0 })),
      says: 'There is no deployment environment called production, prod or live: nothing is deployed to production from here, as far as GitHub knows.',
    },
    'an archived repository': {
      facts: { ...facts(environment({ branches: 'all' })), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})

describe('production-reviewed', () => {
  it.each([
    [['production'], true],
    [['prod-*', 'eu/{a,b}'], true],
    [[], false],
    [[''], false],
    ['production', false],
    [['['.repeat(300)], false],
  ])('environments: %j is taken: %s', (value, accepted) => {
    expect(productionReviewed.parameters?.environments?.accepts(value)).toBe(accepted)
  })
})
