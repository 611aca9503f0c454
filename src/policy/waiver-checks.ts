import {
  type Control,
  type Finding,
  failIfAny,
  notApplicable,
  type Outcome,
  pass,
  undecided,
} from '../controls/control.ts'
import { glob } from '../snapshot/files/linear-glob.ts'
import type { Fact, Organisation, Snapshot } from '../snapshot/snapshot.ts'
import { askableControls } from './named-controls.ts'
import type { Policy, Waiver } from './policy.ts'
import { waiversAllowed, waiversNeeded } from './reserved.ts'
import { lengthOf } from './waivers.ts'

/** A policy of 5,000 stale waivers must not fill the check run. */
const mostFindings = 50

/** The policy that the snapshot's own files hold, or why there is none to be looked at; its mistakes are `policy-valid`'s to tell. */
export type ReadProposed = (snapshot: Snapshot) => { policy: Policy } | { outcome: Outcome }

/** Whether each waiver is one that may be given: not for too long, and by somebody who may. */
export const waiversAllowedControl = (readProposed: ReadProposed): Control => ({
  id: waiversAllowed,
  title: 'Waivers may be given',
  why: 'A waiver that nobody entitled has approved, or that never ends, is a control switched off.',
  satisfies: {},
  reads: { files: [], facts: [] },
  check: (snapshot, context) =>
    eachWaiver(
      readProposed(snapshot),
      (waiver, policy) => [
        ...tooLong(waiver, policy, context.today),
        ...notAnApprover(waiver, policy, snapshot.organisation),
      ],
      policy => (policy.approvers ? undefined : detailOf(snapshot.organisation?.handles)),
    ),
})

/** Whether each waiver still excuses something. */
export const waiversNeededControl = (readProposed: ReadProposed): Control => ({
  id: waiversNeeded,
  title: 'Waivers still needed',
  why: 'A waiver that excuses nothing any more hides the day on which it would.',
  satisfies: {},
  reads: { files: [], facts: [] },
  check: (snapshot, context) => {
    const { organisation } = snapshot
    const proposed = readProposed(snapshot)
    if ('policy' in proposed && proposed.policy.waivers.length > 0 && !organisation)
      return undecided('What the waivers excuse is not known before the repositories have been looked at.')
    return eachWaiver(
      proposed,
      (waiver, policy) => staleness(waiver, policy, organisation, context.today),
      policy => detailOf(organisation?.repositories) ?? notJudged(policy, organisation),
    )
  },
})

/** Why a list is not known, as a sentence; `undefined` when it is. */
const detailOf = (fact: Fact<unknown> | undefined): string | undefined => {
  if (fact?.known) return undefined
  return fact ? `${fact.detail}.` : 'The organisation has not been looked at.'
}

const staleness = (
  waiver: Waiver,
  policy: Policy,
  organisation: Organisation | undefined,
  today: string,
): Finding[] => {
  if (waiver.until < today) return [ended(waiver)]
  if (!askableControls(policy).has(waiver.control)) return [notAsked(waiver)]
  return organisation ? [...noRepository(waiver, organisation), ...noFailure(waiver, organisation)] : []
}

const eachWaiver = (
  proposed: ReturnType<ReadProposed>,
  check: (waiver: Waiver, policy: Policy) => Finding[],
  open: (policy: Policy) => string | undefined,
): Outcome => {
  if ('outcome' in proposed) return proposed.outcome
  const { policy } = proposed
  if (policy.waivers.length === 0) return notApplicable('The policy has no waivers.')
  const findings = policy.waivers.flatMap(waiver => check(waiver, policy))
  return failIfAny(bounded(findings), () => {
    const unanswered = open(policy)
    return unanswered === undefined
      ? pass(
          `${policy.waivers.length === 1 ? 'The waiver is' : `All ${policy.waivers.length} waivers are`} as expected.`,
        )
      : undecided(unanswered)
  })
}

const bounded = (findings: Finding[]): Finding[] => {
  const more = findings.length - mostFindings
  if (more <= 0) return findings
  return [
    ...findings.slice(0, mostFindings),
    { message: `${more} more waivers have the same kind of problem. They are shown once these are settled.` },
  ]
}

