import type { Workflow, WorkflowFile, Written } from '../snapshot/files/workflow.ts'
import { actionGlobs, actionsOf, workflowGlobs, workflowsOf } from '../snapshot/files/workflow.ts'
import { plain, quoted } from '../snapshot/quoted-text.ts'
import type { Fact } from '../snapshot/snapshot.ts'
import type { Control, Finding } from './control.ts'
import { pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { eachWorkflow } from './support/each-workflow.ts'
import { given, names } from './support/parameter.ts'

const messages = {
  unpinned: (uses: string): string =>
    `${quoted(uses)} is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.`,
  unversioned: (uses: string): string =>
    `${quoted(uses)} names no version. Expected a full commit SHA after an @.`,
  image: (uses: string): string =>
    `${quoted(uses)} is whatever stands under that name tomorrow. Expected the image by its digest (@sha256:…).`,
}

const trustedOwners = names(
  [],
  'owners or repositories whose actions may go by a tag, such as [actions, acme]',
)

export const actionsPinned: Control = {
  id: 'actions-pinned',
  title: 'Actions pinned to commits',
  why: 'A tag of somebody else can be moved to other code, which then runs with the secrets of this repository.',
  satisfies: evidenceOf('actions-pinned'),
  reads: { files: [...workflowGlobs, ...actionGlobs], facts: ['metadata'], tree: true },
  parameters: { trusted: trustedOwners },
  check: (snapshot, context) => {
    const trusted = new Set(given(context, 'trusted', trustedOwners).map(each => each.toLowerCase()))
    return eachWorkflow(
      snapshot,
      together(workflowsOf(snapshot), actionsOf(snapshot)),
      (workflow, path) => usesOf(workflow).flatMap(uses => judged(uses, path, trusted)),
      read => {
        const count = read.reduce((sum, { workflow }) => sum + usesOf(workflow).length, 0)
        return pass(
          count === 0
            ? 'The workflows use no action of anybody else.'
            : count === 1
              ? 'The one use of an action is pinned, local or trusted.'
              : `All ${count.toLocaleString('en')} uses of an action are pinned, local or trusted.`,
        )
      },
    )
  },
}

const together = (one: Fact<WorkflowFile[]>, other: Fact<WorkflowFile[]>): Fact<WorkflowFile[]> =>
  one.known && other.known ? { ...one, value: [...one.value, ...other.value] } : one

const usesOf = ({ jobs }: Workflow): Written[] =>
  jobs.flatMap(({ uses, steps }) => [...(uses ? [uses] : []), ...steps.flatMap(step => step.uses ?? [])])

const judged = (uses: Written, path: string, trusted: ReadonlySet<string>): Finding[] => {
  const text = uses.text.trim()
  if (text.startsWith('./')) return []
  const location = { path, line: uses.line, column: uses.column }
  if (text.startsWith('docker://'))
    return /@sha256:[0-9a-f]{64}$/i.test(text)
      ? []
      : [{ message: messages.image(text), location, next: 'Write the digest of the image after an @' }]
  const [name = '', version] = text.split('@', 2)
  if (version !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(version)) return []
  const [owner = '', repository = ''] = name.toLowerCase().split('/')
  if (trusted.has(owner) || trusted.has(`${owner}/${repository}`)) return []
  return [
    {
      message: version === undefined ? messages.unversioned(text) : messages.unpinned(text),
      location,
      next: `Write ${plain(name)}@ and the 40 digits of the commit that ${version ? plain(version) : 'the version'} is at now, with the version in a comment`,
    },
  ]
}
