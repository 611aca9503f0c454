import type { Finding } from '../controls/control.ts'
import type { ControlVerdict, Verdict } from '../policy/verdict.ts'

const documentation = 'https://github.com/golden-path/golden-path/blob/main/docs'

/** SARIF 2.1.0, for code scanning and editors: one rule a control, one result a finding. */
export const toSarif = (verdict: Verdict) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Golden Path',
          informationUri: documentation,
          rules: verdict.controls.map(rule),
        },
      },
      results: verdict.controls.flatMap((control, index) => results(control, index)),
      columnKind: 'utf16CodeUnits',
      properties: { conclusion: verdict.conclusion, policy: verdict.policy },
    },
  ],
})

const rule = (control: ControlVerdict) => ({
  id: control.id,
  shortDescription: { text: control.title },
  fullDescription: { text: control.why },
  helpUri: `${documentation}/controls/${encodeURIComponent(control.id)}.md`,
  defaultConfiguration: { level: levelOf(control) },
  properties: {
    tags: Object.entries(control.satisfies).flatMap(([framework, ids]) =>
      ids.map(id => `${framework} ${id}`),
    ),
  },
})

const levelOf = ({ level }: ControlVerdict): 'error' | 'warning' | 'note' =>
  level === 'enforce' ? 'error' : level === 'advise' ? 'warning' : 'note'

const results = (control: ControlVerdict, ruleIndex: number) => {
  const shared = { ruleId: control.id, ruleIndex }
  if (control.status === 'unknown') {
    return [{ ...shared, kind: 'open', level: 'none', message: { text: control.message } }]
  }
  if (control.status !== 'fail' && control.status !== 'waived') return []
  const suppressions = control.waiver
    ? [
        {
          kind: 'external',
          status: 'accepted',
          justification: `${control.waiver.reason} (until ${control.waiver.until})`,
        },
      ]
    : undefined
  return control.findings.map(finding => ({
    ...shared,
    kind: 'fail',
    level: levelOf(control),
    message: { text: finding.next ? `${finding.message} ${finding.next}` : finding.message },
    ...(finding.location ? { locations: [physical(finding.location)] } : {}),
    ...(suppressions ? { suppressions } : {}),
  }))
}

const physical = ({ path, line = 1, column }: NonNullable<Finding['location']>) => ({
  physicalLocation: {
    artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, ...(column ? { startColumn: column } : {}) },
  },
})
