import { dependencyAlertsEnabled } from '../../src/controls/dependency-alerts-enabled.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const off =
  'Dependabot alerts are off, so nobody is told when a dependency turns out to be vulnerable. Expected them on.'

controlTable(dependencyAlertsEnabled, {
  pass: {
    'alerts are on': {
      facts: { metadata: metadata({ hasDependencyAlerts: true }) },
      says: 'Dependabot alerts are on.',
    },
    'a fork that has them on': {
      facts: { metadata: metadata({ hasDependencyAlerts: true, isFork: true }) },
      says: 'Dependabot alerts are on.',
    },
  },
  fail: {
    'alerts are off': {
      facts: { metadata: metadata({ hasDependencyAlerts: false }) },
      says: off,
      next: 'Enable Dependabot alerts, under Settings, Advanced Security',
    },
    'a fork of which the policy asks it': {
      facts: { metadata: metadata({ hasDependencyAlerts: false, isFork: true }) },
      parameters: { forks: true },
      says: off,
    },
  },
  unknown: {
    'nobody told': {
      facts: { metadata: metadata() },
      says: 'Nobody told whether Dependabot alerts are on: GitHub tells it to an app with "Dependabot alerts: read", and a working copy doesn\'t know it.',
    },
    'nothing is known of the repository': {
      facts: { metadata: unknown('unavailable', 'GitHub did not answer') },
      says: 'GitHub did not answer.',
    },
  },
  'not-applicable': {
    'a fork': {
      facts: { metadata: metadata({ hasDependencyAlerts: false, isFork: true }) },
      says: 'A fork has the dependencies of what it was forked from, and alerts are raised there; the parameter forks asks it of forks, too.',
    },
    'an archived repository': {
      facts: { metadata: metadata({ hasDependencyAlerts: false, isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
