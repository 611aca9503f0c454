import type { Workflow, WorkflowFile } from '../../snapshot/files/workflow.ts'
import { plain } from '../../snapshot/quoted-text.ts'
import type { Fact, Snapshot } from '../../snapshot/snapshot.ts'
import type { Finding, Outcome } from '../control.ts'
import { failIfAny, notApplicable, undecided, unreadableFile } from '../control.ts'
import { atRest } from './at-rest.ts'
import { bounded } from './bounded.ts'

const messages = {
  none: 'There is no workflow in .github/workflows.',
  broken: (path: string, what: string): string =>
    `${plain(path)} ${what}. Expected a workflow that can be read.`,
}

/** One outcome for all workflows; one that nobody can read fails, or it would be a way around the control. */
export const eachWorkflow = (
  snapshot: Snapshot,
  files: Fact<WorkflowFile[]>,
  judge: (workflow: Workflow, path: string) => Finding[],
  otherwise: (workflows: readonly { path: string; workflow: Workflow }[]) => Outcome,
): Outcome => {
  const resting = atRest(snapshot)
  if (resting) return resting
  if (!files.known) return undecided(`${files.detail}.`)
  if (files.value.length === 0) return notApplicable(messages.none)
  const findings: Finding[] = []
  const read: { path: string; workflow: Workflow }[] = []
  let open: Outcome | undefined
  for (const { path, read: one } of files.value) {
    if (one.status === 'read') {
      read.push({ path, workflow: one.workflow })
      findings.push(...judge(one.workflow, path))
    } else if (one.status === 'broken')
      findings.push({
        message: messages.broken(path, one.message),
        location: { path, line: one.line, column: one.column },
        next: `Repair or remove ${plain(path)}`,
      })
    else {
      const outcome = unreadableFile(path, one.fact)
      if (outcome.status === 'fail') findings.push(...outcome.findings)
      else open ??= outcome
    }
  }
  return failIfAny(bounded(once(findings)), () => open ?? otherwise(read))
}

/** What YAML aliases repeat stands in one place only. */
const once = (findings: readonly Finding[]): Finding[] => [
  ...new Map(
    findings.map(finding => {
      const { path, line, column } = finding.location ?? {}
      return [`${path}:${line}:${column} ${finding.message}`, finding] as const
    }),
  ).values(),
]
