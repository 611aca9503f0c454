import { parseAllDocuments } from 'yaml'
import { plain } from '../quoted-text.ts'
import { withoutStacks } from '../without-stacks.ts'
import { type Allowance, takeTokens } from './entity-file-bounds.ts'
import { aliasProblem, countNodes, duplicateKey } from './yaml-nodes.ts'

export type Content = { ok: true; value: unknown } | { ok: false; why: string }

/** What a file that a placeholder of one entity names stands for. */
export type PlaceholderReader = (key: '$text' | '$json' | '$yaml', path: string, text: string) => Content

/** Of a text only its beginning matters to what is asked of an entity, and every question walks through all of it. */
const longestText = 4_000

/**
 * Parsed once for all placeholders of an entity that name the file, and taken from the allowance for each entity anew:
 * Backstage's validators copy and walk an entity with all it holds.
 */
export const placeholderReader = (allowance: Allowance): PlaceholderReader => {
  const before = new Map<string, Content>()
  return (key, path, text) => {
    if (key === '$text') return { ok: true, value: text.slice(0, longestText) }
    const id = `${key} ${path}`
    const content = before.get(id) ?? parsed(key, text, allowance)
    before.set(id, content)
    return content
  }
}

const parsed = (key: '$json' | '$yaml', text: string, allowance: Allowance): Content => {
  if (takeTokens(text, allowance) !== undefined)
    return {
      ok: false,
      why: 'is too intricate: it holds more keys, values and brackets than are read of one repository',
    }
  try {
    return key === '$json' ? { ok: true, value: JSON.parse(text) } : yaml(text)
  } catch (error) {
    return {
      ok: false,
      why: `can't be parsed: ${plain(error instanceof Error ? error.message : String(error))}`,
    }
  }
}

const yaml = (text: string): Content => {
  // Its own search for keys that stand twice compares each with every other: minutes for a hostile file.
  const options = { merge: false, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const
  const documents = withoutStacks(() => [...parseAllDocuments(text, options)])
  const [document] = documents
  if (documents.length !== 1 || !document)
    return { ok: false, why: `holds ${documents.length} YAML documents. Expected one` }
  const [error] = document.errors
  if (error) return { ok: false, why: `is not valid YAML: ${plain(error.message)}` }
  const twice = duplicateKey(document)
  if (twice)
    return { ok: false, why: `is not valid YAML: "${plain(twice.key)}" stands twice in the same map` }
  const tooMany = aliasProblem(countNodes(document.contents))
  return tooMany ? { ok: false, why: tooMany } : { ok: true, value: document.toJSON() }
}
