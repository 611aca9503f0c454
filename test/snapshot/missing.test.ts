import { describe, expect, it } from 'vitest'
import type { Reads } from '../../src/controls/control.ts'
import { carryOver } from '../../src/snapshot/carry-over.ts'
import { missingFrom } from '../../src/snapshot/missing.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { type SnapshotParts, snapshotOf } from '../support/snapshot.ts'

const plan = (reads: Partial<Reads>): Reads => ({ files: ['catalog-info.yaml'], facts: [], ...reads })
const nothing = { files: [], facts: [], tree: false }
const [a, b] = ['a', 'b'].map(letter => letter.repeat(40)) as [string, string]

describe('what a plan needs that a snapshot does not have', () => {
  const cases: [string, SnapshotParts, Partial<Reads>, object][] = [
    ['nothing', {}, {}, {}],
    ['a file that was never read', {}, { files: ['SECURITY.md'] }, { files: ['SECURITY.md'] }],
    [
      'a file that was left out of an answer',
      { files: { 'SECURITY.md': unknown('partial-answer', 'left out') } },
      { files: ['SECURITY.md'] },
      { files: ['SECURITY.md'] },
    ],
    [
      'no file that cannot be read, however often',
      { files: { 'SECURITY.md': unknown('too-large', '20 MB') } },
      { files: ['SECURITY.md'] },
      {},
    ],
    [
      'a fact that was never asked for',
      { facts: { languages: unknown('partial-answer', 'languages was not asked for') } },
      { facts: ['languages'] },
      { facts: ['languages'] },
    ],
    [
      'a fact that GitHub was too busy for',
      { facts: { sbom: unknown('unavailable', '502') } },
      { facts: ['sbom'] },
      { facts: ['sbom'] },
    ],
    ...(['permission', 'licence', 'not-configured'] as const).map(
      reason =>
        [
          `no fact that is withheld: ${reason}`,
          { facts: { codeScanning: unknown(reason, 'withheld') } },
          { facts: ['codeScanning'] },
          {},
        ] as [string, SnapshotParts, Partial<Reads>, object],
    ),
    ['the list of files, for a glob', {}, { files: ['deploy/*.yaml'] }, { tree: true }],
    ['the list of files, for a control that reads only that', {}, { tree: true }, { tree: true }],
    [
      'the files that a new glob stands for',
      { tree: ['deploy/a.yaml', 'deploy/b.yaml', 'src/c.yaml'], files: { 'deploy/a.yaml': 'a: 1\n' } },
      { files: ['deploy/*.yaml'] },
      { files: ['deploy/b.yaml'] },
    ],
    [
      'of a glob no more than it may stand for',
      { tree: Array.from({ length: 101 }, (_, index) => `deploy/${index}.yaml`) },
      { files: ['deploy/*.yaml'] },
      { files: Array.from({ length: 100 }, (_, index) => `deploy/${index}.yaml`) },
    ],
  ]
  it.each(cases)('%s', async (_, parts, reads, missing) => {
    expect(missingFrom(await snapshotOf(parts), plan(reads))).toEqual({ ...nothing, ...missing })
  })
})

describe('after a push that was carried over, the list of files', () => {
  const globs: Reads = plan({ files: ['catalog-info.yaml', 'deploy/*.yaml'] })
  const carried = async (): Promise<Snapshot> => {
    const snapshot = await snapshotOf({ tree: ['catalog-info.yaml'], target: { sha: a } })
    const after = carryOver(snapshot, [{ before: a, after: b, changed: ['src/main.tf'] }], globs)
    if (!after) throw new Error('not carried over')
    return after
  }

  it('still holds for the globs that the push did not touch', async () => {
    expect(missingFrom(await carried(), globs)).toEqual(nothing)
  })

  it('is stale for any other glob, and for who reads all of it', async () => {
    const snapshot = await carried()
    expect(missingFrom(snapshot, plan({ files: ['**/*.tf'] })).tree).toBe(true)
    expect(missingFrom(snapshot, plan({ tree: true })).tree).toBe(true)
  })
})

it('a fact that a control in force does not read is no reason to ask GitHub at a push', async () => {
  const snapshot = await snapshotOf({
    target: { sha: a },
    facts: { sbom: unknown('partial-answer', 'sbom was not asked for'), topics: known(['pci'], 'github') },
  })
  const push = [{ before: a, after: b, changed: ['src/main.ts'] }]
  expect(carryOver(snapshot, push, plan({ facts: ['topics'] }))?.target.sha).toBe(b)
  expect(carryOver(snapshot, push, plan({ facts: ['topics', 'sbom'] }))).toBeUndefined()
})
