import { dismissedAlertsExplained } from '../../src/controls/dismissed-alerts-explained.ts'
import { type DismissedAlert, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const dismissed = (parts: Partial<DismissedAlert> = {}): DismissedAlert => ({
  number: 12,
  severity: 'critical',
  package: 'axios',
  reason: 'tolerable_risk',
  dismissedBy: 'jane',
  ...parts,
})
const facts = (...dismissedAlerts: DismissedAlert[]) => ({ metadata: metadata(), dismissedAlerts })

controlTable(dismissedAlertsExplained, {
  pass: {
    'a comment': {
      facts: facts(dismissed({ comment: 'Only reachable in tests' })),
      says: 'The one alert that was dismissed is explained.',
    },
    'a reason that says enough by itself': {
      facts: facts(dismissed({ reason: 'not_used' }), dismissed({ number: 13, reason: 'INACCURATE' })),
      says: 'All 2 dismissed alerts are explained.',
    },
    'the same as GitHub tells it to people': {
      facts: facts(dismissed({ reason: 'Vulnerable code is not actually used' })),
      says: 'The one alert that was dismissed is explained.',
    },
    'a reason for which the policy asks for no comment': {
      facts: facts(dismissed()),
      parameters: { 'comment-for': ['no_bandwidth'] },
      says: 'The one alert that was dismissed is explained.',
    },
  },
  fail: {
    'a risk that somebody bears, and nobody knows why': {
      facts: facts(dismissed({ comment: '  ' })),
      says: 'axios (critical, alert 12) was dismissed by jane as tolerable risk, without a comment. Expected a comment that says why that can be borne.',
      next: 'Reopen alert 12 under Security, Dependabot, and fix it or dismiss it with a comment',
    },
    'a reason that GitHub did not have before': {
      facts: facts(dismissed({ reason: 'bored' })),
      says: 'axios (critical, alert 12) was dismissed by jane as bored, without a comment. Expected a comment that says why that can be borne.',
    },
    'no reason, by nobody that is known': {
      facts: facts(dismissed({ reason: undefined, dismissedBy: undefined, severity: 'high' })),
      says: 'axios (high, alert 12) was dismissed without a reason. Expected a comment that says why that can be borne.',
    },
    'a lower severity that the policy looks at': {
      facts: facts(dismissed({ severity: 'low', reason: 'no_bandwidth' })),
      parameters: { severities: ['low'] },
      says: 'axios (low, alert 12) was dismissed by jane as no bandwidth, without a comment. Expected a comment that says why that can be borne.',
    },
  },
  unknown: {
    'alerts that may not be read': {
      facts: {
        metadata: metadata(),
        dismissedAlerts: unknown('permission', 'Grant the app "Dependabot alerts: read"'),
      },
      says: 'Grant the app "Dependabot alerts: read".',
    },
  },
  'not-applicable': {
    'nothing was dismissed': {
      facts: facts(),
      says: 'No alert of severity critical or high was dismissed.',
    },
    'only what is not looked at': {
      facts: facts(dismissed({ severity: 'moderate' })),
      says: 'No alert of severity critical or high was dismissed.',
    },
    'an archived repository': {
      facts: { ...facts(dismissed()), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
