import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  lineChanges,
  planSuggestions,
  suggestionsFor,
} from '../../../src/effects/pull-request/plan-suggestions.ts'
import {
  renderSuggestAnswer,
  renderSuggestion,
} from '../../../src/effects/pull-request/render-suggestions.ts'
import { type ChangedFile, known, type Snapshot, unknown } from '../../../src/snapshot/snapshot.ts'
import { loggingPart, ownerPart, proposalOf } from '../fix-situation.ts'
import { controlOf, loggingAdvised, ownerFails, snapshotOf } from '../situation.ts'

const path = 'catalog-info.yaml'

/** A pull request's head with one file, of which it has changed these lines. */
function headOf(text: string, lines?: ChangedFile['lines']): Snapshot {
  const head = snapshotOf({
    target: { kind: 'pull-request', ref: 'refs/pull/7/head', pullRequest: 7 },
    files: { [path]: known({ exists: true, oid: 'a', bytes: text.length, text }, 'github') },
  })
  const changes: ChangedFile[] = lines ? [{ path, status: 'modified', lines }] : []
  return { ...head, base: known({ snapshot: snapshotOf(), changes: known(changes, 'github') }, 'github') }
}

const changesOf = (before: string, after: string, lines: ChangedFile['lines']) =>
  lineChanges(proposalOf({ edits: [{ path, text: after }] }), headOf(before, lines))

describe('a line that can be suggested', () => {
  it.each<[string, string, string, [number, number][], { line: number; lines: string[] }[]]>([
    ['replaced', 'a\nb\nc\n', 'a\nB\nc\n', [[2, 2]], [{ line: 2, lines: ['B'] }]],
    ['replaced by two', 'a\nb\nc\n', 'a\nB\nBB\nc\n', [[2, 2]], [{ line: 2, lines: ['B', 'BB'] }]],
    ['taken away', 'a\nb\nc\n', 'a\nc\n', [[2, 2]], [{ line: 2, lines: [] }]],
    ['put in after another', 'a\nb\nc\n', 'a\nb\nx\nc\n', [[1, 3]], [{ line: 2, lines: ['b', 'x'] }]],
    [
      'two of them',
      'a\nb\nc\n',
      'A\nb\nC\n',
      [[1, 3]],
      [
        { line: 1, lines: ['A'] },
        { line: 3, lines: ['C'] },
      ],
    ],
    ['not on a line of the pull request', 'a\nb\nc\n', 'a\nB\nc\n', [[1, 1]], []],
    ['one of two is of the pull request', 'a\nb\nc\n', 'A\nb\nC\n', [[3, 3]], [{ line: 3, lines: ['C'] }]],
    ['more than one line in a row', 'a\nb\nc\n', 'A\nB\nc\n', [[1, 3]], []],
    ['put in before the first', 'a\nb\n', 'x\na\nb\n', [[1, 2]], []],
    ['of a file with other line ends', 'a\r\nb\r\n', 'a\r\nB\r\n', [[1, 2]], []],
    ['a last line that gets no end', 'a\nb\n', 'a\nB', [[1, 2]], []],
    ['that shows otherwise than it is', 'a\nb\n', 'a\n\u202EB\n', [[1, 2]], []],
    ['with a tab', 'a\nb\n', 'a\n\tB\n', [[1, 2]], [{ line: 2, lines: ['\tB'] }]],
    ['too long for anybody', 'a\nb\n', `a\n${'B\n'.repeat(50)}`, [[1, 2]], []],
    ['of a huge file', `${'a\n'.repeat(150_000)}b\n`, `${'a\n'.repeat(150_000)}B\n`, [[1, 150_001]], []],
  ])('%s', (_, before, after, lines, expected) => {
    const { changes, edits } = changesOf(before, after, lines)
    expect(changes).toEqual(expected.map(each => ({ path, ...each })))
    expect(edits).toHaveLength(expected.length > 0 ? 1 : 0)
  })

  it('is judged alone: the file with these lines and no others', () => {
    expect(changesOf('a\nb\nc\n', 'A\nb\nC\n', [[3, 3]]).edits).toEqual([{ path, text: 'a\nb\nC\n' }])
    expect(changesOf('a\nb\nc\n', 'A\nAA\nb\nC\n', [[1, 3]]).edits).toEqual([{ path, text: 'A\nAA\nb\nC\n' }])
  })

  it('makes the whole repair when each of its lines can be taken', () => {
    const line = fc.constantFrom('a', 'b', 'x: y', '  - z', '')
    const change = fc.constantFrom('keep', 'replace', 'remove', 'insert')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, change), { minLength: 1, maxLength: 12 }), rows => {
        // A line of its own between any two changes keeps them from touching.
        const before = rows.flatMap(([text], index) => [`${index}`, `${text}${index}`])
        const after = rows.flatMap(([text, how], index) => [
          `${index}`,
          ...(how === 'remove' ? [] : [how === 'replace' ? `new${index}` : `${text}${index}`]),
          ...(how === 'insert' ? [`more${index}`] : []),
        ])
        const [was, is] = [`${before.join('\n')}\nend\n`, `${after.join('\n')}\nend\n`]
        const { edits } = changesOf(was, is, [[1, before.length + 1]])
        expect(edits[0]?.text ?? was).toBe(is)
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, Snapshot]>([
    [
      'what the pull request changes is not known',
      { ...headOf('a\n'), base: unknown('partial-answer', 'x') },
    ],
    ['nobody asked what it changes', snapshotOf()],
    ['it does not touch the file', headOf('a\n')],
    ['GitHub shows no difference of the file', headOf('a\n', undefined)],
  ])('is none where %s', (_, head) => {
    expect(lineChanges(proposalOf({ edits: [{ path, text: 'A\n' }] }), head).changes).toEqual([])
  })

  it('is none in a file that a person completes first', () => {
    const proposal = proposalOf({
      edits: [{ path, text: 'A\n' }],
      left: [{ path, line: 1, field: 'spec.owner', candidates: [] }],
    })
    expect(lineChanges(proposal, headOf('a\n', [[1, 1]])).changes).toEqual([])
  })
})

