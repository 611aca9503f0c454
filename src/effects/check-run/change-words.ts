import type { Verdict } from '../../policy/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { type Concerns, countsBefore, isCompared, problems } from '../concerns.ts'
import { sentence, titleOf } from '../text/control-words.ts'
import { prose } from '../text/markdown.ts'
import { count } from '../text/wording.ts'

/** What a pull request changes, in sentences. Inline markdown. */
export function changeSentences(concerns: Concerns, { target }: Snapshot): string[] {
  const { enforced, advised, inherited, fixing } = concerns
  const who = target.kind === 'merge-group' ? 'This merge group' : 'This pull request'
  const introduced = problems(enforced) + problems(advised)
  const fixed = fixing.flatMap(({ fixed }) => fixed ?? []).length
  const before = problems(inherited)
  const fixes = fixed === 0 ? '' : ` and fixes ${fixed}`
  return [
    `**${who} introduces ${introduced === 0 ? 'no problem' : count(introduced, 'problem')}${fixes}.**`,
    ...(advised.length > 0 ? [adviceSentence(introduced, problems(advised))] : []),
    ...(before > 0 ? [beforeSentence(before, introduced + fixed > 0, concerns)] : []),
  ]
}

const adviceSentence = (introduced: number, advised: number): string =>
  introduced === advised
    ? `${advised === 1 ? 'It is' : 'They are'} advised and ${advised === 1 ? "doesn't" : "don't"} block.`
    : `${advised} of them ${advised === 1 ? "is advised and doesn't" : "are advised and don't"} block.`

const beforeSentence = (before: number, isMore: boolean, concerns: Concerns): string => {
  const more = isMore ? `${before} more` : `${before}`
  const were = before === 1 ? 'was' : 'were'
  if (!countsBefore(concerns))
    return `${more} ${were} there before and ${before === 1 ? "doesn't" : "don't"} block.`
  return `${more} ${were} there before and ${before === 1 ? 'counts' : 'count'}, too: the policy has \`pull-requests: all\`.`
}

/** Where something counts as introduced only because nobody knows what was there before. */
export function comparisonNote(concerns: Concerns, { controls, comparison }: Verdict): string {
  if (!comparison) return ''
  if (!isCompared(concerns))
    return [...concerns.enforced, ...concerns.advised].length === 0
      ? ''
      : `What was there before is not known, so everything counts as introduced: ${sentence(comparison.unknown ?? '')}`
  const told = controls.filter(({ uncompared, level }) => uncompared !== undefined && level !== 'observe')
  return told
    .slice(0, mostTold)
    .map(
      control =>
        `Whether *${titleOf(control)}* failed before can't be told, so what it found counts as introduced: ${prose(control.uncompared ?? '')}`,
    )
    .join('\n')
}

const mostTold = 5
