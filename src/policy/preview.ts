import type { Missing } from '../snapshot/missing.ts'
import { isNothing, missingFrom } from '../snapshot/missing.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { changedDemands } from './changed-demands.ts'
import { evaluate } from './evaluate.ts'
import { shareOutcomes } from './judge.ts'
import type { Policy, ReadPlan } from './policy.ts'
import { policyReads, readsFor } from './reads.ts'
import { settingsPath } from './repository-settings.ts'
import { underOneLimit } from './time-limit.ts'
import type { ControlVerdict, Level, Status, Verdict } from './verdict.ts'

/** One repository before a change and after it. A side is absent where no policy holds. */
export interface Subject {
  before?: Side
  after?: Side
}

/** A policy's change leaves the snapshot as it is; a template's leaves the policy. */
export interface Side {
  snapshot: Snapshot
  policy: Policy
}

/** What a change makes of one repository. */
export interface RepositoryChange {
  snapshot: Snapshot
  before?: Verdict
  after?: Verdict
  /** What the new policy says on days that it names itself, the nearest first. */
  later: { date: string; verdict: Verdict }[]
  /** What must be read before the new policy can be decided here; absent when nothing. */
  missing?: Missing
  controls: ControlChange[]
  /** Whether what fails is told by an issue, before and after. */
  byIssue: { before: boolean; after: boolean }
}

/** One control whose standing in one repository changes in a way that somebody is told of. */
export interface ControlChange {
  id: string
  title: string
  /** The level it fails at, or failed at. */
  level: Exclude<Level, 'observe'>
  /** `fails`: it did not before, or less strictly. `fixed`: it is known that it no longer fails at that level. */
  change: 'fails' | 'fixed' | 'unknown'
}

/** More dates than this nobody reads, and each is judged for. */
const mostDates = 3

/** The next days on which the policy enforces more by itself. */
export const datesOf = (policy: Policy | undefined, today: string): string[] => {
  const dates = (policy?.rules ?? []).flatMap(rule =>
    rule.require.flatMap(({ level, from }) => (level === 'enforce' && from && from > today ? from : [])),
  )
  return [...new Set(dates)].sort().slice(0, mostDates)
}

/** What many repositories may take together: twenty times what they do. Only a condition that runs away needs more. */
const togetherMilliseconds = 1_000

/**
 * What a change makes of several repositories, under one watchdog: starting one takes 0.2 ms, as much as judging half a
 * repository. `undefined` when it bit; then each is to be judged by itself, where what runs away is cut off alone.
 */
export const changesOf = (
  subjects: readonly Subject[],
  now: Date,
  dates: readonly string[],
  change: typeof changeInShort = changeOf,
): RepositoryChange[] | undefined => {
  const judged = underOneLimit(togetherMilliseconds, () =>
    subjects.map(subject => change(subject, now, dates)),
  )
  return judged.ended ? judged.value : undefined
}

/**
 * The same, with verdicts that hold only what the change may touch wherever the rest can't bear on the sum. A policy's
 * change rarely touches more than a few controls.
 */
export const changeInShort = (
  subject: Subject,
  now: Date,
  dates: readonly string[] = [],
): RepositoryChange => {
  const { before, after } = subject
  if (!before || !after || before.snapshot !== after.snapshot) return changeOf(subject, now, dates)
  const today = now.toISOString().slice(0, 10)
  const changed = changedDemands(after.snapshot, before.policy, after.policy, today)
  if (!changed) return changeOf(subject, now, dates)
  const short = changeOf(subject, now, dates, changed.controls)
  const was = rank[short.before?.conclusion ?? 'success']
  const is = rank[short.after?.conclusion ?? 'success']
  return was === is || Math.min(was, is) >= rank[changed.restAtWorst] ? short : changeOf(subject, now, dates)
}

const rank: Record<Verdict['conclusion'], number> = { success: 0, neutral: 1, failure: 2 }

