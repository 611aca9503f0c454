import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, longestComment, readCommand } from '../../src/intake/commands.ts'

const fix = '/golden-path fix'
const help: Command = { name: 'help' }
const waiver: Command = {
  name: 'waive',
  control: 'owner-exists',
  until: '31 March 2027',
  reason: 'it is switched off then',
}
const waive = '/golden-path waive owner-exists until 31 March 2027 because it is switched off then'
const unknown = (text: string, nearest?: string): Command => ({
  name: 'unknown',
  text,
  ...(nearest ? { nearest } : {}),
})

const read: [what: string, comment: string, command: Command | undefined][] = [
  // What commands.
  ['alone', fix, { name: 'fix' }],
  ['recheck', '/golden-path recheck', { name: 'recheck' }],
  ['help', '/golden-path help', help],
  ['nothing behind it', '/golden-path', help],
  ['help with more behind it', '/golden-path help me please', help],
  ['a verb in capitals', '/golden-path FIX', { name: 'fix' }],
  ['a full stop behind the verb', '/golden-path fix.', { name: 'fix' }],
  ['up to three spaces before it', `   ${fix}`, { name: 'fix' }],
  ['spaces and a tab within', '/golden-path \t fix  ', { name: 'fix' }],
  ['a space that does not break', '/golden-path\u00a0fix', { name: 'fix' }],
  ['in the middle of a paragraph', `Thanks.\n${fix}\nCheers`, { name: 'fix' }],
  ['lines that end as on Windows', `Thanks.\r\n\r\n${fix}\r\n`, { name: 'fix' }],
  ['after a list that has ended', `- a\n- b\n\n${fix}`, { name: 'fix' }],
  ['after a quote that has ended', `> What do I do?\n\n${fix}`, { name: 'fix' }],
  ['after a fence that has ended', `\`\`\`\nlog\n\`\`\`\n${fix}`, { name: 'fix' }],
  ['after a fence in a list', `1. x\n   \`\`\`\n   y\n   \`\`\`\n\n${fix}`, { name: 'fix' }],
  ['after details that are closed', `<details>\n\nx\n\n</details>\n\n${fix}`, { name: 'fix' }],
  ['after a picture in HTML', `<img src="a.png">\n\n${fix}`, { name: 'fix' }],
  ['after a tag in an HTML comment', `<!-- a <b> c -->\n\n${fix}`, { name: 'fix' }],
  ['after a footnote', `a[^1]\n\n[^1]: b\n\n${fix}`, { name: 'fix' }],
  ['above a mail that is quoted', `${fix}\n\nOn Mon, 23 Nov 2026 Wanda <a@b.c> wrote:\n> a`, { name: 'fix' }],
  ['the first of two', `/golden-path recheck\n${fix}`, { name: 'recheck' }],
  ['the first that is none in a quote', `> /golden-path recheck\n\n${fix}`, { name: 'fix' }],
  ['explain', '/golden-path explain owner-exists', { name: 'explain', control: 'owner-exists' }],
  ['explain in code', '/golden-path explain `owner-exists`', { name: 'explain', control: 'owner-exists' }],
  ['explain with spaces', '/golden-path explain Owner exists', { name: 'explain', control: 'owner-exists' }],
  [
    'explain with a question mark',
    '/golden-path explain "owner-exists".',
    { name: 'explain', control: 'owner-exists' },
  ],
  ['owner by name', '/golden-path owner payments', { name: 'owner', owner: 'payments' }],
  ['owner by handle', '/golden-path owner @acme/payments', { name: 'owner', owner: '@acme/payments' }],
  [
    'owner by entity',
    '/golden-path owner group:default/payments',
    { name: 'owner', owner: 'group:default/payments' },
  ],
  ['waive', waive, waiver],
  ['waive in capitals', waive.replace('until', 'UNTIL').replace('because', 'Because'), waiver],
  [
    'waive with a date in numbers',
    '/golden-path waive techdocs until 2027-03-31 because why',
    { name: 'waive', control: 'techdocs', until: '2027-03-31', reason: 'why' },
  ],
  [
    'a reason with because in it',
    `${waive} because of law`,
    { ...waiver, reason: 'it is switched off then because of law' },
  ],
  [
    'a reason with hidden characters',
    '/golden-path waive techdocs until 2027-03-31 because \u202egnp\u200b.\u0007exe',
    { name: 'waive', control: 'techdocs', until: '2027-03-31', reason: 'gnp.exe' },
  ],
  // What is one that we don't know, and is answered.
  ['a slip', '/golden-path fxi', unknown('/golden-path fxi', 'fix')],
  ['something else', '/golden-path frobnicate', unknown('/golden-path frobnicate')],
  ['fix with more behind it', '/golden-path fix please', unknown('/golden-path fix please', 'fix')],
  ['explain nothing', '/golden-path explain', unknown('/golden-path explain', 'explain')],
  ['owner of two', '/golden-path owner a b', unknown('/golden-path owner a b', 'owner')],
  ['owner with HTML', '/golden-path owner <b>', unknown('/golden-path owner <b>', 'owner')],
  [
    'waive without a reason',
    '/golden-path waive techdocs until 2027-03-31',
    unknown('/golden-path waive techdocs until 2027-03-31', 'waive'),
  ],
  [
    'waive without a day',
    '/golden-path waive techdocs because so',
    unknown('/golden-path waive techdocs because so', 'waive'),
  ],
  [
    'waive with an invisible reason',
    '/golden-path waive techdocs until 2027-03-31 because \u200b',
    unknown('/golden-path waive techdocs until 2027-03-31 because ', 'waive'),
  ],
  ['hidden characters in the verb', '/golden-path f\u200bix', unknown('/golden-path fix', 'fix')],
  ['overridden direction in the verb', '/golden-path \u202exif', unknown('/golden-path xif')],
  // What commands nothing.
  ['nothing', '', undefined],
  ['talk', 'Should I comment /golden-path fix?', undefined],
  ['a word of its own', '/golden-pathfix', undefined],
  ['another slash', '\uff0fgolden-path fix', undefined],
  ['a slash of mathematics', '\u2215golden-path fix', undefined],
  ['a hyphen that is none', '/golden\u2010path fix', undefined],
  ['letters of another alphabet', '/g\u043elden-path fix', undefined],
  ['capitals', '/GOLDEN-PATH fix', undefined],
  ['a backslash', `\\${fix}`, undefined],
  ['a zero-width space before it', `\u200b${fix}`, undefined],
  ['a mark of byte order before it', `\ufeff${fix}`, undefined],
  ['a mark of byte order for the space', '/golden-path\ufefffix', undefined],
  ['an override before it', `\u202e${fix}`, undefined],
  ['a control character before it', `\u0007${fix}`, undefined],
  ['a quote', `> ${fix}`, undefined],
  ['a quote that goes on without its mark', `> a\n${fix}`, undefined],
  ['an alert', `> [!NOTE]\n> ${fix}`, undefined],
  ['a list', `- ${fix}`, undefined],
  ['a list that goes on', `- a\n${fix}`, undefined],
  ['a paragraph in a list', `- a\n\n  ${fix}`, undefined],
  ['a task', `- [ ] ${fix}`, undefined],
  ['a numbered list', `1. ${fix}`, undefined],
  ['inline code', `\`${fix}\``, undefined],
  ['inline code over lines', `\`a\n${fix}\nb\``, undefined],
  ['inline code of two backticks', `\`\`a\n${fix}\nb\`\``, undefined],
  ['a fence', `\`\`\`\n${fix}\n\`\`\``, undefined],
  ['a fence that never ends', `\`\`\`\n${fix}`, undefined],
  ['a fence of tildes', `~~~sh\n${fix}\n~~~`, undefined],
  ['a fence after one in a list', `- \`\`\`\n  x\n  \`\`\`\n\n\`\`\`\n\n${fix}\n\`\`\``, undefined],
  ['a longer fence', `\`\`\`\`\n\`\`\`\n${fix}\n\`\`\`\``, undefined],
  ['indented code', `    ${fix}`, undefined],
  ['indented by a tab', `\t${fix}`, undefined],
  ['four spaces within a paragraph', `a\n    ${fix}`, undefined],
  ['an HTML comment', `<!--\n${fix}\n-->`, undefined],
  ['an HTML comment that never ends', `<!-- a\n\n${fix}`, undefined],
  ['an HTML comment within a paragraph', `a <!-- b\n${fix}\n--> c`, undefined],
  ['an HTML block', `<div>\n${fix}\n</div>`, undefined],
  ['details', `<details>\n<summary>x</summary>\n\n${fix}\n\n</details>`, undefined],
  ['preformatted HTML', `<pre>\n\n${fix}\n\n</pre>`, undefined],
  ['inline HTML', `a <code>\n${fix}</code>`, undefined],
  ['a script', `<script>\n\n${fix}`, undefined],
  ['a heading', `# ${fix}`, undefined],
  ['a heading by its line below', `${fix}\n===`, undefined],
  ['a row of a table', `a | b\n- | -\n${fix}`, undefined],
  ['the head of a table', `${fix} | b\n--- | ---\n`, undefined],
  ['the text of a link', `[a\n${fix}](https://example.com)`, undefined],
  ['the text of a picture', `![a\n${fix}](b.png)`, undefined],
  ['bold over lines', `**a\n${fix}**`, undefined],
  ['what a reference leads to', '[a]: /golden-path', undefined],
  ['a footnote', `[^1]: ${fix}`, undefined],
  ['a footnote that goes on', `a[^1]\n\n[^1]: b\n${fix}`, undefined],
  ['the text of a link by reference', `[a\n${fix}\n][b]\n\n[b]: https://example.com`, undefined],
  ['the text of a picture by reference', `![a\n${fix}\n][b]\n\n[b]: c.png`, undefined],
  ['a formula', `$$\n${fix}\n$$`, undefined],
  ['details that only seem closed', `<details/>\n\n${fix}`, undefined],
  ['details that something else closes', `<details>\n</b>\n\n${fix}\n\n</details>`, undefined],
  ['details that an attribute closes', `<details title="</details>">\n\n${fix}\n\n</details>`, undefined],
  ['details that a comment closes', `<details>\n<!-- </details> -->\n\n${fix}`, undefined],
  [
    'a mail that is quoted',
    `Thanks!\n\nOn Mon, 23 Nov 2026 at 10:00 Wanda <a@b.c> wrote:\n\n${fix}`,
    undefined,
  ],
  ['a mail below a line', `Thanks!\n${'_'.repeat(32)}\nFrom: Wanda\nSubject: b\n\n${fix}`, undefined],
  ['a mail below its heading', `Thanks!\n-----Original Message-----\nFrom: Wanda\n\n${fix}`, undefined],
  ['a longer comment than is read', `${'a '.repeat(longestComment / 2)}\n\n${fix}`, undefined],
  ['a longer paragraph than is read', `${'a '.repeat(2_100)}\n${fix}`, undefined],
  ['deeper than anybody quotes', `${'> '.repeat(60)}a\n\n${fix}`, undefined],
]

