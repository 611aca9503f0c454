import { isKnown } from '../controls/control.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { annotationLimit, annotationsOf } from './annotations.ts'
import { checkRunTitle } from './check-run-title.ts'
import { type Concerns, concernsOf } from './concerns.ts'
import { citedRules, sentence } from './control-words.ts'
import type { CheckRunEffect } from './effect.ts'
import { findingsTable } from './findings-table.ts'
import type { Judgement } from './judgement.ts'
import { code } from './markdown.ts'
import { renderDetails } from './render-details.ts'
import { count, shortSha } from './wording.ts'

/** A longer list is not followed; the table and the annotations have all. */
const stepLimit = 25

export type RenderedCheckRun = Pick<
  CheckRunEffect,
  'conclusion' | 'title' | 'summary' | 'text' | 'annotations'
>

export function renderCheckRun(judgement: Judgement): RenderedCheckRun {
  const { verdict, snapshot } = judgement
  const concerns = concernsOf(verdict)
  const annotations = annotationsOf(concerns, snapshot)
  return {
    conclusion: verdict.conclusion,
    title: checkRunTitle(concerns),
    summary: [
      leadSentence(concerns),
      findingsTable(concerns, judgement),
      nextSteps(concerns),
      annotationsNote(annotations.length),
      issuesNote(concerns, snapshot),
      judged(concerns, judgement),
    ]
      .filter(Boolean)
      .join('\n\n'),
    text: renderDetails(concerns, judgement),
    annotations,
  }
}

function leadSentence({ enforced, advised, undecided, waived, passing }: Concerns): string {
  if (enforced.length + advised.length + undecided.length + waived.length === 0)
    return allPass(passing.length)
  const parts: string[] = []
  parts.push(
    enforced.length > 0
      ? `**${count(enforced.length, 'control fails', 'controls fail')} this check.**`
      : '**Nothing fails this check.**',
  )
  if (advised.length > 0)
    parts.push(`${count(advised.length, 'control advises', 'controls advise')} a change without blocking.`)
  if (undecided.length > 0)
    parts.push(`${count(undecided.length, 'control')} can't be decided, which doesn't block.`)
  if (waived.length > 0) parts.push(`${count(waived.length, 'control is', 'controls are')} waived.`)
  if (passing.length > 0) parts.push(`${count(passing.length, 'control passes', 'controls pass')}.`)
  return parts.join(' ')
}

const allPass = (amount: number): string =>
  amount === 0
    ? '**No rule of the policy asks anything of this repository.**'
    : amount === 1
      ? '**The one control that is asked for passes.**'
      : `**All ${amount} controls pass.**`

function nextSteps({ enforced, advised }: Concerns): string {
  const steps = new Set<string>()
  for (const control of [...enforced, ...advised])
    for (const finding of control.findings) if (finding.next) steps.add(finding.next)
  const [only] = steps
  if (!only) return ''
  if (steps.size === 1) return `**To fix:** ${sentence(only)}`
  const shown = [...steps].slice(0, stepLimit).map((step, index) => `${index + 1}. ${sentence(step)}`)
  const leftOut = steps.size - shown.length
  return ['**To fix:**', '', ...shown, ...(leftOut > 0 ? ['', `And ${leftOut} more.`] : [])].join('\n')
}

const annotationsNote = (annotations: number): string =>
  annotations === annotationLimit
    ? `The first ${count(annotationLimit, 'finding')} are marked in the files.`
    : ''

/** The issue is where a default branch's failures are told; where there can be none, this check says so. */
function issuesNote({ enforced }: Concerns, snapshot: Snapshot): string {
  const { metadata } = snapshot.facts
  if (enforced.length === 0 || !isKnown(metadata) || metadata.value.hasIssuesEnabled) return ''
  return 'Issues are switched off in this repository, so no tracking issue is kept: this check is the only place that tells.'
}

function judged({ enforced, advised, undecided, waived }: Concerns, judgement: Judgement): string {
  const { verdict } = judgement
  const rules = citedRules([...enforced, ...advised, ...undecided, ...waived], judgement)
  return `${rules ? `Asked by ${rules}. ` : ''}Judged at ${code(shortSha(verdict.sha))} against ${policyName(verdict)}.`
}

const policyName = ({ policy }: Verdict): string =>
  policy === 'built-in' ? 'the built-in policy' : `policy ${code(shortSha(policy))}`
