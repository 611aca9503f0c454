import type { Policy, PolicyProblem, Requirement, Rule } from '../../policy/policy.ts'
import { type ControlPreview, type Names, newlyFailing, type Preview } from '../../policy/preview-summary.ts'
import type { CheckRunEffect } from '../effect.ts'
import { cell, code, plain, prose } from '../text/markdown.ts'
import { count, listed, longDate } from '../text/wording.ts'

export type RenderedPreview = Pick<CheckRunEffect, 'conclusion' | 'title' | 'summary' | 'text'>

export interface PreviewContext {
  /** The new policy; absent for a template's change and where the policy is taken away. */
  policy?: Policy
  /** Templates whose change this is about, by ref. */
  templates?: readonly string[]
  /** Names of the repositories that they made. */
  services?: readonly string[]
  now: Date
  /** What is missing is being read: the check will be written again. */
  isReading?: boolean
  /** In so many repositories something was read for this preview. */
  read?: number
}

/** GitHub refuses a text over 65,535 characters. */
const textLimit = 60_000
const titleLimit = 255
const mostControls = 60
const mostOwners = 25
const mostWaivers = 40
const ownersInARow = 4
const namesInARow = 5
const mostServices = 40
const softerDays = 56

/** What a pull request that changes a policy or a template would do, for who is about to merge it. */
export function renderPreview(preview: Preview, context: PreviewContext): RenderedPreview {
  return {
    conclusion: conclusionOf(preview, context),
    title: plain(titleOf(preview, context), titleLimit),
    summary: bounded(
      [
        leadSentence(preview, context),
        servicesNote(context),
        unreadNote(preview, context),
        controlTable(preview.controls),
        ownerTable(preview.owners),
        datesNote(preview),
        waiverTable(preview),
        limitNote(preview, context),
        softerNote(preview, context),
        sourceNote(preview, context),
      ],
      '\n\n',
    ),
    text: details(preview) || undefined,
  }
}

/** Whoever changes a template should know whom it concerns, whether they would fail or not. */
const servicesNote = ({ services = [] }: PreviewContext): string =>
  services.length === 0
    ? ''
    : `Made from ${services.length === 1 ? 'it is' : 'it are'} ${listed(
        shortened(
          services.toSorted().map(name => code(name)),
          mostServices,
        ),
      )}.`

const isTakenAway = ({ policy, templates }: PreviewContext): boolean => !policy && !templates

/** The other check run says where the mistakes are; this one that it waits for them. */
export function renderUnparsed(problems: readonly PolicyProblem[]): RenderedPreview {
  const [first] = problems
  const where = first ? `${code(`${first.path}:${first.line}:${first.column}`)}: ${prose(first.message)}` : ''
  return {
    conclusion: 'neutral',
    title: 'Nothing can be previewed until the policy parses',
    summary: [
      '**Nothing can be previewed until the policy parses.**',
      where,
      'The check "Golden Path" marks each mistake on its line. The policy in force stays in force.',
    ]
      .filter(Boolean)
      .join('\n\n'),
  }
}

function conclusionOf(preview: Preview, context: PreviewContext): CheckRunEffect['conclusion'] {
  const failing = newlyFailing(preview)
  const limit = context.policy?.preview.failAbove
  if (limit !== undefined && failing > limit) return 'failure'
  const isOpen = preview.unknown.count > 0 || preview.unread.repositories.count > 0 || preview.stopped
  return failing > 0 || isOpen || isTakenAway(context) ? 'neutral' : 'success'
}

function titleOf(preview: Preview, context: PreviewContext): string {
  const { templates } = context
  if (isTakenAway(context))
    return `The policy is taken away: nothing would be asked of ${count(preview.judged, 'repository', 'repositories')}`
  if (preview.stopped) return "Stopped: this policy's conditions take too long"
  const { fails, fixed, unknown, unread } = preview
  const failing = newlyFailing(preview)
  const total = count(
    preview.judged,
    templates ? 'service' : 'repository',
    templates ? 'services' : 'repositories',
  )
  const open = unread.repositories.count
  const undecided = open > 0 ? `; ${number(open)} can't be decided yet` : ''
  if (failing > 0)
    return `${number(failing)} of ${total} would newly fail, ${fails.enforce.count === 0 ? 'none' : number(fails.enforce.count)} of them at enforce${undecided}`
  if (open > 0) return `${number(open)} of ${total} can't be decided yet; nothing else newly fails`
  if (unknown.count > 0)
    return `Nothing newly fails; something can't be decided in ${number(unknown.count)} of ${total}`
  if (fixed.count > 0) return `Nothing newly fails; ${number(fixed.count)} of ${total} would no longer fail`
  return preview.changed > 0 ? `Nothing newly fails in ${total}` : `Nothing changes for ${total}`
}

