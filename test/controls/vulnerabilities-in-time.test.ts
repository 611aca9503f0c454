import { describe, expect, it } from 'vitest'
import { vulnerabilitiesInTime } from '../../src/controls/vulnerabilities-in-time.ts'
import { unknown, type VulnerabilityAlert } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const on = metadata({ hasDependencyAlerts: true })
const alert = (
  number: number,
  severity: VulnerabilityAlert['severity'],
  name: string,
  day: string,
): VulnerabilityAlert => ({ number, severity, package: name, createdAt: `${day}T09:30:00Z` })

// Judged on 22 November 2026: 30 days before is 23 October, 90 days before is 24 August.
controlTable(vulnerabilitiesInTime, {
  pass: {
    'no alert': {
      facts: { metadata: on, vulnerabilityAlerts: [] },
      says: 'No Dependabot alert is open.',
    },
    'each on its last day, and which is due first': {
      facts: {
        metadata: on,
        vulnerabilityAlerts: [
          alert(4, 'high', 'lodash', '2026-08-25'),
          alert(3, 'critical', 'axios', '2026-10-23'),
        ],
      },
      says: 'Nothing is open for too long; axios (critical, alert 3) must be closed by 2026-11-22.',
    },
    'old ones of a severity that has no limit': {
      facts: {
        metadata: on,
        vulnerabilityAlerts: [alert(1, 'low', 'qs', '2020-01-01'), alert(2, 'moderate', 'ms', '2020-01-01')],
      },
      says: 'No Dependabot alert that has a time limit is open.',
    },
  },
  fail: {
    'a critical one, a day too late': {
      facts: { metadata: on, vulnerabilityAlerts: [alert(3, 'critical', 'axios', '2026-10-22')] },
      says: 'axios (critical, alert 3) is open for 31 days. Expected a critical one to be closed within 30 days.',
      next: 'Update axios: Security, Dependabot offers a pull request where there is a fixed version',
    },
    'several, the worst first': {
      facts: {
        metadata: on,
        vulnerabilityAlerts: [
          alert(7, 'high', 'lodash', '2026-01-01'),
          alert(5, 'critical', 'openssl', '2026-10-01'),
          alert(6, 'critical', 'axios', '2026-09-01'),
          alert(8, 'critical', 'new', '2026-11-20'),
        ],
      },
      says: [
        '2 critical alerts are open for too long; the oldest, axios (critical, alert 6), for 82 days. Expected critical ones to be closed within 30 days.',
        'lodash (high, alert 7) is open for 325 days. Expected a high one to be closed within 90 days.',
      ],
      next: 'Update axios and the others: Security, Dependabot offers a pull request where there is a fixed version',
    },
    'a limit of the policy': {
      facts: { metadata: on, vulnerabilityAlerts: [alert(9, 'low', 'qs', '2026-11-20')] },
      parameters: { days: { low: 1 } },
      says: 'qs (low, alert 9) is open for 2 days. Expected a low one to be closed within 1 day.',
    },
    'the same facts a day later': {
      facts: { metadata: on, vulnerabilityAlerts: [alert(3, 'critical', 'axios', '2026-10-23')] },
      today: '2026-11-23',
      says: 'axios (critical, alert 3) is open for 31 days. Expected a critical one to be closed within 30 days.',
    },
    'alerts that are off, which would be a way around it': {
      facts: { metadata: metadata({ hasDependencyAlerts: false }), vulnerabilityAlerts: [] },
      says: 'Dependabot alerts are off, so that nobody knows what is vulnerable here. Expected them on, and what they find fixed in time.',
      next: 'Enable Dependabot alerts, under Settings, Advanced Security',
    },
  },
  unknown: {
    'alerts that may not be read': {
      facts: {
        metadata: on,
        vulnerabilityAlerts: unknown('permission', 'Grant the app "Dependabot alerts: read"'),
      },
      says: 'Grant the app "Dependabot alerts: read".',
    },
    'no alert, and nobody told whether they are on': {
      facts: { metadata: metadata(), vulnerabilityAlerts: [] },
      says: 'No alert is open, but nobody told whether Dependabot alerts are on at all: GitHub tells it to an app with "Dependabot alerts: read".',
    },
    'an alert without a day': {
      facts: { metadata: on, vulnerabilityAlerts: [alert(3, 'critical', 'axios', 'some day')] },
      says: "When axios (critical, alert 3) was raised can't be read.",
    },
  },
  'not-applicable': {
    'a fork with alerts off': {
      facts: { metadata: metadata({ hasDependencyAlerts: false, isFork: true }), vulnerabilityAlerts: [] },
      says: 'Dependabot alerts are off in this fork: they are raised where it was forked from.',
    },
    'an archived repository': {
      facts: { metadata: metadata({ isArchived: true }), vulnerabilityAlerts: [] },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})

describe('vulnerabilities-in-time', () => {
  it.each([
    [{}, true],
    [{ critical: 0 }, true],
    [{ moderate: 180, low: 365 }, true],
    [{ critical: -1 }, false],
    [{ critical: 1.5 }, false],
    [{ critical: '30' }, false],
    [{ medium: 30 }, false],
    [[30], false],
    [30, false],
    [null, false],
  ])('days: %j is taken: %s', (value, accepted) => {
    expect(vulnerabilitiesInTime.parameters?.days?.accepts(value)).toBe(accepted)
  })
})
