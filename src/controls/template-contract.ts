import { listed, plain } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Fact, Location, Skeleton, Snapshot } from '../snapshot/snapshot.ts'
import { file, isUnreadable } from '../snapshot/snapshot.ts'
import type { Control, ControlContext, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { isTemplateControl } from './support/template-family.ts'
import { onceItExists, serviceFrom } from './support/template-service.ts'

const path = 'catalog-info.yaml'

const messages = {
  none: 'catalog-info.yaml leads to no Software Template in this repository that asks anything of what it makes.',
  notValid: (template: string): string =>
    `${template} asks for controls, and what it makes can't be known while the Template itself is not valid`,
  notTaken: (template: string): string => `What ${template} makes has not been looked at yet`,
  noSuchControl: (template: string, control: string): string =>
    `${template} requires the control "${plain(control)}", which neither the library nor the policy knows. Expected the id of a control`,
  notRendered: (template: string, example: string, problem: string): string =>
    `What ${template} makes ${withExample(example)} can't be known: ${problem}`,
  broken: (template: string, control: string, example: string, found: string): string =>
    `A service made from ${template} ${withExample(example)} would fail ${plain(control)}, which the template requires: ${found}`,
  standIns: (names: readonly string[]): string =>
    ` Nobody gave ${listed(names.map(plain), 4)}, so that stand-ins were used.`,
  perhapsMade: (control: string, steps: readonly string[]): string =>
    `${plain(control)} misses a file that ${listed(steps)} may write in a real run`,
}

const withExample = (example: string): string =>
  example === 'the defaults' ? 'with the defaults' : `with the example "${plain(example)}"`

export const templateContract: Control = {
  id: 'template-contract',
  title: "Template's skeleton keeps its contract",
  why: 'A service should be born with everything that its template asks of it for the rest of its life.',
  satisfies: evidenceOf('template-contract'),
  asksOthers: true,
  reads: { files: [path], facts: [], entities: true },
  check: (snapshot, context) => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const skeletons = snapshot.skeletons ?? []
    const unseen = withContracts(snapshot.entities).filter(
      ({ ref }) => !skeletons.some(({ template }) => template === ref),
    )
    if (skeletons.length === 0 && unseen.length === 0) return notApplicable(messages.none)
    const judged = skeletons.map(skeleton => judge(skeleton, snapshot, context))
    const open = [
      ...unseen.map(({ ref = '', judgement }) =>
        judgement === 'valid' ? messages.notTaken(plain(ref)) : messages.notValid(plain(ref)),
      ),
      ...judged.flatMap(each => each.open),
    ]
    return failIfAny(bounded(distinct(judged.flatMap(each => each.findings))), () => {
      if (open.length > 0) return undecided(`${listed(unique(open), 2)}.`)
      return summary(skeletons, judged)
    })
  },
}

const requires = 'golden-path.dev/requires'

const withContracts = (entities: readonly EntityDocument[]): EntityDocument[] =>
  entities.filter(
    ({ kind, ref, annotations }) =>
      kind?.toLowerCase() === 'template' && ref !== undefined && (annotations[requires] ?? '').trim() !== '',
  )

interface Judged {
  findings: Finding[]
  open: string[]
  kept: string[]
  /** Decided by what only a repository on GitHub has. */
  later: string[]
}

const judge = (skeleton: Skeleton, snapshot: Snapshot, context: ControlContext): Judged => {
  const { template, example, rendered, problems = [] } = skeleton
  const judged: Judged = { findings: [], open: [], kept: [], later: [] }
  if (!rendered.known) {
    if (!isUnreadable(rendered))
      judged.open.push(messages.notRendered(plain(template), example, rendered.detail))
    else if (problems.length === 0)
      judged.findings.push({
        message: `${messages.notRendered(plain(template), example, rendered.detail)}.`,
        location: skeleton.location,
      })
    for (const { message, location } of isUnreadable(rendered) ? problems : [])
      judged.findings.push({ message: messages.notRendered(plain(template), example, message), location })
    return judged
  }
  const service = serviceFrom(skeleton, rendered.value, snapshot)
  for (const control of new Set(skeleton.requires.filter(id => !isTemplateControl(id)))) {
    const outcome = context.outcomeOn(service, control)
    if (!outcome) judged.findings.push(noSuchControl(skeleton, control, context))
    else if (outcome.status === 'fail') broken(skeleton, service, snapshot, control, outcome, judged)
    else if (outcome.status !== 'unknown') judged.kept.push(control)
    else if (outcome.message.includes(onceItExists)) judged.later.push(control)
    else judged.open.push(`${plain(control)}: ${outcome.message.replace(/\.$/, '')}`)
  }
  return judged
}