function leadSentence(preview: Preview, context: PreviewContext): string {
  const { templates } = context
  if (isTakenAway(context))
    return '**This takes the policy away.** No repository would be judged any more; check runs and issues stay as they are.'
  const { fails, changed, issues, judged } = preview
  const failing = newlyFailing(preview)
  const many = templates ? 'services' : 'repositories'
  const total = count(judged, templates ? 'service' : 'repository', many)
  const subject = templates
    ? `${listed(templates.map(ref => code(ref)))} made ${count(judged, 'live service')}. `
    : ''
  const lead =
    failing === 0
      ? `**${subject === '' ? `Nothing newly fails in ${total}.` : `${subject}None of them would newly fail.`}**`
      : `**${subject}${number(failing)} of ${templates ? 'them' : total} would newly fail: ${number(fails.enforce.count)} at enforce, ${number(fails.advise.count)} at advise.**`
  const parts = [lead]
  if (changed > 0) parts.push(`${count(changed, 'verdict changes', 'verdicts change')}.`)
  if (issues.open > 0 || issues.close > 0)
    parts.push(
      `${[
        ...(issues.open > 0 ? [`${count(issues.open, 'issue')} would open`] : []),
        ...(issues.close > 0 ? [`${count(issues.close, 'issue')} would close`] : []),
      ].join(', ')}.`,
    )
  if (preview.stopped)
    parts.push(
      '**Then the preview was stopped:** conditions of this policy were cut off again and again because they take longer than they may. Look for comprehensions over long lists; `golden-path policy test` shows which.',
    )
  return parts.join(' ')
}

function unreadNote({ unread }: Preview, { isReading }: PreviewContext): string {
  const { repositories, what } = unread
  if (repositories.count === 0) return ''
  const names = [...what]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(
      ([name, missing]) =>
        `${name.includes(' ') ? prose(name) : code(name)}${missing === repositories.count ? '' : ` (${number(missing)})`}`,
    )
  const some = shortened(names, namesInARow)
  return [
    `**${count(repositories.count, 'repository', 'repositories')} can't be decided yet:** ${listed(some)} ${some.length === 1 ? 'has' : 'have'} not been read there.`,
    isReading
      ? 'Just that is read now, in the background; this check is written again when it is known.'
      : 'A look at these repositories, at the latest the next sweep, will tell.',
  ].join(' ')
}

function controlTable(controls: readonly ControlPreview[]): string {
  if (controls.length === 0) return ''
  const rows = controls
    .slice(0, mostControls)
    .map(({ id, title, level, fails, fixed, unknown, issues, owners }) =>
      row(
        `${prose(title, 120)} (${code(id)}, ${level})`,
        number(fails.count),
        number(fixed.count),
        number(unknown.count),
        number(issues),
        who(owners),
      ),
    )
  return table(
    ['Control', 'newly fails', 'no longer fails', "can't be decided", 'issues to open', 'who'],
    rows,
    controls.length - rows.length,
    'control',
  )
}

const who = (owners: ReadonlyMap<string, number>): string =>
  shortened(
    [...owners]
      .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
      .map(([name, repositories]) => `${prose(name, 60)} ${number(repositories)}`),
    ownersInARow,
  ).join(', ')

function ownerTable(owners: Preview['owners']): string {
  if (owners.length < 2) return ''
  const rows = owners
    .slice(0, mostOwners)
    .map(({ name, repositories, enforced }) => row(prose(name, 60), number(repositories), number(enforced)))
  return table(['Owner', 'newly failing', 'of them at enforce'], rows, owners.length - rows.length, 'owner')
}

function datesNote({ dates }: Preview): string {
  return dates
    .map(({ date, fails }) =>
      fails.count === 0
        ? `On ${longDate(date)} nothing more fails.`
        : `On ${longDate(date)} ${number(fails.count)} more would fail: ${namesOf(fails, namesInARow)}.`,
    )
    .join(' ')
}

function waiverTable({ waivers }: Preview): string {
  if (waivers.length === 0) return ''
  // Those that cover nothing are what there is to do about.
  const sorted = waivers.toSorted((a, b) => Number(a.covers.count > 0) - Number(b.covers.count > 0))
  const rows = sorted
    .slice(0, mostWaivers)
    .map(({ waiver, covers }) =>
      row(
        `${code(waiver.repository)} from ${code(waiver.control)} until ${prose(longDate(waiver.until), 40)} (${code(`${waiver.source.path}:${waiver.source.line}`)})`,
        covers.count === 0 ? '**nothing**' : `${number(covers.count)}: ${namesOf(covers, namesInARow)}`,
      ),
    )
  return table(['Waiver', 'covers'], rows, waivers.length - rows.length, 'waiver')
}

