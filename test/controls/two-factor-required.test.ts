import { twoFactorRequired } from '../../src/controls/two-factor-required.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'

controlTable(twoFactorRequired, {
  pass: {
    'the organisation asks for it': {
      facts: { twoFactor: true },
      says: 'The organisation asks every member for a second factor.',
    },
  },
  fail: {
    'the organisation does not': {
      facts: { twoFactor: false },
      says: 'The organisation takes members who sign in with a password alone: a stolen one is enough to change the code. Expected a second factor of everybody.',
      next: 'Tick "Require two-factor authentication for everyone", under the organisation\'s Settings, Authentication security',
    },
  },
  unknown: {
    'a setting that may not be read': {
      facts: { twoFactor: unknown('permission', 'Grant the app "Members: read" in the organisation') },
      says: 'Grant the app "Members: read" in the organisation.',
    },
  },
  'not-applicable': 'The organisation is asked, whatever is in the repository.',
})
