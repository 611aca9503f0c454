import { reservedIds } from '../../policy/reserved.ts'
import type { ControlVerdict } from '../../policy/verdict.ts'
import type { Judgement } from '../judgement.ts'
import { code, prose } from './markdown.ts'
import { rulePlace } from './place.ts'
import { frameworkName, listed, longDate } from './wording.ts'

/** What is said of a control in more than one place. Inline markdown. */

export const titleOf = (control: ControlVerdict): string => prose(control.title, 120)

/** `PCI DSS 4.0.1 10.2.1, 10.5.1`: what a pass is evidence for. */
export const evidence = (control: ControlVerdict): string =>
  Object.entries(control.satisfies)
    .filter(([, requirements]) => requirements.length > 0)
    .map(([id, requirements]) => prose(`${frameworkName(id)} ${requirements.join(', ')}`, 160))
    .join('; ')

/** What still reads at a glance. */
const briefLimit = 40

/** The same where it is one framework's and short: four standards' numbers bury what has to be done. The check run's text has all. */
export const briefEvidence = (control: ControlVerdict): string => {
  const all = evidence(control)
  return Object.keys(control.satisfies).length === 1 && all.length <= briefLimit ? all : ''
}

/** `Until 31 March 2027: Switched off in March. Approved by @acme/security.` */
export function waiverSentence(control: ControlVerdict): string {
  const { waiver } = control
  if (!waiver) return prose(control.message)
  return `Until ${prose(longDate(waiver.until), 40)}: ${sentence(waiver.reason)} Approved by ${code(waiver.approvedBy)}.`
}

/** With one full stop at its end, whether it had one or not. */
export const sentence = (text: string, limit = 600): string => `${prose(text, limit).replace(/[.\s]+$/, '')}.`

/** More than a handful of rules says nothing any more. */
const ruleLimit = 5

/** ``the rule `Every service has an owner` (`golden-path.yml:6`)``; empty without controls. */
export function citedRules(controls: readonly ControlVerdict[], judgement: Judgement): string {
  const rules = new Map<string, Set<string>>()
  for (const { id, rule } of controls) {
    // What is asked of the policy itself is asked by no rule of it.
    if (reservedIds.has(id)) continue
    const places = rules.get(rule.name) ?? new Set()
    rules.set(rule.name, places.add(rulePlace(rule, judgement)))
  }
  if (rules.size === 0) return ''
  const shown = [...rules]
    .slice(0, ruleLimit)
    .map(([name, places]) => `${code(name)} (${listed([...places])})`)
  const more = rules.size - shown.length
  return `the ${rules.size === 1 ? 'rule' : 'rules'} ${listed(more > 0 ? [...shown, `${more} more`] : shown)}`
}
