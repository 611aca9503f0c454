import type { ExplainedControl } from '../../policy/explain.ts'
import type { ControlVerdict } from '../../policy/verdict.ts'
import { detailsOf } from '../check-run/render-details.ts'
import type { Judgement } from '../judgement.ts'
import { sentence } from '../text/control-words.ts'
import { code, link, prose } from '../text/markdown.ts'
import { place } from '../text/place.ts'
import { longDate, shortSha } from '../text/wording.ts'

const mostFindings = 5

/** Why one control is asked of a repository and what was found, for somebody who asked. */
export function renderExplained(explained: ExplainedControl, judgement: Judgement): string {
  const { verdict } = explained
  if (!verdict)
    return [
      `**${prose(explained.title, 120)}** (${code(explained.id)}) is not asked of this repository. ${explained.because.map(each => prose(each)).join(' ')}`,
      prose(explained.why),
    ].join('\n\n')
  return [
    `${standing(verdict)}, judged at ${code(shortSha(judgement.verdict.sha))}.`,
    ...found(verdict, judgement),
    detailsOf(verdict, withoutOthersWaivers(judgement)),
    ...(verdict.status === 'fail' && verdict.level !== 'observe'
      ? [
          `To object: ${code(`/golden-path waive ${verdict.id} until DATE because REASON`)} asks by a pull request on the policy.`,
        ]
      : []),
  ].join('\n\n')
}

/** Who else is excused is nothing to the one who asks. */
const withoutOthersWaivers = (judgement: Judgement): Judgement => {
  const { explanation } = judgement
  if (!explanation) return judgement
  const controls = explanation.controls.map(control => ({
    ...control,
    waivers: control.waivers.filter(({ standing }) => standing !== 'elsewhere'),
  }))
  return { ...judgement, explanation: { ...explanation, controls } }
}

/** The same where nobody may read in it what is weak: what is asked, not what was found. */
export function renderExplainedNeutrally(explained: ExplainedControl, judgement: Judgement): string {
  const { url } = judgement.snapshot.repository
  const run = url ? link('the check run', `${url}/commit/${judgement.verdict.sha}/checks`) : 'the check run'
  return [
    `**${prose(explained.title, 120)}** (${code(explained.id)}): ${prose(explained.why)}`,
    explained.verdict
      ? `The organisation's policy asks it of this repository. What was found is told by ${run}.`
      : 'It is not asked of this repository.',
  ].join('\n\n')
}

function standing({ status, level, message, enforcedFrom }: ControlVerdict): string {
  switch (status) {
    case 'pass':
      return '**Passes**'
    case 'fail':
      return level === 'enforce'
        ? '**Fails**, and fails the check'
        : `**Fails**, which is ${level === 'advise' ? 'advice' : 'recorded'} and fails nothing${enforcedFrom ? ` before ${prose(longDate(enforcedFrom), 40)}` : ''}`
    case 'waived':
      return '**Waived**'
    case 'unknown':
      return "**Can't be decided**"
    case 'not-applicable':
      return `**Does not apply** (${prose(message).replace(/[.\s]+$/, '')})`
  }
}

function found({ findings, status }: ControlVerdict, { snapshot, verdict }: Judgement): string[] {
  if (status !== 'fail' || findings.length === 0) return []
  const shown = findings
    .slice(0, mostFindings)
    .map(
      ({ message, location }) =>
        `- ${location ? `${place(snapshot, verdict.sha, location)}: ` : ''}${sentence(message)}`,
    )
  const more = findings.length - shown.length
  return [[...shown, ...(more > 0 ? [`- and ${more} more, listed by the check run`] : [])].join('\n')]
}
