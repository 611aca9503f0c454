import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  block,
  cell,
  code,
  isPlainEverywhere,
  oneLine,
  prose,
  urlPath,
} from '../../../src/effects/text/markdown.ts'
import { outsideOfCode } from '../outside-of-code.ts'

describe('prose', () => {
  it.each([
    [
      'plain words stand as they are',
      'retentionDays is 30, 365 is asked for.',
      'retentionDays is 30, 365 is asked for.',
    ],
    ['a quotation becomes code', '"team-paymnts" is no team.', '`team-paymnts` is no team.'],
    ['a mention notifies nobody', 'owned by @acme/everyone.', 'owned by `@acme/everyone`.'],
    ['an issue reference links nothing', 'see #12, acme/web#3 and GH-4', 'see `#12, acme/web#3` and `GH-4`'],
    ['a commit links nothing', 'since deadbeef1 it is', 'since `deadbeef1` it is'],
    ['a URL links nothing', 'at https://evil.example/x now', 'at `https://evil.example/x` now'],
    ['nor does one without a scheme', 'at www.evil.example now', 'at `www.evil.example` now'],
    ['an address links nothing', 'mail a@b.example', 'mail `a@b.example`'],
    ['HTML is shown', 'a <img src=x onerror=alert(1)> b', 'a `<img` src=x `onerror=alert(1)>` b'],
    ['a comment hides nothing', 'a <!-- b --> c', 'a `<!--` b `-->` c'],
    ['an image is shown', '![x](y) z', '`![x](y)` z'],
    ['an emoji is shown', 'all :tada: good', 'all `:tada`: good'],
    ['a formula is shown', 'costs $x^2$ here', 'costs `$x^2$` here'],
    ['an entity is shown', 'a &lt;b&gt; c', 'a `&lt;b&gt`; c'],
    ['emphasis is shown', 'is __init__ *here*', 'is `__init__ *here*`'],
    ['a heading can not begin', 'a\n\n# b', 'a `#` b'],
    ['a list can not begin', '- a', '`-` a'],
    ['nor a numbered one', '1. a', '`1`. a'],
    ['a fence can not begin', '```js\nalert()\n```', '```` ```js ```` alert() ```` ``` ````'],
    ['a bar stays in its code', '"a|b" or c', '`a|b` or c'],
    ['hidden characters are shown', 'a\u202Eb\u200Bc\u0000d', '`a�b�c�d`'],
  ])('%s', (_, text, shown) => {
    expect(prose(text)).toBe(shown)
  })

  it('leaves nothing active outside of code, whatever it is given', () => {
    fc.assert(
      fc.property(hostile, text => {
        const outside = outsideOfCode(prose(text))
        expect(outside).not.toMatch(
          /[@#<>[\]|\\~$`^{}&*]|:\/\/|www\.|\b[0-9a-f]{7,40}\b|\n|:\w+:|[_]|^\s*(?:[-+]|\d+[.)])\s/i,
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('is bounded, and says so with an ellipsis', () => {
    expect(Array.from(prose('word '.repeat(1_000_000), 100))).toHaveLength(100)
    expect(prose('word '.repeat(1_000_000), 100).endsWith('…')).toBe(true)
  })
})

describe('code', () => {
  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['a``b`', '``` a``b` ```'],
    ['a\nb', '`a b`'],
    ['', '(empty)'],
  ])('shows %j whole', (text, shown) => {
    expect(code(text)).toBe(shown)
  })

  it('can not be left', () => {
    fc.assert(
      fc.property(hostile, text => {
        const shown = code(text)
        expect(outsideOfCode(shown)).toBe(shown === '(empty)' ? shown : '')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('block', () => {
  it.each([
    ['lines as they are', '-  a: 1\n+\tb @all', '```diff\n-  a: 1\n+    b @all\n```'],
    ['a fence longer than any in it', '+```\n+@everyone', '````diff\n+```\n+@everyone\n````'],
    ['what is hidden', '+a\u202Eb\0c\rd', '```diff\n+a\uFFFDb\uFFFDc\uFFFDd\n```'],
  ])('shows %s', (_name, text, expected) => {
    expect(block(text, 'diff')).toBe(expected)
  })

  it('is bounded', () => {
    expect(block('x'.repeat(20_000_000), 'diff').length).toBeLessThan(1_000)
    expect(block('x\n'.repeat(1_000_000), 'diff').split('\n')).toHaveLength(62)
  })
})

describe('cell', () => {
  it('holds exactly one cell, whatever bars and backslashes are in it', () => {
    fc.assert(
      fc.property(hostile, text => {
        expect(unescapedBars(cell(prose(text)))).toBe(0)
        expect(unescapedBars(cell(code(text)))).toBe(0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('oneLine', () => {
  it.each([
    ['lone surrogates', 'a\uD800b', 'a�b'],
    ['towers of marks', `a${'\u0301'.repeat(40)}`, `a${'\u0301'.repeat(4)}`],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
    ['emoji, cut between two of them', '🎉'.repeat(11), `${'🎉'.repeat(9)}…`],
  ])('tames %s', (_, text, expected) => {
    expect(oneLine(text, 10)).toBe(expected)
  })
})

describe('urlPath', () => {
  it.each([
    ['docs/read me.md', 'docs/read%20me.md'],
    ['a)b](c', 'a%29b%5D%28c'],
    ["it's!*", 'it%27s%21%2A'],
    ['a#b?c', 'a%23b%3Fc'],
  ])('%s can not end a link', (path, expected) => {
    expect(urlPath(path)).toBe(expected)
  })
})

describe('isPlainEverywhere', () => {
  it.each([
    ['"team-paymnts" is no team or user of acme', true],
    ['@acme/old-team is gone', false],
    ['see https://evil.example', false],
    ['<b>bold</b>', false],
  ])('%s: %s', (text, expected) => {
    expect(isPlainEverywhere(text)).toBe(expected)
  })
})

/** Bits that mean something to GitHub, in any order, between any characters. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '`',
          '``',
          '```',
          '|',
          '\\',
          '\\|',
          '<img src=x>',
          '<!--',
          '](',
          '![x](y)',
          '[x]: y',
          '@a',
          '@acme/x',
        ],
        ...[
          'http://e.example',
          'www.e.example',
          '#1',
          'a/b#2',
          'deadbeef1',
          'GH-1',
          '*',
          '**',
          '_',
          '~~',
          '$x$',
        ],
        ...[
          '&lt;',
          ':tada:',
          '-',
          '+',
          '1.',
          '#',
          '---',
          '"',
          '" ',
          '\n',
          '\n\n',
          ' ',
          ' ',
          '\t',
          '\u202E',
          '\0',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

/** As GitHub's table extension reads a row: a backslash takes the next character with it. */
const unescapedBars = (row: string): number => (row.replace(/\\[^\n]/g, '').match(/\|/g) ?? []).length
