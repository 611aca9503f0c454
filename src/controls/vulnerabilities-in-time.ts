import { plain } from '../snapshot/quoted-text.ts'
import type { Fact, Metadata, VulnerabilityAlert } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { ageInDays, dayAfter, days } from './support/age.ts'
import { archived, isArchived } from './support/archived.ts'
import { given, type Typed } from './support/parameter.ts'

type Severity = VulnerabilityAlert['severity']
type Limits = Partial<Record<Severity, number>>

/** The worst first. */
const severities = ['critical', 'high', 'moderate', 'low'] as const satisfies readonly Severity[]

interface Aged extends VulnerabilityAlert {
  age: number
}

const messages = {
  one: (alert: Aged, limit: number): string =>
    `${named(alert)} is open for ${days(alert.age)}. Expected a ${alert.severity} one to be closed within ${days(limit)}.`,
  several: (oldest: Aged, count: number, limit: number): string =>
    `${count} ${oldest.severity} alerts are open for too long; the oldest, ${named(oldest)}, for ${days(oldest.age)}. Expected ${oldest.severity} ones to be closed within ${days(limit)}.`,
  off: 'Dependabot alerts are off, so that nobody knows what is vulnerable here. Expected them on, and what they find fixed in time.',
  fork: 'Dependabot alerts are off in this fork: they are raised where it was forked from.',
  untold:
    'No alert is open, but nobody told whether Dependabot alerts are on at all: GitHub tells it to an app with "Dependabot alerts: read"',
  undated: (alert: VulnerabilityAlert): string => `When ${named(alert)} was raised can't be read`,
}

const limits: Typed<Limits> = {
  default: { critical: 30, high: 90 },
  expects: `whole numbers of days by severity (${severities.join(', ')}), such as { critical: 30, high: 90 }`,
  accepts: (value): value is Limits =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([severity, limit]) =>
        severities.some(each => each === severity) &&
        typeof limit === 'number' &&
        Number.isInteger(limit) &&
        limit >= 0 &&
        limit <= 3650,
    ),
}

export const vulnerabilitiesInTime: Control = {
  id: 'vulnerabilities-in-time',
  title: 'Vulnerabilities fixed in time',
  why: 'A vulnerability that is published is used within weeks; what nobody fixes by then is open to everybody.',
  satisfies: evidenceOf('vulnerabilities-in-time'),
  reads: { files: [], facts: ['vulnerabilityAlerts', 'metadata'] },
  parameters: { days: limits },
  check: (snapshot, context) => {
    const { metadata, vulnerabilityAlerts } = snapshot.facts
    const off = alertsOff(metadata)
    if (off) return off
    if (!vulnerabilityAlerts.known) return undecided(`${vulnerabilityAlerts.detail}.`)
    const alerts = vulnerabilityAlerts.value
    if (alerts.length === 0 && (!metadata.known || metadata.value.hasDependencyAlerts === undefined))
      return undecided(`${messages.untold}.`)
    return judged(alerts, given(context, 'days', limits), context.today)
  },
}

/** An empty list means nothing where nobody looks: switching the alerts off would be a way around the control. */
const alertsOff = (metadata: Fact<Metadata>): Outcome | undefined => {
  if (!metadata.known) return undefined
  if (isArchived(metadata)) return notApplicable(archived)
  if (metadata.value.hasDependencyAlerts !== false) return undefined
  if (metadata.value.isFork) return notApplicable(messages.fork)
  return fail({
    message: messages.off,
    next: 'Enable Dependabot alerts, under Settings, Advanced Security',
  })
}

const judged = (alerts: readonly VulnerabilityAlert[], allowed: Limits, today: string): Outcome => {
  const limited = alerts.filter(alert => allowed[alert.severity] !== undefined)
  const undated = limited.find(alert => ageInDays(alert.createdAt, today) === undefined)
  const findings = severities.flatMap(severity => lateOf(severity, limited, allowed[severity], today))
  return failIfAny(findings, () =>
    undated ? undecided(`${messages.undated(undated)}.`) : pass(inTime(limited, alerts.length, allowed)),
  )
}

const lateOf = (
  severity: Severity,
  alerts: readonly VulnerabilityAlert[],
  limit: number | undefined,
  today: string,
): Finding[] => {
  if (limit === undefined) return []
  const late = alerts
    .filter(alert => alert.severity === severity)
    .map(alert => ({ ...alert, age: ageInDays(alert.createdAt, today) ?? 0 }))
    .filter(alert => alert.age > limit)
    .sort((a, b) => b.age - a.age || a.number - b.number)
  const [oldest] = late
  if (!oldest) return []
  return [
    {
      message: late.length === 1 ? messages.one(oldest, limit) : messages.several(oldest, late.length, limit),
      next: `Update ${plain(oldest.package)}${late.length > 1 ? ' and the others' : ''}: Security, Dependabot offers a pull request where there is a fixed version`,
    },
  ]
}

const inTime = (limited: readonly VulnerabilityAlert[], all: number, allowed: Limits): string => {
  const [next] = limited
    .map(alert => ({ alert, due: dayAfter(alert.createdAt, allowed[alert.severity] ?? 0) }))
    .sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : a.alert.number - b.alert.number))
  if (next) return `Nothing is open for too long; ${named(next.alert)} must be closed by ${next.due}.`
  return all === 0 ? 'No Dependabot alert is open.' : 'No Dependabot alert that has a time limit is open.'
}

/** `axios (critical, alert 12)` */
const named = ({ package: name, severity, number }: VulnerabilityAlert): string =>
  `${plain(name)} (${severity}, alert ${number})`
