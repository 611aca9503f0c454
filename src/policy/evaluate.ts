import type { Control, Outcome } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { asked, type Demanded, everyDemand } from './asked.ts'
import { shiftDays } from './days.ts'
import { judgeOf, type SharedOutcomes } from './judge.ts'
import type { Policy } from './policy.ts'
import { repositorySettings } from './repository-settings.ts'
import { repositorySettingsVerdict } from './repository-settings-valid.ts'
import type { ControlVerdict, Verdict } from './verdict.ts'
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
  const controls = inOrder(policy, demands).flatMap(({ id, asks }) => {
    if (only && !only.has(id)) return []
    const verdicts = asks.map(({ demand, words }) => verdictOf(demand, words, judge(id, demand.parameters)))
    const worst = worstOf(verdicts)
    return worst ? withWaiver(worst, policy, snapshot, today) : []
  })
  controls.push(...[repositorySettingsVerdict(settings, every.rules) ?? []].flat())
  return {
    repositoryId: snapshot.repository.id,
    sha: snapshot.target.sha,
    ref: snapshot.target.ref,
    policy: policy.version,
    decidedAt: now.toISOString(),
    conclusion: conclusionOf(controls),
    controls,
  }
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
    (worst, each) => (worst && badness[each.status] <= badness[worst.status] ? worst : each),
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

const conclusionOf = (controls: readonly ControlVerdict[]): Verdict['conclusion'] => {
  const counted = controls.filter(control => control.level !== 'observe')
  if (counted.some(control => control.status === 'fail' && control.level === 'enforce')) return 'failure'
  return counted.some(control => control.status === 'fail' || control.status === 'unknown')
    ? 'neutral'
    : 'success'
}
