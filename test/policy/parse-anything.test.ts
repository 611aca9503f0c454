import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/policy/parse.ts'
import { usual } from './situation.ts'

const example = `version: 1
rules:
  - name: Every service has an accountable owner
    for: { visibility: [private, internal, public], not: { archived: true, names: ["sandbox-*"] } }
    require:
      catalog-info-valid: enforce
      codeowners-valid: { level: enforce, from: 2027-01-15, approvals: 2 }
      mine: observe
controls:
  mine:
    title: Audit events are logged
    why: Because
    satisfies: { pci-dss-4.0.1: ["10.2.1"] }
    require:
      - file: config/logging.{yaml,yml,json}
        where: doc.audit.enabled == true && doc.audit.retentionDays >= 365
        message: Set it.
waivers:
  - { repository: legacy, control: mine, until: 2027-03-31, reason: Gone, approved-by: "@acme/security" }
`

/** Parses whatever it is; every problem must stand within the text and be a sentence. */
const holds = (text: string): void => {
  const parsed = parsePolicy([{ path: 'golden-path.yml', text }], { version: 'x', library: usual })
  if (parsed.ok) return
  expect(parsed.problems.length).toBeGreaterThan(0)
  const lines = text.split('\n')
  for (const { path, line, column, message } of parsed.problems) {
    expect(path).toBe('golden-path.yml')
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
    expect(message).toMatch(/^.{8,600}\.$/s)
  }
}

/** One piece of the example replaced, doubled or taken away. */
const mutated = fc
  .record({
    at: fc.nat(example.length - 1),
    length: fc.nat(20),
    by: fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '\n',
        '\t',
        ':',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '"',
        '&a ',
        '*a',
        '!!x ',
        '|',
        '\r\n',
        '\0',
        '---\n',
        '? ',
        '<<: ',
        'null',
        '{{',
        '999',
        '\ufeff',
        '__proto__: 1',
        '💥',
      ),
      fc.string({ maxLength: 8, unit: 'grapheme' }),
    ),
  })
  .map(({ at, length, by }) => example.slice(0, at) + by + example.slice(at + length))

/** The example's shape with any value in any place. */
const shaped = fc
  .tuple(
    fc.constantFrom(
      'version',
      'rules',
      'controls',
      'waivers',
      'for',
      'require',
      'names',
      'where',
      'file',
      'until',
      'level',
    ),
    fc.json({ maxDepth: 3 }),
  )
  .map(([key, json]) => example.replace(new RegExp(`\\b${key}:.*`), `${key}: ${json}`))

describe('whatever a policy says', () => {
  it('the example parses', () => {
    expect(
      parsePolicy([{ path: 'golden-path.yml', text: example }], { version: 'x', library: usual }).problems,
    ).toEqual([])
  })

  it('with a piece changed, it parses or its problems have a place', () => {
    fc.assert(fc.property(mutated, holds), { numRuns: 800 })
  })

  it('with any value in any place', () => {
    fc.assert(fc.property(shaped, holds), { numRuns: 300 })
  })

  it('as any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), holds), { numRuns: 300 })
  })
})
