import type { Comparison, ControlVerdict, Since, Verdict } from '../policy/verdict.ts'

/** A verdict as people are told of it: `observe` is recorded and never shown. */
export interface Concerns {
  /** Fails at `enforce`. Of a pull request with what it brings in only. */
  enforced: ControlVerdict[]
  /** Fails at `advise`. Of a pull request with what it brings in only. */
  advised: ControlVerdict[]
  /** Of a pull request: with what was there before only. A control can be here and above. */
  inherited: ControlVerdict[]
  /** Of a pull request: those with something `fixed`. */
  fixing: ControlVerdict[]
  comparison?: Comparison
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
  const own = verdict.comparison ? only('introduced', failing) : failing
  return {
    enforced: own.filter(control => control.level === 'enforce'),
    advised: own.filter(control => control.level === 'advise'),
    inherited: verdict.comparison ? only('inherited', failing) : [],
    fixing: shown.filter(({ fixed }) => fixed !== undefined),
    ...(verdict.comparison ? { comparison: verdict.comparison } : {}),
    undecided: shown.filter(control => control.status === 'unknown'),
    waived,
    ending: waived.filter(
      ({ level, findings, waiver }) => level === 'enforce' && findings.length > 0 && waiver?.endsSoon,
    ),
    passing: shown.filter(control => control.status === 'pass'),
  }
}

/** Controls with those of their findings only; without the ones that have none. */
const only = (since: Since, controls: readonly ControlVerdict[]): ControlVerdict[] =>
  controls.flatMap(control => {
    const findings = control.findings.filter(finding => finding.since === since)
    const [first] = findings
    return first ? { ...control, message: first.message, findings } : []
  })

/** How many problems these are. */
export const problems = (controls: readonly ControlVerdict[]): number =>
  controls.reduce((sum, { findings }) => sum + findings.length, 0)

/** Whether what was there before is known. */
export const isCompared = ({ comparison }: Concerns): boolean => comparison?.base !== undefined

/** What fails the check by itself: with a comparison perhaps also what was there before. */
export const countsBefore = ({ comparison }: Concerns): boolean => comparison?.counts === 'all'

/** What is asked of whoever reads it. */
export const toBeFixed = (concerns: Concerns): ControlVerdict[] => [
  ...concerns.enforced,
  ...concerns.advised,
  ...(countsBefore(concerns) ? concerns.inherited : []),
]

/** Everything that changes with each commit or policy edit without changing what is said. */
export const withoutVersions = (verdict: Verdict): Verdict => ({
  ...verdict,
  sha: '',
  policy: '',
  decidedAt: '',
  ...(verdict.comparison?.base === undefined ? {} : { comparison: { ...verdict.comparison, base: '' } }),
  controls: verdict.controls.map(control => ({
    ...control,
    rule: { ...control.rule, line: 0 },
    waiver: control.waiver && { ...control.waiver, source: { ...control.waiver.source, line: 0 } },
  })),
})
