import type { Control, Outcome } from '../controls/control.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { asked, type Demanded } from './asked.ts'
import { judgeOf } from './judge.ts'
import type { Policy } from './policy.ts'
import type { ControlVerdict, Verdict } from './verdict.ts'
import { waiverFor } from './waivers.ts'

/** What a policy says of a repository at one time. Pure; `now` decides dates, in UTC. Never throws. */
export const evaluate = (snapshot: Snapshot, policy: Policy, now: Date): Verdict => {
  const today = now.toISOString().slice(0, 10)
  const demands = asked(policy, snapshot, today)
  const judge = judgeOf(
    policy,
    snapshot,
    new Set(demands.keys()),
    id => demands.get(id)?.[0]?.parameters ?? {},
  )
  const controls = [...policy.controls.values()].flatMap(control => {
    const verdicts = (demands.get(control.id) ?? []).map(demand =>
      verdictOf(control, demand, judge(control.id, demand.parameters)),
    )
    // Of several demands of one level the one that is kept worst decides.
    return verdicts.toSorted((a, b) => badness[b.status] - badness[a.status]).slice(0, 1)
  })
  const waived = controls.map(control => withWaiver(control, policy, snapshot, today))
  return {
    repositoryId: snapshot.repository.id,
    sha: snapshot.target.sha,
    ref: snapshot.target.ref,
    policy: policy.version,
    decidedAt: now.toISOString(),
    conclusion: conclusionOf(waived),
    controls: waived,
  }
}

const badness: Record<ControlVerdict['status'], number> = {
  fail: 4,
  unknown: 3,
  waived: 2,
  pass: 1,
  'not-applicable': 0,
}

const verdictOf = (control: Control, demand: Demanded, outcome: Outcome): ControlVerdict => {
  const base = {
    id: control.id,
    title: control.title,
    why: control.why,
    level: demand.level,
    ...(demand.enforcedFrom ? { enforcedFrom: demand.enforcedFrom } : {}),
    rule: demand.rule,
    satisfies: control.satisfies,
  }
  const message = outcome.status === 'fail' ? outcome.findings[0].message : outcome.message
  if (demand.undecided !== undefined) {
    return { ...base, status: 'unknown', message: undecidedSentence(demand, outcome, message), findings: [] }
  }
  const findings = outcome.status === 'fail' ? outcome.findings : []
  return { ...base, status: outcome.status, message, findings }
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
  const waiver = waiverFor(policy, verdict.id, snapshot.repository.name, today)
  if (!waiver) return verdict
  const { reason, until, approvedBy, source } = waiver
  return { ...verdict, status: 'waived', waiver: { reason, until, approvedBy, source } }
}

const conclusionOf = (controls: readonly ControlVerdict[]): Verdict['conclusion'] => {
  const counted = controls.filter(control => control.level !== 'observe')
  if (counted.some(control => control.status === 'fail' && control.level === 'enforce')) return 'failure'
  return counted.some(control => control.status === 'fail' || control.status === 'unknown')
    ? 'neutral'
    : 'success'
}
