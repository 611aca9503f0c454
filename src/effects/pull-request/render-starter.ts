import { fails, nextToTighten, type Starter, unseenHave } from '../../policy/starter.ts'
import { cell, code, prose } from '../text/markdown.ts'
import { count, listed } from '../text/wording.ts'

export interface RenderedStarter {
  title: string
  body: string
  commitMessage: string
}

const namesShown = 3

/** The pull request that offers a first policy, for the person who installed the app. */
export function renderStarter(starter: Starter, account: string): RenderedStarter {
  const { controls, judged, seen, known } = starter
  const at = (level: string) => controls.filter(each => each.level === level).length
  const levels = [
    at('enforce') > 0 ? `enforces ${at('enforce')}` : '',
    at('advise') > 0 ? `advises ${at('advise')}` : '',
    at('observe') > 0 ? `observes ${at('observe')}` : '',
  ].filter(Boolean)
  const title = 'Start with a policy that blocks nobody today'
  const rows = controls.map(
    ({ id, title: name, level, pass, fail, unknown }) =>
      `| ${cell(prose(name, 80))} (${code(id, 80)}) | ${level} | ${pass} | ${fail} | ${unknown} |`,
  )
  return {
    title,
    commitMessage: `${title}\n\nDrawn from what Golden Path saw in ${count(judged, 'repository', 'repositories')}.`,
    body: [
      `A first policy for ${code(account, 80)}. Until there is one, Golden Path only looks. It has seen ${seen} of ${count(known, 'repository', 'repositories')}; ` +
        `this file is for ${judged} of them: archived ones, forks and the one of the policy are left out. It ${listed(levels)} of ${count(controls.length, 'control')}.`,
      '**Merging this fails no check on what is there today, and opens no issue.**',
      ["| Control | Level | pass | fail | can't be told |", '|---|---|---|---|---|', ...rows].join('\n'),
      'A control is enforced where every repository passes: from then on a pull request that breaks it fails its check. It is advised where at most one in ten, or just one, does not pass, ' +
        'and observed (recorded, told to nobody) otherwise.',
      seen < known ? `Nothing is enforced yet: ${unseenHave(known - seen)} not been seen, and may fail.` : '',
      tighten(starter),
      leftOut(starter),
      'Change what you like before you merge: the checks of this pull request say whether the file parses and who would newly fail. ' +
        'To refuse, close it; it is not opened again.',
    ]
      .filter(Boolean)
      .join('\n\n'),
  }
}

function tighten(starter: Starter): string {
  const next = nextToTighten(starter)
  if (next.length === 0) return ''
  const items = next.map(({ id, level, fail, failing }, index) => {
    const shown = failing.slice(0, namesShown).map(name => code(name, 100))
    const more = fail > shown.length ? [`${fail - shown.length} more`] : []
    const to = level === 'observe' ? 'advise' : 'enforce'
    if (shown.length === 0) return `${index + 1}. ${code(id, 80)} to ${code(to)}: ${fails(fail)}.`
    return `${index + 1}. ${code(id, 80)} to ${code(to)}: ${listed([...shown, ...more])} ${fail === 1 ? 'fails' : 'fail'}.`
  })
  return ['**To tighten first**, the fewest failing first:', '', ...items].join('\n')
}

function leftOut({ left }: Starter): string {
  if (left.length === 0) return ''
  const ids = left.map(({ id }) => code(id, 80))
  return `Not asked for, since nothing that was seen decides it: ${listed(ids)}.`
}
