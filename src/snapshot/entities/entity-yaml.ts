import type { Document } from 'yaml'
import { LineCounter, parseAllDocuments } from 'yaml'
import { isRecord } from '../plain-record.ts'
import { plain } from '../quoted-text.ts'
import type { EntityError } from '../snapshot.ts'
import { withoutStacks } from '../without-stacks.ts'
import { type Allowance, fullAllowance, mostDocuments, refusal } from './entity-file-bounds.ts'
import { type Lines, linesOf } from './yaml-lines.ts'
import { aliasProblem, countNodes, duplicateKey } from './yaml-nodes.ts'

/** One YAML document as Backstage's `parseEntityYaml` would see it. Empty documents are not among them. */
export type YamlDocument =
  | {
      ok: true
      line: number
      document: Document
      lines: Lines
      text: string
      json: Record<string, unknown>
      /** Keys, values, lists and maps: what judging it costs grows with them. */
      nodes: number
    }
  | { ok: false; line: number; document?: Document; text: string; problem: EntityError }

/** Never throws; what Backstage would throw at is a document with a problem. */
export const parseEntityDocuments = (
  path: string,
  text: string,
  allowance: Allowance = fullAllowance(),
): YamlDocument[] => {
  const refused = refusal(path, text, allowance)
  if (refused) return [{ ok: false, line: refused.location.line ?? 1, text: '', problem: refused }]
  const counter = new LineCounter()
  const lines = linesOf(text, counter)
  let documents: Document[]
  try {
    documents = withoutStacks(() => parseAll(text, counter))
  } catch (error) {
    return [{ ok: false, line: 1, text, problem: tooDeep(path, error) }]
  }
  return judgeDocuments(path, text, documents, lines, allowance)
}

const parseAll = (text: string, lineCounter: LineCounter): Document[] => [
  ...parseAllDocuments(text, {
    merge: false,
    lineCounter,
    prettyErrors: false,
    // It would compare each key with every other: minutes for 1 MiB of keys. `duplicateKey` does it in one pass.
    uniqueKeys: false,
    logLevel: 'silent',
  }),
]

const judgeDocuments = (
  path: string,
  text: string,
  documents: Document[],
  lines: Lines,
  allowance: Allowance,
): YamlDocument[] => {
  const judged: YamlDocument[] = []
  for (const document of documents) {
    const from = document.range?.[0] ?? 0
    const part = text.slice(from, document.range?.[2] ?? text.length)
    const line = lines.at(from).line
    if (allowance.documents === 0) {
      const message = `The catalogue files of this repository hold more than ${mostDocuments.toLocaleString('en')} documents, and those from line ${line} on are not judged. Expected fewer in one repository`
      judged.push({
        ok: false,
        line,
        text: '',
        problem: { message, location: { path, line, column: 1 } },
      })
      break
    }
    allowance.documents -= 1
    const broken = syntaxProblem(path, document, part, lines)
    if (broken) {
      judged.push({ ok: false, line, document, text: part, problem: broken })
      continue
    }
    const value = toPlainValue(document)
    if (!value.ok) {
      // `parseEntityYaml` throws here, so that Backstage never gets to the documents after this one.
      const at = { path, line, column: 1 }
      judged.push({
        ok: false,
        line,
        document,
        text: part,
        problem: { message: value.message, location: at },
      })
      const rest = documents.slice(documents.indexOf(document) + 1).find(later => later.contents !== null)
      if (rest) judged.push(unreached(path, lines.at(rest.range?.[0] ?? 0).line, line))
      break
    }
    if (value.json === null || value.json === undefined) continue
    if (!isRecord(value.json)) {
      const found = Array.isArray(value.json) ? 'a list' : `a single ${typeof value.json}`
      const message = `The document is ${found}. Expected a map with apiVersion, kind, metadata and spec`
      judged.push({
        ok: false,
        line,
        document,
        text: part,
        problem: { message, location: { path, line, column: 1 } },
      })
      continue
    }
    judged.push({ ok: true, line, document, lines, text, json: value.json, nodes: value.nodes })
  }
  return judged
}

const nestsTooDeep = 'This nests deeper than a YAML parser can follow. Expected a few levels'

const tooDeep = (path: string, error: unknown): EntityError => ({
  message:
    error instanceof RangeError
      ? nestsTooDeep
      : `The file can't be parsed as YAML: ${plain(error instanceof Error ? error.message : String(error))}`,
  location: { path, line: 1, column: 1 },
})

const unreached = (path: string, line: number, stoppedAt: number): YamlDocument => ({
  ok: false,
  line,
  text: '',
  problem: {
    message: `Backstage reads nothing of the file from here on, because it stops at the document in line ${stoppedAt}. Repair that one first`,
    location: { path, line, column: 1 },
  },
})

/** What the parser says first, or the first key that stands twice in one map. */
const syntaxProblem = (
  path: string,
  document: Document,
  part: string,
  lines: Lines,
): EntityError | undefined => {
  const [error] = document.errors
  const twice = duplicateKey(document)
  if (!error && !twice) return undefined
  if (twice && (!error || twice.offset < error.pos[0])) {
    const place = lines.at(twice.offset)
    const first = lines.at(twice.first).line
    return {
      message: `"${plain(twice.key)}" stands twice in the same map, here and in line ${first}. Expected each key once; remove or rename one`,
      location: { path, ...place },
    }
  }
  if (!error) return undefined
  const place = lines.at(error.pos[0])
  return {
    message: syntaxMessage(error.message, part, error.pos[0] - (document.range?.[0] ?? 0)),
    location: { path, ...place },
  }
}

const syntaxMessage = (message: string, part: string, offset: number): string => {
  if (/call stack/.test(message)) return `${nestsTooDeep}. Backstage reads nothing of this document`
  const before = part.slice(Math.max(0, offset - 2_000), offset + 200)
  const upTo = part.slice(Math.max(0, offset - 2_000), Math.max(offset, 0))
  const keys = [
    ...`${upTo}${before.slice(upTo.length).split('\n')[0]}`.matchAll(/^[ \t]*(?:- )?([\w.$/-]{1,80}):/gm),
  ]
  const key = keys.at(-1)?.[1]
  // The most common of all: `description: Stock: north and south`.
  if (/Nested mappings are not allowed in compact mappings/.test(message))
    return `This is not valid YAML: ${key ? `the value of "${key}"` : 'a value'} holds an unquoted colon. Expected quotes around the value. Backstage reads nothing of this document`
  return `This is not valid YAML${key ? `, near "${key}"` : ''}: ${plain(message.replace(/\.$/, ''))}. Backstage reads nothing of this document`
}

type PlainValue = { ok: true; json: unknown; nodes: number } | { ok: false; message: string }

const toPlainValue = (document: Document): PlainValue => {
  try {
    const counted = countNodes(document.contents)
    const tooMany = aliasProblem(counted)
    if (tooMany)
      return { ok: false, message: `The document ${tooMany}. Expected plain values; write them out` }
    return { ok: true, json: document.toJSON(), nodes: counted.nodes }
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, message: nestsTooDeep }
    const reason = error instanceof Error ? error.message : String(error)
    if (reason.startsWith('Excessive alias count'))
      return {
        ok: false,
        message:
          'The aliases of this document repeat each other more than 100 times, as in an attack that grows a small file without end. Expected plain values; write them out',
      }
    const alias = /: (.*)$/.exec(reason)?.[1]
    return {
      ok: false,
      message: alias
        ? `The alias *${plain(alias)} names an anchor that doesn't exist. Expected &${plain(alias)} before it`
        : plain(reason),
    }
  }
}
