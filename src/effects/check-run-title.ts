import type { ControlVerdict } from '../policy/verdict.ts'
import type { Concerns } from './concerns.ts'
import { isPlainEverywhere, plain } from './markdown.ts'
import { count, splitSentence } from './wording.ts'

/** GitHub's limit. */
const titleLimit = 255
/** What still fits in the list of checks below a pull request. */
const subjectLimit = 90

/** The result in about ten words: what fails first, then what is advised, then what can't be decided. */
export function checkRunTitle({ enforced, advised, undecided, waived, passing }: Concerns): string {
  return plain(
    enforced.length > 0
      ? failing(enforced)
      : advised.length > 0
        ? advising(advised)
        : undecided.length > 0
          ? `${passes(passing)}, ${undecided.length} can't be decided: ${found(undecided) ?? names(undecided)}`
          : waived.length > 0
            ? `${passes(passing)}, ${undecided.length + waived.length} waived`
            : allPass(passing),
    titleLimit,
  )
}

/** A control's name says how it should be: after "to fix" it would read as what is wrong. */
function failing(enforced: ControlVerdict[]): string {
  const what = found(enforced)
  return what
    ? `1 thing to fix: ${what}`
    : `${count(enforced.length, 'control fails', 'controls fail')}: ${names(enforced)}`
}

function advising(advised: ControlVerdict[]): string {
  const what = found(advised)
  return what
    ? `Passes, 1 thing advised: ${what}`
    : `Passes, ${count(advised.length, 'control advises', 'controls advise')} a change: ${names(advised)}`
}

const passes = (passing: ControlVerdict[]): string =>
  passing.length === 0 ? 'Nothing fails' : count(passing.length, 'control passes', 'controls pass')

const allPass = (passing: ControlVerdict[]): string =>
  passing.length === 0
    ? 'Nothing is asked of this repository'
    : passing.length === 1
      ? 'The one control that is asked for passes'
      : `All ${passing.length} controls pass`

/** What the only control found, where one short and harmless sentence says it. */
function found(controls: ControlVerdict[]): string | undefined {
  const [only, second] = controls
  if (!only || second) return undefined
  const sentence = splitSentence(only.message).first.replace(/\.$/, '')
  return sentence.length <= subjectLimit && isPlainEverywhere(sentence) ? sentence : undefined
}

function names(controls: ControlVerdict[]): string {
  const [first] = controls
  if (!first) return ''
  const all = controls.map(nameOf).join(', ')
  return all.length <= subjectLimit ? all : `${nameOf(first)} and ${controls.length - 1} more`
}

/** Titles are also shown where we can't escape them: mail, chat, dashboards. */
const nameOf = ({ title, id }: ControlVerdict): string =>
  [title, id].find(isPlainEverywhere) ?? 'a control of the policy'
