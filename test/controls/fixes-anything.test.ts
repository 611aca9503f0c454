import fc from 'fast-check'
import { expect, it } from 'vitest'
import { patched } from '../../src/snapshot/patched.ts'
import { difference, directory, policyAsking, propose, repositoryWith, textAt } from '../support/repair.ts'
import { component } from '../support/snapshot.ts'

const policy = policyAsking(
  'catalog-info-valid: enforce, owner-exists: enforce, codeowners-valid: enforce, codeowners-cover: advise, ownership-agrees: advise, techdocs: advise, entity-ref-free: advise, system-declared: advise, on-call-declared: advise',
)

const catalogue = [
  component('"Pay ments"', 'paymnts', '  tags: [Java, a]\n  description: Pays: all'),
  component('two', 'acme/platform # us').replace('Component', 'component'),
  'apiVersion: backstage.io/v1\nkind: API\nmetadata: { name: three, annotations: { a.dev/b: 1 } }\nspec: { type: openapi, lifecycle: production, owner: user:jane, definition: x }\n',
].join('---\n')

const codeowners =
  '# Who reviews\n\n*\t@acme/paymnts  @jane # all\n/docs/ @acme/gone @joe\n/a/ acme/platform @acme/search/\n'

/** What an editor, a merge or a careless search and replace does to a text. */
const spoiled = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({
        at: fc.nat(text.length),
        length: fc.constantFrom(0, 0, 1, 2, 30),
        by: fc.oneof(
          fc.constantFrom(
            '',
            '\n',
            '\r\n',
            '  ',
            '\t',
            ': ',
            ' #',
            '"',
            "'",
            '---\n',
            '- ',
            '@',
            '/',
            '{',
            ']',
            '&a ',
            '*a',
            '|',
            '\ufeff',
            '\u202e',
            'owner: x',
            'é',
            '\0',
          ),
          fc.string({ maxLength: 6 }),
        ),
      }),
      { maxLength: 4 },
    )
    .map(changes =>
      changes.reduce((now, { at, length, by }) => now.slice(0, at) + by + now.slice(at + length), text),
    )

it('a fix never makes anything worse, and is done after one time, whatever was done to the files', async () => {
  let repaired = 0
  await fc.assert(
    fc.asyncProperty(spoiled(catalogue), spoiled(codeowners), async (one, other) => {
      const snapshot = await repositoryWith({
        'catalog-info.yaml': one,
        CODEOWNERS: other,
        'docs/index.md': '# Docs\n',
      })
      const { edits, before, after, parts } = await propose(snapshot, policy)
      repaired += edits.length
      for (const control of before.controls)
        if (control.status === 'pass' && control.id !== 'entity-ref-free')
          expect(after.controls.find(({ id }) => id === control.id)?.status).toBe('pass')
      for (const { control } of parts)
        expect(after.controls.find(({ id }) => id === control)?.status).toBe('pass')
      for (const { path, text } of edits) expect(difference(textAt(snapshot, path), text)).not.toEqual([])
      const again = await propose(await patched(snapshot, edits, { directory }), policy)
      expect(again.edits).toEqual([])
    }),
    { numRuns: 50 },
  )
  expect(repaired).toBeGreaterThan(20)
})
