import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { given, yesOrNo } from './support/parameter.ts'
import { advancedSecurity, settingFix } from './support/setting-fix.ts'

const messages = {
  off: 'Secret scanning is off, so a password or token that was pushed is found by whoever looks for it first. Expected it on.',
  unprotected:
    'Push protection is off, so a secret is found only after everybody has it. Expected a push with a secret to be refused.',
}

const pushProtection = yesOrNo(true)
const where = 'under Settings, Advanced Security'

const byFix = 'GitHub then looks for secrets in what is pushed.'

export const secretScanningEnabled: Control = {
  id: 'secret-scanning-enabled',
  title: 'Secret scanning on',
  why: 'A secret that was pushed is in every clone: it has to be refused, or found and replaced the same day.',
  satisfies: evidenceOf('secret-scanning-enabled'),
  reads: { files: [], facts: ['secretScanning', 'metadata'] },
  parameters: { 'push-protection': pushProtection },
  check: (snapshot, context) => {
    const { metadata, secretScanning } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (!secretScanning.known) return undecided(`${secretScanning.detail}.`)
    const { enabled, pushProtection: refuses } = secretScanning.value
    const findings: Finding[] = []
    if (!enabled) findings.push({ message: messages.off, next: `Enable secret scanning, ${where}` })
    if (!refuses && given(context, 'push-protection', pushProtection))
      findings.push({ message: messages.unprotected, next: `Enable push protection, ${where}` })
    return failIfAny(findings, () =>
      pass(
        refuses
          ? 'Secret scanning is on, and a push with a secret is refused.'
          : 'Secret scanning is on. Push protection is off, which the policy allows.',
      ),
    )
  },
  fix: (snapshot, context) =>
    settingFix(secretScanningEnabled.check(snapshot, context), advancedSecurity, byFix),
}
