import { secretScanningEnabled } from '../../src/controls/secret-scanning-enabled.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const facts = (enabled: boolean, pushProtection: boolean) => ({
  metadata: metadata(),
  secretScanning: { enabled, pushProtection },
})

controlTable(secretScanningEnabled, {
  pass: {
    'both are on': {
      facts: facts(true, true),
      says: 'Secret scanning is on, and a push with a secret is refused.',
    },
    'push protection is not asked for': {
      facts: facts(true, false),
      parameters: { 'push-protection': false },
      says: 'Secret scanning is on. Push protection is off, which the policy allows.',
    },
  },
  fail: {
    'both are off': {
      facts: facts(false, false),
      says: [
        'Secret scanning is off, so a password or token that was pushed is found by whoever looks for it first. Expected it on.',
        'Push protection is off, so a secret is found only after everybody has it. Expected a push with a secret to be refused.',
      ],
      next: 'Enable secret scanning, under Settings, Advanced Security',
    },
    'a push with a secret is taken': {
      facts: facts(true, false),
      says: 'Push protection is off, so a secret is found only after everybody has it. Expected a push with a secret to be refused.',
      next: 'Enable push protection, under Settings, Advanced Security',
    },
  },
  unknown: {
    'what a licence hides': {
      facts: {
        metadata: metadata(),
        secretScanning: unknown('licence', 'GitHub does not offer secret scanning on this plan'),
      },
      says: 'GitHub does not offer secret scanning on this plan.',
    },
    'a setting that may not be read': {
      facts: {
        metadata: metadata(),
        secretScanning: unknown('permission', 'Grant the app "Administration: read"'),
      },
      says: 'Grant the app "Administration: read".',
    },
  },
  'not-applicable': {
    'an archived repository': {
      facts: { ...facts(false, false), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