describe('a comment', () => {
  it.each(read)('%s', (_what, comment, command) => {
    expect(readCommand(comment)).toEqual(command)
  })

  it('names what is beyond its length, in a line of a command too', () => {
    const command = readCommand(`/golden-path waive techdocs until 2027-03-31 because ${'long '.repeat(400)}`)
    expect(command?.name).toBe('unknown')
    const shorter = readCommand(`/golden-path waive techdocs until 2027-03-31 because ${'long '.repeat(300)}`)
    expect(shorter).toMatchObject({ name: 'waive', reason: expect.stringMatching(/^.{499,500}$/) })
  })
})

const line = fc.constantFrom(
  fix,
  waive,
  '',
  'text',
  '`',
  '``',
  '```',
  '~~~',
  '> ',
  '- ',
  '  ',
  '    ',
  '<!--',
  '-->',
  '<div>',
  '</div>',
  '<details>',
  '| a |',
  '|---|',
  '[a',
  '](b)',
  '**',
  '# ',
  '---',
  '===',
  '\u202e',
  '\u0000',
  '\\',
  '1. ',
  '\t',
  '$$',
  '[^1]:',
)

/** How GitHub hides or quotes a text, whatever stands in it. */
const hiding: Record<string, (text: string) => string> = {
  quote: text => text.replace(/^/gm, '> '),
  'quote in a list': text => text.replace(/^/gm, '  > ').replace(/^ {2}/, '- '),
  fence: text => `${'`'.repeat(9)}\n${text.replace(/`{9,}/g, '')}\n${'`'.repeat(9)}`,
  'inline code': text =>
    `${'`'.repeat(9)} ${text.replace(/`{9,}/g, '').replace(/\s*\n\s*/g, ' ')} ${'`'.repeat(9)}`,
  'indented code': text => text.replace(/^/gm, '    '),
  'HTML comment': text => `<!-- ${text.replaceAll('-->', '')} -->`,
}

