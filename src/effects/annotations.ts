import type { Finding } from '../controls/control.ts'
import type { ControlVerdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Concerns } from './concerns.ts'
import type { Annotation } from './effect.ts'
import { plain } from './markdown.ts'
import { isInCommit } from './place.ts'

/** Fifty a request, five points a request, 900 points a minute: more than this would take the budget of a minute. */
export const annotationLimit = 1000

/** GitHub allows 255 and 64 KB; nobody reads a longer message beside a line. */
const titleLimit = 200
const messageLimit = 2000

/** One for each finding with a place in the judged commit, what fails before what is advised. Plain text. */
export function annotationsOf(concerns: Concerns, snapshot: Snapshot): Annotation[] {
  const annotations: Annotation[] = []
  for (const control of [...concerns.enforced, ...concerns.advised])
    for (const finding of control.findings) {
      if (annotations.length === annotationLimit) return annotations
      const annotation = annotationOf(control, finding, snapshot)
      if (annotation) annotations.push(annotation)
    }
  return annotations
}

function annotationOf(control: ControlVerdict, finding: Finding, snapshot: Snapshot): Annotation | undefined {
  const { location } = finding
  if (!location || !isInCommit(snapshot, location.path)) return undefined
  const startLine = Math.max(1, location.line ?? 1)
  const lines = [plain(finding.message, messageLimit), finding.next && plain(finding.next, messageLimit)]
  return {
    path: location.path,
    startLine,
    endLine: Math.max(startLine, location.endLine ?? startLine),
    level: control.level === 'enforce' ? 'failure' : 'warning',
    title: plain(control.title, titleLimit),
    message: lines.filter(Boolean).join('\n'),
  }
}
