import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GitHub } from '../../../src/github.ts'
import { RateLimited } from '../../../src/request-budget.ts'
import { baseTree } from '../../../src/snapshot/github/base-tree.ts'
import { changedLines } from '../../../src/snapshot/github/changed-lines.ts'
import { compareCommits } from '../../../src/snapshot/github/compare-commits.ts'
import { type ChangedFile, known, type TreeEntry, unknown } from '../../../src/snapshot/snapshot.ts'

describe('the lines that a patch changes', () => {
  it.each<[name: string, patch: string, lines: [number, number][] | undefined]>([
    ['one', '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c', [[2, 2]]],
    ['several in a row', '@@ -1 +1,3 @@\n-a\n+x\n+y\n+z', [[1, 3]]],
    [
      'in two places',
      '@@ -1,2 +1,3 @@\n+a\n b\n c\n@@ -10,2 +11,3 @@ some function\n d\n e\n+f',
      [
        [1, 1],
        [13, 13],
      ],
    ],
    ['none where lines only go', '@@ -1,2 +1 @@\n a\n-b', []],
    [
      'at the end without a newline',
      '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file',
      [[1, 1]],
    ],
    ['of a line that looks like a header', '@@ -1 +1,2 @@\n+@@ -9,9 +9,9 @@\n+b', [[1, 2]]],
    ['of an empty file', '', undefined],
    ['of what is no patch', 'Binary files differ', undefined],
    ['beyond what is told', `@@ -0,0 +1,2000 @@\n${'+a\n b\n'.repeat(1_000)}`, undefined],
  ])('%s', (_, patch, lines) => {
    expect(changedLines(patch)).toEqual(lines)
  })

  it('whatever it is, in order and not overlapping', () => {
    const line = fc.constantFrom('+', '-', ' ', '@@ -1 +5 @@', '@@ -1,9 +9,2 @@', '\\ x', '')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), lines => {
        for (const [first, last] of changedLines(lines.join('\n')) ?? [])
          expect(first <= last && first > 0).toBe(true)
      }),
    )
  })
})

const base = 'a'.repeat(40)

/** A GitHub that answers one after another, and how often it was asked. */
const answering = (...answers: (unknown | Error)[]) => {
  const asked: unknown[] = []
  const request: GitHub['request'] = async (_, parameters) => {
    asked.push(parameters)
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    if (answer instanceof Error) throw answer
    return { status: 200, headers: {}, data: answer }
  }
  return {
    github: { request, graphql: async () => ({ data: null, errors: [] }), mutate: async () => undefined },
    asked,
  }
}
const failed = (status: number, message = 'no'): Error => Object.assign(new Error(message), { status })
const comparison = (files?: unknown[]) => ({
  merge_base_commit: { sha: base, commit: { tree: { sha: 'b'.repeat(40) } } },
  ...(files ? { files } : {}),
})
const compare = (github: GitHub) =>
  compareCommits(github, { owner: 'acme', name: 'api' }, 'release/1.x', 'c'.repeat(40))

describe('a comparison', () => {
  it('names both, and what of each file is known', async () => {
    const { github, asked } = answering(
      comparison([
        { filename: 'new', status: 'added', patch: '@@ -0,0 +1 @@\n+a' },
        { filename: 'gone', status: 'removed', patch: '@@ -1 +0,0 @@\n-a' },
        { filename: 'to', status: 'renamed', previous_filename: 'from' },
        { filename: 'copy', status: 'copied', previous_filename: 'original' },
        { filename: 'link', status: 'changed' },
        { filename: 'same', status: 'unchanged' },
        { filename: 'photo.png', status: 'modified' },
      ]),
    )
    const found = await compare(github)
    expect(found).toMatchObject({ known: true, value: { sha: base, treeOid: 'b'.repeat(40) } })
    expect(found.known && found.value.changes).toEqual(
      known(
        [
          { path: 'new', status: 'added', lines: [[1, 1]] },
          { path: 'gone', status: 'removed' },
          { path: 'to', status: 'renamed', before: 'from' },
          { path: 'copy', status: 'added' },
          { path: 'link', status: 'modified', mayBeRetyped: true },
          { path: 'photo.png', status: 'modified', mayBeRetyped: true },
        ] satisfies ChangedFile[],
        'github',
      ),
    )
    // A tag may have the same name.
    expect(asked).toMatchObject([{ basehead: `refs/heads/release/1.x...${'c'.repeat(40)}` }])
  })

  it.each<[name: string, files: unknown[] | undefined]>([
    ['300 files', Array.from({ length: 300 }, (_, index) => ({ filename: `${index}`, status: 'added' }))],
    ['a list left out', undefined],
  ])('of %s does not know what changed', async (_, files) => {
    const found = await compare(answering(comparison(files)).github)
    expect(found).toMatchObject({
      known: true,
      value: { changes: { known: false, reason: 'partial-answer' } },
    })
  })

  it.each<[name: string, answers: (unknown | Error)[], reason: string, times: number]>([
    ['no common commit', [failed(404, 'No common ancestor between a and b.')], 'unavailable', 1],
    ['a refusal', [failed(403)], 'permission', 1],
    ['a failure that stays', [failed(502)], 'unavailable', 2],
    ['a failure of the network', [new Error('fetch failed')], 'unavailable', 2],
    ['a failure, then a refusal', [failed(500), failed(404)], 'unavailable', 2],
    ['an answer of another shape', [{ files: [] }], 'unavailable', 1],
    ['a merge base that is no commit', [{ merge_base_commit: { sha: 'HEAD' }, files: [] }], 'unavailable', 1],
  ])('is unknown for %s', async (_, answers, reason, times) => {
    const { github, asked } = answering(...answers)
    expect(await compare(github)).toMatchObject({ known: false, reason })
    expect(asked).toHaveLength(times)
  })

  it('is there after a failure that passes, and waits where GitHub says so', async () => {
    expect(await compare(answering(failed(502), comparison([])).github)).toMatchObject({ known: true })
    await expect(compare(answering(new RateLimited('later', 60)).github)).rejects.toThrow(RateLimited)
  })
})

