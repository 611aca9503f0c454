import type { FileEdit, Finding, Fix, LeftLine } from './controls/control.ts'
import type { FixPart, ProposalOptions } from './fix-proposal.ts'
import { evaluate } from './policy/evaluate.ts'
import { isToBeFixed, offersOf } from './policy/fixable.ts'
import type { Policy } from './policy/policy.ts'
import type { ControlVerdict, Verdict } from './policy/verdict.ts'
import { mayBeEdited, patched } from './snapshot/patched.ts'
import { listed, quoted } from './snapshot/quoted-text.ts'
import type { Snapshot } from './snapshot/snapshot.ts'

/** What was composed so far. */
export interface Composed {
  /** The repository with the edits, and with stand-ins in the lines that are left. */
  snapshot: Snapshot
  /** The same without stand-ins: nothing may be made of those. */
  shown: Snapshot
  verdict: Verdict
  edits: Map<string, string>
  parts: FixPart[]
  left: LeftLine[]
  /** By control: why its fix was not taken. */
  refused: Map<string, string>
}

/** A file that can be read at last may show what else is wrong with it: that is repaired in the same part. */
const mostSteps = 3

/** Of two texts of one file the later: it was made from the other. */
const together = (first: readonly FileEdit[], later: readonly FileEdit[]): FileEdit[] => [
  ...new Map([...first, ...later].map(edit => [edit.path, edit])).values(),
]

export interface Proving {
  policy: Policy
  now: Date
  options: ProposalOptions
}

/** With the fix on top; or why it is not taken, a sentence. `isTold`: a person decided it, whatever other sources say. */
export async function applied(
  composed: Composed,
  control: ControlVerdict,
  fix: Fix,
  isTold: boolean,
  { policy, now, options }: Proving,
  steps = mostSteps,
): Promise<Composed | string> {
  if (fix.unread) return 'Too little of the repository was read to write it.'
  const paths = fix.edits.map(({ path }) => path)
  const proof = fix.proof ?? fix.edits
  const barred = [...paths, ...proof.map(({ path }) => path)].find(
    path => !mayBeEdited(composed.snapshot, path),
  )
  if (barred !== undefined)
    return `Its fix would write ${quoted(barred)}, which is no file that a proposal may change.`
  const forbidden = paths.map(path => options.forbids?.(path)).find(why => why !== undefined)
  if (forbidden !== undefined) return forbidden
  const waiting = composed.left.find(({ path }) => paths.includes(path))
  if (waiting)
    return `Its fix changes ${quoted(waiting.path)} as well: it is offered again when line ${waiting.line} is filled in and merged.`
  const snapshot = await patched(composed.snapshot, proof, {
    directory: options.directory,
    accounts: { ...options.accounts, ...fix.accounts },
  })
  const left = [...composed.left, ...(fix.left ?? [])]
  const shown = left.length > 0 ? await patched(composed.shown, fix.edits, options) : snapshot
  const verdict = evaluate(snapshot, policy, now)
  const made = verdictOf(verdict, control.id)
  if (!isTold && made.status !== 'pass') {
    const more =
      steps > 1 && !fix.left
        ? offersOf(snapshot, policy, verdict.decidedAt.slice(0, 10), options.copies ?? {})(control.id)
        : undefined
    if (!more || more.edits.length === 0 || more.left)
      return `Its fix was tried and does not suffice: ${sentence(made.message)}`
    const both = { ...fix, why: `${fix.why} ${more.why}`, edits: together(fix.edits, more.edits) }
    return await applied(composed, control, both, isTold, { policy, now, options }, steps - 1)
  }
  const isNew = (found: Finding): boolean => isInNewEntity(found, composed.snapshot, snapshot)
  const worse = verdict.controls.filter(
    each =>
      isWorse(
        composed.verdict.controls.find(({ id }) => id === each.id),
        each,
        isNew,
      ) && !(isTold && each.id === 'ownership-agrees'),
  )
  const offer = offersOf(snapshot, policy, verdict.decidedAt.slice(0, 10), options.copies ?? {})
  const mend = worse[0] && steps > 1 && !fix.left ? offer(worse[0].id) : undefined
  if (mend && mend.edits.length > 0 && !mend.left && !mend.unread) {
    // Two files that name the same team by its old name agree: the one alone would set them at odds.
    const both = { ...fix, why: `${fix.why} ${mend.why}`, edits: together(fix.edits, mend.edits) }
    const result = await applied(composed, control, both, isTold, { policy, now, options }, steps - 1)
    if (typeof result !== 'string') return result
  }
  if (worse.length > 0)
    return `Its fix was tried and would break ${listed(worse.map(({ title }) => quoted(title)))}: ${sentence(worse[0]?.message ?? '')}`
  const edits = new Map([...composed.edits, ...fix.edits.map(({ path, text }) => [path, text] as const)])
  return {
    snapshot,
    shown,
    verdict,
    edits,
    parts: [
      ...composed.parts,
      {
        control: control.id,
        title: control.title,
        level: control.level,
        why: fix.why,
        paths,
        also: composed.verdict.controls
          .filter(
            each =>
              each.id !== control.id && isToBeFixed(each) && verdictOf(verdict, each.id).status === 'pass',
          )
          .map(({ id, title }) => ({ control: id, title })),
        ...(fix.guesses ? { guesses: fix.guesses } : {}),
      },
    ],
    left,
    refused: new Map([...composed.refused].filter(([id]) => id !== control.id)),
  }
}

/**
 * What passed and no longer does, or fails in more places. What was not asked or could not be decided before (there was no
 * catalogue file, or no entity that could be read) is not broken by the edit that brings it to light: it is told.
 */
const isWorse = (
  before: ControlVerdict | undefined,
  after: ControlVerdict,
  isNew: (found: Finding) => boolean,
): boolean => {
  if (!before || before.status === 'not-applicable' || before.status === 'unknown') return false
  if (after.findings.filter(found => !isNew(found)).length > before.findings.length) return true
  // Whether a new name is free only Backstage knows, and it is asked before the pull request is opened.
  return before.status === 'pass' && after.status === 'unknown' && after.id !== 'entity-ref-free'
}

/** Of an entity that nobody could read before. */
const isInNewEntity = ({ location }: Finding, before: Snapshot, after: Snapshot): boolean => {
  const entity = after.entities.findLast(
    ({ path, line }) => path === location?.path && line <= (location.line ?? 1),
  )
  return (
    entity !== undefined &&
    !before.entities.some(
      ({ path, document, judgement }) =>
        path === entity.path && document === entity.document && judgement === 'valid',
    )
  )
}

/** One that nobody asks for says nothing, and a person may still have it changed. */
export const verdictOf = ({ controls }: Verdict, id: string): ControlVerdict =>
  controls.find(control => control.id === id) ?? {
    id,
    title: 'Owner exists',
    why: '',
    level: 'observe',
    rule: { name: '', path: '', line: 0 },
    status: 'not-applicable',
    message: 'Nothing in the policy asks for it.',
    findings: [],
    satisfies: {},
  }

export const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`)
