import type { Finding } from '../controls/control.ts'
import type { ControlVerdict, Verdict } from '../policy/verdict.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'

/** The verdict for machines. Other tools rely on these names: add to them, change none. */
export const toJson = (verdict: Verdict, snapshot: Snapshot) => ({
  conclusion: verdict.conclusion,
  policy: verdict.policy,
  repository: snapshot.repository.name,
  decidedAt: verdict.decidedAt,
  controls: verdict.controls.map(control),
  entities: snapshot.entities.map(entity),
})

const control = (verdict: ControlVerdict) => ({
  id: verdict.id,
  title: verdict.title,
  level: verdict.level,
  ...(verdict.enforcedFrom ? { enforcedFrom: verdict.enforcedFrom } : {}),
  status: verdict.status,
  message: verdict.message,
  locations: verdict.findings.flatMap(finding => (finding.location ? [location(finding.location)] : [])),
  findings: verdict.findings.map(finding),
  satisfies: verdict.satisfies,
  rule: verdict.rule,
  ...(verdict.waiver ? { waiver: verdict.waiver } : {}),
})

const finding = ({ message, next, location: at }: Finding) => ({
  message,
  ...(next ? { next } : {}),
  ...(at ? { location: location(at) } : {}),
})

// A finding without a line is about the whole file: its first line is where a tool can show it.
const location = ({ path, line = 1, column = 1 }: NonNullable<Finding['location']>) => ({
  path,
  line,
  column,
})

const entity = (document: EntityDocument) => ({
  ref: document.ref ?? null,
  path: document.path,
  document: document.document,
  line: document.line,
  // Undecided: all that could be read of it is valid, and what it refers to could not be read.
  valid: document.judgement === 'valid' || document.judgement === 'undecided',
  judgement: document.judgement,
  errors: document.errors.map(({ message, field, location: at }) => ({
    message,
    line: at.line ?? document.line,
    ...(at.column ? { column: at.column } : {}),
    ...(field ? { field } : {}),
  })),
  owner: document.owner?.text ?? null,
  ownerRef: document.owner?.ref ?? null,
})
