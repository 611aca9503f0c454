import type { FixProposal } from '../../fix-proposal.ts'
import { renderNoPolicy } from '../reply/render-reply.ts'
import { sentence } from '../text/control-words.ts'
import { prose } from '../text/markdown.ts'
import { menuPath } from '../text/setting-way.ts'
import { count } from '../text/wording.ts'
import type { FixStanding } from './plan-fix.ts'

/** What became of a wish for fixes. */
export interface FixAnswer {
  standing: FixStanding | 'refused' | 'no-policy'
  /** Of the pull request. */
  number?: number
  pull?: { number: number }
  /** Why it was refused. */
  sentence?: string
  proposal?: FixProposal
  /** Anybody may read it. */
  isNeutral?: boolean
}

/** For the person who asked by a comment. Markdown. */
export function renderFixAnswer(
  { standing, number, pull, sentence: why, proposal, isNeutral }: FixAnswer,
  repository: { owner: string; name: string },
): string {
  const at = number ?? pull?.number
  const it = at === undefined ? 'the pull request' : `${repository.owner}/${repository.name}#${at}`
  switch (standing) {
    case 'opens':
      return `Opened ${it}: it repairs ${count(proposal?.parts.length ?? 0, 'control')}.${leftWords(proposal)}`
    case 'updates':
      return `Brought ${it} up to date: it repairs ${count(proposal?.parts.length ?? 0, 'control')}.${leftWords(proposal)}`
    case 'stands':
      return `The fixes are in ${it} already, and it is up to date.${leftWords(proposal)}`
    case 'closes':
      return `Closed ${it}: it is no longer needed.`
    case 'nothing-fails':
      return 'Nothing that is asked for fails on the default branch, so there is nothing to repair.'
    case 'nothing-fixable':
      return isNeutral
        ? 'Nothing of what fails can be repaired by a pull request of ours. The check run tells what is to be done.'
        : `Nothing of what fails can be repaired by a pull request of ours.\n${reasons(proposal)}`.trimEnd()
    case 'undecided':
      return `Whether what ${it} repairs still fails can't be decided at present, so it is left as it is. It is looked at again by itself.`
    case 'taken-over':
      return `Somebody else pushed to the branch of ${it}, so it is left to them. Close it and ask again for a new one.`
    case 'retargeted':
      return `Somebody let ${it} go to another branch than the default branch, so it is left to them. Close it and ask again for a new one.`
    case 'read-only':
      return 'This repository is archived, or has no commit on its default branch: there is nothing to open a pull request on.'
    case 'refused-by-person':
    case 'not-wanted':
      return 'Nothing was asked for.'
    case 'no-policy':
      return renderNoPolicy()
    case 'refused':
      return `No pull request was opened. ${sentence(why ?? '', 500)}`
  }
}

const leftWords = (proposal: FixProposal | undefined): string =>
  proposal && proposal.left.length > 0
    ? ` ${count(proposal.left.length, 'line is', 'lines are')} left for you to fill in; its description says which.`
    : ''

const reasons = (proposal: FixProposal | undefined): string =>
  (proposal?.notFixed ?? [])
    .slice(0, 10)
    .map(({ title, why }) => `\n- **${prose(title, 120)}**: ${sentence(why, 300)}`)
    .join('') +
  (proposal?.settings ?? [])
    .flatMap(({ title, steps }) =>
      steps.map(step => `\n- **${prose(title, 120)}**: ${sentence(step.change, 300)} ${menuPath(step)}`),
    )
    .slice(0, 10)
    .join('')
