import type { Permissions, Workflow } from '../snapshot/files/workflow.ts'
import { workflowGlobs, workflowsOf } from '../snapshot/files/workflow.ts'
import { plain, quoted } from '../snapshot/quoted-text.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, FileEdit, Finding } from './control.ts'
import { pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { eachWorkflow } from './support/each-workflow.ts'

const messages = {
  undeclared: (path: string, jobs: string): string =>
    `${plain(path)} doesn't say what its token may do, so that ${jobs} may get more than is needed. Expected permissions at the top, or in every job.`,
  everything: (path: string): string =>
    `${plain(path)} gives its token every right (write-all). Expected the rights that are needed, each by name.`,
}

export const workflowPermissions: Control = {
  id: 'workflow-permissions',
  title: 'Workflow permissions declared',
  why: 'A workflow that is taken over can do what its token may do, and without a declaration that may be nearly everything.',
  satisfies: evidenceOf('workflow-permissions'),
  reads: { files: [...workflowGlobs], facts: ['metadata'], tree: true },
  check: snapshot =>
    eachWorkflow(
      snapshot,
      workflowsOf(snapshot),
      (workflow, path) => [...undeclared(workflow, path), ...everything(workflow, path)],
      read =>
        pass(
          read.length === 1
            ? 'The workflow says what the token may do.'
            : `All ${read.length} workflows say what the token may do${read.some(({ workflow }) => isOnlyCalled(workflow)) ? ', or are only called' : ''}.`,
        ),
    ),
  fix: snapshot => {
    const files = workflowsOf(snapshot)
    if (!files.known) return undefined
    const edits: FileEdit[] = []
    for (const { path, read } of files.value) {
      // Which rights stand behind a write-all, or were meant in a file that can't be read, only its owner knows.
      if (read.status !== 'read' || everything(read.workflow, path).length > 0) return undefined
      if (undeclared(read.workflow, path).length === 0) continue
      const content = file(snapshot, path)
      if (read.workflow.jobsLine === undefined || !content.known || !content.value.exists) return undefined
      if (!onlyReads(read.workflow, content.value.text)) return undefined
      edits.push({ path, text: declared(content.value.text, read.workflow.jobsLine) })
    }
    const [first, ...rest] = edits
    return first
      ? {
          why: 'Lets the token read the contents and nothing else, since nothing in the workflow tells of more; a job that needs more says so in permissions of its own.',
          edits: [first, ...rest],
        }
      : undefined
  },
}

/** Then it gets at most what the job that calls it has, and is asked for it there. */
const isOnlyCalled = ({ events }: Workflow): boolean =>
  events.length > 0 && events.every(event => event === 'workflow_call')

const undeclared = (workflow: Workflow, path: string): Finding[] => {
  const { permissions, jobs, jobsLine } = workflow
  if (permissions || isOnlyCalled(workflow)) return []
  const without = jobs.filter(job => !job.permissions)
  const [first] = without
  if (!first) return []
  const which =
    without.length === 1 ? `the job ${quoted(first.id)}` : `${without.length.toLocaleString('en')} jobs`
  return [
    {
      message: messages.undeclared(path, which),
      location: { path, line: jobsLine ?? first.line, column: jobsLine === undefined ? first.column : 1 },
      next: 'Write permissions: { contents: read } above jobs, and what a job needs beyond that in that job',
    },
  ]
}

const everything = ({ permissions, jobs }: Workflow, path: string): Finding[] =>
  [permissions, ...jobs.map(job => job.permissions)]
    .filter((each): each is Permissions => each?.grants === 'write-all')
    .map(({ line, column }) => ({
      message: messages.everything(path),
      location: { path, line, column },
      next: `Write the rights that are needed, such as contents: read, instead of write-all in line ${line}`,
    }))

/** Actions that need no more of the token than to read the contents: they fetch, install, and keep what a run made. */
const readingActions =
  /^(?:actions\/(?:checkout|cache|setup-[\w-]+|upload-artifact|download-artifact)|docker\/(?:setup-[\w-]+|metadata)-action|pnpm\/action-setup|ruby\/setup-ruby|astral-sh\/(?:setup-uv|ruff-action)|oven-sh\/setup-bun|denoland\/setup-deno|shivammathur\/setup-php|gradle\/actions|hashicorp\/setup-[\w-]+|azure\/setup-[\w-]+|dtolnay\/rust-toolchain|swatinem\/rust-cache|golangci\/golangci-lint-action|codecov\/codecov-action)(?:\/[\w/-]*)?@/i

/** The token under its names, what works with it unnamed, and where packages are fetched or put with it. */
const tokenAtWork = /GITHUB_TOKEN|github\.token|\bgit\s+push\b|\bgh\s|ghcr\.io|pkg\.github\.com/i

/**
 * Whether nothing tells that the token is used for more than reading. A release that may no longer write, or a called workflow that
 * asks for more than its caller has, would fail after the merge: which rights those need only their owners know.
 */
const onlyReads = ({ jobs }: Workflow, text: string): boolean =>
  !tokenAtWork.test(text) &&
  jobs.every(
    ({ permissions, uses, steps }) =>
      permissions !== undefined ||
      (uses === undefined && steps.every(step => !step.uses || readingActions.test(step.uses.text))),
  )

/** Two lines and an empty one above `jobs:`, with the line ends that the file has. */
const declared = (text: string, jobsLine: number): string => {
  const lines = text.split('\n')
  const end = lines[jobsLine - 1]?.endsWith('\r') ? '\r' : ''
  const added = ['permissions:', '  contents: read', ''].map(line => `${line}${end}`)
  return [...lines.slice(0, jobsLine - 1), ...added, ...lines.slice(jobsLine - 1)].join('\n')
}
