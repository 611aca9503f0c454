import type { ControlVerdict } from '../../policy/verdict.ts'
import { concernsOf } from '../concerns.ts'
import type { Judgement } from '../judgement.ts'
import { titleOf } from '../text/control-words.ts'
import { code, prose } from '../text/markdown.ts'
import { count, listed, longDate, shortSha } from '../text/wording.ts'

/** A list of controls longer than this is told by its number. */
const mostNamed = 12

/** What changed between two sets of failing controls: `Fixed: Owner exists. New: TechDocs present.`; empty when nothing did. */
export function renderDifference(
  { verdict }: Judgement,
  failingBefore: readonly string[],
  failing: readonly string[],
  at = '',
): string {
  const before = new Set(failingBefore)
  const now = new Set(failing)
  const controls = new Map(verdict.controls.map(control => [control.id, control]))
  const title = (id: string): string => prose(controls.get(id)?.title ?? id, 120)
  const settled = failingBefore.filter(id => !now.has(id))
  const fellTo = (status: ControlVerdict['status']): string[] =>
    settled.filter(id => (controls.get(id)?.status ?? 'not-applicable') === status)
  const [fixed, waived, undecided] = [fellTo('pass'), fellTo('waived'), fellTo('unknown')]
  const dropped = settled.filter(id => ![...fixed, ...waived, ...undecided].includes(id))
  const sentence = (lead: string, ids: string[]): string => {
    if (ids.length === 0) return ''
    const named = ids.slice(0, mostNamed).map(title)
    const more = ids.length - named.length
    return `${lead}: ${listed(more > 0 ? [...named, `${more} more`] : named)}.`
  }
  return [
    sentence(`Fixed${at}`, fixed),
    sentence('Waived', waived),
    sentence("Can't be decided at present", undecided),
    sentence('No longer asked for', dropped),
    sentence(
      `New${at}`,
      failing.filter(id => !before.has(id)),
    ),
  ]
    .filter(Boolean)
    .join(' ')
}

/** A comment while the issue stays open: `Fixed at 8d1e0aa: Owner exists. 1 thing left to fix.` */
export function renderChange(
  input: Judgement,
  failingBefore: readonly string[],
  failing: readonly string[] = failingOf(input),
): string {
  const { enforced, advised, undecided } = concernsOf(input.verdict)
  const open = undecided.filter(({ id }) => failing.includes(id)).length
  const left = `${[
    `${count(enforced.length, 'thing')} left to fix`,
    ...(advised.length > 0 ? [`${advised.length} advised`] : []),
    ...(open > 0 ? [`${open} can't be decided at present`] : []),
  ].join(', ')}.`
  const at = ` at ${code(shortSha(input.verdict.sha))}`
  return [renderDifference(input, failingBefore, failing, at), left].filter(Boolean).join(' ')
}

/** The same where everybody may read it. */
export const renderNeutralChange = (): string =>
  'What is left to do has changed. The details are in the newest check run.'

const failingOf = ({ verdict }: Judgement): string[] => {
  const { enforced, advised } = concernsOf(verdict)
  return [...enforced, ...advised].map(({ id }) => id)
}

/** For a comment, once for each waiver and end; empty when there is nothing to remind of. */
export const renderReminder = (ending: readonly ControlVerdict[]): string => ending.map(reminder).join(' ')

export const reminder = (control: ControlVerdict): string => {
  const last = prose(longDate(control.waiver?.until ?? ''), 40)
  return `The waiver of **${titleOf(control)}** holds until ${last}. From the day after, it fails the check unless it is fixed or the waiver is renewed in the policy.`
}
