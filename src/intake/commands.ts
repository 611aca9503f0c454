import { Lexer, type Token } from 'marked'
import { nearest } from '../policy/nearest.ts'

/** What a comment asks of us. One a comment: the first line that begins with `/golden-path`. */
export type Command =
  | { name: 'recheck' }
  | { name: 'fix' }
  | { name: 'help' }
  | { name: 'explain'; control: string }
  | { name: 'owner'; owner: string }
  /** `until` as written; whether it is a day is judged with the policy at hand. */
  | { name: 'waive'; control: string; until: string; reason: string }
  /** Nothing that we know, or not as we know it: answered with what was probably meant. */
  | { name: 'unknown'; text: string; nearest?: string }

/** How each command is written, after `/golden-path`. */
export const usages = {
  recheck: 'recheck',
  fix: 'fix',
  explain: 'explain CONTROL',
  waive: 'waive CONTROL until DATE because REASON',
  owner: 'owner TEAM',
  help: 'help',
} as const satisfies Record<Exclude<Command['name'], 'unknown'>, string>

/**
 * What is read of a comment at most, in characters. Reading markdown takes time that grows faster than the text: so much
 * of the worst that is known takes some 50 ms. A longer comment commands nothing.
 */
export const longestComment = 8_192
const longestParagraph = 4_096
const longestLine = 2_000
/** Quotes and lists in each other, as people don't write them and markdown readers run out of stack at. */
const deepest = 40

/** No other white space: some of it takes no room, and then `/golden-path` would not be what it looks like. */
const gap = /[ \t\u00a0]+/
const begins = /^ {0,3}\/golden-path(?=[ \t\u00a0]|$)/

/**
 * The command of a comment: a line of a paragraph that stands by itself. What is quoted, listed, in code, in HTML, in a
 * table or a heading commands nothing, however it looks. Never throws.
 */
export const readCommand = (comment: string): Command | undefined => {
  if (comment.length > longestComment) return undefined
  const lines = written(comment.split(/\r\n|\r|\n/))
  if (!lines.some(line => begins.test(line)) || lines.some(isTooDeep)) return undefined
  try {
    const line = commandLine(lines.join('\n'))
    return line === undefined ? undefined : parse(line)
  } catch {
    // The reader of markdown gave up: whatever this is, nobody wrote it to command something.
    return undefined
  }
}

/** Where the mail begins that an answer by mail quotes: GitHub folds it away, and somebody else wrote it. */
const quotedMail =
  /^(?:-{2,} ?(?:original|forwarded) message ?-{2,}|_{10,}|(?:on|am|le|el) .{4,200}(?:wrote|schrieb.{0,80}|écrit|escribió) ?:)$/i

/** What the person wrote; a footnote, which GitHub shows elsewhere or not at all, is to be as little as a quote. */
const written = (lines: readonly string[]): string[] => {
  const mail = lines.findIndex(line => quotedMail.test(line.trim()))
  return (mail === -1 ? lines : lines.slice(0, mail)).map(line =>
    line.replace(/^( {0,3})\[\^[^\]\s]+\]:/, '$1> '),
  )
}

const isTooDeep = (line: string): boolean => {
  const [markers = ''] = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)]))*/.exec(line) ?? []
  return markers.replace(/[ \t\d]/g, '').length > deepest
}

/** The first paragraph's line that commands, from `/golden-path` on. */
const commandLine = (text: string): string | undefined => {
  const lexer = new Lexer({ gfm: true })
  const open: string[] = []
  for (const token of lexer.blockTokens(text, [])) {
    if (token.type === 'html') follow(token.raw, open)
    if (token.type !== 'paragraph' || open.length > 0 || token.raw.length > longestParagraph) continue
    if (!token.raw.split('\n').some(line => begins.test(line))) continue
    const inline = new Lexer({ gfm: true })
    // What a link or a picture by reference is, only the whole comment tells.
    inline.tokens.links = lexer.tokens.links
    const line = lineOf(inline.inlineTokens(token.raw, []))
    if (line !== undefined) return line
  }
  return undefined
}

