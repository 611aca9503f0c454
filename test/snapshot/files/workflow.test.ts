import { describe, expect, it } from 'vitest'
import { type ReadWorkflow, workflowsOf } from '../../../src/snapshot/files/workflow.ts'
import { known, type Snapshot, unknown } from '../../../src/snapshot/snapshot.ts'
import { snapshotOf } from '../../support/snapshot.ts'

const path = '.github/workflows/ci.yml'

const snapshotWith = (...texts: string[]): Promise<Snapshot> => {
  const files = Object.fromEntries(texts.map((text, index) => [`.github/workflows/${index}.yml`, text]))
  return snapshotOf({ files, tree: Object.keys(files) })
}

const read = async (...texts: string[]): Promise<ReadWorkflow[]> => {
  const files = workflowsOf(await snapshotWith(...texts))
  return files.known ? files.value.map(each => each.read) : []
}

const sentence = (one: ReadWorkflow | undefined): string | undefined =>
  one?.status === 'broken' ? `${one.line}:${one.column} ${one.message}` : one?.status

describe('a workflow', () => {
  it('is read with its events, permissions, jobs and steps, each with its place', async () => {
    const [one] = await read(
      [
        'on: [push, pull_request]',
        'permissions: read-all',
        'jobs:',
        '  call:',
        '    uses: ./.github/workflows/x.yml',
        '    permissions: { contents: read }',
        '  build:',
        '    name: Build',
        '    steps:',
        '      - uses: a/b@v1',
        '        with: { ref: main }',
        '      - run: |',
        '          echo hello',
        `          echo "\${{ github.sha }}"`,
        '',
      ].join('\n'),
    )
    expect(one).toEqual({
      status: 'read',
      workflow: {
        events: ['push', 'pull_request'],
        permissions: { grants: 'read-all', line: 2, column: 1 },
        jobsLine: 3,
        jobs: [
          {
            id: 'call',
            name: '',
            line: 4,
            column: 3,
            uses: { text: './.github/workflows/x.yml', line: 5, column: 11 },
            permissions: { grants: 'some', line: 6, column: 5 },
            steps: [],
          },
          {
            id: 'build',
            name: 'Build',
            line: 7,
            column: 3,
            steps: [
              {
                name: '',
                line: 10,
                column: 9,
                uses: { text: 'a/b@v1', line: 10, column: 15 },
                with: { ref: { text: 'main', line: 11, column: 22, expressions: [] } },
              },
              {
                name: '',
                line: 12,
                column: 9,
                run: {
                  text: `echo hello\necho "\${{ github.sha }}"\n`,
                  line: 12,
                  column: 14,
                  expressions: [{ text: ' github.sha ', line: 14, column: 17 }],
                },
                with: {},
              },
            ],
          },
        ],
      },
    })
  })

  it.each([
    ['on: push', ['push']],
    ['on: { push: {}, schedule: [] }', ['push', 'schedule']],
    ['"on":\n  workflow_dispatch:', ['workflow_dispatch']],
    ['jobs: {}', []],
    ['', []],
    ['- a', []],
    ['jobs: 3', []],
    ['jobs: { a: 3, b: { steps: 4 }, c: { steps: [5, null] } }', []],
  ])('has the events of %j', async (text, events) => {
    const [one] = await read(text)
    expect(one?.status === 'read' && one.workflow.events).toEqual(events)
  })

  it('follows aliases', async () => {
    const [one] = await read('jobs:\n  a: &a\n    steps: [{ run: make }]\n  b: *a\n')
    expect(one?.status === 'read' && one.workflow.jobs.map(job => job.steps[0]?.run?.text)).toEqual([
      'make',
      'make',
    ])
  })
})

describe('all workflows of a repository', () => {
  it('are read once, whoever asks', async () => {
    const snapshot = await snapshotWith('on: push\n')
    expect(workflowsOf(snapshot)).toBe(workflowsOf(snapshot))
  })

  it('are unknown with the list of files, and each with its file', async () => {
    expect(workflowsOf(await snapshotOf()).known).toBe(false)
    const withheld = unknown('permission', 'The app may not read contents')
    expect(workflowsOf(await snapshotOf({ files: { [path]: withheld }, tree: [path] }))).toEqual(
      known([{ path, read: { status: 'unread', fact: withheld } }], 'test'),
    )
  })

  it('say the same when their text was seen before', async () => {
    const text = `on: push\njobs:\n  a:\n    steps:\n${'      - run: make\n'.repeat(3_000)}`
    const first = await read(...Array.from({ length: 30 }, (_, index) => `${text}# ${index % 3}\n`))
    const second = await read(...Array.from({ length: 30 }, (_, index) => `${text}# ${index % 3}\n`))
    expect(second.map(sentence)).toEqual(first.map(sentence))
    expect(sentence(first.at(-1))).toMatch(/^1:1 holds more keys, values and brackets than are read/)
  })
})

describe('a workflow made to be slow', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`),
    'jobs: *j',
  ].join('\n')
  const manyKeys = `x: &s {${Array.from({ length: 5_000 }, (_, index) => `k${index}: 1`).join(', ')}}`

  it.each([
    ['aliases of aliases', bomb, /^read$/],
    [
      'aliases of a long map',
      `${manyKeys}\njobs: { a: { steps: [${Array(300).fill('*s').join(', ')}] } }`,
      /^read$/,
    ],
    ['far too many aliases', `${manyKeys}\njobs: [${Array(3_000).fill('*s').join(', ')}]`, /^read$/],
    ['a job that is itself', 'jobs: &j { a: *j }', /^read$/],
    [
      'a list of jobs that repeat',
      `x: &s [${Array(4_000).fill('{ run: a }').join(', ')}]\njobs:\n${Array.from({ length: 50 }, (_, index) => `  j${index}: { steps: *s }`).join('\n')}\n`,
      /more than 5,000 steps/,
    ],
    ['brackets', '['.repeat(50_000), /nests deeper|more keys/],
    ['keys', Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n'), /more keys/],
    ['quotes', 'a: "'.repeat(100_000), /./],
    ['one key twice', 'on: push\non: issues\n', /^2:1 has the key "on" twice/],
    ['a tab', 'on:\n\t- push\n', /not valid YAML/],
    ['two documents', 'on: push\n---\non: issues\n', /not valid YAML/],
  ])('is read in time: %s', async (_name, text, expected) => {
    const snapshot = await snapshotWith(text)
    const before = process.cpuUsage()
    const files = workflowsOf(snapshot)
    expect(process.cpuUsage(before).user).toBeLessThan(6_000_000)
    expect(files.known && sentence(files.value[0]?.read)).toMatch(expected)
  })
})
