import type { ControlVerdict } from '../../policy/verdict.ts'
import { type Concerns, countsBefore, isCompared, problems } from '../concerns.ts'
import { isPlainEverywhere, plain } from '../text/markdown.ts'
import { count, splitSentence } from '../text/wording.ts'

/** GitHub's limit. */
const titleLimit = 255
/** What still fits in the list of checks below a pull request. */
const subjectLimit = 90

/**
 * The result in about ten words: what fails first, then what is advised, then what can't be decided. Of a pull request what
 * it introduces leads.
 */
export function checkRunTitle(concerns: Concerns): string {
  const { enforced, advised, undecided, waived, passing } = concerns
  const change = isCompared(concerns) ? changed(concerns) : undefined
  return plain(
    change ??
      (enforced.length > 0
        ? failing(enforced)
        : advised.length > 0
          ? advising(advised)
          : undecided.length > 0
            ? `${passes(passing)}, ${undecided.length} can't be decided: ${found(undecided) ?? names(undecided)}`
            : waived.length > 0
              ? `${passes(passing)}, ${undecided.length + waived.length} waived`
              : allPass(passing)),
    titleLimit,
  )
}

/** `undefined` where it changes nothing, and nothing was there before. */
function changed(concerns: Concerns): string | undefined {
  const { enforced, advised, inherited, fixing, undecided } = concerns
  const before = problems(inherited)
  const were = before === 1 ? 'was' : 'were'
  const counting = countsBefore(concerns) ? inherited.filter(({ level }) => level === 'enforce') : []
  if (enforced.length > 0) return `${count(problems(enforced), 'problem')} introduced${whatFails(enforced)}`
  if (counting.length > 0)
    return `${count(problems(counting), 'problem')} ${problems(counting) === 1 ? 'was' : 'were'} there before${whatFails(counting)}`
  if (advised.length > 0)
    return `Passes, ${count(problems(advised), 'problem')} introduced that ${problems(advised) === 1 ? 'is' : 'are'} only advised: ${found(advised) ?? names(advised)}`
  const open = undecided.length > 0 ? `, ${undecided.length} can't be decided` : ''
  if (fixing.length > 0)
    return `${count(fixing.flatMap(({ fixed }) => fixed ?? []).length, 'problem')} fixed${before > 0 ? `, ${before} ${were} there before` : ''}${open}`
  return before > 0 ? `No problem introduced, ${before} ${were} there before${open}` : undefined
}

/** A control's name says how it should be, and would read as what is wrong. */
function whatFails(controls: ControlVerdict[]): string {
  const what = found(controls)
  if (what) return `: ${what}`
  return controls.length === 1 ? `, ${names(controls)} fails` : `, these fail: ${names(controls)}`
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
  if (!only || second || (only.findings[0]?.since && only.findings.length > 1)) return undefined
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
