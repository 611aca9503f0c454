import { secretAlertsClosed } from '../../src/controls/secret-alerts-closed.ts'
import { type SecretAlert, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const secretScanning = { enabled: true, pushProtection: true }
const alert = (number: number, kind: string, day: string): SecretAlert => ({
  number,
  kind,
  createdAt: `${day}T09:30:00Z`,
})
const facts = (...secretAlerts: SecretAlert[]) => ({ metadata: metadata(), secretScanning, secretAlerts })
const off =
  'Secret scanning is off, so that nobody knows which secrets are in here. Expected it on, and what it finds closed.'

controlTable(secretAlertsClosed, {
  pass: {
    'no alert': { facts: facts(), says: 'No secret scanning alert is open.' },
    'one of today': {
      facts: facts(alert(1, 'Slack API Token', '2026-11-22')),
      says: '1 alert is open, and not for too long.',
    },
    'two that the policy gives time': {
      facts: facts(alert(1, 'Slack API Token', '2026-11-15'), alert(2, 'GitHub Token', '2026-11-20')),
      parameters: { days: 7 },
      says: '2 alerts are open, and not for too long.',
    },
  },
  fail: {
    'alerts of other days, the oldest first': {
      facts: facts(
        alert(2, 'GitHub Token', '2026-11-21'),
        alert(1, 'Slack API Token', '2026-10-22'),
        alert(3, 'AWS Key', '2026-11-22'),
      ),
      says: [
        'Alert 1 (Slack API Token) is open for 31 days. Expected it revoked and closed on the day it is found.',
        'Alert 2 (GitHub Token) is open for 1 day. Expected it revoked and closed on the day it is found.',
      ],
      next: 'Revoke it where it was issued, then close alert 1 under Security, Secret scanning as revoked',
    },
    'scanning that is off, which would be a way around it': {
      facts: {
        metadata: metadata(),
        secretScanning: { enabled: false, pushProtection: false },
        secretAlerts: [],
      },
      says: off,
      next: 'Enable secret scanning, under Settings, Advanced Security',
    },
    'scanning that is off, as its alerts tell': {
      facts: {
        metadata: metadata(),
        secretScanning: unknown('permission', 'Grant the app "Administration: read"'),
        secretAlerts: unknown('not-configured', 'Secret scanning is switched off for this repository'),
      },
      says: off,
    },
  },
  unknown: {
    'alerts that may not be read': {
      facts: {
        metadata: metadata(),
        secretScanning,
        secretAlerts: unknown('permission', 'Grant the app "Secret scanning alerts: read"'),
      },
      says: 'Grant the app "Secret scanning alerts: read".',
    },
    'no alert, and whether anybody looks may not be read': {
      facts: {
        metadata: metadata(),
        secretScanning: unknown('permission', 'Grant the app "Administration: read"'),
        secretAlerts: [],
      },
      says: 'Grant the app "Administration: read".',
    },
    'what a licence hides': {
      facts: {
        metadata: metadata(),
        secretScanning: unknown('licence', 'GitHub does not offer secret scanning on this plan'),
        secretAlerts: unknown('not-configured', 'Secret scanning is switched off for this repository'),
      },
      says: 'GitHub does not offer secret scanning on this plan.',
    },
    'an alert without a day': {
      facts: facts(alert(1, 'Slack API Token', 'some day')),
      says: "When Alert 1 (Slack API Token) was raised can't be read.",
    },
  },
  'not-applicable': {
    'an empty repository': {
      facts: {
        metadata: metadata({ isEmpty: true }),
        secretScanning: { enabled: false, pushProtection: false },
      },
      says: 'The repository has no commit, and so no secret in it.',
    },
  },
})
