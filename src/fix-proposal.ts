import { isDeepStrictEqual } from 'node:util'
import type { FileEdit, Fix, LeftLine, SettingStep } from './controls/control.ts'
import { applied, type Composed, sentence, verdictOf } from './fix-proof.ts'
import { changeOwner } from './owner-change.ts'
import { evaluate } from './policy/evaluate.ts'
import { type Copies, isToBeFixed, offersOf } from './policy/fixable.ts'
import { nextStep } from './policy/next-step.ts'
import type { Policy } from './policy/policy.ts'
import type { ControlVerdict, Verdict } from './policy/verdict.ts'
import type { Guess } from './proposal/proposal.ts'
import type { PatchOptions } from './snapshot/patched.ts'
import type { Snapshot } from './snapshot/snapshot.ts'

/** Everything that can be repaired of one repository, composed and proven. Repository text in its sentences is raw. */
export interface FixProposal {
  /** One final text for each path, and only where it differs from what is there. */
  edits: FileEdit[]
  /** What each of the edits is for, in the order in which they were made. */
  parts: FixPart[]
  /** What only somebody with the right to it can click. */
  settings: { control: string; title: string; steps: SettingStep[] }[]
  /** Lines of `edits` that a person fills in; where there are any, the pull request is a draft. */
  left: LeftLine[]
  /** What still fails with the edits, each with why nothing was done for it, a sentence. */
  notFixed: { control: string; title: string; why: string }[]
  before: Verdict
  /** With the edits, and with stand-ins in the lines that are left. */
  after: Verdict
}

export interface FixPart {
  control: string
  title: string
  level: ControlVerdict['level']
  /** What it does and why, a sentence. */
  why: string
  paths: string[]
  /** Other controls that failed and pass by the same edits. */
  also: { control: string; title: string }[]
  /** Of a proposed catalogue file: what its lines were guessed from. */
  guesses?: Guess[]
}

export interface ProposalOptions extends PatchOptions {
  /** As `/golden-path owner TEAM` named it: `payments`, `@acme/payments`, `user:jane`. */
  owner?: string
  /** Texts of the policy repository's files that `copyPaths(policy)` names. */
  copies?: Copies
  /** Why a path may not be changed by whoever opens the pull request, a sentence; `undefined` where it may. */
  forbids?: (path: string) => string | undefined
}

/** A repair may bring another failure to light, which the next round looks at: a catalogue file that can be read at last. */
const mostRounds = 3

/**
 * The fixes of the failing controls, one after the other, each on top of those before it. One is kept only if the policy's own
 * judgement of the patched repository says that its control passes by it and no other is worse off. Asks nobody; `now` decides dates.
 */
export async function proposeFixes(
  snapshot: Snapshot,
  policy: Policy,
  now: Date,
  options: ProposalOptions = {},
): Promise<FixProposal> {
  const before = evaluate(snapshot, policy, now)
  const settings = new Map<string, FixProposal['settings'][number]>()
  let composed: Composed = {
    snapshot,
    shown: snapshot,
    verdict: before,
    edits: new Map(),
    parts: [],
    left: [],
    refused: new Map(),
  }

  const take = async (control: ControlVerdict, fix: Fix, isTold = false): Promise<boolean> => {
    const result = await applied(composed, control, fix, isTold, { policy, now, options })
    if (typeof result === 'string') composed.refused.set(control.id, result)
    else composed = result
    return typeof result !== 'string'
  }

  const today = before.decidedAt.slice(0, 10)
  const offerFor = (id: string, { snapshot: proven, shown, left }: Composed): Fix | undefined => {
    const offer = (on: Snapshot): Fix | undefined => offersOf(on, policy, today, options.copies ?? {})(id)
    const fix = offer(shown)
    // Half of it would rest on what stands in for a person's answer.
    return left.length === 0 || isDeepStrictEqual(fix, offer(proven)) ? fix : undefined
  }

  if (options.owner !== undefined) {
    const owned = verdictOf(before, 'owner-exists')
    const change = await changeOwner(snapshot, options.owner, options)
    if ('refused' in change) composed.refused.set(owned.id, change.refused)
    else await take(owned, change, true)
  }
  // The very same is not tried again: it was refused for what it is.
  const tried = new Map<string, Fix>()
  for (let round = 0; round < mostRounds; round += 1) {
    let isChanged = false
    for (const { id } of composed.verdict.controls.filter(isToBeFixed)) {
      const control = verdictOf(composed.verdict, id)
      if (!isToBeFixed(control) || settings.has(id)) continue
      const fix = offerFor(id, composed)
      if (!fix || isDeepStrictEqual(fix, tried.get(id))) continue
      tried.set(id, fix)
      if (fix.edits.length > 0) isChanged = (await take(control, fix)) || isChanged
      else settings.set(id, { control: id, title: control.title, steps: fix.settings ?? [] })
    }
    if (!isChanged) break
  }
  const { edits, parts, left, refused, verdict: after } = composed
  return {
    edits: [...edits].map(([path, text]) => ({ path, text })),
    parts,
    settings: [...settings.values()],
    left,
    notFixed: [
      ...after.controls.filter(control => isToBeFixed(control) && !settings.has(control.id)),
      // Told by a person, it is answered whether or not the policy asks for it.
      ...(options.owner !== undefined && !isFailing(after, 'owner-exists') && refused.has('owner-exists')
        ? [verdictOf(after, 'owner-exists')]
        : []),
    ].map(control => ({
      control: control.id,
      title: control.title,
      why: refused.get(control.id) ?? byHand(control, verdictOf(before, control.id)),
    })),
    before,
    after,
  }
}

const isFailing = ({ controls }: Verdict, id: string): boolean =>
  controls.some(control => control.id === id && isToBeFixed(control))

const byHand = ({ message, findings }: ControlVerdict, before: ControlVerdict): string => {
  const next = findings[0] && nextStep(findings[0])
  const toDo = next === undefined ? sentence(message) : `To do by hand: ${sentence(lowered(next))}`
  return before.status === 'not-applicable' || before.status === 'unknown'
    ? `It could not be judged before these changes. ${toDo}`
    : toDo
}

const lowered = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
