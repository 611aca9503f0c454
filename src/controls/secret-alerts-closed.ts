import { plain } from '../snapshot/quoted-text.ts'
import type { SecretAlert } from '../snapshot/snapshot.ts'
import type { Control, Outcome } from './control.ts'
import { fail, failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { ageInDays, days } from './support/age.ts'
import { bounded } from './support/bounded.ts'
import { given, wholeNumber } from './support/parameter.ts'

const messages = {
  open: (alert: SecretAlert, age: number, limit: number): string =>
    `${named(alert)} is open for ${days(age)}. Expected it revoked and closed ${limit === 0 ? 'on the day it is found' : `within ${days(limit)}`}.`,
  off: 'Secret scanning is off, so that nobody knows which secrets are in here. Expected it on, and what it finds closed.',
  empty: 'The repository has no commit, and so no secret in it.',
  undated: (alert: SecretAlert): string => `When ${named(alert)} was raised can't be read`,
}

const limit = wholeNumber(0, 0, 365)

export const secretAlertsClosed: Control = {
  id: 'secret-alerts-closed',
  title: 'Secret alerts closed',
  why: 'A secret that is known to have leaked works for whoever has it until somebody revokes it.',
  satisfies: evidenceOf('secret-alerts-closed'),
  reads: { files: [], facts: ['secretAlerts', 'secretScanning', 'metadata'] },
  parameters: { days: limit },
  check: (snapshot, context) => {
    const { metadata, secretScanning, secretAlerts } = snapshot.facts
    if (metadata.known && metadata.value.isEmpty) return notApplicable(messages.empty)
    if (!secretScanning.known && secretScanning.reason === 'licence')
      return undecided(`${secretScanning.detail}.`)
    // No alerts mean nothing where nobody looks: switching it off would be a way around the control.
    const isOff = secretScanning.known
      ? !secretScanning.value.enabled
      : !secretAlerts.known && secretAlerts.reason === 'not-configured'
    if (isOff)
      return fail({
        message: messages.off,
        next: 'Enable secret scanning, under Settings, Advanced Security',
      })
    if (!secretAlerts.known) return undecided(`${secretAlerts.detail}.`)
    if (secretAlerts.value.length === 0 && !secretScanning.known)
      return undecided(`${secretScanning.detail}.`)
    return judged(secretAlerts.value, given(context, 'days', limit), context.today)
  },
}

const judged = (alerts: readonly SecretAlert[], allowed: number, today: string): Outcome => {
  const aged = alerts.map(alert => ({ alert, age: ageInDays(alert.createdAt, today) }))
  const undated = aged.find(({ age }) => age === undefined)
  const findings = aged
    .flatMap(({ alert, age }) => (age !== undefined && age > allowed ? [{ alert, age }] : []))
    .sort((a, b) => b.age - a.age || a.alert.number - b.alert.number)
    .map(({ alert, age }) => ({
      message: messages.open(alert, age, allowed),
      next: `Revoke it where it was issued, then close alert ${alert.number} under Security, Secret scanning as revoked`,
    }))
  return failIfAny(bounded(findings), () => {
    if (undated) return undecided(`${messages.undated(undated.alert)}.`)
    return pass(
      alerts.length === 0
        ? 'No secret scanning alert is open.'
        : `${alerts.length === 1 ? '1 alert is' : `${alerts.length} alerts are`} open, and not for too long.`,
    )
  })
}

/** `Alert 3 (Slack API Token)`. GitHub's name of the kind; the secret itself is never read. */
const named = ({ number, kind }: SecretAlert): string => `Alert ${number} (${plain(kind)})`
