import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { honouredCodeowners, ownersOf, parseCodeowners } from '../../../src/snapshot/files/codeowners.ts'
import { absentFile, type Fact, type FileState, known, unknown } from '../../../src/snapshot/snapshot.ts'

const rulesOf = (text: string) =>
  parseCodeowners('CODEOWNERS', text).rules.map(({ line, pattern, owners, status }) =>
    [line, status, pattern, ...owners.map(owner => owner.text)].join(' '),
  )

describe('lines', () => {
  it.each([
    ['comments and blank lines', '# all\n\n* @a\n', ['3 valid * @a']],
    ['a byte order mark and CRLF', '\ufeff* @a\r\n/b/ @c\r\n', ['1 valid * @a', '2 valid /b/ @c']],
    ['an inline comment', '* @a # because\n', ['1 valid * @a']],
    [
      'several owners, a team, an e-mail address',
      '*.js @a @acme/web jane@example.com',
      ['1 valid *.js @a @acme/web jane@example.com'],
    ],
    ['emptied ownership', '/vendor/', ['1 valid /vendor/']],
    ['an escaped blank', 'my\\ file @a', ['1 valid my\\ file @a']],
    ['no @', '* payments', ['1 invalid * payments']],
    ['a team with a trailing slash', '* @acme/web/', ['1 invalid * @acme/web/']],
    ['negation', '!a @a', ['1 invalid !a @a']],
    ['a range', '[a-z] @a', ['1 invalid [a-z] @a']],
    ['an escaped #', '\\#a @a', ['1 invalid \\#a @a']],
    ['only an owner', '@acme/web', ['1 undecided @acme/web']],
    ['a dash for a star', '- @acme/web', ['1 undecided - @acme/web']],
    ['a section, as GitLab has them', '[Docs] @a', ['1 invalid [Docs] @a']],
    [
      'a merge conflict',
      '<<<<<<< HEAD\n* @a\n=======\n* @b\n>>>>>>> b1',
      ['1 invalid <<<<<<< HEAD', '2 valid * @a', '3 valid =======', '4 valid * @b', '5 invalid >>>>>>> b1'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(rulesOf(text)).toEqual(expected)
  })

  it('say what is wrong, with the column', () => {
    const [rule] = parseCodeowners('CODEOWNERS', '  *  payments @acme/web/').rules
    expect(rule?.problems).toEqual([
      {
        message:
          '"payments" is no owner. Expected @user, @organisation/team or an e-mail address; perhaps "@payments"',
        column: 6,
      },
      { message: '"@acme/web/" ends with a slash. Expected "@acme/web"', column: 15 },
    ])
    expect(parseCodeowners('CODEOWNERS', '>>>>>>> b').rules[0]?.problems).toEqual([
      { message: 'A merge conflict was committed here. Expected one version; resolve it', column: 1 },
    ])
  })
})

describe('which rule decides', () => {
  // GitHub's documentation, its examples first.
  it.each([
    ['*', 'a/b/c.js', true],
    ['*.js', 'a/b/c.js', true],
    ['*.js', 'c.ts', false],
    ['/build/logs/', 'build/logs/a/b', true],
    ['/build/logs/', 'x/build/logs/a', false],
    ['docs/*', 'docs/getting-started.md', true],
    ['docs/*', 'docs/build-app/troubleshooting.md', false],
    ['apps/', 'x/apps/y/z', true],
    ['apps/', 'apps', false],
    ['/docs/', 'docs/a', true],
    ['/scripts', 'scripts', true],
    ['/scripts', 'scripts/a/b', true],
    ['**/logs', 'a/logs/b', true],
    ['**/logs', 'logs', true],
    ['/apps/github', 'apps/github/x', true],
    ['/apps/github', 'apps/githubber', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**', 'a/x/y', true],
    ['a/**', 'a', false],
    ['/*', 'a', true],
    ['/*', 'a/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['my\\ file', 'my file', true],
    ['Docs/', 'docs/a', false],
    ['**', 'a/b', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    const codeowners = parseCodeowners('CODEOWNERS', `${pattern} @a`)
    expect(ownersOf(codeowners, path) !== undefined).toBe(expected)
  })

  it('the last that matches, and an invalid line is none', () => {
    const codeowners = parseCodeowners('CODEOWNERS', '* @a\n/b/ @b\n/b/c payments\n/b/d/\n* @z/\n')
    expect(ownersOf(codeowners, 'x')?.line).toBe(1)
    expect(ownersOf(codeowners, 'b/c')?.line).toBe(2)
    expect(ownersOf(codeowners, 'b/d/e')?.owners).toEqual([])
  })
})

describe('which file GitHub honours', () => {
  const text = (content: string): Fact<FileState> =>
    known({ exists: true, oid: '', bytes: content.length, text: content }, 'test')
  const absent = absentFile('test')
  const honoured = (github: Fact<FileState>, root: Fact<FileState>, docs: Fact<FileState>): string => {
    const fact = honouredCodeowners({
      '.github/CODEOWNERS': github,
      CODEOWNERS: root,
      'docs/CODEOWNERS': docs,
    })
    return fact.known ? (fact.value?.path ?? 'none') : fact.reason
  }

  it.each([
    ['.github first', text('* @a'), text('* @b'), text('* @c'), '.github/CODEOWNERS'],
    ['then the root', absent, text('* @b'), text('* @c'), 'CODEOWNERS'],
    ['then docs', absent, absent, text('* @c'), 'docs/CODEOWNERS'],
    ['none', absent, absent, absent, 'none'],
    ['unknown, when the first is', unknown('permission', 'No'), text('* @b'), absent, 'permission'],
  ])('%s', (_name, github, root, docs, expected) => {
    expect(honoured(github, root, docs)).toBe(expected)
  })

  it('not one over 3 MB', () => {
    expect(parseCodeowners('CODEOWNERS', '# x\n'.repeat(800_000)).problem).toContain('over 3 MB')
  })
})

describe('hostile text', () => {
  it('ten thousand rules with many stars, matched against a long path', () => {
    const text = Array.from(
      { length: 10_000 },
      (_, index) => `/a/**/${'*a'.repeat(20)}${index}/**/x @acme/t`,
    ).join('\n')
    const codeowners = parseCodeowners('CODEOWNERS', text)
    expect(codeowners.rules).toHaveLength(10_000)
    expect(ownersOf(codeowners, `${'a/'.repeat(20)}${'a'.repeat(200)}/y`)).toBeUndefined()
  })

  it('more rules than anybody has', () => {
    expect(parseCodeowners('CODEOWNERS', 'a\n'.repeat(60_000)).problem).toContain('50,000 rules')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ maxLength: 40 }),
        (text, path) => {
          ownersOf(parseCodeowners('CODEOWNERS', text), path)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
