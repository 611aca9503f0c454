import type { Control } from './control.ts'
import { fail, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { advancedSecurity, settingFix } from './support/setting-fix.ts'

const messages = {
  off: "Who finds a vulnerability can't report it privately here, and is left with a public issue. Expected private vulnerability reporting on.",
  closed:
    'The repository is not public: nobody outside sees it, and GitHub offers private reporting for public ones only.',
}

const byFix = 'Anybody can then report a vulnerability without telling everybody.'

export const privateReportingEnabled: Control = {
  id: 'private-reporting-enabled',
  title: 'Private reporting on',
  why: 'A vulnerability told in public is used before it is fixed; told in private it can be fixed first.',
  satisfies: evidenceOf('private-reporting-enabled'),
  reads: { files: [], facts: ['privateVulnerabilityReporting', 'metadata'] },
  check: snapshot => {
    const { metadata, privateVulnerabilityReporting } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    const visibility =
      metadata.known && !metadata.value.untold?.includes('visibility') ? metadata.value.visibility : undefined
    if (visibility === 'private' || visibility === 'internal') return notApplicable(messages.closed)
    if (!privateVulnerabilityReporting.known) return undecided(`${privateVulnerabilityReporting.detail}.`)
    if (privateVulnerabilityReporting.value) return pass('Anybody can report a vulnerability privately.')
    return fail({
      message: messages.off,
      next: 'Enable private vulnerability reporting, under Settings, Advanced Security',
    })
  },
  fix: (snapshot, context) =>
    settingFix(privateReportingEnabled.check(snapshot, context), advancedSecurity, byFix),
}
