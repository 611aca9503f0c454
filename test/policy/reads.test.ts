import { describe, expect, it } from 'vitest'
import { builtInReads } from '../../src/policy/built-in.ts'
import { policyReads, readsFor } from '../../src/policy/reads.ts'
import { known } from '../../src/snapshot/snapshot.ts'
import { snapshotOf } from '../support/snapshot.ts'
import { control, library, policyOf } from './situation.ts'

const controls = library(
  { ...control('one'), reads: { files: ['one.{yml,yaml}', '.github/CODEOWNERS'], facts: ['protection'] } },
  { ...control('two'), reads: { files: ['docs/**/*.md'], facts: ['codeownersErrors'] } },
  { ...control('brings'), reads: { files: ['b'], facts: [] }, implies: ['two'] },
  { ...control('costly'), reads: { files: [], facts: ['sbom'] } },
  { ...control('template-controls'), reads: { files: [], facts: [], entities: true } },
)

const reads = (text: string) => policyReads(policyOf(`version: 1\n${text}`, controls))

describe('what a policy reads', () => {
  it.each<[string, string, string[], string[]]>([
    ['nothing but the entities without rules', 'rules: []', ['catalog-info.yaml'], []],
    [
      'what the controls read that rules name, alternatives as paths',
      'rules: [{ name: R, require: { one: observe } }]',
      ['.github/CODEOWNERS', 'catalog-info.yaml', 'one.yaml', 'one.yml'],
      ['protection'],
    ],
    [
      'globs as they are',
      'rules: [{ name: R, require: { two: observe } }]',
      ['catalog-info.yaml', 'docs/**/*.md'],
      ['codeownersErrors'],
    ],
    [
      'what a named control brings along',
      'rules: [{ name: R, require: { brings: observe } }]',
      ['b', 'catalog-info.yaml', 'docs/**/*.md'],
      ['codeownersErrors'],
    ],
    [
      'what selectors ask about',
      'rules: [{ name: R, for: { any: [{ topics: a }, { not: { properties: { a: b } } }], archived: true }, require: { two: observe } }]',
      ['catalog-info.yaml', 'docs/**/*.md'],
      ['codeownersErrors', 'metadata', 'properties', 'topics'],
    ],
    [
      'what tells whose it is and how old',
      'rules: [{ name: R, for: { not: { any: [{ team: payments }, { age: { over: 1y } }, { owner: a, entity: { kind: API } }] } }, require: { two: observe } }]',
      ['.github/CODEOWNERS', 'CODEOWNERS', 'catalog-info.yaml', 'docs/**/*.md', 'docs/CODEOWNERS'],
      ['codeownersErrors', 'metadata'],
    ],
    [
      'of every control what one query brings, where templates may ask for any',
      'rules: [{ name: R, require: { template-controls: observe } }]',
      ['.github/CODEOWNERS', 'b', 'catalog-info.yaml', 'one.yaml', 'one.yml'],
      ['codeownersErrors', 'protection'],
    ],
    [
      'what the organisation’s own controls read',
      'rules: [{ name: R, require: { mine: observe } }]\ncontrols: { mine: { title: T, why: W, require: [{ file: "config/{a,b}.json", message: m }] } }',
      ['catalog-info.yaml', 'config/a.json', 'config/b.json'],
      [],
    ],
  ])('%s', (_, text, files, facts) => {
    expect(reads(text)).toEqual({
      files: ['.github/golden-path.yml', ...files].toSorted(),
      facts,
      entities: true,
    })
  })

  describe('of one repository, beside what the rules ask', () => {
    const policy = policyOf(
      'version: 1\nrules: [{ name: R, require: { template-controls: observe } }]',
      controls,
    )
    const plan = policyReads(policy)
    const madeFrom = (...requires: string[]) =>
      snapshotOf({
        templates: {
          'template:default/service': known({ exists: true, title: 'Service', requires }, 'catalogue'),
        },
      })

    it('is the same before it was seen, and where nothing more is asked', async () => {
      expect(readsFor(policy, plan, undefined)).toBe(plan)
      expect(readsFor(policy, plan, await madeFrom('one'))).toBe(plan)
    })

    it('is what its template asks for that is no part of the one query', async () => {
      const { files, facts } = readsFor(policy, plan, await madeFrom('two', 'costly'))
      expect(files).toEqual([...plan.files, 'docs/**/*.md'].toSorted())
      expect(facts).toEqual([...plan.facts, 'sbom'].toSorted())
    })

    it('is not what its template asks for where templates are not kept to', async () => {
      const other = policyOf('version: 1\nrules: [{ name: R, require: { one: observe } }]', controls)
      const reads = policyReads(other)
      expect(readsFor(other, reads, await madeFrom('costly'))).toBe(reads)
    })
  })

  it('before there is one is what any built-in control reads and one query brings', () => {
    expect(builtInReads.files).toContain('catalog-info.yaml')
    expect(builtInReads.files).toContain('.github/CODEOWNERS')
    expect(builtInReads.facts).not.toContain('codeScanning')
    expect(builtInReads.tree).toBeUndefined()
  })
})
