import { codeScanningEnabled } from '../../src/controls/code-scanning-enabled.ts'
import { type CodeScanning, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const scanning = (parts: Partial<CodeScanning> = {}): CodeScanning => ({
  setUp: 'default',
  languages: ['go'],
  analysedAt: '2026-11-20T23:00:00Z',
  openAlerts: 2,
  ...parts,
})
const facts = (codeScanning: CodeScanning) => ({
  metadata: metadata(),
  languages: { Go: 1200 },
  codeScanning,
})

controlTable(codeScanningEnabled, {
  pass: {
    'a new analysis': {
      facts: facts(scanning()),
      says: 'The default branch was analysed on 2026-11-20 for go, 2 open alerts.',
    },
    'one that was uploaded, on its last day': {
      facts: facts(
        scanning({
          setUp: 'uploaded',
          languages: [],
          analysedAt: '2026-10-23T00:00:00Z',
          openAlerts: undefined,
        }),
      ),
      says: 'The default branch was analysed on 2026-10-23.',
    },
  },
  fail: {
    'nothing is set up': {
      facts: facts({ setUp: 'none', languages: [] }),
      says: 'No code scanning is set up, and no analysis was ever uploaded. Expected one that looks at each change.',
      next: 'Set up CodeQL analysis, under Settings, Advanced Security, or have CI upload the SARIF of another scanner',
    },
    'no analysis yet': {
      facts: facts(scanning({ analysedAt: undefined })),
      says: 'Code scanning is set up, but the default branch was never analysed. Expected an analysis of it.',
    },
    'an analysis that is one day too old': {
      facts: facts(scanning({ analysedAt: '2026-10-22T23:59:59Z' })),
      says: 'The newest analysis of the default branch is of 2026-10-22, 31 days ago. Expected one that is at most 30 days old.',
    },
    'one that the policy finds too old': {
      facts: facts(scanning()),
      parameters: { within: 1 },
      says: 'The newest analysis of the default branch is of 2026-11-20, 2 days ago. Expected one that is at most 1 day old.',
    },
  },
  unknown: {
    'what a licence hides': {
      facts: {
        metadata: metadata(),
        languages: { Go: 1 },
        codeScanning: unknown('licence', 'Code scanning of this repository needs GitHub Code Security'),
      },
      says: 'Code scanning of this repository needs GitHub Code Security.',
    },
    'a time that is none': {
      facts: facts(scanning({ analysedAt: 'yesterday' })),
      says: "When the newest analysis was made can't be read.",
    },
  },
  'not-applicable': {
    'no code': {
      facts: { metadata: metadata(), languages: {}, codeScanning: { setUp: 'none', languages: [] } },
      says: 'GitHub finds no programming language in this repository, so there is no code to look at.',
    },
    'an archived repository': {
      facts: { ...facts(scanning()), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
