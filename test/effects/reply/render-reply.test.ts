import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderWaiver } from '../../../src/effects/pull-request/render-waiver.ts'
import {
  renderGivenUp,
  renderHelp,
  renderLimit,
  renderNotAllowed,
  renderPermissionUnknown,
  renderRefused,
  renderUnknown,
  renderWaiverAsked,
  replyBody,
  replyMarker,
} from '../../../src/effects/reply/render-reply.ts'
import { readCommand } from '../../../src/intake/commands.ts'
import { outsideOfCode } from '../outside-of-code.ts'

const marks = [
  '@acme/all ',
  '#1 ',
  '`',
  '``',
  '<b>',
  '<!--',
  '-->',
  '](http://x)',
  '[a',
  '![',
  '\u202e',
  '\u200b',
  '\u0000',
  '\n',
  '\n\n# ',
  '**',
  '_a_',
  ':tada:',
  '$x$',
  '| ',
  '\\',
  'deadbeef1 ',
  'GH-4 ',
  'www.x.example ',
]
const hostile = fc.array(fc.constantFrom(...marks, 'word '), { maxLength: 12 }).map(parts => parts.join(''))

/** Every text that holds what a person or a repository wrote. */
const texts: Record<string, (text: string) => string> = {
  unknown: text => renderUnknown({ name: 'unknown', text }),
  'unknown, nearly waive': text => renderUnknown({ name: 'unknown', text, nearest: 'waive' }),
  refused: text => renderRefused(text),
  'not allowed': text => renderNotAllowed(text, text),
  'permission unknown': text => renderPermissionUnknown(text, text),
  'waiver asked': text =>
    renderWaiverAsked(
      { number: 7, url: 'https://github.com/acme/policy/pull/7', repository: text },
      { control: text, until: '2027-03-31', renews: false, approver: text },
    ),
  'a waiver’s pull request': text =>
    renderWaiver({
      repository: `acme/${text}`,
      control: { id: text, title: text, why: text },
      until: '2027-03-31',
      reason: text,
      by: text,
      url: 'https://github.com/acme/orders/issues/1',
      approver: text,
      renews: false,
      path: 'golden-path/waivers.yml',
    }).body,
}

describe('texts of others in a reply', () => {
  it.each(Object.keys(texts))('come out inert: %s', name => {
    fc.assert(
      fc.property(hostile, text => {
        const rendered = texts[name]?.(text) ?? ''
        const outside = rendered.split('\n').map(outsideOfCode).join('\n')
        expect(outside).not.toMatch(/@|<!--|<b>|!\[|http:\/\/x|www\.|deadbeef|:tada:|\$x|[\u202e\u200b\0]/)
        expect(rendered).not.toMatch(/[\u202e\u200b\0]/)
        // Whatever it is, a person who quotes us by accident commands nothing: no line of ours begins with a command.
        expect(readCommand(rendered)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('are bounded', () => {
    const long = 'long words '.repeat(20_000)
    for (const [name, render] of Object.entries(texts)) {
      if (name === 'not allowed' || name === 'permission unknown') continue
      expect(render(long).length, name).toBeLessThan(6_000)
    }
    expect(replyBody(1, long).length).toBeLessThan(65_536)
  })
})

describe('a reply', () => {
  it('begins with its marker, whatever it says', () => {
    expect(replyBody(12, 'Done.')).toBe(`${replyMarker(12)}\nDone.`)
  })

  it('is under 80 words where it refuses or limits', () => {
    const short = [
      renderUnknown({ name: 'unknown', text: '/golden-path waive', nearest: 'waive' }),
      renderNotAllowed('wanda', 'acme/payments-api'),
      renderPermissionUnknown('wanda', 'acme/payments-api'),
      renderLimit(20),
      renderGivenUp(10),
    ]
    for (const text of short) expect(text.split(/\s+/).length, text).toBeLessThan(80)
  })

  it('lists the commands of the place', () => {
    const [here, there] = [true, false].map(isPullRequest => renderHelp({ isPullRequest, isNeutral: false }))
    expect(here).toContain('as suggestions here')
    expect(there).toContain('opens one pull request')
    expect(here).not.toBe(there)
  })
})
