import { describe, expect, it } from 'vitest'
import { workflowInputSafe } from '../../src/controls/workflow-input-safe.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf } from '../support/snapshot.ts'

const ci = '.github/workflows/ci.yml'
const run = (script: string, on = 'issues'): string =>
  `on: ${on}\njobs:\n  a:\n    steps:\n      - run: |\n          ${script}\n`
const checkout = (ref: string, on: string): string =>
  `on: [${on}]\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${ref}\n`
const passes = 'No script takes in text that a stranger chooses, and none runs their code with secrets.'
const injected = (at: string, expression: string): string =>
  `${ci}:${at} "\${{ ${expression} }}" is written into a script, and anybody who may open an issue or a pull request chooses its text. Expected it as an environment variable.`

controlTable(workflowInputSafe, {
  pass: {
    'an environment variable': {
      files: {
        [ci]: `on: issues\njobs:\n  a:\n    steps:\n      - env:\n          TITLE: \${{ github.event.issue.title }}\n        run: echo "$TITLE"\n`,
      },
      says: passes,
    },
    'what nobody outside chooses, and what only compares': {
      files: {
        [ci]: run(
          `echo \${{ github.sha }} \${{ github.event.pull_request.base.ref }} \${{ github.event.number }} \${{ contains(github.event.issue.title, 'x') }} \${{ github.head_ref == 'main' }}`,
        ),
      },
      says: passes,
    },
    'the head of a pull request, without secrets': {
      files: { [ci]: checkout(`\${{ github.event.pull_request.head.sha }}`, 'pull_request') },
      says: passes,
    },
  },
  fail: {
    'a title in a script': {
      files: { [ci]: run(`echo "\${{ github.event.issue.title }}"`) },
      says: injected('6:17', 'github.event.issue.title'),
      next: 'Give it to the step under env and use the variable, in quotes, in the script',
    },
    'the whole event, which holds the title': {
      files: { [ci]: run(`echo '\${{ toJSON(github.event) }}' '\${{ toJson(github.event.issue) }}'`) },
      says: [injected('6:17', 'toJSON(github.event)'), injected('6:47', 'toJson(github.event.issue)')],
    },
    'written in other ways': {
      files: {
        [ci]: run(
          `a \${{ github.event['pull_request'].head.ref }} \${{ github.head_ref || github.ref }} \${{ toJSON(github.event.commits[0].message) }}`,
        ),
      },
      says: [
        injected('6:13', "github.event['pull_request'].head.ref"),
        injected('6:58', 'github.head_ref || github.ref'),
        injected('6:95', 'toJSON(github.event.commits[0].message)'),
      ],
    },
    'hidden by an escape of YAML': {
      files: {
        [ci]: 'on: push\njobs:\n  a:\n    steps:\n      - run: "echo \\u0024{{ github.head_ref }}"\n',
      },
      says: injected('5:14', 'github.head_ref'),
    },
    'in github-script, and in an action of its own': {
      files: {
        [ci]: `on: issues\njobs:\n  a:\n    steps:\n      - uses: actions/github-script@v7\n        with:\n          script: f(\`\${{ github.event.comment.body }}\`)\n`,
        'action.yml': `runs:\n  using: composite\n  steps:\n    - run: echo \${{ github.head_ref }}\n      shell: bash\n`,
      },
      says: [
        injected('7:22', 'github.event.comment.body'),
        injected('4:17', 'github.head_ref').replace(ci, 'action.yml'),
      ],
    },
    'the head of a pull request, with secrets': {
      files: { [ci]: checkout(`\${{ github.event.pull_request.head.sha }}`, 'push, pull_request_target') },
      says: `${ci}:7:16 This checks out what a pull request proposes, in a workflow on pull_request_target, which has the secrets of the repository. Expected pull_request, or no checkout of the head.`,
    },
    'the head of a pull request, by command': {
      files: { [ci]: run('gh pr checkout "$NUMBER"', 'workflow_run') },
      says: `${ci}:5:14 This checks out what a pull request proposes, in a workflow on workflow_run, which has the secrets of the repository. Expected pull_request, or no checkout of the head.`,
    },
  },
  unknown: {
    'a workflow that GitHub did not send': {
      files: { [ci]: unknown('partial-answer', `${ci} was not read`) },
      says: '.github/workflows/ci.yml was not read.',
    },
  },
  'not-applicable': {
    'no workflow': { files: { 'README.md': '' }, says: 'There is no workflow in .github/workflows.' },
    'an archived repository': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('a script made to be slow', () => {
  it.each([
    ['one expression that goes on', `\${{ ${'github.event.pages'.repeat(20_000)} }}`],
    ['thousands of expressions', `\${{ github.event.issue.x }}`.repeat(2_000)],
    ['none of which ends', '${{'.repeat(100_000)],
  ])('is read in time: %s', async (_name, script) => {
    const snapshot = await snapshotOf({ files: { [ci]: run(script) }, tree: [ci] })
    const before = process.cpuUsage()
    checked(workflowInputSafe, snapshot)
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000)
  })
})
