import type { Script, Step, Workflow, Written } from '../snapshot/files/workflow.ts'
import { actionGlobs, actionsOf, workflowGlobs, workflowsOf } from '../snapshot/files/workflow.ts'
import { plain, quoted } from '../snapshot/quoted-text.ts'
import type { Control, Finding } from './control.ts'
import { pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { eachWorkflow } from './support/each-workflow.ts'

const messages = {
  injected: (expression: string): string =>
    `${quoted(`\${{ ${expression} }}`)} is written into a script, and anybody who may open an issue or a pull request chooses its text. Expected it as an environment variable.`,
  checkedOut: (event: string): string =>
    `This checks out what a pull request proposes, in a workflow on ${plain(event)}, which has the secrets of the repository. Expected pull_request, or no checkout of the head.`,
}

export const workflowInputSafe: Control = {
  id: 'workflow-input-safe',
  title: 'Workflow input kept apart',
  why: 'The title of an issue that becomes part of a script is a command that a stranger gives.',
  satisfies: evidenceOf('workflow-input-safe'),
  reads: { files: [...workflowGlobs, ...actionGlobs], facts: ['metadata'], tree: true },
  heuristic: true,
  check: snapshot => {
    const files = workflowsOf(snapshot)
    const actions = actionsOf(snapshot)
    return eachWorkflow(
      snapshot,
      files.known && actions.known ? { ...files, value: [...files.value, ...actions.value] } : files,
      (workflow, path) =>
        stepsOf(workflow).flatMap(step => [...injected(step, path), ...checkedOut(workflow, step, path)]),
      () => pass('No script takes in text that a stranger chooses, and none runs their code with secrets.'),
    )
  },
}

const stepsOf = ({ jobs }: Workflow): Step[] => jobs.flatMap(({ steps }) => steps)

const injected = (step: Step, path: string): Finding[] =>
  scriptsOf(step)
    .flatMap(({ expressions }) => expressions)
    .filter(({ text }) => isChosenByStrangers(text))
    .map(({ text, line, column }) => ({
      message: messages.injected(text.trim()),
      location: { path, line, column },
      next: 'Give it to the step under env and use the variable, in quotes, in the script',
    }))

const scriptsOf = ({ run, uses, with: inputs }: Step): Script[] => [
  ...(run ? [run] : []),
  ...(/^actions\/github-script@/i.test(uses?.text ?? '') && inputs.script ? [inputs.script] : []),
]

/** What follows `github.`, as GitHub's own guide to script injection lists it. */
const strangers =
  /\bgithub\.(?:head_ref|event\.(?:issue|pull_request|discussion|comment|review|review_comment|workflow_run|head_commit|commits|pages|client_payload)\b[\w.*]{0,200}?\.(?:title|body|message|page_name|ref|label|default_branch|name|email|head_branch|display_title))\b/

/** Longer ones are nobody's honest work, and are taken for what they most likely are. */
const longestExpression = 2_000

const isChosenByStrangers = (expression: string): boolean => {
  if (expression.length > longestExpression) return true
  const written = expression
    .toLowerCase()
    .replace(/\s/g, '')
    .replace(/\[(?:'([\w-]{1,100})'|\d{1,9}|\*)\]/g, (_, name: string | undefined) => `.${name ?? '*'}`)
    // The branch that the pull request goes to is this repository's own.
    .replaceAll('pull_request.base.', 'pull_request.base_')
  // What only compares gives true or false.
  if (/^!?(?:contains|startswith|endswith)\([^()]*\)$/.test(written)) return false
  if (/[!=]=/.test(written) && !/&&|\|\||format\(|\?/.test(written)) return false
  return strangers.test(written) || wholeEvent.test(written)
}

/** The whole of it holds the title, too. */
const wholeEvent =
  /\btojson\(github(?:\.event(?:\.(?:issue|pull_request|discussion|comment|review|head_commit|commits|workflow_run))?)?\)/

const privileged = new Set(['pull_request_target', 'workflow_run', 'issue_comment'])

const checkedOut = ({ events }: Workflow, step: Step, path: string): Finding[] => {
  const event = events.find(each => privileged.has(each))
  const taken = event === undefined ? undefined : headOf(step)
  return event === undefined || !taken
    ? []
    : [
        {
          message: messages.checkedOut(event),
          location: { path, line: taken.line, column: taken.column },
          next: 'Do what needs secrets in a workflow of its own that never runs the code of the pull request',
        },
      ]
}

const head =
  /github\.head_ref|github\.event\.(?:pull_request\.head\.|workflow_run\.head_|pull_request\.number|issue\.number|number)|refs\/pull\//i

const headOf = ({ uses, run, with: inputs }: Step): Written | undefined => {
  if (/^actions\/checkout@/i.test(uses?.text ?? ''))
    return [inputs.ref, inputs.repository].find(input => input && head.test(input.text))
  return run && /\bgh pr checkout\b|\bgit fetch [^\n]{0,200}\bpull\//.test(run.text) ? run : undefined
}
