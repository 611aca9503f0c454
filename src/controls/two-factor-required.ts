import type { Control } from './control.ts'
import { fail, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { authenticationSecurity, settingFix } from './support/setting-fix.ts'

const messages = {
  off: 'The organisation takes members who sign in with a password alone: a stolen one is enough to change the code. Expected a second factor of everybody.',
}

const byFix = 'GitHub then asks every member of the organisation for a second factor.'

export const twoFactorRequired: Control = {
  id: 'two-factor-required',
  title: 'Two factors required',
  why: 'One reused password of one member would open every repository.',
  satisfies: evidenceOf('two-factor-required'),
  reads: { files: [], facts: ['twoFactor'] },
  check: snapshot => {
    const { twoFactor } = snapshot.facts
    if (!twoFactor.known) return undecided(`${twoFactor.detail}.`)
    if (twoFactor.value) return pass('The organisation asks every member for a second factor.')
    return fail({
      message: messages.off,
      next: 'Tick "Require two-factor authentication for everyone", under the organisation\'s Settings, Authentication security',
    })
  },
  fix: (snapshot, context) =>
    settingFix(twoFactorRequired.check(snapshot, context), authenticationSecurity, byFix),
}
