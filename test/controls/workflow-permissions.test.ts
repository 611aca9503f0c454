import { describe, expect, it } from 'vitest'
import { workflowPermissions } from '../../src/controls/workflow-permissions.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { snapshotOf } from '../support/snapshot.ts'

const ci = '.github/workflows/ci.yml'
const job = (name: string, more = ''): string =>
  `  ${name}:\n${more}    runs-on: ubuntu-latest\n    steps: []\n`
const may = '    permissions:\n      contents: read\n'

controlTable(workflowPermissions, {
  pass: {
    'at the top': {
      files: { [ci]: `on: push\npermissions: {}\njobs:\n${job('a')}` },
      says: 'The workflow says what the token may do.',
    },
    'by the one that calls it': {
      files: {
        [ci]: `on: push\npermissions: {}\njobs:\n  a:\n    uses: ./.github/workflows/b.yaml\n`,
        '.github/workflows/b.yaml': `on: { workflow_call: {} }\njobs:\n${job('a')}`,
      },
      says: 'All 2 workflows say what the token may do, or are only called.',
    },
    'in every job': {
      files: {
        [ci]: `on: push\njobs:\n${job('a', may)}${job('b', may)}`,
        '.github/workflows/b.yaml': 'on: push\n',
      },
      says: 'All 2 workflows say what the token may do.',
    },
  },
  fail: {
    nowhere: {
      files: { [ci]: `name: CI\non: push\n\n# what is built\njobs:\n${job('a')}${job('b')}` },
      says: ".github/workflows/ci.yml:5:1 .github/workflows/ci.yml doesn't say what its token may do, so that 2 jobs may get more than is needed. Expected permissions at the top, or in every job.",
      next: 'Write permissions: { contents: read } above jobs, and what a job needs beyond that in that job',
    },
    'in one job of two': {
      files: { [ci]: `on: push\njobs:\n${job('a', may)}${job('deploy')}` },
      says: '.github/workflows/ci.yml:2:1 .github/workflows/ci.yml doesn\'t say what its token may do, so that the job "deploy" may get more than is needed. Expected permissions at the top, or in every job.',
    },
    'where it is called and also runs by itself': {
      files: { [ci]: `on: [workflow_call, push]\njobs:\n${job('a')}` },
      says: '.github/workflows/ci.yml:2:1 .github/workflows/ci.yml doesn\'t say what its token may do, so that the job "a" may get more than is needed. Expected permissions at the top, or in every job.',
    },
    'in flow style': {
      files: { [ci]: '{on: push, jobs: {a: {steps: []}}}' },
      says: '.github/workflows/ci.yml:1:19 .github/workflows/ci.yml doesn\'t say what its token may do, so that the job "a" may get more than is needed. Expected permissions at the top, or in every job.',
    },
    everything: {
      files: { [ci]: `on: push\npermissions: write-all\njobs:\n${job('a')}` },
      says: '.github/workflows/ci.yml:2:1 .github/workflows/ci.yml gives its token every right (write-all). Expected the rights that are needed, each by name.',
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
    'a repository without a commit': {
      facts: { metadata: metadata({ isEmpty: true }) },
      tree: [],
      says: 'The repository has no commit yet.',
    },
  },
})

describe('its fix', () => {
  const fixed = async (text: string): Promise<string | undefined> => {
    const snapshot = await snapshotOf({ files: { [ci]: text }, tree: [ci] })
    return workflowPermissions.fix?.(snapshot, {
      parameters: {},
      today: '2026-11-22',
      outcomeOf: () => undefined,
      outcomeOn: () => undefined,
    })?.edits[0]?.text
  }

  it('adds two lines and leaves every other character as it was', async () => {
    const [top, rest] = ['# ours\nname: CI   # odd\non: [push]\n\n', `jobs:\n${job('a')}`]
    expect(await fixed(`${top}${rest}`)).toBe(`${top}permissions:\n  contents: read\n\n${rest}`)
  })

  it('keeps the line ends of Windows', async () => {
    expect(await fixed('on: push\r\njobs:\r\n  a:\r\n    steps: []\r\n')).toBe(
      'on: push\r\npermissions:\r\n  contents: read\r\n\r\njobs:\r\n  a:\r\n    steps: []\r\n',
    )
  })

  it('takes what fetches and installs for reading, and leaves a job that has its own to itself', async () => {
    const steps =
      '    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/cache/restore@v4\n      - run: npm test\n'
    const text = `on: push\njobs:\n  a:\n${steps}  b:\n    permissions: { contents: write }\n    steps: [{ uses: softprops/action-gh-release@v2 }]\n`
    expect(await fixed(text)).toBe(text.replace('jobs:', 'permissions:\n  contents: read\n\njobs:'))
  })

  it.each([
    ['flow style', '{on: push, jobs: {a: {steps: []}}}'],
    ['rights that only the owner knows', `on: push\npermissions: write-all\njobs:\n${job('a')}`],
    ['what can not be read', 'jobs: [\n'],
    [
      'a release, which writes',
      'on: push\njobs:\n  a:\n    steps: [{ uses: softprops/action-gh-release@v2 }]\n',
    ],
    ['a push of its own', 'on: push\njobs:\n  a:\n    steps:\n      - run: git push origin HEAD\n'],
    [
      'a token that is handed on',
      'on: push\njobs:\n  a:\n    steps:\n      - run: npm run release\n        env: { GITHUB_TOKEN: x }\n',
    ],
    [
      'a called workflow, which may ask for more than its caller has',
      'on: push\njobs:\n  a:\n    uses: acme/workflows/.github/workflows/deploy.yml@v1\n',
    ],
  ])('offers nothing for %s', async (_name, text) => {
    expect(await fixed(text)).toBeUndefined()
  })
})
