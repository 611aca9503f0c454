import type { Control, Outcome } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { asked, type Demanded, everyDemand } from './asked.ts'
import { allIntroduced, compareControls } from './compare.ts'
import { shiftDays } from './days.ts'
import { judgeOf, type SharedOutcomes } from './judge.ts'
import type { Policy } from './policy.ts'
import { repositorySettings } from './repository-settings.ts'
import { repositorySettingsVerdict } from './repository-settings-valid.ts'
import type { Comparison, ControlVerdict, Verdict } from './verdict.ts'
import { endsSoon, waiverFor } from './waivers.ts'

/**
 * What a policy says of a repository at one time. Pure; `now` decides dates, in UTC. Never throws. `shared` spares
 * several evaluations of the same snapshot what they have in common, and changes nothing of the answer. With `only`
 * other controls are left out, and the conclusion is that of what is left.
 */
export const evaluate = (
  snapshot: Snapshot,
  policy: Policy,
  now: Date,
  shared?: SharedOutcomes,
  only?: ReadonlySet<string>,
): Verdict => {
  const today = now.toISOString().slice(0, 10)
  const own = answersOf(snapshot, policy, today, shared, only)
  const compared = comparedWithBase(own.flat(), snapshot, policy, today, only)
  const controls = (compared?.answers ?? own).flatMap(answers => worstOf(answers) ?? [])
  return {
    repositoryId: snapshot.repository.id,
    sha: snapshot.target.sha,
    ref: snapshot.target.ref,
    policy: policy.version,
    decidedAt: now.toISOString(),
    conclusion: conclusionOf(controls, compared?.comparison),
    controls,
    ...(compared ? { comparison: compared.comparison } : {}),
  }
}

/** What a pull request or a merge group brings in, by the same policy on the same day. Another target is what it is. */
const comparedWithBase = (
  own: readonly ControlVerdict[],
  { base, target }: Snapshot,
  policy: Policy,
  today: string,
  only: ReadonlySet<string> | undefined,
): { answers: ControlVerdict[][]; comparison: Comparison } | undefined => {
  if (!base || (target.kind !== 'pull-request' && target.kind !== 'merge-group')) return undefined
  const counts = policy.pullRequests
  if (!base.known)
    return { answers: byControl(allIntroduced(own)), comparison: { unknown: base.detail, counts } }
  const { snapshot, changes } = base.value
  const before = answersOf(snapshot, policy, today, undefined, only).flat()
  return {
    answers: byControl(compareControls(own, before, changes)),
    comparison: { base: snapshot.target.sha, counts },
  }
}

const byControl = (answers: readonly ControlVerdict[]): ControlVerdict[][] => [
  ...Map.groupBy(answers, ({ id }) => id).values(),
]

/** Of each control that is asked for its answers: several where rules ask the same with different parameters. */
const answersOf = (
  snapshot: Snapshot,
  policy: Policy,
  today: string,
  shared: SharedOutcomes | undefined,
  only: ReadonlySet<string> | undefined,
): ControlVerdict[][] => {
  const settings = repositorySettings(policy, snapshot)
  const every = everyDemand(policy, snapshot, today, settings)
  const demands = asked(every)
  const judge = judgeOf(
    policy,
    snapshot,
    today,
    only ? { has: id => only.has(id) && demands.has(id) } : demands,
    id => demands.get(id)?.[0]?.parameters ?? {},
    shared,
  )
  const answers = inOrder(policy, demands).flatMap(({ id, asks }) =>
    only && !only.has(id)
      ? []
      : [
          asks.map(({ demand, words }) =>
            withWaiver(verdictOf(demand, words, judge(id, demand.parameters)), policy, snapshot, today),
          ),
        ],
  )
  const ofSettings = repositorySettingsVerdict(settings, every.rules)
  return ofSettings ? [...answers, [ofSettings]] : answers
}

const badnessOf = ({ status, findings }: ControlVerdict): number => {
  // What was there before must not hide what is new; nor, both being waived, an open question what was found.
  const isWorse =
    status === 'fail' ? findings.some(({ since }) => since === 'introduced') : findings.length > 0
  return badness[status] + (isWorse ? 0.5 : 0)
}

