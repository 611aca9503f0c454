import { privateReportingEnabled } from '../../src/controls/private-reporting-enabled.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const open = metadata({ visibility: 'public' })
const closed =
  'The repository is not public: nobody outside sees it, and GitHub offers private reporting for public ones only.'

controlTable(privateReportingEnabled, {
  pass: {
    'it is on': {
      facts: { metadata: open, privateVulnerabilityReporting: true },
      says: 'Anybody can report a vulnerability privately.',
    },
  },
  fail: {
    'it is off': {
      facts: { metadata: open, privateVulnerabilityReporting: false },
      says: "Who finds a vulnerability can't report it privately here, and is left with a public issue. Expected private vulnerability reporting on.",
      next: 'Enable private vulnerability reporting, under Settings, Advanced Security',
    },
  },
  unknown: {
    'GitHub was not asked, as for a working copy': {
      facts: {
        metadata: metadata({ visibility: 'private', untold: ['visibility'] }),
        privateVulnerabilityReporting: unknown('offline', 'GitHub was not asked'),
      },
      says: 'GitHub was not asked.',
    },
  },
  'not-applicable': {
    'a private repository': {
      facts: { metadata: metadata(), privateVulnerabilityReporting: false },
      says: closed,
    },
    'an internal one': {
      facts: { metadata: metadata({ visibility: 'internal' }), privateVulnerabilityReporting: false },
      says: closed,
    },
    'an archived one': {
      facts: {
        metadata: metadata({ visibility: 'public', isArchived: true }),
        privateVulnerabilityReporting: false,
      },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
