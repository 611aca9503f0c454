import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { given, yesOrNo } from './support/parameter.ts'
import { actionsGeneral, settingFix } from './support/setting-fix.ts'

const messages = {
  writes:
    'A workflow that says nothing of its permissions gets a token that may write to the repository. Expected one that may only read.',
  approves:
    'A workflow may approve pull requests, so that a change can be approved by what it brought along. Expected that to be switched off.',
}

const mayApprove = yesOrNo(false)
const where = 'under Settings, Actions, General, Workflow permissions'

const byFix = 'A workflow then gets the rights that it names, and no others.'

export const workflowTokenReadOnly: Control = {
  id: 'workflow-token-read-only',
  title: 'Workflow token read-only',
  why: 'Every action in a workflow has its token: what may write lets any of them change the code.',
  satisfies: evidenceOf('workflow-token-read-only'),
  reads: { files: [], facts: ['workflowToken', 'metadata'] },
  parameters: { 'may-approve': mayApprove },
  check: (snapshot, context) => {
    const { metadata, workflowToken } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (!workflowToken.known) return undecided(`${workflowToken.detail}.`)
    const { permissions, canApprovePullRequests } = workflowToken.value
    const findings: Finding[] = []
    if (permissions === 'write')
      findings.push({
        message: messages.writes,
        next: `Choose "Read repository contents and packages permissions", ${where}, and give a job that writes its own permissions`,
      })
    if (canApprovePullRequests && !given(context, 'may-approve', mayApprove))
      findings.push({
        message: messages.approves,
        next: `Clear "Allow GitHub Actions to create and approve pull requests", ${where}`,
      })
    return failIfAny(findings, () => pass('A workflow that says nothing of its permissions may only read.'))
  },
  fix: (snapshot, context) =>
    settingFix(workflowTokenReadOnly.check(snapshot, context), actionsGeneral, byFix),
}
