import type { Control } from './control.ts'
import { fail, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { given, yesOrNo } from './support/parameter.ts'
import { advancedSecurity, settingFix } from './support/setting-fix.ts'

const messages = {
  off: 'Dependabot alerts are off, so nobody is told when a dependency turns out to be vulnerable. Expected them on.',
  fork: 'A fork has the dependencies of what it was forked from, and alerts are raised there; the parameter forks asks it of forks, too.',
  untold:
    'Nobody told whether Dependabot alerts are on: GitHub tells it to an app with "Dependabot alerts: read", and a working copy doesn\'t know it',
}

const forks = yesOrNo(false)

const byFix = 'GitHub then tells of vulnerabilities in what the repository depends on.'

export const dependencyAlertsEnabled: Control = {
  id: 'dependency-alerts-enabled',
  title: 'Dependency alerts on',
  why: 'Most vulnerabilities of a service arrive with what it depends on, and somebody has to hear of them.',
  satisfies: evidenceOf('dependency-alerts-enabled'),
  reads: { files: [], facts: ['metadata'] },
  parameters: { forks },
  check: (snapshot, context) => {
    const { metadata } = snapshot.facts
    if (!metadata.known) return undecided(`${metadata.detail}.`)
    if (isArchived(metadata)) return notApplicable(archived)
    const { hasDependencyAlerts, isFork } = metadata.value
    if (hasDependencyAlerts === undefined) return undecided(`${messages.untold}.`)
    if (hasDependencyAlerts) return pass('Dependabot alerts are on.')
    if (isFork && !given(context, 'forks', forks)) return notApplicable(messages.fork)
    return fail({
      message: messages.off,
      next: 'Enable Dependabot alerts, under Settings, Advanced Security',
    })
  },
  fix: (snapshot, context) =>
    settingFix(dependencyAlertsEnabled.check(snapshot, context), advancedSecurity, byFix),
}
