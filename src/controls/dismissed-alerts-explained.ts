import { plain } from '../snapshot/quoted-text.ts'
import type { DismissedAlert } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { bounded } from './support/bounded.ts'
import { choices, given } from './support/parameter.ts'

const messages = {
  unexplained: (alert: DismissedAlert): string =>
    `${plain(alert.package)} (${alert.severity}, alert ${alert.number}) was dismissed${alert.dismissedBy ? ` by ${plain(alert.dismissedBy)}` : ''} ${alert.reason ? `as ${spoken(alert.reason)}, without a comment` : 'without a reason'}. Expected a comment that says why that can be borne.`,
}

const severities = choices<DismissedAlert['severity']>(
  ['critical', 'high'],
  ['critical', 'high', 'moderate', 'low'],
)
/** GitHub's reasons, with a word by which each is known: it has them as words of a program and as sentences for people. */
const reasons = {
  tolerable_risk: /tolerable/,
  no_bandwidth: /bandwidth/,
  fix_started: /fix/,
  not_used: /not.*used/,
  inaccurate: /inaccurate|incorrect/,
}
type Reason = keyof typeof reasons
const allReasons: readonly Reason[] = [
  'tolerable_risk',
  'no_bandwidth',
  'fix_started',
  'not_used',
  'inaccurate',
]
const needComment = choices<Reason>(['tolerable_risk', 'no_bandwidth', 'fix_started'], allReasons)

export const dismissedAlertsExplained: Control = {
  id: 'dismissed-alerts-explained',
  title: 'Dismissed alerts explained',
  why: 'Whoever finds the vulnerability a year later must be able to read who decided to live with it, and why.',
  satisfies: evidenceOf('dismissed-alerts-explained'),
  reads: { files: [], facts: ['dismissedAlerts', 'metadata'] },
  parameters: { severities, 'comment-for': needComment },
  check: (snapshot, context) => {
    const { metadata, dismissedAlerts } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (!dismissedAlerts.known) return undecided(`${dismissedAlerts.detail}.`)
    const looked = new Set<string>(given(context, 'severities', severities))
    const needed = given(context, 'comment-for', needComment)
    const alerts = dismissedAlerts.value.filter(alert => looked.has(alert.severity))
    if (alerts.length === 0)
      return notApplicable(`No alert of severity ${[...looked].join(' or ')} was dismissed.`)
    const findings = alerts.filter(alert => !isExplained(alert, needed)).map(finding)
    return failIfAny(bounded(findings), () =>
      pass(
        alerts.length === 1
          ? 'The one alert that was dismissed is explained.'
          : `All ${alerts.length} dismissed alerts are explained.`,
      ),
    )
  },
}

/** Some reasons say by themselves why nothing is left to fix: the code is not used, the alert is wrong. */
const isExplained = ({ comment, reason }: DismissedAlert, needed: readonly Reason[]): boolean => {
  const said = (reason ?? '').slice(0, 200).toLowerCase()
  const given = allReasons.find(each => reasons[each].test(said))
  return (comment ?? '').trim() !== '' || (given !== undefined && !needed.includes(given))
}

const finding = (alert: DismissedAlert): Finding => ({
  message: messages.unexplained(alert),
  next: `Reopen alert ${alert.number} under Security, Dependabot, and fix it or dismiss it with a comment`,
})

/** `tolerable_risk` as `tolerable risk`. */
const spoken = (reason: string): string => plain(reason).replaceAll('_', ' ').toLowerCase()