describe('whatever it holds', () => {
  it.each(Object.keys(hiding))('commands nothing from within: %s', name => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), lines => {
        expect(readCommand(hiding[name]?.(lines.join('\n')) ?? fix)).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  it('never throws, and what it says is of one line and short', () => {
    const anything = fc.oneof(
      fc.array(line, { maxLength: 30 }).map(lines => lines.join('\n')),
      fc.string({ unit: 'binary', maxLength: 200 }).map(text => `/golden-path ${text}`),
      fc
        .string({ unit: 'grapheme', maxLength: 300 })
        .map(text => `/golden-path waive a until b because ${text}`),
    )
    fc.assert(
      fc.property(anything, comment => {
        const command = readCommand(comment)
        const said = Object.values(command ?? {}).join(' ')
        expect(said.length).toBeLessThan(1_000)
        expect(said).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('what is slow to read', () => {
  const repeated = (text: string, length: number) =>
    text.repeat(Math.ceil(length / text.length)).slice(0, length)
  const marks = [
    '>',
    '> ',
    '[',
    '*',
    '*a ',
    'a*',
    '`',
    '- ',
    '1. ',
    '[a](',
    '![',
    '<',
    '<a ',
    '<!--',
    '_a_ ',
    'b_',
    '~~a ',
    '|',
    '&#',
    '\\',
    '> a\nb\n',
    '- a\nb\n',
    '- a\n  b\n',
    '  b\n',
    '> - ',
    'a\n',
    '<div>\n',
    '```\n',
    '\n',
    ' ',
    '\t',
  ]

  /** Characters that regular expressions are set to, which is what reading markdown consists of. */
  const charactersRead = (comment: string): number => {
    const { exec } = RegExp.prototype
    let characters = 0
    RegExp.prototype.exec = function (this: RegExp, text: string) {
      const found = exec.call(this, text)
      // An expression that matches reads what it matches; one that does not reads a line of it, or all.
      characters += found ? found[0].length + 1 : 1
      return found
    }
    try {
      readCommand(comment)
    } finally {
      RegExp.prototype.exec = exec
    }
    return characters
  }

  it.each(marks)('is bounded, whatever a comment is full of: %j', mark => {
    const most = charactersRead(`${repeated(mark, longestComment - 40)}\n\n${fix}`)
    expect(most).toBeLessThan(20 * longestComment)
    // GitHub takes 65,536 characters; so long a comment is not read at all.
    expect(charactersRead(`${repeated(mark, 65_500)}\n\n${fix}`)).toBe(0)
  })
})