const badness: Record<ControlVerdict['status'], number> = {
  fail: 4,
  unknown: 3,
  waived: 2,
  pass: 1,
  'not-applicable': 0,
}

/** Of several demands of one level the one that is kept worst decides, the first of equals. */
const worstOf = (verdicts: readonly ControlVerdict[]): ControlVerdict | undefined =>
  verdicts.reduce<ControlVerdict | undefined>(
    (worst, each) => (worst && badnessOf(each) <= badnessOf(worst) ? worst : each),
    undefined,
  )

/** What is said of a demand whatever comes of it. */
type Words = Omit<ControlVerdict, 'status' | 'message' | 'findings' | 'waiver'>

interface InOrder {
  id: string
  asks: { demand: Demanded; words: Words }[]
}

/** In the order of the library, then of the policy's own controls. Kept: thousands of repositories are asked the same. */
const inOrder = (policy: Policy, demands: ReadonlyMap<string, readonly Demanded[]>): InOrder[] => {
  const before = ordered.get(demands)
  if (before) return before
  const controls = [...policy.controls.values()].flatMap(control => {
    const asks = demands.get(control.id)?.map(demand => ({ demand, words: wordsOf(control, demand) }))
    return asks ? { id: control.id, asks } : []
  })
  ordered.set(demands, controls)
  return controls
}

const ordered = new WeakMap<ReadonlyMap<string, readonly Demanded[]>, InOrder[]>()

const wordsOf = (control: Control, demand: Demanded): Words => ({
  id: control.id,
  title: control.title,
  why: control.why,
  level: demand.level,
  ...(demand.enforcedFrom ? { enforcedFrom: demand.enforcedFrom } : {}),
  ...(demand.heldBack ? { heldBack: demand.heldBack } : {}),
  ...(control.heuristic ? { heuristic: true as const } : {}),
  rule: demand.rule,
  satisfies: control.satisfies,
})

const verdictOf = (demand: Demanded, words: Words, outcome: Outcome): ControlVerdict => {
  const message = outcome.status === 'fail' ? outcome.findings[0].message : outcome.message
  if (demand.undecided !== undefined) {
    return { ...words, status: 'unknown', message: undecidedSentence(demand, outcome, message), findings: [] }
  }
  const findings = outcome.status === 'fail' ? outcome.findings : []
  return { ...words, status: outcome.status, message, findings }
}

/** Says what would follow, so that the person needn't guess whether the open question matters. */
const undecidedSentence = (demand: Demanded, outcome: Outcome, message: string): string => {
  const wouldBe =
    outcome.status === 'fail' ? `it would fail: ${message}` : `the answer would be ${outcome.status}.`
  return `Whether the rule "${demand.rule.name}" is for this repository can't be decided: ${demand.undecided}. If it is, ${wouldBe}`
}

const withWaiver = (
  verdict: ControlVerdict,
  policy: Policy,
  snapshot: Snapshot,
  today: string,
): ControlVerdict => {
  if (verdict.status !== 'fail' && verdict.status !== 'unknown') return verdict
  const { name } = snapshot.repository
  const waiver = waiverFor(policy, verdict.id, name, today)
  if (!waiver) return verdict
  const { reason, until, approvedBy, source } = waiver
  const isEnding = endsSoon(waiver, today) && !waiverFor(policy, verdict.id, name, shiftDays(until, 1))
  return {
    ...verdict,
    status: 'waived',
    waiver: { reason, until, ...(isEnding ? { endsSoon: true } : {}), approvedBy, source },
  }
}

const conclusionOf = (
  controls: readonly ControlVerdict[],
  comparison: Comparison | undefined,
): Verdict['conclusion'] => {
  const counted = controls.filter(control => control.level !== 'observe' && isCounted(control, comparison))
  if (counted.some(control => control.status === 'fail' && control.level === 'enforce')) return 'failure'
  return counted.some(control => control.status === 'fail' || control.status === 'unknown')
    ? 'neutral'
    : 'success'
}

/** Nobody is held to what was there before, unless the policy says so. What can't be decided is told either way. */
const isCounted = ({ status, findings }: ControlVerdict, comparison: Comparison | undefined): boolean =>
  comparison?.counts !== 'introduced' ||
  status !== 'fail' ||
  findings.some(({ since }) => since === 'introduced')
