import type { Control } from '../controls/control.ts'
import { type AddedWaiver, addWaiver, type NewWaiver, waiversFile } from './add-waiver.ts'
import { dayInWords, daysBetween, shiftDays } from './days.ts'
import { askableControls } from './named-controls.ts'
import { hint } from './nearest.ts'
import { parsePolicy } from './parse.ts'
import type { Policy, PolicyFile, Waiver } from './policy.ts'
import { readDay } from './read-day.ts'
import type { Verdict } from './verdict.ts'

/** What is asked for, checked; or why it can't be, a sentence or two for the person who asks. */
export type CheckedWaiver = { ok: true; until: string } | { ok: false; why: string }

/** Whether a waiver can be asked for, before anybody is bothered. `until` is as the person wrote it. */
export const checkWaiver = (
  { control, until }: { control: string; until: string },
  given: { policy: Policy; verdict: Verdict; today: string },
): CheckedWaiver => {
  const { policy, verdict, today } = given
  const no = (why: string): CheckedWaiver => ({ ok: false, why })
  if (!policy.controls.has(control))
    return no(`There is no control "${control}"${hint(control, askableControls(policy))}.`)
  const own = verdict.controls.find(each => each.id === control)
  if (!own) return no(`"${control}" is not asked of this repository, so there is nothing to waive.`)
  const day = readDay(until)
  if (day === undefined)
    return no(`"${until}" is no day. Expected one like 31 March 2027 or 2027-03-31 instead.`)
  if (day <= today)
    return no(`${dayInWords(day)} is not in the future. Expected a day after ${dayInWords(today)}.`)
  const { maxWaiverDays } = policy
  if (maxWaiverDays !== undefined && daysBetween(today, day) + 1 > maxWaiverDays)
    return no(
      `Until ${dayInWords(day)} is ${daysBetween(today, day) + 1} days. The policy allows ${maxWaiverDays}: until ${dayInWords(shiftDays(today, maxWaiverDays - 1))} at the latest.`,
    )
  return { ok: true, until: day }
}

export type ProposedWaiver = AddedWaiver

/**
 * The file of waivers with one more, proven: the whole policy parses with it, and the one waiver is all that differs.
 * @param files of the policy, `golden-path/waivers.yml` as it is on the branch now
 */
export const proposeWaiver = (
  files: readonly PolicyFile[],
  waiver: NewWaiver,
  library: ReadonlyMap<string, Control>,
): ProposedWaiver => {
  const before = parsePolicy(files, { version: 'before', library })
  if (!before.ok) {
    const [first] = before.problems
    return {
      ok: false,
      why: `The policy has a mistake at present: ${first?.path}:${first?.line}: ${first?.message} A waiver can be added when that is corrected.`,
    }
  }
  const own = files.find(({ path }) => path === waiversFile)
  const added = addWaiver(own?.text, waiver)
  if (!added.ok) return { ok: false, why: `${waiversFile} can't be added to: ${added.why}` }
  if (added.text === own?.text) return saidAlready
  const approvedBy = waiver.approvedBy ?? approverToBe(before.policy, waiver)
  // What is left for the approver would not parse yet: everything else must.
  const proof = waiver.approvedBy === undefined ? addWaiver(own?.text, { ...waiver, approvedBy }) : added
  const rest = files.filter(({ path }) => path !== waiversFile)
  const after = proof.ok
    ? parsePolicy([...rest, { path: waiversFile, text: proof.text }], { version: 'after', library })
    : before
  if (!after.ok) {
    const [first] = after.problems
    return {
      ok: false,
      why: `With it the policy would not parse: ${first?.path}:${first?.line}: ${first?.message}`,
    }
  }
  if (isSame(before.policy, after.policy)) return saidAlready
  return isAllThatDiffers(before.policy, after.policy, { ...waiver, approvedBy }, added.renews)
    ? added
    : { ok: false, why: `${waiversFile} can't be added to without changing more than that.` }
}

const saidAlready: ProposedWaiver = { ok: false, why: 'The policy says so already.' }

/** Only quotes and spaces differ. */
const isSame = (before: Policy, after: Policy): boolean =>
  before.waivers.map(content).join('\n') === after.waivers.map(content).join('\n')

/** One that is renewed keeps who approved it. */
const approverToBe = ({ waivers }: Policy, { repository, control }: NewWaiver): string =>
  waivers.find(
    each =>
      each.source.path === waiversFile &&
      each.control === control &&
      each.from === undefined &&
      each.repository.toLowerCase() === repository.toLowerCase(),
  )?.approvedBy ?? '@somebody'

const isAllThatDiffers = (
  before: Policy,
  after: Policy,
  waiver: Required<NewWaiver>,
  renews: boolean,
): boolean => {
  const [was, is] = [before.waivers.map(content), after.waivers.map(content)]
  const gone = without(was, is)
  const come = without(is, was)
  const { repository, ...rest } = waiver
  return (
    gone.length === (renews ? 1 : 0) &&
    come.length === 1 &&
    come[0]?.toLowerCase() === content({ repository, ...rest }).toLowerCase() &&
    before.rules.map(({ source }) => source.name).join('\n') ===
      after.rules.map(({ source }) => source.name).join('\n') &&
    before.controls.size === after.controls.size
  )
}

const content = ({ repository, control, from, until, reason, approvedBy }: Omit<Waiver, 'source'>): string =>
  JSON.stringify([repository, control, from ?? '', until, reason, approvedBy])

/** What is in `all` more often than in `others`. */
const without = (all: readonly string[], others: readonly string[]): string[] => {
  const left = new Map<string, number>()
  for (const each of others) left.set(each, (left.get(each) ?? 0) + 1)
  return all.filter(each => {
    const times = left.get(each) ?? 0
    left.set(each, times - 1)
    return times <= 0
  })
}