/** A line of a paragraph that begins with `/golden-path` in plain text, outside of any inline element. */
const lineOf = (tokens: readonly Token[]): string | undefined => {
  const raw = tokens.map(token => token.raw).join('')
  let at = 0
  const open: string[] = []
  for (const token of tokens) {
    if (token.type === 'html') follow(token.raw, open)
    if (token.type === 'text' && open.length === 0) {
      const end = at + token.raw.length
      for (let start = at; start < end; start = nextLine(raw, start)) {
        if (start > 0 && raw[start - 1] !== '\n') continue
        const line = raw.slice(start, nextLine(raw, start)).trimEnd()
        // Its first word must be all of this token: what follows may be code, as in explain `owner-exists`.
        if (begins.test(line) && start + line.indexOf('golden-path') + 'golden-path'.length <= end)
          return isInFormula(raw, start) ? undefined : line.trimStart()
      }
    }
    at += token.raw.length
  }
  return undefined
}

/** Between `$$` and `$$`, which our reader of markdown does not know. */
const isInFormula = (text: string, at: number): boolean => text.slice(0, at).split('$$').length % 2 === 0

const nextLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end + 1
}

const isVoid = new Set(['area', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr'])

/**
 * Keeps `open`, the names of elements that HTML has opened and not closed: GitHub folds away or quotes what stands in between. As in a
 * browser `<details/>` opens one, and `</b>` closes no `<details>`.
 */
const follow = (html: string, open: string[]): void => {
  for (const [, slash, name = ''] of html.replace(/<!--.*?(?:-->|$)/gs, '').matchAll(tag)) {
    const element = name.toLowerCase()
    if (slash !== '/') {
      if (!isVoid.has(element)) open.push(element)
    } else if (open.includes(element)) open.length = open.lastIndexOf(element)
  }
}

/** With what stands in quotes, which may look like one. */
const tag = /<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^<>"'])*>/gi

/** Nothing of it shows, or it changes the order of what shows. */
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu

const parse = (line: string): Command => {
  if (line.length > longestLine) return unknown(line)
  const words = line.split(gap).slice(1).filter(Boolean)
  const [first = 'help', ...rest] = words
  const verb = first.toLowerCase().replace(/[.!]$/, '')
  switch (verb) {
    case 'help':
      return { name: 'help' }
    // What stands behind them would be left undone without a word.
    case 'recheck':
    case 'fix':
      return rest.length === 0 ? { name: verb } : unknown(line, verb)
    case 'explain': {
      const control = rest.map(bare).join('-').toLowerCase()
      return isName(control) ? { name: 'explain', control } : unknown(line, verb)
    }
    case 'owner': {
      const owner = bare(rest[0] ?? '')
      return rest.length === 1 && isOwner(owner) ? { name: 'owner', owner } : unknown(line, verb)
    }
    case 'waive':
      return waive(rest) ?? unknown(line, verb)
    default:
      return unknown(line, nearest(verb, Object.keys(usages)))
  }
}

const waive = ([control = '', until = '', ...rest]: readonly string[]): Command | undefined => {
  const because = rest.findIndex(word => word.toLowerCase() === 'because')
  const day = rest.slice(0, because).map(bare).join(' ')
  const reason = rest
    .slice(because + 1)
    .join(' ')
    .replace(hidden, '')
    .trim()
  const name = bare(control).toLowerCase()
  return until.toLowerCase() === 'until' && because > 0 && isName(name) && reason !== ''
    ? {
        name: 'waive',
        control: name,
        until: day.replace(hidden, '').slice(0, 40),
        reason: reason.slice(0, 500),
      }
    : undefined
}

const unknown = (line: string, meant?: string): Command => ({
  name: 'unknown',
  text: line.replace(hidden, '').slice(0, 200),
  ...(meant === undefined ? {} : { nearest: meant }),
})

/** Without the marks that people put around a name. */
const bare = (word: string): string => word.replace(/^[`"'“‘(]+|[`"'”’).,;]+$/gu, '')

const isName = (text: string): boolean => /^[a-z0-9][a-z0-9._-]{0,99}$/.test(text)

/** `payments`, `@acme/payments`, `group:default/payments`, `@jane`. */
const isOwner = (text: string): boolean =>
  /^(?:@|(?:group|user):)?[\w.-]+(?:\/[\w.-]+)?$/i.test(text) && text.length <= 150
