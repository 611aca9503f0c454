import { statusChecksRequired } from '../../src/controls/status-checks-required.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata, protection } from '../support/facts.ts'

const checks = protection({ requiredChecks: [{ context: 'test', appId: 15368 }, { context: 'lint' }] })

controlTable(statusChecksRequired, {
  pass: {
    'any check, where none is named': {
      facts: { metadata: metadata(), protection: checks },
      says: 'main requires test and lint.',
    },
    'a workflow that a ruleset requires by its file': {
      facts: {
        metadata: metadata(),
        protection: protection({ requiredChecks: [], requiredWorkflows: ['.github/workflows/scan.yml'] }),
      },
      says: 'main requires the workflow .github/workflows/scan.yml.',
    },
    'the ones that are named': {
      facts: { metadata: metadata(), protection: checks },
      parameters: { checks: ['lint'] },
      says: 'main requires test and lint.',
    },
    'a named one that one app must report': {
      facts: { metadata: metadata(), protection: checks },
      parameters: { checks: ['test'], 'from-app': true },
      says: 'main requires test and lint.',
    },
  },
  fail: {
    'no check': {
      facts: { metadata: metadata(), protection: protection({ requiredChecks: [] }) },
      says: 'main takes changes whatever their checks say: none is required. Expected at least one.',
      next: 'Require the checks that must pass before main changes, under Settings, Rules, Rulesets',
    },
    'another check than the ones that are named': {
      facts: { metadata: metadata(), protection: checks },
      parameters: { checks: ['test', 'build', 'Test'] },
      says: [
        'main doesn\'t require the check "build", only test and lint. Expected it among the required ones.',
        'main doesn\'t require the check "Test", only test and lint. Expected it among the required ones.',
      ],
      next: 'Add "build" to the required status checks of main, under Settings, Rules, Rulesets',
    },
    'a check that anybody may report': {
      facts: { metadata: metadata(), protection: checks },
      parameters: { 'from-app': true },
      says: 'The check "lint" may be reported by anybody who can write. Expected the app that runs it to be named.',
    },
    "a name that would break a terminal's line": {
      facts: {
        metadata: metadata(),
        protection: protection({ requiredChecks: [{ context: 'a\u0000\nb' }] }),
      },
      parameters: { checks: ['test'] },
      says: 'main doesn\'t require the check "test", only a\ufffd\ufffdb. Expected it among the required ones.',
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
