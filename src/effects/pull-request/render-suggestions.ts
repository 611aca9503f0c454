import type { FixPart } from '../../fix-proposal.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { sentence } from '../text/control-words.ts'
import { code, prose } from '../text/markdown.ts'
import { count, listed, shortSha } from '../text/wording.ts'
import type { Suggestion, Suggestions } from './plan-suggestions.ts'

const partsShown = 10
const pathsShown = 5

/** Text above one suggestion. The lines go into the file as they are: nothing of them is changed, and no fence of theirs ends ours. */
export function renderSuggestion({ lines, parts }: Pick<Suggestion, 'lines' | 'parts'>): string {
  const longest = Math.max(2, ...lines.flatMap(line => (line.match(/`+/g) ?? []).map(run => run.length)))
  const fence = '`'.repeat(longest + 1)
  const why = parts
    .slice(0, 3)
    .map(part => `**${prose(part.title, 120)}**: ${sentence(part.why, 300)}`)
    .join('\n\n')
  return `${why}\n\n${[`${fence}suggestion`, ...lines, fence].join('\n')}`
}

export function renderReview({ suggestions, others }: Suggestions, snapshot: Snapshot): string {
  const what = count(suggestions.length, 'change is', 'changes are')
  const first = `${what} suggested at ${code(shortSha(snapshot.target.sha))}. Commit what you agree with; nothing is changed otherwise.`
  return [first, renderOthers(others)].filter(Boolean).join('\n\n')
}

/** Repairs that are more than lines of this pull request. */
export function renderOthers(others: readonly FixPart[]): string {
  if (others.length === 0) return ''
  const rows = others.slice(0, partsShown).map(({ title, why, paths }) => {
    const where = listed(paths.slice(0, pathsShown).map(path => code(path)))
    return `- **${prose(title, 120)}**${where ? ` in ${where}` : ''}: ${sentence(why, 300)}`
  })
  const more = others.length > partsShown ? [`- and ${others.length - partsShown} more`] : []
  return [
    '**Not as a suggestion**, since it changes more than single lines of this pull request:',
    '',
    ...rows,
    ...more,
  ].join('\n')
}

/** For the person who asked by a comment. */
export function renderSuggestAnswer(
  { suggestions, others }: Suggestions,
  standing: 'written' | 'stands' | 'none',
): string {
  if (standing !== 'none') {
    const what = count(suggestions.length, 'change is', 'changes are')
    return `${what} suggested in a review${standing === 'stands' ? ' already' : ''}. Commit what you agree with.`
  }
  if (others.length === 0) return 'Nothing fails at this commit that a change of files repairs.'
  return [
    'Nothing here can be repaired by a suggestion.',
    renderOthers(others),
    'On the default branch a pull request of its own does it: `/golden-path fix` on the tracking issue, or *Fix this* on the check run there.',
  ].join('\n\n')
}