const noSuchControl = (
  { template, location }: Skeleton,
  control: string,
  context: ControlContext,
): Finding => {
  const meant = context.nearestControl?.(control)
  return {
    message: `${messages.noSuchControl(plain(template), control)}.`,
    location,
    ...(meant ? { next: `Write ${meant} in ${requires}` } : {}),
  }
}

const broken = (
  skeleton: Skeleton,
  service: Snapshot,
  snapshot: Snapshot,
  control: string,
  outcome: Extract<Outcome, { status: 'fail' }>,
  judged: Judged,
): void => {
  for (const found of outcome.findings) {
    const at = found.location && file(service, found.location.path)
    const isAbsent = at === undefined || (at.known && !at.value.exists)
    // What is missing may be what a step of the organisation's own writes.
    if (isAbsent && skeleton.opaque) {
      judged.open.push(messages.perhapsMade(control, skeleton.opaque))
      continue
    }
    judged.findings.push({
      ...found,
      message:
        messages.broken(plain(skeleton.template), control, skeleton.example, found.message) +
        (skeleton.standIns ? messages.standIns(skeleton.standIns) : ''),
      location: sourceOf(found.location, skeleton, service, snapshot),
    })
  }
}

/** Where in the skeleton a line of the rendered file comes from; the Template where nothing in the skeleton stands for it. */
const sourceOf = (
  rendered: Location | undefined,
  { rendered: made, location }: Skeleton,
  service: Snapshot,
  snapshot: Snapshot,
): Location => {
  const from = rendered && made.known ? made.value.from?.[rendered.path] : undefined
  if (rendered === undefined || from === undefined) return location
  const line = lineIn(textOf(snapshot.files[from]), textOf(service.files[rendered.path]), rendered.line)
  return { path: from, ...(line === undefined ? {} : { line }) }
}

/**
 * The line of the source that became `line`: the one that reads the same, the nearest of several; where filling in changed
 * the line, the one at the same distance from the last that reads the same before it.
 */
const lineIn = (
  source: string | undefined,
  rendered: string | undefined,
  line: number | undefined,
): number | undefined => {
  if (source === undefined || rendered === undefined || line === undefined) return undefined
  const sources = source.split('\n')
  const lines = rendered.split('\n')
  for (let back = 0; back < line; back += 1) {
    const text = lines[line - 1 - back]
    const at = text === undefined || text.trim() === '' ? undefined : nearest(sources, text, line - 1 - back)
    if (at !== undefined) return Math.min(at + back + 1, sources.length)
  }
  return Math.min(line, sources.length)
}

const nearest = (lines: readonly string[], text: string, around: number): number | undefined => {
  let found: number | undefined
  for (const [index, each] of lines.entries())
    if (each === text && (found === undefined || Math.abs(index - around) < Math.abs(found - around)))
      found = index
  return found
}

const textOf = (fact: Fact<{ exists: boolean; text?: string }> | undefined): string | undefined =>
  fact?.known ? fact.value.text : undefined

const summary = (skeletons: readonly Skeleton[], judged: readonly Judged[]): Outcome => {
  const kept = unique(judged.flatMap(each => each.kept))
  const later = unique(judged.flatMap(each => each.later)).filter(control => !kept.includes(control))
  const names = listed(unique(skeletons.map(({ template }) => plain(template))), 2)
  const waits = `Decided ${onceItExists}: ${listed(later.map(plain))}.`
  if (kept.length === 0 && later.length > 0)
    return undecided(`What ${names} requires can't be judged by what it makes. ${waits}`)
  const rendered =
    skeletons.length === 1 ? withExample(skeletons[0]?.example ?? '') : `in ${skeletons.length} examples`
  const keeps = `What ${names} makes keeps ${kept.length === 1 ? `the control ${plain(kept[0] ?? '')}` : `${kept.length} controls`}, rendered ${rendered}.`
  return pass(later.length > 0 ? `${keeps} ${waits}` : keeps)
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]

/** Two examples that fail at the same place for the same reason are told once. */
const distinct = (findings: readonly Finding[]): Finding[] =>
  [
    ...new Map(
      findings
        .toReversed()
        .map(finding => [JSON.stringify([finding.location, withoutExample(finding.message)]), finding]),
    ).values(),
  ].toReversed()

const withoutExample = (message: string): string =>
  message.replace(/with (?:the example "[^"]*"|the defaults)/, '')
