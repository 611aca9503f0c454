import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'

/** Where the waivers that are asked for by a comment are written: a file of its own, so that it can have owners of its own. */
export const waiversFile = 'golden-path/waivers.yml'

export interface NewWaiver {
  /** A repository's name, without the owner. */
  repository: string
  control: string
  /** ISO date. */
  until: string
  /** One line, with no space at its ends. */
  reason: string
  /** Left for a person to fill in when absent. */
  approvedBy?: string
}

export type AddedWaiver =
  /** `renews`: there was one for the same already, and it is changed in its place. */
  { ok: true; text: string; renews: boolean } | { ok: false; why: string }

interface Splice {
  from: number
  to: number
  text: string
}

/**
 * The text of a file of waivers with one more in it. Everything else stays as it is written: comments, order, quotes, ends of
 * lines. The text is one that parses as a policy file; whether the new one does, the caller proves.
 */
export const addWaiver = (text: string | undefined, waiver: NewWaiver): AddedWaiver => {
  const eol = text?.includes('\r\n') ? '\r\n' : '\n'
  const own = text ?? ''
  const { contents } = parseDocument(own, { uniqueKeys: false, prettyErrors: false })
  if (!contents) {
    const header = own === '' ? `# Who is excused from what, until when and why.${eol}` : ended(own, eol)
    return { ok: true, renews: false, text: `${header}waivers:${eol}${lines(waiver, '  ', eol)}` }
  }
  if (!isMap(contents) || contents.flow) return inFlow
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === 'waivers')
  if (!pair)
    return {
      ok: true,
      renews: false,
      text: `${ended(own, eol)}waivers:${eol}${lines(waiver, '  ', eol)}`,
    }
  const { value } = pair
  if (isSeq(value)) {
    const before = value.items.find(item => isMap(item) && isAbout(item, waiver))
    const splices = isMap(before) ? renewal(before, waiver) : addition(own, value, waiver, eol)
    return splices
      ? { ok: true, renews: before !== undefined, text: spliced(own, splices) }
      : { ok: false, why: 'it is written in a way that a line can’t be changed in without changing others.' }
  }
  const splice = isScalar(value) && value.value === null ? afterKey(own, pair, waiver, eol) : undefined
  return splice ? { ok: true, renews: false, text: spliced(own, [splice]) } : inFlow
}

const inFlow: AddedWaiver = {
  ok: false,
  why: 'it is not written as a list of waivers, one below the other.',
}

/** A waiver of the very repository; one by a glob is about others too, one with a `from` about another time. */
const isAbout = (item: YAMLMap, { repository, control }: NewWaiver): boolean => {
  const named = item.get('repository')
  return (
    typeof named === 'string' &&
    named.toLowerCase() === repository.toLowerCase() &&
    item.get('control') === control &&
    !item.has('from')
  )
}

/** Its end, reason and approver, each in its place. */
const renewal = (item: YAMLMap, { until, reason, approvedBy }: NewWaiver): Splice[] | undefined => {
  const wanted: [string, string][] = [
    ['until', until],
    ['reason', quoted(reason)],
    ...(approvedBy === undefined ? [] : [['approved-by', quoted(approvedBy)] as [string, string]]),
  ]
  const splices = wanted.flatMap(([key, text]): Splice[] => {
    const node = item.get(key, true)
    const range = isScalar(node) ? node.range : undefined
    if (!range) return []
    const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
    return [{ from: range[0], to: range[1], text: isBlock ? `${text}\n` : text }]
  })
  return splices.length === wanted.length ? splices : undefined
}

const addition = (text: string, seq: YAMLSeq, waiver: NewWaiver, eol: string): Splice[] | undefined => {
  const { range } = seq
  const last: unknown = seq.items.at(-1)
  const end = hasRange(last) ? last.range?.[1] : undefined
  if (!range) return undefined
  if (seq.flow && end === undefined) {
    // What stands before `[]` on its line would stay behind as a space.
    const from = text.slice(0, range[0]).trimEnd().length
    return [{ from, to: range[1], text: `${eol}${lines(waiver, '  ', eol).trimEnd()}` }]
  }
  if (end === undefined) return undefined
  if (seq.flow) return [{ from: end, to: end, text: `, ${flow(waiver)}` }]
  const indent = range[0] - (text.lastIndexOf('\n', range[0] - 1) + 1)
  return [below(text, end, lines(waiver, ' '.repeat(indent), eol), eol)]
}

/** `waivers:` with nothing behind it. */
const afterKey = (text: string, { key }: Pair, waiver: NewWaiver, eol: string): Splice | undefined => {
  const end = hasRange(key) ? key.range?.[1] : undefined
  if (end === undefined || !/^[ \t]*:[ \t]*(?:#.*)?(?:\r?\n|$)/.test(text.slice(end, end + 1_000)))
    return undefined
  return below(text, end, lines(waiver, '  ', eol), eol)
}

/** Under the line that `end` stands in. A block of text ends with its line. */
const below = (text: string, end: number, added: string, eol: string): Splice => {
  if (text[end - 1] === '\n') return { from: end, to: end, text: added }
  const newline = text.indexOf('\n', end)
  return newline === -1
    ? { from: text.length, to: text.length, text: `${eol}${added}` }
    : { from: newline + 1, to: newline + 1, text: added }
}

const lines = (waiver: NewWaiver, indent: string, eol: string): string =>
  entries(waiver)
    .map(([key, value], index) => `${indent}${index === 0 ? '- ' : '  '}${key}: ${value}${eol}`)
    .join('')

const flow = (waiver: NewWaiver): string =>
  `{ ${entries({ ...waiver, approvedBy: waiver.approvedBy ?? '' })
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`

const entries = ({ repository, control, until, reason, approvedBy }: NewWaiver): [string, string][] => [
  ['repository', quotedUnlessPlain(repository)],
  ['control', quotedUnlessPlain(control)],
  ['until', until],
  ['reason', quoted(reason)],
  [
    'approved-by',
    approvedBy === undefined ? '# Whoever approves it, such as "@acme/security"' : quoted(approvedBy),
  ],
]

/** Needs no quotes in YAML, and is no word that YAML reads as something else. */
const isPlain = (text: string): boolean =>
  /^[a-z][\w-]*(?:\.[\w-]+)*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)

const quotedUnlessPlain = (text: string): string => (isPlain(text) ? text : quoted(text))

/** YAML reads what JSON writes; nothing in it ends a line or a quotation. */
const quoted = (text: string): string => JSON.stringify(text)

const ended = (text: string, eol: string): string => (text.endsWith('\n') ? text : `${text}${eol}`)

const spliced = (text: string, splices: readonly Splice[]): string =>
  splices
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: by }) => whole.slice(0, from) + by + whole.slice(to), text)

const hasRange = (node: unknown): node is { range?: [number, number, number] | null } =>
  typeof node === 'object' && node !== null && 'range' in node
