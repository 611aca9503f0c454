import { glob, type Matcher } from '../snapshot/files/linear-glob.ts'
import { compare, daysBetween, shiftDays } from './days.ts'
import type { Policy, Waiver } from './policy.ts'

/** One waiver of the control, with why it does or doesn't excuse this repository on this day. */
export interface ConsideredWaiver {
  waiver: Waiver
  standing:
    | 'holds'
    /** Its glob is not this repository's name. */
    | 'elsewhere'
    | 'ended'
    | 'not-begun'
    /** Longer than `max-waiver`: it holds on its last days only, and they have not come. */
    | 'too-early'
  /** The first day on which it holds; absent when it always did. */
  begins?: string
  /** Days that are left, today among them; 0 unless it holds. */
  daysLeft: number
}

/** How long before its end the owners are reminded of a waiver. */
export const reminderDays = 14

type WaiverPolicy = Pick<Policy, 'waivers' | 'maxWaiverDays'>

/** Every waiver of a control, in the order of the policy, with how it stands to a repository on a day (YYYY-MM-DD). */
export const consideredWaivers = (
  policy: WaiverPolicy,
  control: string,
  repository: string,
  today: string,
): ConsideredWaiver[] =>
  preparedFor(policy, control).map(({ waiver, begins, matches }) => {
    const standing = standingOf({ waiver, begins, matches }, repository, today)
    const daysLeft = standing === 'holds' ? daysBetween(today, waiver.until) + 1 : 0
    return begins === undefined ? { waiver, standing, daysLeft } : { waiver, standing, begins, daysLeft }
  })

/** The waiver that excuses a repository from a control on a day (YYYY-MM-DD), the longest of several. */
export const waiverFor = (
  policy: WaiverPolicy,
  control: string,
  repository: string,
  today: string,
): Waiver | undefined =>
  preparedFor(policy, control)
    .filter(prepared => standingOf(prepared, repository, today) === 'holds')
    .map(({ waiver }) => waiver)
    .toSorted(
      (a, b) =>
        compare(b.until, a.until) || compare(a.source.path, b.source.path) || a.source.line - b.source.line,
    )[0]

interface Prepared {
  waiver: Waiver
  matches: Matcher
  begins: string | undefined
}

/** The waivers of a control, worked out once: every failure of 10,000 repositories is held against them. */
const preparedFor = (policy: WaiverPolicy, control: string): readonly Prepared[] => {
  const before = prepared.get(policy)
  if (before) return before.get(control) ?? []
  const byControl = Map.groupBy(policy.waivers, waiver => waiver.control)
  const made = new Map(
    [...byControl].map(([id, waivers]) => [
      id,
      waivers.map(waiver => ({
        waiver,
        matches: glob(waiver.repository, { ignoreCase: true }),
        begins: firstDay(waiver, policy.maxWaiverDays),
      })),
    ]),
  )
  prepared.set(policy, made)
  return made.get(control) ?? []
}

const prepared = new WeakMap<WaiverPolicy, ReadonlyMap<string, readonly Prepared[]>>()

const standingOf = (
  { waiver, begins, matches }: Prepared,
  repository: string,
  today: string,
): ConsideredWaiver['standing'] => {
  if (!matches(repository)) return 'elsewhere'
  if (waiver.until < today) return 'ended'
  if (waiver.from !== undefined && waiver.from > today) return 'not-begun'
  return begins !== undefined && begins > today ? 'too-early' : 'holds'
}

/** Of `max-waiver` days the last is `until` itself. */
export const firstDay = (waiver: Waiver, maxDays: number | undefined): string | undefined => {
  const capped = maxDays === undefined ? undefined : shiftDays(waiver.until, 1 - maxDays)
  return [waiver.from, capped]
    .flatMap(day => day ?? [])
    .toSorted(compare)
    .at(-1)
}

/** How many days a waiver asks for, counted from its `from`, or from today where it names none. */
export const lengthOf = (waiver: Waiver, today: string): number =>
  daysBetween(waiver.from ?? today, waiver.until) + 1

/** Whether the owners are to be reminded: from 14 days before the last day on. */
export const endsSoon = (waiver: Waiver, today: string): boolean =>
  daysBetween(today, waiver.until) <= reminderDays
