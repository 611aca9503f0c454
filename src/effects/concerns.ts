import type { ControlVerdict, Verdict } from '../policy/verdict.ts'

/** A verdict as people are told of it: `observe` is recorded and never shown. */
export interface Concerns {
  /** Fails at `enforce`. */
  enforced: ControlVerdict[]
  /** Fails at `advise`. */
  advised: ControlVerdict[]
  undecided: ControlVerdict[]
  waived: ControlVerdict[]
  /** Of `waived`: what fails at `enforce` again within two weeks. */
  ending: ControlVerdict[]
  passing: ControlVerdict[]
}

export function concernsOf(verdict: Verdict): Concerns {
  const shown = verdict.controls.filter(control => control.level !== 'observe')
  const failing = shown.filter(control => control.status === 'fail')
  const waived = shown.filter(control => control.status === 'waived')
  return {
    enforced: failing.filter(control => control.level === 'enforce'),
    advised: failing.filter(control => control.level === 'advise'),
    undecided: shown.filter(control => control.status === 'unknown'),
    waived,
    ending: waived.filter(
      ({ level, findings, waiver }) => level === 'enforce' && findings.length > 0 && waiver?.endsSoon,
    ),
    passing: shown.filter(control => control.status === 'pass'),
  }
}

/** Everything that changes with each commit or policy edit without changing what is said. */
export const withoutVersions = (verdict: Verdict): Verdict => ({
  ...verdict,
  sha: '',
  policy: '',
  decidedAt: '',
  controls: verdict.controls.map(control => ({
    ...control,
    rule: { ...control.rule, line: 0 },
    waiver: control.waiver && { ...control.waiver, source: { ...control.waiver.source, line: 0 } },
  })),
})
