import { isKnown } from '../../controls/control.ts'
import { nextStep } from '../../policy/next-step.ts'
import type { Verdict } from '../../policy/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { type Concerns, concernsOf, isCompared, toBeFixed } from '../concerns.ts'
import type { CheckRunEffect } from '../effect.ts'
import type { Judgement } from '../judgement.ts'
import { citedRules, sentence } from '../text/control-words.ts'
import { code } from '../text/markdown.ts'
import { count, shortSha } from '../text/wording.ts'
import { annotationLimit, annotationsOf } from './annotations.ts'
import { changeSentences, comparisonNote } from './change-words.ts'
import { checkRunTitle } from './check-run-title.ts'
import { findingsTable } from './findings-table.ts'
import { fixThis, isPressable, pressing } from './fix-button.ts'
import { renderDetails } from './render-details.ts'

/** A longer list is not followed; the table and the annotations have all. */
const stepLimit = 25

export type RenderedCheckRun = Pick<
  CheckRunEffect,
  'conclusion' | 'title' | 'summary' | 'text' | 'annotations' | 'actions'
>

export function renderCheckRun(judgement: Judgement): RenderedCheckRun {
  const { verdict, snapshot } = judgement
  const concerns = concernsOf(verdict)
  const annotations = annotationsOf(concerns, snapshot)
  return {
    conclusion: verdict.conclusion,
    title: checkRunTitle(concerns),
    summary: [
      leadSentence(concerns, snapshot),
      comparisonNote(concerns, verdict),
      findingsTable(concerns, judgement),
      nextSteps(concerns, judgement),
      annotationsNote(annotations.length),
      issuesNote(concerns, judgement),
      judged(concerns, judgement),
    ]
      .filter(Boolean)
      .join('\n\n'),
    text: renderDetails(concerns, judgement),
    annotations,
    ...(isPressable(concerns, judgement) ? { actions: [fixThis(snapshot)] } : {}),
  }
}

function leadSentence(concerns: Concerns, snapshot: Snapshot): string {
  const { enforced, advised, inherited, fixing, undecided, waived, passing } = concerns
  const told = [enforced, advised, inherited, fixing, undecided, waived]
  if (told.every(controls => controls.length === 0)) return allPass(passing.length)
  const parts = isCompared(concerns) ? changeSentences(concerns, snapshot) : stateSentences(concerns)
  if (undecided.length > 0)
    parts.push(`${count(undecided.length, 'control')} can't be decided, which doesn't block.`)
  if (waived.length > 0) parts.push(`${count(waived.length, 'control is', 'controls are')} waived.`)
  if (passing.length > 0) parts.push(`${count(passing.length, 'control passes', 'controls pass')}.`)
  return parts.join(' ')
}

const stateSentences = ({ enforced, advised }: Concerns): string[] => [
  enforced.length > 0
    ? `**${count(enforced.length, 'control fails', 'controls fail')} this check.**`
    : '**Nothing fails this check.**',
  ...(advised.length > 0
    ? [`${count(advised.length, 'control advises', 'controls advise')} a change without blocking.`]
    : []),
]

const allPass = (amount: number): string =>
  amount === 0
    ? '**No rule of the policy asks anything of this repository.**'
    : amount === 1
      ? '**The one control that is asked for passes.**'
      : `**All ${amount} controls pass.**`

function nextSteps(concerns: Concerns, judgement: Judgement): string {
  const steps = new Set<string>()
  for (const control of toBeFixed(concerns))
    for (const finding of control.findings) {
      const step = nextStep(finding)
      if (step) steps.add(step)
    }
  const [only] = steps
  const press = isPressable(concerns, judgement) ? pressing(judgement.snapshot) : ''
  if (!only) return press
  if (steps.size === 1) return [`**To fix:** ${sentence(only)}`, press].filter(Boolean).join(' ')
  const shown = [...steps].slice(0, stepLimit).map((step, index) => `${index + 1}. ${sentence(step)}`)
  const leftOut = steps.size - shown.length
  return [
    '**To fix:**',
    '',
    ...shown,
    ...(leftOut > 0 ? ['', `And ${leftOut} more.`] : []),
    ...(press ? ['', press] : []),
  ].join('\n')
}

const annotationsNote = (annotations: number): string =>
  annotations === annotationLimit
    ? `The first ${count(annotationLimit, 'finding')} are marked in the files.`
    : ''

/** The issue is where a default branch's failures are told; where there can be none, this check says so. */
function issuesNote({ enforced }: Concerns, { snapshot, issueElsewhere }: Judgement): string {
  const { metadata } = snapshot.facts
  if (enforced.length === 0 || issueElsewhere || !isKnown(metadata) || metadata.value.hasIssuesEnabled)
    return ''
  return 'Issues are switched off in this repository, so no tracking issue is kept: this check is the only place that tells.'
}

function judged(concerns: Concerns, judgement: Judgement): string {
  const { enforced, advised, inherited, fixing, undecided, waived } = concerns
  const { verdict, snapshot } = judgement
  const told = [...enforced, ...advised, ...fixing, ...inherited, ...undecided, ...waived]
  const rules = citedRules(told, judgement)
  const base = verdict.comparison?.base
  const compared = base === undefined ? '' : `, compared with ${code(shortSha(base))}${branchOf(snapshot)}`
  return `${rules ? `Asked by ${rules}. ` : ''}Judged at ${code(shortSha(verdict.sha))} against ${policyName(verdict)}${compared}.`
}

/** A commit can be the head of several pull requests, each to another branch. */
const branchOf = ({ target }: Snapshot): string =>
  target.kind === 'pull-request' && target.base ? ` of ${code(target.base)}` : ''

const policyName = ({ policy }: Verdict): string =>
  policy === 'built-in' ? 'the built-in policy' : `policy ${code(shortSha(policy))}`
