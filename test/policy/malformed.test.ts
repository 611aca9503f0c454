import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { goodPolicies } from './good-policies.ts'
import { mutantsOf } from './mutants.ts'

const parse = (text: string) =>
  parsePolicy([{ path: 'golden-path.yml', text }], { version: 'x', library: builtInControls })

/** Beside the mistakes by hand of parse.test.ts. */
const parsed = mutantsOf(goodPolicies, 280).map(mutant => ({ ...mutant, result: parse(mutant.text) }))
const refused = parsed.filter(({ result }) => !result.ok)

describe('a policy with one thing wrong', () => {
  it('was right before', () => {
    expect(goodPolicies.length).toBeGreaterThan(5)
    expect(goodPolicies.flatMap(text => parse(text).problems)).toEqual([])
  })

  it('is refused in most cases: 200 and more of these', () => {
    expect(refused.length).toBeGreaterThan(200)
  })

  it('is refused whole, or not at all', () => {
    for (const { result } of parsed) expect('policy' in result).toBe(result.problems.length === 0)
  })

  it('is refused at a place inside the file, in a sentence', () => {
    const astray = refused.flatMap(({ how, text, result }) => {
      const lines = text.split('\n')
      return result.problems
        .filter(({ path, line, column, message }) => {
          const isInside = column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1
          return path !== 'golden-path.yml' || !isInside || !/^.{8,700}\.$/s.test(message)
        })
        .map(problem => ({ how, problem }))
    })
    expect(astray).toEqual([])
  })
})