const at = ({ source }: Waiver) => ({ path: source.path, line: source.line })

const named = (waiver: Waiver): string => `The waiver of ${waiver.control} for "${waiver.repository}"`

const tooLong = (waiver: Waiver, policy: Policy, today: string): Finding[] => {
  const { maxWaiverDays } = policy
  if (maxWaiverDays === undefined) return []
  const days = lengthOf(waiver, today)
  if (days <= maxWaiverDays) return []
  return [
    {
      message: `${named(waiver)} is for ${days} days. Expected at most ${maxWaiverDays}, as max-waiver says; it holds on its last ${maxWaiverDays} days only.`,
      location: at(waiver),
      next: 'Set an earlier until, and renew the waiver when it is due',
    },
  ]
}

const notAnApprover = (waiver: Waiver, policy: Policy, organisation: Organisation | undefined): Finding[] => {
  const approver = waiver.approvedBy.toLowerCase()
  if (policy.approvers && !policy.approvers.includes(approver))
    return [
      {
        message: `${named(waiver)} is approved by ${waiver.approvedBy}, who is none of waiver-approvers. Expected ${listed(policy.approvers)}.`,
        location: at(waiver),
        next: `Have ${policy.approvers[0]} approve it, and name them in approved-by`,
      },
    ]
  const handles = organisation?.handles
  if (policy.approvers || !handles?.known || handles.value.includes(approver)) return []
  return [
    {
      message: `${named(waiver)} is approved by ${waiver.approvedBy}, which is no team or member of the organisation. Expected one that exists, such as @acme/security.`,
      location: at(waiver),
      next: 'Name who approved it in approved-by',
    },
  ]
}

const ended = (waiver: Waiver): Finding => ({
  message: `${named(waiver)} ended on ${waiver.until}.`,
  location: at(waiver),
  next: 'Take it out, or set a later until if it is still needed',
})

const notAsked = (waiver: Waiver): Finding => ({
  message: `${named(waiver)} excuses nothing: no rule of the policy asks for ${waiver.control}.`,
  location: at(waiver),
  next: 'Take the waiver out, or correct the control',
})

/** An unknown listing decides nothing: a name that isn't in half a list may be in the other half. */
const noRepository = (waiver: Waiver, { repositories }: Organisation): Finding[] => {
  if (!repositories.known || repositories.value.some(glob(waiver.repository, { ignoreCase: true }))) return []
  return [
    {
      message: `${named(waiver)} matches no repository of the organisation.`,
      location: at(waiver),
      next: 'Correct the name, or take the waiver out',
    },
  ]
}

/** Repositories that a waiver is for, and how they stand to its control; one that the same pull request brings in is judged nowhere. */
const judgedFor = (waiver: Waiver, { standing }: Organisation) => {
  const matches = glob(waiver.repository, { ignoreCase: true })
  return (standing[waiver.control] ?? []).filter(({ repository }) => matches(repository))
}

const notJudged = ({ waivers }: Policy, organisation: Organisation | undefined): string | undefined => {
  const first = organisation && waivers.find(waiver => judgedFor(waiver, organisation).length === 0)
  return first
    ? `Whether the waiver of ${first.control} for "${first.repository}" (${first.source.path}:${first.source.line}) is needed can't be known: no repository it is for has been judged by that control. If no rule asks it of them, take the waiver out.`
    : undefined
}

const noFailure = (waiver: Waiver, organisation: Organisation): Finding[] => {
  const judged = judgedFor(waiver, organisation)
  if (judged.length === 0 || judged.some(({ status }) => !isKept.has(status))) return []
  const where =
    judged.length === 1 ? `${judged[0]?.repository} keeps` : `all ${judged.length} repositories keep`
  return [
    {
      message: `${named(waiver)} excuses nothing any more: ${where} ${waiver.control}.`,
      location: at(waiver),
      next: 'Take the waiver out',
    },
  ]
}

const isKept: ReadonlySet<string> = new Set(['pass', 'not-applicable'])

const listed = (approvers: readonly string[]): string =>
  approvers.length === 1
    ? `${approvers[0]}`
    : `${approvers.slice(0, 5).join(', ')}${approvers.length > 5 ? ', …' : ''}`