describe('what is suggested', () => {
  const changes = [{ path, line: 2, lines: ['  owner: payments'] }]
  const proposal = proposalOf({ failing: [ownerFails, loggingAdvised], parts: [ownerPart, loggingPart] })
  const repaired = [controlOf('owner-exists'), loggingAdvised, controlOf('codeowners-valid')]

  it('is what repairs something by itself; the rest is told', () => {
    expect(suggestionsFor(proposal, changes, { controls: repaired })).toEqual({
      suggestions: [{ ...changes[0], parts: [ownerPart] }],
      others: [loggingPart],
    })
  })

  it.each([
    ['it repairs nothing alone', [ownerFails, loggingAdvised, controlOf('codeowners-valid')]],
    [
      'it would break something',
      [controlOf('owner-exists'), { ...ownerFails, id: 'codeowners-valid', title: 'CODEOWNERS valid' }],
    ],
    ['nobody knows what it does', [controlOf('owner-exists', { status: 'unknown' })]],
  ])('is nothing where %s', (_, controls) => {
    expect(suggestionsFor(proposal, changes, { controls })).toEqual({
      suggestions: [],
      others: [ownerPart, loggingPart],
    })
  })

  it('is written once for a head, and again for another', () => {
    const found = suggestionsFor(proposal, changes, { controls: repaired })
    const head = headOf('a\n')
    const effect = planSuggestions(found, head, undefined)
    if (!effect) throw new Error('Nothing is suggested')
    expect(effect).toMatchObject({ key: 'suggest:7', headSha: head.target.sha, uncertain: false })
    expect(planSuggestions(found, head, { hash: effect.hash, state: 'done' })).toBeUndefined()
    expect(planSuggestions(found, head, { hash: effect.hash, state: 'intended' })?.uncertain).toBe(true)
    const next = { ...head, target: { ...head.target, sha: 'c'.repeat(40) } }
    expect(planSuggestions(found, next, { hash: effect.hash, state: 'done' })?.hash).not.toBe(effect.hash)
  })
})

describe('how it reads', () => {
  it.each([
    ['```', '````'],
    ['a ````` b', '``````'],
    ['plain', '```'],
    ['~~~', '```'],
  ])('a line with %j ends no fence', (line, fence) => {
    const shown = renderSuggestion({ lines: [line], parts: [ownerPart] })
    expect(shown).toContain(`\n${fence}suggestion\n${line}\n${fence}`)
  })

  it('takes a line away by an empty suggestion', () => {
    expect(renderSuggestion({ lines: [], parts: [ownerPart] })).toMatch(/\n```suggestion\n```$/)
  })

  it('says where to go when nothing can be suggested, and that nothing fails when it does not', () => {
    expect(renderSuggestAnswer({ suggestions: [], others: [ownerPart] }, 'none')).toContain(
      '`/golden-path fix` on the tracking issue',
    )
    expect(renderSuggestAnswer({ suggestions: [], others: [] }, 'none')).toBe(
      'Nothing fails at this commit that a change of files repairs.',
    )
  })
})
