import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { anyGlob, expandBraces, glob, isTrueGlob } from '../../../src/snapshot/files/linear-glob.ts'

describe('glob', () => {
  it.each<[string, string, boolean]>([
    ['*', 'payments-api', true],
    ['*', 'a/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['**/*.yml', 'a.yml', true],
    ['**/*.yml', '.github/workflows/ci.yml', true],
    ['**/*.yml', 'a.yaml', false],
    ['docs/**', 'docs/a/b.md', true],
    ['docs/**', 'docs', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a]b', '/b', false],
    ['x.{yml,yaml}', 'x.yaml', true],
    ['c++/(x)/$1', 'c++/(x)/$1', true],
    ['a.c', 'abc', false],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(glob(pattern)(text)).toBe(expected)
  })

  it('may take upper and lower case alike', () => {
    expect(glob('API-*', { ignoreCase: true })('api-x')).toBe(true)
    expect(glob('API-*')('api-x')).toBe(false)
  })

  it('takes letters alike that only Unicode does', () => {
    expect(glob('*SIMS-*', { ignoreCase: true })('the-ſimſ-x')).toBe(true)
    expect(glob('Ähn*', { ignoreCase: true })('ähnlich')).toBe(true)
  })

  it('may be one of many, names or globs', () => {
    const matches = anyGlob(['Legacy-API', '{old,older}-web', 'Team-*', 'x.{a,b*}'], { ignoreCase: true })
    const names = ['legacy-api', 'OLDER-web', 'team-1', 'x.a', 'x.bc', 'legacy', 'older', 'x.c']
    expect(names.filter(matches)).toEqual(['legacy-api', 'OLDER-web', 'team-1', 'x.a', 'x.bc'])
    expect(anyGlob(['API'])('api')).toBe(false)
  })

  it('agrees with picomatch on what both know', () => {
    const piece = fc.constantFrom('a', 'b', '.', '-', '*', '?', '/', '**/', 'ab')
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map(pieces => pieces.join(''))
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab', '.a', 'a-b'), { minLength: 1, maxLength: 4 })
      .map(parts => parts.join('/'))
    fc.assert(
      fc.property(pattern, path, (written, text) => {
        // Outside what is written here: `**` within a segment, a slash at either end or twice, `./`.
        fc.pre(!/\*\*(?!\/)|\*\*\*|[^/]\*\*|^\/|\/$|\/\/|(^|\/)\.{1,2}(\/|$)|\*\*\/\*\*/.test(written))
        expect(glob(written)(text)).toBe(picomatch(written, { dot: true, noextglob: true })(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('answers at once where a backtracking engine takes minutes', () => {
    expect(glob('*a*a*a*a*a*a*a*a*b')('a'.repeat(255))).toBe(false)
  })

  it.each([
    ['[a', 'has a [ without its ]'],
    ['x'.repeat(1_001), 'is longer than 1000 characters'],
    ['{a,b}'.repeat(10), 'stands for more than 64 paths; use fewer {…} alternatives'],
  ])('refuses %.20s', (pattern, message) => {
    expect(() => glob(pattern)).toThrow(message)
  })
})

describe('expandBraces', () => {
  it.each<[string, string[]]>([
    ['a', ['a']],
    ['a.{b,c}', ['a.b', 'a.c']],
    ['{a,b}/{c,d}', ['a/c', 'a/d', 'b/c', 'b/d']],
    ['{a,{b,c}}', ['a', 'b', 'c']],
    ['a{,b}', ['a', 'ab']],
    ['{a}', ['{a}']],
    ['{a,b', ['{a,b']],
    ['{{a}}', ['{{a}}']],
    ['{a,a}', ['a']],
  ])('%s', (pattern, expected) => {
    expect(expandBraces(pattern)).toEqual(expected)
  })

  it('of which some are still globs', () => {
    expect(expandBraces('{a,*.b}').map(isTrueGlob)).toEqual([false, true])
  })
})
