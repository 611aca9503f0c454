import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Chapter, type Part, page } from '../scripts/messages/shape.ts'
import { chapters } from '../scripts/messages.ts'
import { faultsOf, mostWords, wordsIn } from './support/wording.ts'

/** Every text that a person meets, as docs/messages.md shows it. */

let all: Chapter[]
beforeAll(async () => {
  all = await chapters()
})

const texts = (): { of: string; part: Part }[] =>
  all.flatMap(({ title, messages }) =>
    messages.flatMap(({ name, parts }) => parts.map(part => ({ of: `${title}, ${name}`, part }))),
  )

const faulty = (faults: (part: Part) => string[]): string[] =>
  texts().flatMap(({ of, part }) => faults(part).map(fault => `${of}: ${fault}`))

describe('docs/messages.md', () => {
  it('is what `npm run messages` writes', () => {
    const path = join(import.meta.dirname, '../docs/messages.md')
    expect(readFileSync(path, 'utf8')).toBe(page(all))
  })

  it('mentions nobody and leads nowhere', () => {
    const outside = page(all).replaceAll(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, '')
    expect(outside).not.toMatch(/@\w|:\/\/|#\d/)
    expect(outside).not.toContain('```')
  })

  it('has a name for each message of a chapter', () => {
    for (const { title, messages } of all) {
      const names = messages.map(({ name }) => name)
      expect({ title, names: [...new Set(names)] }).toEqual({ title, names })
    }
  })

  it('shows all that the project writes to people', () => {
    expect(all.map(({ title }) => title)).toEqual([
      'The check run',
      'The tracking issue',
      'The pull request of fixes',
      'Suggestions on a pull request',
      'Replies to commands',
      'Commands that are refused',
      'The pull request of a waiver',
      'The preview',
      'The starter policy',
      'The command line',
    ])
    expect(texts().length).toBeGreaterThan(120)
  })
})

describe('every text', () => {
  it('has nothing in it that none may have', () => expect(faulty(({ text }) => faultsOf(text))).toEqual([]))

  it('is not empty, and begins like a sentence', () =>
    expect(
      faulty(({ kind, label, text }) =>
        text.trim() === '' || (kind === 'markdown' && label !== 'Summary' && /^\p{Ll}/u.test(text))
          ? [text.slice(0, 40)]
          : [],
      ),
    ).toEqual([]))

  it('has a word at the head of each column', () =>
    expect(
      faulty(({ text }) =>
        [...text.matchAll(/^(\|.*)\n\|(?:---\|)+$/gm)]
          .map(([, head = '']) => head)
          .filter(head =>
            head
              .split(/(?<!\\)\|/)
              .slice(1, -1)
              .some(each => each.trim() === ''),
          ),
      ),
    ).toEqual([]))

  it('tells a finding in so many words at most', () =>
    expect(
      faulty(({ label, text }) =>
        (label === 'Annotations' ? text.split('\n\n') : rowsOf(text)).filter(
          each => wordsIn(each) > mostWords,
        ),
      ),
    ).toEqual([]))

  it('that refuses says that nothing was done, or what would work', () => {
    const refusals = all.find(({ title }) => title === 'Commands that are refused')
    for (const { name, parts } of refusals?.messages ?? [])
      for (const { text } of parts)
        expect({ name, text }).toEqual({
          name,
          text: expect.stringMatching(
            /Nothing was done|nothing was done|was not carried out|there is nothing to do|Comment the same again/,
          ),
        })
  })
})

/** The rows of the table of findings, and the items of the tracking issue. */
const rowsOf = (text: string): string[] =>
  text
    .replaceAll(/\]\([^)]*\)/g, ']')
    .split('\n')
    .filter(line => /^(?:\| |\d+\. )/.test(line))

describe('the rules of wording', () => {
  it.each([
    ['Found undefined.', 'a word of the machine'],
    ['1 controls fail.', 'a wrong plural'],
    ['2 control fails.', 'a wrong singular'],
    ['It is so.. Yes.', 'two full stops'],
    ['Please fix it.', 'begging'],
    ['The check is red.', 'a colour for a meaning'],
    ['✅ Done.', 'an emoji'],
    ['The value is invalid.', 'invalid, and not what was expected'],
    ['![](https://acme.example/x.png)', 'an image without words'],
    ['See [here](https://acme.example).', 'a link that says nothing'],
  ])('find what is wrong with "%s"', (text, fault) => {
    expect(faultsOf(text).map(each => each.slice(0, fault.length))).toEqual([fault])
  })

  it('find nothing in what is right', () => {
    expect(
      faultsOf('1 control fails, 2 controls pass. Write ../docs or a/..b. The 12 owners are known…'),
    ).toEqual([])
  })
})
