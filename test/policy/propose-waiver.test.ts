import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { addWaiver, type NewWaiver, waiversFile } from '../../src/policy/add-waiver.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { proposeWaiver } from '../../src/policy/propose-waiver.ts'
import { readDay } from '../../src/policy/read-day.ts'

const main = { path: 'golden-path.yml', text: 'version: 1\nrules: []\n' }
const asked: NewWaiver = {
  repository: 'payments-api',
  control: 'owner-exists',
  until: '2027-03-31',
  reason: 'Switched off',
  approvedBy: '@acme/security',
}
const entry = (indent = '  '): string =>
  [
    '- repository: payments-api',
    '  control: owner-exists',
    '  until: 2027-03-31',
    '  reason: "Switched off"',
    '  approved-by: "@acme/security"',
  ]
    .map(line => `${indent}${line}\n`)
    .join('')
const other = `  - repository: old # gone soon
    control: techdocs
    until: 2027-01-31
    reason: |
      No docs
      any more
    approved-by: '@acme/platform'
`
const flow = '{ repository: old, control: techdocs, until: 2027-01-31, reason: No, approved-by: "@acme/a" }'
const newFlow =
  '{ repository: payments-api, control: owner-exists, until: 2027-03-31, reason: "Switched off", approved-by: "@acme/security" }'
const own = (until: string, reason: string): string => `  - control: owner-exists
    repository: Payments-API   # theirs
    reason: ${reason}
    # asked for twice
    until: ${until}   # a Friday
    approved-by: '@acme/security' # by vote
`

const propose = (text: string | undefined, waiver: NewWaiver = asked) =>
  proposeWaiver([main, ...(text === undefined ? [] : [{ path: waiversFile, text }])], waiver, builtInControls)

const textOf = (text: string | undefined, waiver?: NewWaiver): string => {
  const proposed = propose(text, waiver)
  if (!proposed.ok) throw new Error(proposed.why)
  return proposed.text
}

const added: [what: string, before: string | undefined, after: string][] = [
  ['no file', undefined, `# Who is excused from what, until when and why.\nwaivers:\n${entry()}`],
  ['an empty list', 'waivers: []\n', `waivers:\n${entry()}`],
  ['an empty list with a remark', 'waivers: [] # none\n', `waivers:\n${entry().trimEnd()} # none\n`],
  ['one other', `waivers:\n${other}`, `waivers:\n${other}${entry()}`],
  [
    'a list that is not indented',
    `waivers:\n${other.replace(/^ {2}/gm, '')}`,
    `waivers:\n${other.replace(/^ {2}/gm, '')}${entry('')}`,
  ],
  [
    'a list that is indented more',
    `waivers:\n${other.replace(/^/gm, '  ').trimEnd()}\n`,
    `waivers:\n${other.replace(/^/gm, '  ').trimEnd()}\n${entry('    ')}`,
  ],
  ['no newline at the end', `waivers:\n${other}`.trimEnd(), `waivers:\n${other}${entry()}`],
  [
    'remarks around it',
    `# Top\nwaivers:   # all of them\n${other}# End\n`,
    `# Top\nwaivers:   # all of them\n${other}${entry()}# End\n`,
  ],
  ['rules behind it', `waivers:\n${other}\nrules: []\n`, `waivers:\n${other}${entry()}\nrules: []\n`],
  ['a document that says that it ends', `waivers:\n${other}...\n`, `waivers:\n${other}${entry()}...\n`],
  ['rules alone', 'rules: []\n', `rules: []\nwaivers:\n${entry()}`],
  ['a version alone, no newline', 'version: 1', `version: 1\nwaivers:\n${entry()}`],
  ['a list in one line', `waivers: [${flow}]\n`, `waivers: [${flow}, ${newFlow}]\n`],
  ['one a line in brackets', `waivers: [\n  ${flow},\n]\n`, `waivers: [\n  ${flow}, ${newFlow},\n]\n`],
  ['braces in a list', `waivers:\n  - ${flow}\n`, `waivers:\n  - ${flow}\n${entry()}`],
  [
    'one for all by a glob',
    `waivers:\n${own('2027-01-01', 'x').replace('Payments-API', '"payments-*"')}`,
    `waivers:\n${own('2027-01-01', 'x').replace('Payments-API', '"payments-*"')}${entry()}`,
  ],
  [
    'the same, which is changed in its place',
    `waivers:\n${other}${own('2027-01-01', 'It was so')}`,
    `waivers:\n${other}${own('2027-03-31', '"Switched off"').replace("'@acme/security'", '"@acme/security"')}`,
  ],
  [
    'the same with a reason of lines',
    `waivers:\n${own('2027-01-01', '>\n      It was\n      so')}`,
    `waivers:\n${own('2027-03-31', '"Switched off"').replace("'@acme/security'", '"@acme/security"')}`,
  ],
]

