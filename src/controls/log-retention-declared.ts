import { filesMatching } from '../snapshot/files/tree-files.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { FileContent, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest, unlessWithoutCode, withoutCode } from './support/at-rest.ts'
import { bounded } from './support/bounded.ts'
import { componentsOf } from './support/entities-of.ts'
import { notOurs } from './support/manifests.ts'
import { given, matchesAny, names, wholeNumber } from './support/parameter.ts'

const catalogInfo = 'catalog-info.yaml'

/** Where retention is usually written: Terraform at its usual places, CloudFormation, Serverless, a logging configuration. */
const usual = [
  '{,terraform/,infra/,infrastructure/,deploy/}*.tf',
  '{serverless,template}.{yml,yaml}',
  'cloudformation/*.{yml,yaml}',
  '**/logging.{yaml,yml,json,properties}',
] as const

const messages = {
  none: (annotation: string, days: number): string =>
    `Nothing says how long logs are kept. Expected the annotation ${plain(annotation)}, or a retention of at least ${days} days in a file that is read for it.`,
  short: (found: number, days: number): string =>
    `Logs are kept ${found === 1 ? '1 day' : `${found.toLocaleString('en')} days`}, ${days} are asked for. Expected a retention of at least ${days} days.`,
  open: (path: string, line: number, value: string): string =>
    `${plain(path)}:${line} sets the retention to ${quoted(value)}, which only the deployment knows`,
}

const days = wholeNumber(365, 1, 36_500)
const annotations = names(
  ['golden-path.dev/log-sink'],
  'names of annotations that say where logs are kept, such as [golden-path.dev/log-sink]',
)

export const logRetentionDeclared: Control = {
  id: 'log-retention-declared',
  title: 'Log retention declared',
  why: 'An attack is found months after it began, and by then the logs must still be there.',
  satisfies: evidenceOf('log-retention-declared'),
  reads: { files: [catalogInfo, ...usual], facts: ['metadata'], entities: true, tree: true },
  heuristic: true,
  parameters: { days, annotations },
  check: (snapshot, context) => {
    const resting = atRest(snapshot) ?? withoutCode(snapshot)
    if (resting) return resting
    const asked = given(context, 'annotations', annotations)
    const sink = sinkOf(snapshot, asked)
    if (sink !== undefined) return pass(`Its logs go to ${quoted(sink)}, which keeps them.`)
    return unlessWithoutCode(snapshot, judged(snapshot, given(context, 'days', days), asked[0] ?? ''))
  },
}

/** Where the platform keeps the logs of every Component; `undefined` when one doesn't say. */
const sinkOf = (snapshot: Snapshot, asked: readonly string[]): string | undefined => {
  const sinks = componentsOf(snapshot).map(entity =>
    asked.map(annotation => entity.annotations[annotation]?.trim()).find(value => value),
  )
  return sinks.every(sink => sink) ? sinks[0] : undefined
}

const judged = (snapshot: Snapshot, asked: number, annotation: string): Outcome => {
  const matched = filesMatching(snapshot, usual)
  if (!matched.known) return undecided(`${matched.detail}.`)
  const isOthers = matchesAny(notOurs)
  const findings: Finding[] = []
  const open: string[] = []
  let enough: string | undefined
  for (const { path, fact } of matched.value) {
    if (isOthers(path)) continue
    if (!fact.known) {
      const outcome = unreadableFile(path, fact)
      if (outcome.status === 'fail') findings.push(...outcome.findings)
      else open.push(fact.detail)
    } else if (fact.value.exists)
      for (const { line, value } of retentions(fact.value)) {
        const found = Number(value)
        if (!/^\d{1,6}$/.test(value)) open.push(messages.open(path, line, value))
        // CloudWatch takes 0 for ever.
        else if (found === 0 || found >= asked) enough ??= `${plain(path)}:${line}`
        else
          findings.push({
            message: messages.short(found, asked),
            location: { path, line },
            next: `Keep logs for at least ${asked} days in line ${line} of ${plain(path)}`,
          })
      }
  }
  return failIfAny(bounded(findings), () => {
    if (open.length > 0) return undecided(`${listed(open, 2)}.`)
    const described = file(snapshot, catalogInfo)
    if (enough === undefined && !described.known) return undecided(`${described.detail}.`)
    return enough === undefined
      ? fail({
          message: messages.none(annotation, asked),
          next: `Add ${plain(annotation)} with where the platform keeps the logs, or write the retention down`,
        })
      : pass(`${enough} keeps logs for at least ${asked} days.`)
  })
}

const setting =
  /^[ \t]{0,200}["']?(?:retention_in_days|retention_days|log_retention_days|retentionInDays|retentionDays|logRetentionInDays|logRetentionDays)["']?[ \t]{0,9}[:=][ \t]{0,99}(.{0,100})/i

/** A file with more is not written by hand. */
const mostRetentions = 200

const retentions = ({ text }: FileContent): { line: number; value: string }[] => {
  const found: { line: number; value: string }[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const value = setting.exec(raw)?.[1]
    if (value === undefined || found.length >= mostRetentions) continue
    const plainValue = value
      .replace(/[ \t]#.*$/, '')
      .trim()
      .replace(/[,;]$/, '')
      .replace(/^["']|["']$/g, '')
      .trim()
    if (plainValue !== '') found.push({ line: index + 1, value: plainValue })
  }
  return found
}
