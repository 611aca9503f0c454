import { protectionNotBypassed } from '../../src/controls/protection-not-bypassed.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata, protection } from '../support/facts.ts'

controlTable(protectionNotBypassed, {
  pass: {
    'rules for everybody': {
      facts: { metadata: metadata(), protection: protection({ bypass: [] }) },
      says: 'Nobody may pass by the rules of main.',
    },
    'only whom the policy allows, however it is written': {
      facts: { metadata: metadata(), protection: protection({ bypass: ['app Renovate'] }) },
      parameters: { allowed: ['app renovate'] },
      says: 'Only app Renovate may pass by the rules of main, as the policy allows.',
    },
  },
  fail: {
    'administrators may': {
      facts: { metadata: metadata(), protection: protection({ bypass: ['role admin', 'app renovate'] }) },
      parameters: { allowed: ['app renovate'] },
      says: '"role admin" may pass by the rules of main. Expected nobody, or only those whom the policy allows.',
      next: 'Take "role admin" off the bypass list of ruleset "baseline", under Settings, Rules, Rulesets',
    },
    'no rule at all, which everybody passes by': {
      facts: { metadata: metadata(), protection: protection({ sources: [] }) },
      says: 'main has no rule, so that everybody who may write does what rules would forbid. Expected rules that hold for everybody.',
    },
  },
  unknown: {
    "a bypass list that can't be seen": {
      facts: { metadata: metadata(), protection: protection({ bypass: undefined }) },
      says: 'Who may pass by the rules of main can\'t be seen. GitHub shows it only to an app that may change the rules: grant it "Administration: write", or look under Settings, Rules, Rulesets.',
    },
    'rules that may not be read': {
      facts: { metadata: metadata(), protection: unknown('offline', 'GitHub was not asked') },
      says: 'GitHub was not asked.',
    },
  },
  'not-applicable': {
    'an empty repository': {
      facts: { metadata: metadata({ isEmpty: true }), protection: protection() },
      says: 'The repository has no commit, and so no default branch to protect.',
    },
  },
})
