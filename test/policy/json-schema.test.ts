import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { withReference } from '../../scripts/policy-reference.ts'
import { jsonSchemas } from '../../src/policy/json-schema.ts'
import { mainFileSchema } from '../../src/policy/schema.ts'
import { goodPolicies } from './good-policies.ts'
import { mutantsOf } from './mutants.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false })
addFormats.default(ajv)
const accepts = (file: string) => ajv.compile(JSON.parse(read(file)))
const policy = accepts('policy.schema.json')

describe('what editors are given', () => {
  it.each(Object.entries(jsonSchemas()))('%s is what `npm run schema` writes', (file, schema) => {
    expect(read(file)).toBe(`${JSON.stringify(schema, undefined, 2)}\n`)
  })

  it('so are the tables of docs/policy.md', () => {
    const page = read('docs/policy.md')
    expect(withReference(page)).toBe(page)
  })

  it('explains every key', () => {
    const bare: string[] = []
    const visit = (part: unknown, path: string): void => {
      if (typeof part !== 'object' || part === null) return
      if ('properties' in part && !path.endsWith('/properties')) {
        for (const [key, property] of Object.entries(part.properties as object))
          if (!property.description) bare.push(`${path}/${key}`)
      }
      for (const [key, inner] of Object.entries(part)) visit(inner, `${path}/${key}`)
    }
    for (const [file, schema] of Object.entries(jsonSchemas())) visit(schema, file)
    expect(bare).toEqual([])
  })
})

describe('the schema of a policy', () => {
  it.each(goodPolicies.map(text => [text]))('accepts good one %#', text => {
    expect([policy(parse(text)), policy.errors]).toEqual([true, null])
  })

  it.each([
    ['no version', 'rules: []'],
    ['a misspelt section', 'version: 1\nrule: []'],
    ['a misspelt level', 'version: 1\nrules: [{ name: R, require: { techdocs: enfroce } }]'],
    [
      'a misspelt key deep within',
      'version: 1\nrules: [{ name: R, for: { any: [{ not: { topcs: a } }] }, require: {} }]',
    ],
    [
      'a day that is none',
      'version: 1\nrules: [{ name: R, require: { a: { level: enforce, from: 2027-02-30 } } }]',
    ],
    ['a rollout without its sign', 'version: 1\nrules: [{ name: R, rollout: 10, require: {} }]'],
    ['a length of time in words', 'version: 1\nmax-waiver: 90 days'],
    [
      'a waiver without an end',
      'version: 1\nwaivers: [{ repository: a, control: b, reason: c, approved-by: d }]',
    ],
    [
      'a number that loses its nought',
      'version: 1\ncontrols: { a: { title: T, why: W, satisfies: { p: [10.10] }, require: [{ file: a, message: m }] } }',
    ],
  ])('refuses %s', (_, text) => {
    expect(policy(parse(text))).toBe(false)
  })

  it('says the same of 200 mutants as the parser', () => {
    const differing = mutantsOf(goodPolicies, 200).filter(({ text }) => {
      const value = readable(text)
      return value !== undefined && policy(value) !== mainFileSchema.safeParse(value).success
    })
    expect(differing).toEqual([])
  })
})

const readable = (text: string): unknown => {
  try {
    return parse(text, { logLevel: 'silent' })
  } catch {
    return undefined
  }
}

describe('the schema of a repository’s settings', () => {
  const settings = accepts('repository-settings.schema.json')
  it.each([
    ['a level', 'version: 1\nrequire: { a: enforce }', true],
    ['parameters alone', 'version: 1\nrequire: { a: { approvals: 1 } }', true],
    ['a misspelt level', 'version: 1\nrequire: { a: enfroce }', false],
    ['a policy', 'version: 1\nrules: []', false],
  ])('with %s', (_, text, expected) => {
    expect(settings(parse(text))).toBe(expected)
  })
})