function limitNote(preview: Preview, { policy }: PreviewContext): string {
  const limit = policy?.preview.failAbove
  if (limit === undefined) return ''
  const failing = newlyFailing(preview)
  return failing > limit
    ? `**The limit is ${number(limit)} newly failing (${code('preview.fail-above')}); here it is ${number(failing)}.**`
    : `The limit is ${number(limit)} newly failing (${code('preview.fail-above')}).`
}

/** Only where one line decides: a second rule that enforces the same would make the advice untrue. */
function softerNote(preview: Preview, { policy, now }: PreviewContext): string {
  if (!policy) return ''
  const today = now.toISOString().slice(0, 10)
  const blocking = preview.controls.filter(({ level, fails }) => level === 'enforce' && fails.count > 0)
  const places = blocking.flatMap(({ id }) => {
    const [only, second] = enforcing(policy, id, today)
    return only && !second
      ? [`${code(id)} (${code(`${only.rule.source.path}:${only.requirement.line}`)})`]
      : []
  })
  const later = new Date(now.getTime() + softerDays * 86_400_000).toISOString().slice(0, 10)
  const parts: string[] = []
  if (places.length > 0)
    parts.push(
      `Start softer: ${code(`from: ${later}`)} beside ${listed(shortened(places, namesInARow))} would block nobody before that day.`,
    )
  const limit = policy.preview.failAbove
  if (limit !== undefined && newlyFailing(preview) > limit)
    parts.push(
      `Advice counts as well: ${code('observe')}, or a ${code('rollout')} of a few percent, shows who fails without telling anybody yet.`,
    )
  return parts.join(' ')
}

const enforcing = (policy: Policy, id: string, today: string): { rule: Rule; requirement: Requirement }[] =>
  policy.rules.flatMap(rule =>
    rule.require
      .filter(({ control, level, from }) => control === id && level === 'enforce' && !(from && from > today))
      .map(requirement => ({ rule, requirement })),
  )

function sourceNote(preview: Preview, { now, read }: PreviewContext): string {
  const { oldest, newest, archived, notLookedAt } = preview
  const parts: string[] = []
  if (oldest && newest)
    parts.push(
      `Decided from snapshots that are ${age(newest, now) === age(oldest, now) ? age(oldest, now) : `${age(newest, now)} to ${age(oldest, now)}`} old; nothing was read from the repositories${read ? ` but what was missing in ${number(read)} of them` : ''}.`,
    )
  else parts.push('There is no snapshot to decide from.')
  if (notLookedAt > 0)
    parts.push(`${count(notLookedAt, 'repository has', 'repositories have')} not been looked at yet.`)
  if (archived > 0)
    parts.push(
      `${count(archived, 'archived repository is', 'archived repositories are')} told nothing and not counted.`,
    )
  return parts.join(' ')
}

const minute = 60_000

const age = (at: string, now: Date): string => {
  const minutes = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / minute))
  if (minutes < 2) return 'a minute'
  if (minutes < 120) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}

/** Names, for those who want to know which. */
function details({ controls }: Preview): string {
  const sections = controls.map(({ id, title, level, fails, fixed, unknown }) =>
    [
      `**${prose(title, 120)}** (${code(id)}, ${level})`,
      ...(fails.count > 0 ? [`- newly fails: ${namesOf(fails)}`] : []),
      ...(fixed.count > 0 ? [`- no longer fails: ${namesOf(fixed)}`] : []),
      ...(unknown.count > 0 ? [`- can't be decided: ${namesOf(unknown)}`] : []),
    ].join('\n'),
  )
  return bounded(sections, '\n\n')
}

const namesOf = ({ count: total, first }: Names, most = first.length): string => {
  const shown = first.slice(0, most).map(name => code(name, 100))
  const more = total - shown.length
  return more > 0 ? `${shown.join(', ')} and ${number(more)} more` : listed(shown)
}

const shortened = (items: readonly string[], most: number): string[] => {
  const more = items.length - most
  return more > 1 ? [...items.slice(0, most), `${number(more)} more`] : [...items]
}

const table = (head: readonly string[], rows: readonly string[], leftOut: number, what: string): string =>
  [
    row(...head),
    `|${'---|'.repeat(head.length)}`,
    ...rows,
    ...(leftOut > 0 ? ['', `And ${count(leftOut, `more ${what}`)}.`] : []),
  ].join('\n')

const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`

const number = (amount: number): string => amount.toLocaleString('en-US')

/** Whole parts as long as they fit: half a table would be read as a whole one. */
const bounded = (parts: readonly string[], between: string): string => {
  const kept: string[] = []
  let length = 0
  let leftOut = 0
  for (const part of parts.filter(Boolean)) {
    if (length + part.length > textLimit) leftOut++
    else {
      kept.push(part)
      length += part.length + between.length
    }
  }
  return [
    ...kept,
    ...(leftOut > 0 ? [`${count(leftOut, 'part is', 'parts are')} left out: GitHub takes no more.`] : []),
  ].join(between)
}
