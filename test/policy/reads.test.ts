import { describe, expect, it } from 'vitest'
import { builtInReads } from '../../src/policy/built-in.ts'
import { policyReads } from '../../src/policy/reads.ts'
import { control, library, policyOf } from './situation.ts'

const controls = library(
  { ...control('one'), reads: { files: ['one.{yml,yaml}', '.github/CODEOWNERS'], facts: ['protection'] } },
  { ...control('two'), reads: { files: ['docs/**/*.md'], facts: ['codeownersErrors'] } },
  { ...control('brings'), reads: { files: ['b'], facts: [] }, implies: ['two'] },
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
      'every control where templates may ask for any',
      'rules: [{ name: R, require: { template-controls: observe } }]',
      ['.github/CODEOWNERS', 'b', 'catalog-info.yaml', 'docs/**/*.md', 'one.yaml', 'one.yml'],
      ['codeownersErrors', 'protection'],
    ],
    [
      'what the organisation’s own controls read',
      'rules: [{ name: R, require: { mine: observe } }]\ncontrols: { mine: { title: T, why: W, require: [{ file: "config/{a,b}.json", message: m }] } }',
      ['catalog-info.yaml', 'config/a.json', 'config/b.json'],
      [],
    ],
  ])('%s', (_, text, files, facts) => {
    expect(reads(text)).toEqual({ files, facts, entities: true })
  })

  it('before there is one is what any built-in control reads', () => {
    expect(builtInReads.files).toContain('catalog-info.yaml')
    expect(builtInReads.files).toContain('.github/CODEOWNERS')
  })
})
