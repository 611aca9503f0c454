import type { ControlVerdict, JudgedFinding, Since } from '../../policy/verdict.ts'
import type { ChangedFile, Snapshot } from '../../snapshot/snapshot.ts'
import type { Concerns } from '../concerns.ts'
import type { Annotation } from '../effect.ts'
import { plain } from '../text/markdown.ts'
import { isInCommit } from '../text/place.ts'

/** Fifty a request, five points a request, 900 points a minute: more than this would take the budget of a minute. */
export const annotationLimit = 1000

/** GitHub allows 255 and 64 KB; nobody reads a longer message beside a line. */
const titleLimit = 200
const messageLimit = 2000

/**
 * One for each finding with a place in the judged commit, what fails before what is advised. Plain text. Of a pull request
 * they are where its author looks: at lines that it changes.
 */
export function annotationsOf(concerns: Concerns, snapshot: Snapshot): Annotation[] {
  const changes = changesOf(snapshot)
  const annotations: Annotation[] = []
  for (const control of [...concerns.enforced, ...concerns.advised, ...concerns.inherited])
    for (const finding of control.findings) {
      if (annotations.length === annotationLimit) return annotations
      const annotation = annotationOf(control, finding, snapshot)
      const placed =
        annotation && (finding.since ? onChangedLine(annotation, finding.since, changes) : annotation)
      if (placed) annotations.push(placed)
    }
  return annotations
}

/** What a pull request changes, by path; `undefined` where that is not known, and any line is as good. */
type Changes = ReadonlyMap<string, ChangedFile> | undefined

const changesOf = ({ base }: Snapshot): Changes =>
  base?.known && base.value.changes.known
    ? new Map(base.value.changes.value.map(file => [file.path, file]))
    : undefined

/**
 * On a line that was changed: the finding's own, or for what was introduced the nearest, and said so. `undefined` where the
 * file was not changed.
 */
function onChangedLine(annotation: Annotation, since: Since, changes: Changes): Annotation | undefined {
  const { startLine, endLine } = annotation
  const file = changes?.get(annotation.path)
  const lines = file?.lines ?? []
  if (since === 'inherited')
    return isAmong(lines, startLine, endLine)
      ? { ...annotation, level: 'notice', message: `Was there before. ${annotation.message}` }
      : undefined
  if (!changes) return annotation
  if (!file) return undefined
  if (lines.length === 0 || isAmong(lines, startLine, endLine)) return annotation
  const [nearest = startLine] = lines
    .map(([first, last]) => (startLine < first ? first : last))
    .sort((a, b) => Math.abs(a - startLine) - Math.abs(b - startLine))
  return {
    ...annotation,
    startLine: nearest,
    endLine: nearest,
    message: `${annotation.message}\nThis is about line ${startLine}.`,
  }
}

const isAmong = (lines: readonly (readonly [number, number])[], from: number, to: number): boolean =>
  lines.some(([first, last]) => first <= to && from <= last)

function annotationOf(
  control: ControlVerdict,
  finding: JudgedFinding,
  snapshot: Snapshot,
): Annotation | undefined {
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
