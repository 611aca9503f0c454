import { inCelTypes } from './cel-value.ts'
import { readDockerfile } from './formats/dockerfile.ts'
import { ecosystemOf, type Format, formatOf } from './formats/format.ts'
import { type Manifest, manifestOf } from './formats/manifest.ts'
import { type Position, start } from './formats/positions.ts'
import { readProperties } from './formats/properties.ts'
import { readToml } from './formats/toml.ts'
import { readYamlFile } from './formats/yaml.ts'
import { withTimeLimit } from './time-limit.ts'
import { allTokens, type TokensLeft, takeTokens } from './yaml-size.ts'

/** A repository's file as data, for the organisation's own conditions. */
export type ReadDocument =
  | {
      ok: true
      docs: unknown[]
      /** Of a package manifest. */
      manifest?: Manifest
      lineOf: (path: readonly (string | number)[]) => Position
    }
  /** The file's own fault, as a sentence without its path. */
  | { ok: false; message: string; line: number; column: number }

// The yaml package reads about 0.6 MiB a second and some hostile text far slower, hence bounds on what is read; the
// limit of time is the last resort. Beyond any of them it is the repository's own doing and fails, or a huge file
// would be a way around a control.
const longest: Record<Format, number> = {
  yaml: 262_144,
  json: 524_288,
  toml: 262_144,
  properties: 262_144,
  // Its parser is quadratic in comments between stages: 0.6 s for 6,500 lines of both.
  dockerfile: 65_536,
  text: Number.POSITIVE_INFINITY,
}
const mostDockerfileLines = 4_000
const tokensForLine = 15
const shortText = 8_192
const readingMilliseconds = 5_000

/** What the files of one repository may take together: 100 of them, each as slow as one may be, would take a minute. */
export interface Reading {
  left: TokensLeft
  /** For the lines in JSON files, which are looked up while the time of the conditions runs. */
  forLines: TokensLeft
}

const tokensForLines = 5_000

export const startReading = (): Reading => ({ left: allTokens(), forLines: { tokens: tokensForLines } })

/** Reads a file by its path; what is no data has no documents. Never throws, bounded in size and time. */
export const readDocument = (path: string, text: string, reading = startReading()): ReadDocument => {
  const format = formatOf(path)
  const ecosystem = ecosystemOf(path)
  const read = readAs(format, text, reading)
  if (!read.ok || !ecosystem) return read
  return { ...read, manifest: manifestOf(ecosystem, read.docs[0], text) }
}

const readAs = (format: Format, text: string, reading: Reading): ReadDocument => {
  if (format === 'text') return { ok: true, docs: [], lineOf: () => start }
  if (text.length > longest[format]) {
    const most = `${longest[format] / 1_024} KiB`
    return mistake(`has ${text.length} characters, more than the ${most} that a condition reads`)
  }
  if (format === 'json') {
    // JSON.parse is a hundred times faster; only what it refuses, as comments, is left to the YAML reader.
    const value = parseJson(text)
    if (value !== undefined)
      return { ok: true, docs: [inCelTypes(value)], lineOf: lazily(text, reading.forLines) }
    if (text.length > longest.yaml) return mistake('is not valid JSON')
  }
  if (format === 'dockerfile' && text.split('\n').length > mostDockerfileLines)
    return mistake('has more than 4,000 lines, more than a condition reads of a Dockerfile')
  const isFirst = reading.left.tokens === allTokens().tokens
  if (!takes(format, text, reading.left))
    return mistake(
      isFirst
        ? 'has more than 120,000 keys, values and brackets'
        : 'is not read: the files that conditions look at have more than 120,000 keys, values and brackets together',
    )
  return within(format, () => readers[format](text), text.length < shortText)
}

const readers: Record<Exclude<Format, 'text'>, (text: string) => ReadDocument> = {
  yaml: text => placed(readYamlFile(text)),
  json: text => placed(readYamlFile(text)),
  toml: text => {
    const read = readToml(text)
    return read.ok ? { ok: true, docs: [read.doc], lineOf: read.lineOf } : placed(read)
  },
  properties: text => {
    const { doc, lineOf } = readProperties(text)
    return { ok: true, docs: [doc], lineOf: ([key]) => lineOf(String(key)) }
  },
  dockerfile: text => {
    const { doc, fromLines } = readDockerfile(text)
    return {
      ok: true,
      docs: [doc],
      lineOf: ([list, index]) => {
        const lines = list === 'from' ? fromLines : doc.instructions.map(each => Number(each.line))
        return { line: lines[Number(index ?? 0)] ?? 1, column: 1 }
      },
    }
  },
}

/** Never throws. What is short takes no time worth a watchdog, which would cost more than the reading. */
const within = (format: Format, read: () => ReadDocument, isShort: boolean): ReadDocument => {
  try {
    if (isShort) return read()
    const limited = withTimeLimit(readingMilliseconds, read)
    return limited.ended ? limited.value : mistake(`takes longer than 5 s to read as ${nameOf[format]}`)
  } catch (error) {
    const aliases = error instanceof ReferenceError
    return mistake(aliases ? 'has aliases that multiply beyond reason' : 'is nested too deep to be read')
  }
}

const nameOf: Record<Format, string> = {
  yaml: 'YAML',
  json: 'JSON',
  toml: 'TOML',
  properties: 'properties',
  dockerfile: 'a Dockerfile',
  text: 'text',
}

/** Only YAML's tokens are counted; the other parsers are quicker, and are charged by what they read. */
const takes = (format: Format, text: string, left: TokensLeft): boolean => {
  if (format === 'yaml' || format === 'json') return takeTokens(text, left)
  const lines = format === 'dockerfile' ? text.split('\n').length : 0
  left.tokens -= Math.max(Math.ceil(text.length / 4), lines * tokensForLine)
  return left.tokens > 0
}

const placed = (
  read:
    | { ok: true; docs: unknown[]; lineOf: (path: readonly (string | number)[]) => Position }
    | {
        ok: false
        message: string
        position: Position
      },
): ReadDocument => (read.ok ? read : mistake(read.message, read.position))

const mistake = (message: string, at = start): ReadDocument => ({ ok: false, message, ...at })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The line in a JSON file, asked only for a finding. */
const lazily =
  (text: string, left: TokensLeft): ((path: readonly (string | number)[]) => Position) =>
  path => {
    if (text.length > longest.yaml || !takeTokens(text, left)) return start
    try {
      const read = withTimeLimit(readingMilliseconds, () => readYamlFile(text))
      return read.ended && read.value.ok ? read.value.lineOf(path) : start
    } catch {
      return start
    }
  }