describe('the list of files at the base', () => {
  const blob = (path: string): TreeEntry => ({ path, type: 'blob', mode: '100644' })
  const tree = (path: string): TreeEntry => ({ path, type: 'tree', mode: '040000' })
  const listed = (head: TreeEntry[], changes: ChangedFile[]): string[] => {
    const found = baseTree(
      known(head, 'github'),
      { sha: base, treeOid: '', changes: known(changes, 'github') },
      undefined,
      path => (path.endsWith('.link') ? 'symbolic-link' : path.endsWith('?') ? undefined : 'file'),
    )
    return found.known
      ? found.value.map(({ path, type, mode }) =>
          type === 'tree' ? `${path}/` : mode === '120000' ? `${path}@` : path,
        )
      : []
  }

  it.each<[name: string, head: TreeEntry[], changes: ChangedFile[], base: string[]]>([
    [
      'without what was added, nor its directory',
      [tree('a'), blob('a/x'), blob('b')],
      [{ path: 'a/x', status: 'added' }],
      ['b'],
    ],
    [
      'with what was removed, and its directory',
      [blob('b')],
      [{ path: 'a/c/x', status: 'removed' }],
      ['a/', 'a/c/', 'a/c/x', 'b'],
    ],
    [
      'under the old name',
      [tree('a'), blob('a/y')],
      [{ path: 'a/y', before: 'a/x', status: 'renamed' }],
      ['a/', 'a/x'],
    ],
    [
      'the same where files only changed',
      [blob('b'), blob('a')],
      [{ path: 'a', status: 'modified' }],
      ['b', 'a'],
    ],
    [
      'with a file that is a directory now',
      [tree('a'), blob('a/x')],
      [
        { path: 'a', status: 'removed' },
        { path: 'a/x', status: 'added' },
      ],
      ['a'],
    ],
    [
      'with a directory that is a file now',
      [blob('a')],
      [
        { path: 'a', status: 'added' },
        { path: 'a/x', status: 'removed' },
      ],
      ['a/', 'a/x'],
    ],
    ['with a link', [], [{ path: 'x.link', status: 'removed' }], ['x.link@']],
    [
      'with a link that is a file now',
      [blob('a'), blob('x.link')],
      [{ path: 'x.link', status: 'modified', mayBeRetyped: true }],
      ['a', 'x.link@'],
    ],
    [
      'not known where what was removed may have been a link',
      [blob('a')],
      [{ path: 'x?', status: 'removed' }],
      [],
    ],
    [
      'in the order of git',
      [blob('B'), blob('a-c')],
      [
        { path: 'a/x', status: 'removed' },
        { path: 'C', status: 'removed' },
      ],
      ['B', 'C', 'a-c', 'a/', 'a/x'],
    ],
  ])('is %s', (_, head, changes, files) => {
    expect(listed(head, changes)).toEqual(files)
  })

  it('is not known where the changes are not, nor where the head is not', () => {
    const cut = unknown('partial-answer', 'too many')
    const at = { sha: base, treeOid: '' }
    expect(
      baseTree(known([blob('a')], 'github'), { ...at, changes: cut }, undefined, () => 'file').known,
    ).toBe(false)
    expect(baseTree(cut, { ...at, changes: known([], 'github') }, undefined, () => 'file')).toBe(cut)
  })
})
