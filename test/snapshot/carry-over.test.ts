import { describe, expect, it } from 'vitest'
import type { Reads } from '../../src/controls/control.ts'
import { carryOver, type Push } from '../../src/snapshot/carry-over.ts'
import { known, type Skeleton, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

const plan: Reads = { files: ['catalog-info.yaml', 'config/logging.yaml'], facts: ['topics'], entities: true }
const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(40)) as [string, string, string]

const read = async (change: (snapshot: Snapshot) => void = () => {}): Promise<Snapshot> => {
  const snapshot = await snapshotOf({
    files: { 'catalog-info.yaml': component('payments-api', 'payments'), 'config/logging.yaml': 'a: 1\n' },
  })
  snapshot.target = { kind: 'default-branch', ref: 'refs/heads/main', sha: a }
  snapshot.facts.topics = known(['pci'], 'github')
  snapshot.accounts = { 'group:default/payments': known({ exists: true }, 'directory') }
  snapshot.catalogue = {}
  change(snapshot)
  return snapshot
}

const push = (before: string, after: string, changed?: string[]): Push => ({ before, after, changed })

describe('a push that touches nothing that is read', () => {
  it('carries the snapshot to its commit', async () => {
    expect(carryOver(await read(), [push(a, b, ['src/index.js'])], plan)?.target.sha).toBe(b)
  })

  it('does so over several pushes, in whatever order they came', async () => {
    const pushes = [push(b, c, ['src/b.js']), push(a, b, ['src/a.js'])]
    expect(carryOver(await read(), pushes, plan)?.target.sha).toBe(c)
  })
})

describe('a repository with a skeleton', () => {
  const withSkeleton = (rendered: Skeleton['rendered']) =>
    read(snapshot => {
      snapshot.skeletons = [
        {
          template: 'template:default/service',
          location: { path: 'catalog-info.yaml' },
          example: 'the defaults',
          requires: ['techdocs'],
          reads: ['skeleton'],
          rendered,
        },
      ]
    })
  const rendered = known({ files: {}, entities: [] }, 'skeleton')

  it('is read anew when a push adds to it, and carried over when it does not', async () => {
    const before = await withSkeleton(rendered)
    expect(carryOver(before, [push(a, b, ['skeleton/new.txt'])], plan)).toBeUndefined()
    expect(carryOver(before, [push(a, b, ['skeletons/other.txt'])], plan)?.target.sha).toBe(b)
  })

  it('is read anew when it could not be read', async () => {
    const before = await withSkeleton(unknown('partial-answer', 'skeleton/a was not read'))
    expect(carryOver(before, [push(a, b, ['README.md'])], plan)).toBeUndefined()
  })
})

describe('a plan that reads the list of files', () => {
  const withTree: Reads = { ...plan, tree: true }
  const listed = (snapshot: Snapshot): void => {
    snapshot.tree = known([{ path: 'src/a.js', type: 'blob', mode: '100644' }], 'github')
  }

  it('is carried over pushes that add and remove nothing', async () => {
    const push: Push = { before: a, after: b, changed: ['src/a.js'], samePaths: true }
    const carried = carryOver(await read(listed), [push], withTree)
    expect(carried?.target.sha).toBe(b)
    expect(carried?.treeGlobs).toBeUndefined()
  })

  it('is read anew where a push adds or removes one', async () => {
    expect(carryOver(await read(listed), [push(a, b, ['src/a.js'])], withTree)).toBeUndefined()
  })

  it('is read where only the files of globs were', async () => {
    const stale = await read(snapshot => {
      listed(snapshot)
      snapshot.treeGlobs = ['deploy/*.yaml']
    })
    const push: Push = { before: a, after: b, changed: ['src/a.js'], samePaths: true }
    expect(carryOver(stale, [push], withTree)).toBeUndefined()
  })
})

describe('GitHub is asked instead', () => {
  const cases: [string, readonly Push[], ((snapshot: Snapshot) => void)?, Reads?][] = [
    ['when a file that is read changed', [push(a, b, ['config/logging.yaml'])]],
    ['when a directory on the way to one became something else', [push(a, b, ['config'])]],
    ['when GitHub did not list the paths', [push(a, b)]],
    ['when a push is missing in between', [push(b, c, ['src/index.js'])]],
    ['when one of the pushes lies elsewhere', [push(a, b, ['src/a.js']), push(c, b, ['src/b.js'])]],
    ['when there was no push', []],
    [
      'when a fact was left out of the last answer',
      [push(a, b, ['src/a.js'])],
      snapshot => {
        snapshot.facts.topics = unknown('partial-answer', 'left out')
      },
    ],
    [
      'when Backstage was away at the last look',
      [push(a, b, ['src/a.js'])],
      snapshot => {
        snapshot.catalogue = { 'component:default/payments-api': unknown('unavailable', 'away') }
      },
    ],
    [
      'when the policy in force reads a file that was not read',
      [push(a, b, ['src/a.js'])],
      undefined,
      { ...plan, files: [...plan.files, 'SECURITY.md'] },
    ],
    [
      'when the policy in force has a glob that was not followed',
      [push(a, b, ['src/a.js'])],
      snapshot => {
        snapshot.tree = known([{ path: 'deploy/x.yaml', type: 'blob', mode: '100644' }], 'github')
      },
      { ...plan, files: [...plan.files, 'deploy/*.yaml'] },
    ],
    [
      'when the path matches a glob of the plan',
      [push(a, b, ['deploy/new.yaml'])],
      snapshot => {
        snapshot.tree = known([], 'github')
      },
      { ...plan, files: [...plan.files, 'deploy/*.yaml'] },
    ],
    [
      'when the last look was at a pull request',
      [push(a, b, ['src/a.js'])],
      snapshot => {
        snapshot.target = { kind: 'pull-request', ref: 'refs/pull/1/head', sha: a, pullRequest: 1 }
      },
    ],
  ]
  it.each(cases)('%s', async (_, pushes, change, reads = plan) => {
    expect(carryOver(await read(change), pushes, reads)).toBeUndefined()
  })

  it('at the first look', () => {
    expect(carryOver(undefined, [push(a, b, [])], plan)).toBeUndefined()
  })
})
