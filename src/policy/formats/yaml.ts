import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  Schema,
  type Document as YamlDocument,
} from 'yaml'
import { aliasProblem, countNodes } from '../../snapshot/entities/yaml-nodes.ts'
import { withoutStacks } from '../../snapshot/without-stacks.ts'
import { inCelTypes } from '../cel-value.ts'
import { type Position, positionAt, start } from './positions.ts'

export type ReadYamlFile =
  | { ok: true; docs: unknown[]; lineOf: (path: readonly (string | number)[]) => Position }
  | { ok: false; message: string; position: Position }

/**
 * Every document of a YAML file; also JSON with comments. May throw on what is nested too deep or multiplies. What it answers
 * with is kept for a while where it is short: an organisation's files are copies of a few skeletons, and a policy is judged
 * for thousands of them in a row.
 */
export const readYamlFile = (text: string): ReadYamlFile => {
  if (text.length > longestKept) return read(text)
  const before = kept.get(text)
  if (before) return before
  const file = read(text)
  if (kept.size >= mostKept) kept.clear()
  kept.set(text, file)
  return file
}

/** At most 20 KB each with its syntax tree. */
const longestKept = 1_024
const mostKept = 500
const kept = new Map<string, ReadYamlFile>()

/** As the package makes it for each document, once: that is a tenth of reading a short one. */
const schema = new Schema({ schema: 'core', merge: true, resolveKnownTags: true })

const read = (text: string): ReadYamlFile => {
  // prettyErrors and uniqueKeys are quadratic in hostile text; the last of two equal keys holds, as in JSON. Lines are
  // counted for a finding only: a counter costs a fifth of the reading.
  const parsed = withoutStacks(() =>
    parseAllDocuments(text, { schema, prettyErrors: false, uniqueKeys: false, merge: true }),
  )
  const documents = Array.isArray(parsed) ? parsed : []
  for (const document of documents) {
    const [error] = document.errors
    if (error) {
      const message = `is not valid YAML: ${error.message.slice(0, 200)}`
      return { ok: false, message, position: positionAt(text, error.pos[0]) }
    }
    // What has no alias needs no counting.
    const tooMany = text.includes('*') ? aliasProblem(countNodes(document.contents)) : undefined
    if (tooMany) return { ok: false, message: tooMany, position: start }
  }
  const [document] = documents
  return {
    ok: true,
    docs: documents.map(each => inCelTypes(each.toJS({ maxAliasCount: 100 }))),
    lineOf: path => (document ? positionAt(text, offsetOf(document, path)) : start),
  }
}

/** The value at `path`, or the key of the nearest parent that is there. */
const offsetOf = (document: YamlDocument, path: readonly (string | number)[]): number => {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const last = index === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!pair || !isScalar(pair.key)) return offset
      offset =
        (last && isScalar(pair.value) ? pair.value.range?.[0] : undefined) ?? pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)]
      if (!(isScalar(item) || isMap(item) || isSeq(item))) return offset
      offset = item.range?.[0] ?? offset
      node = item
    } else return offset
  }
  return offset
}