/** What a change makes of one repository; with `only`, of what these controls say of it. */
export const changeOf = (
  { before, after }: Subject,
  now: Date,
  dates: readonly string[] = [],
  only?: ReadonlySet<string>,
): RepositoryChange => {
  const side = after ?? before
  if (!side) throw new Error('A preview compares a repository under at least one policy.')
  const shared = shareOutcomes()
  const sharing = before && after && before.snapshot !== after.snapshot ? undefined : shared
  const was = before && evaluate(before.snapshot, before.policy, now, sharing, only)
  const is = after && evaluate(after.snapshot, after.policy, now, shared, only)
  const controls = is ? changedControls(was, is) : []
  const missing =
    after && mayBeMissing(after.snapshot, controls)
      ? missingFrom(after.snapshot, readsFor(after.policy, planOf(after.policy), after.snapshot))
      : undefined
  return {
    snapshot: side.snapshot,
    ...(was ? { before: was } : {}),
    ...(is ? { after: is } : {}),
    later:
      after && is
        ? laterOf(is, dates, date =>
            evaluate(after.snapshot, after.policy, new Date(`${date}T00:00:00Z`), shared, only),
          )
        : [],
    ...(missing && !isNothing(missing) ? { missing } : {}),
    // Without a policy nothing is told any more, and what was told stays as it is.
    controls,
    byIssue: { before: isToldByIssue(before), after: isToldByIssue(after) },
  }
}

/** As the issue is planned; whether a central repository takes issues is not asked here. */
const isToldByIssue = (side: Side | undefined): boolean => {
  const metadata = side?.snapshot.facts.metadata
  if (!side || !metadata?.known) return false
  const { isArchived, isFork, isEmpty, hasIssuesEnabled, visibility } = metadata.value
  const { repository, publicRepositories } = side.policy.issues
  if (isArchived || isFork || isEmpty || (!repository && !hasIssuesEnabled)) return false
  return repository !== undefined || visibility !== 'public' || publicRepositories !== 'none'
}

/** Days bring something only where a level is still to come, or a waiver to end, over what does not pass. */
const laterOf = (
  today: Verdict,
  dates: readonly string[],
  on: (date: string) => Verdict,
): RepositoryChange['later'] => {
  const mayChange = today.controls.some(
    ({ status, enforcedFrom, waiver }) =>
      waiver || (enforcedFrom && status !== 'pass' && status !== 'not-applicable'),
  )
  return dates.map(date => ({ date, verdict: mayChange ? on(date) : today }))
}

/** Looked for only where it would decide something: what is missing leaves a control unknown, or settings unapplied. */
const mayBeMissing = (snapshot: Snapshot, controls: readonly ControlChange[]): boolean =>
  controls.some(({ change }) => change === 'unknown') || !snapshot.files[settingsPath]?.known

/** What is told anew from one verdict to the other. */
export const changedControls = (before: Verdict | undefined, after: Verdict | undefined): ControlChange[] => {
  const was = byId(before)
  const is = byId(after)
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(id => {
    const change = changedControl(was.get(id), is.get(id))
    return change ?? []
  })
}

const changedControl = (
  before: ControlVerdict | undefined,
  after: ControlVerdict | undefined,
): ControlChange | undefined => {
  const named = after ?? before
  if (!named) return undefined
  const told = (change: ControlChange['change'], level: ControlChange['level']): ControlChange => ({
    id: named.id,
    title: named.title,
    level,
    change,
  })
  const failed = levelOf(before, 'fail')
  const fails = levelOf(after, 'fail')
  if (fails && fails !== failed && failed !== 'enforce') return told('fails', fails)
  const open = levelOf(after, 'unknown')
  if (open) return levelOf(before, 'unknown') ? undefined : told('unknown', open)
  return failed && fails !== failed ? told('fixed', failed) : undefined
}

/** At which level it stands like this; what is observed is told to nobody. */
const levelOf = (
  verdict: ControlVerdict | undefined,
  status: Status,
): Exclude<Level, 'observe'> | undefined =>
  verdict?.status === status && verdict.level !== 'observe' ? verdict.level : undefined

const byId = (verdict: Verdict | undefined): Map<string, ControlVerdict> =>
  new Map((verdict?.controls ?? []).map(control => [control.id, control]))

const planOf = (policy: Policy): ReadPlan => {
  const before = plans.get(policy)
  if (before) return before
  const plan = policyReads(policy)
  plans.set(policy, plan)
  return plan
}

const plans = new WeakMap<Policy, ReadPlan>()