describe('a waiver is added', () => {
  it.each(added)('to %s', (_what, before, after) => {
    expect(textOf(before)).toBe(after)
    // As on Windows: its ends of lines are kept, and none of another kind comes in.
    if (before?.includes('\n') && !before.includes('>\n'))
      expect(textOf(before.replaceAll('\n', '\r\n'))).toBe(after.replaceAll('\n', '\r\n'))
  })

  it('once: what the policy says already is no change', () => {
    expect(propose(textOf(undefined))).toEqual({ ok: false, why: 'The policy says so already.' })
  })

  it('with its approver left for a person, and then nothing else is missing', () => {
    const { approvedBy: _, ...open } = asked
    const text = textOf(`waivers:\n${other}`, open)
    expect(text.slice(`waivers:\n${other}`.length)).toMatch(/approved-by: # Whoever approves it/)
    const parsed = parsePolicy([main, { path: waiversFile, text }], {
      version: 'x',
      library: builtInControls,
    })
    expect(parsed.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '13: Nothing stands here. Expected text.',
    ])
  })

  it.each(['true', 'null', 'on', '.github', '123', '1.0', '-', 'a.b', '_x', '0x10', '1e3'])(
    'for a repository that is called %s',
    repository => {
      expect(propose(undefined, { ...asked, repository })).toMatchObject({ ok: true })
    },
  )
})

const refused: [what: string, text: string, why: RegExp][] = [
  [
    'a file with a mistake',
    'waivers:\n  - repository: x\n',
    /^The policy has a mistake at present: golden-path\/waivers\.yml:2: /,
  ],
  ['a file that is no YAML', 'waivers: [\n', /^The policy has a mistake at present/],
  ['a file in braces', `{ waivers: [${flow}] }\n`, /not written as a list of waivers, one below the other/],
]

describe('a waiver is not added', () => {
  it.each(refused)('to %s', (_what, text, why) => {
    expect(propose(text)).toEqual({ ok: false, why: expect.stringMatching(why) })
  })

  it('for a control that there is not', () => {
    expect(propose(undefined, { ...asked, control: 'no-such' })).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^With it the policy would not parse: golden-path\/waivers\.yml:4: /),
    })
  })
})

describe('whatever the reason is', () => {
  it('it comes out as it was, and nothing else changes', () => {
    const before = `waivers:\n${other}  - ${flow}\n`
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
      fc.constantFrom(
        '": x',
        "'",
        '# no',
        '- a',
        '&a',
        '*a',
        '!!js',
        '{}',
        '[',
        '|',
        '>',
        '%YAML',
        '---',
        '@a',
        '\\',
        '\\u0041',
        'null',
        '~',
        '""',
      ),
    )
    fc.assert(
      fc.property(hostile.map(reason => reason.trim()).filter(Boolean), reason => {
        const text = textOf(before, { ...asked, reason })
        const parsed = parsePolicy([main, { path: waiversFile, text }], {
          version: 'x',
          library: builtInControls,
        })
        expect(parsed.ok && parsed.policy.waivers.map(waiver => waiver.reason)).toEqual([
          'No docs\nany more',
          'No',
          reason,
        ])
      }),
      { numRuns: 300 },
    )
  })

  it('never throws for a text that parses as no policy at all', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), text => {
        expect(typeof addWaiver(`waivers:\n${text}`, asked).ok).toBe('boolean')
      }),
      { numRuns: 500 },
    )
  })
})

describe('a day', () => {
  it.each([
    ['2027-03-31', '2027-03-31'],
    ['31 March 2027', '2027-03-31'],
    ['31 mar 2027', '2027-03-31'],
    ['March 31, 2027', '2027-03-31'],
    ['1st May 2027', '2027-05-01'],
    ['29 February 2028', '2028-02-29'],
    ['29 February 2027', undefined],
    ['2027-02-30', undefined],
    ['2027-3-31', undefined],
    ['3/4/2027', undefined],
    ['31.03.2027', undefined],
    ['ma 31 2027', undefined],
    ['31 March', undefined],
    ['March 2027', undefined],
    ['31 March 2027 12:00', undefined],
    ['0000-01-01', undefined],
    ['tomorrow', undefined],
    ['', undefined],
  ])('%s', (text, day) => {
    expect(readDay(text)).toBe(day)
  })
})
