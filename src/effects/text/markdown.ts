/**
 * Repository text, made harmless for GitHub's markdown. Two ways out: letters and mild punctuation stand as they
 * are; every other word becomes a code span, where GitHub makes no mention, link, image, HTML, emoji or formula of it.
 */

/** A control or formatting character, shown instead of obeyed: hidden text is worth seeing. */
const hidden = '\uFFFD'

/** More marks than this on one letter is text that climbs over its neighbours. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu

/** One line of at most `limit` characters: no control, bidirectional or invisible characters, no lone surrogates. */
export function oneLine(text: string, limit: number): string {
  // Cut before the expressions run: a message may quote 20 MB.
  const cut = text.slice(0, limit * 4 + 64).toWellFormed()
  const line = cut
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, hidden)
    .replace(stackedMarks, '$1')
    .trim()
  const characters = Array.from(line)
  if (characters.length <= limit && cut.length === text.length) return line
  return `${characters
    .slice(0, limit - 1)
    .join('')
    .trimEnd()}…`
}

/** A code span that shows `text` exactly, whatever backticks it holds. */
export function code(text: string, limit = 200): string {
  const line = oneLine(text, limit)
  if (line === '') return '(empty)'
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** A difference has at most 40 lines, and what is said of it. */
const mostBlockLines = 60
const longestBlockLine = 300

/** A block that shows `text` line by line as it is, whatever fences it holds. Nothing in it is a mention or a link. */
export function block(text: string, language: 'diff'): string {
  const lines = text
    .slice(0, mostBlockLines * longestBlockLine)
    .split('\n')
    .slice(0, mostBlockLines)
    .map(line =>
      line
        .slice(0, longestBlockLine)
        .toWellFormed()
        .replaceAll('\t', '    ')
        .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, hidden)
        .replace(stackedMarks, '$1'),
    )
  const longest = Math.max(2, ...lines.flatMap(line => (line.match(/`+/g) ?? []).map(run => run.length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, ...lines, fence].join('\n')
}

/** Words that GitHub shows as they are. Absent on purpose: @ # < > [ ] ` | \ ~ $ ^ { } and everything below. */
const mild = /^[\p{L}\p{M}\p{N}.,;:'’‘“”"()/_+=%?!…–—&*-]+$/u

/** Built of mild characters, and yet GitHub makes something of it. */
const active: readonly RegExp[] = [
  /:\/\//,
  /www\./i,
  /(?:^|\W)(?:GH|CVE|GHSA)-/i,
  /(?:^|[^0-9a-z])[0-9a-f]{7,64}(?:$|[^0-9a-z])/i,
  /:[\w+-]+:/,
  /[_*&]/,
]

/** At the beginning of a line it would make a list, a rule or a heading. */
const begins = /^(?:[-+=]+|\d+[.)])$/

const isHarmless = (word: string): boolean => mild.test(word) && !active.some(pattern => pattern.test(word))

/** A sentence with repository text in it. What stands in double quotes, and what is not harmless, becomes a code span. */
export function prose(text: string, limit = 600): string {
  const words = oneLine(text, limit).match(/"[^"]+"(?=[\s.,;:!?)]|$)|\S+/g) ?? []
  const shown: string[] = []
  let dangerous: string[] = []
  let isWithin = false
  const flush = (): void => {
    if (dangerous.length > 0) shown.push(spanWithPunctuation(dangerous.join(' ')))
    dangerous = []
  }
  for (const word of words) {
    const quoted = /^"([^"]+)"$/.exec(word)?.[1]
    if (quoted !== undefined) {
      flush()
      shown.push(code(quoted, limit))
    } else if (isHarmless(word) && (isWithin || !begins.test(word))) {
      isWithin = true
      flush()
      shown.push(word)
    } else {
      dangerous.push(word)
    }
  }
  flush()
  return joinWords(shown)
}

/** Keeps a closing comma or full stop outside of the code, where the sentence goes on. */
function spanWithPunctuation(words: string): string {
  const [, inside = words, after = ''] = /^(.*?[^.,;:])([.,;:]*)$/.exec(words) ?? []
  return `${code(inside, inside.length)}${after}`
}

/** Two code spans must not touch: their backticks would join. Punctuation after a quotation stays with it. */
function joinWords(words: string[]): string {
  return words.join(' ').replace(/` (?=[.,;:!?)]+(?:\s|$))/g, '`')
}

/** Inline markdown as the cell of a table: a bar would begin the next cell, even inside code. */
export const cell = (inline: string): string =>
  // A backslash before the bar would escape our backslash instead of the bar.
  inline.replace(/\\(?=\|)/g, '\\ ').replaceAll('|', '\\|')

/** A link of ours around text of theirs. `url` must come from GitHub; paths in it go through `urlPath`. */
export const link = (inline: string, url: string): string => `[${inline}](${url})`

/** A path of the repository as part of a URL, with nothing in it that could end a markdown link. */
export const urlPath = (path: string): string =>
  path
    .toWellFormed()
    .split('/')
    .map(part =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        each => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/')

/** For places that GitHub shows as plain text: titles, annotations. */
export const plain = (text: string, limit: number): string => oneLine(text, limit)

/** True when `text` shows nothing but itself even to a reader that does render it: mail, chat, dashboards. */
export const isPlainEverywhere = (text: string): boolean =>
  !begins.test(text.split(' ', 1)[0] ?? '') &&
  text.split(' ').every(word => isHarmless(word.replaceAll('"', '')))
