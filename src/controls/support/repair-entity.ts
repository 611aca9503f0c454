import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml'
import { keyOf } from '../../snapshot/entities/yaml-lines.ts'
import { documentsOf, type Setting } from '../../snapshot/files/set-values.ts'
import type { EntityDocument, EntityError, Snapshot } from '../../snapshot/snapshot.ts'
import { ownerInCodeowners } from './owner-handle.ts'

/**
 * What Backstage refuses and what can only have been meant one way, as values to set: an apiVersion or kind that is misspelt, a
 * number or truth value where text is asked for, one word where a list is, characters that a name or tag may not have. For a
 * field that is missing there is nothing certain but the apiVersion, and the owner where CODEOWNERS names one. `undefined` when anything else is wrong, too.
 */
export const repairsOf = (
  entity: EntityDocument,
  text: string,
  snapshot: Snapshot,
): Setting[] | undefined => {
  const root = documentOf(text, entity)
  if (root === undefined) return undefined
  const settings: Setting[] = []
  for (const error of entity.errors) {
    const path = pathOf(error)
    const value = path && certainValue(path, nodeAt(root, path), error, entity, snapshot)
    if (!path || value === undefined) return undefined
    settings.push({ path, value })
  }
  return settings.length === 0 ? undefined : settings
}

const documentOf = (text: string, { line }: EntityDocument): unknown => {
  // Lines of documents are told by those that begin them; what can't be read has no certain repair.
  const documents = documentsOf(text)
  const found = documents?.filter(
    ({ range, contents }) => contents !== null && text.slice(0, range?.[0] ?? 0).split('\n').length === line,
  )
  return found?.length === 1 ? found[0]?.contents : undefined
}

/** Keys of annotations and labels hold dots themselves. */
const pathOf = ({ field }: EntityError): string[] | undefined => {
  if (field === undefined) return undefined
  const [, group, key] = /^metadata\.(annotations|labels)\.(.+)$/s.exec(field) ?? []
  return group && key ? ['metadata', group, key] : field.split('.')
}

const nodeAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce((node, step) => {
    if (isMap(node)) return node.items.findLast(pair => keyOf(pair) === step)?.value
    return isSeq(node) ? node.items[Number(step)] : undefined
  }, root)

const certainValue = (
  path: readonly string[],
  node: unknown,
  error: EntityError,
  entity: EntityDocument,
  snapshot: Snapshot,
): unknown => {
  const field = path.join('.')
  if (isAlias(node)) return undefined
  if (field === 'apiVersion') return apiVersionFor(entity)
  if (field === 'kind') return kindMeant(node)
  if (field === 'spec.owner' && (node === undefined || (isScalar(node) && node.value === null)))
    return ownerInCodeowners(entity.path, snapshot)
  if (!isScalar(node)) return undefined
  if (/Expected a list$/.test(error.message)) return asList(node)
  if (typeof node.value === 'number' || typeof node.value === 'boolean') return asText(node)
  if (typeof node.value !== 'string') return undefined
  if (field === 'metadata.name') return nameMeant(node.value, entity, snapshot.entities)
  if (field === 'metadata.namespace')
    return /^[a-z\d]+(?:-[a-z\d]+)*$/i.test(node.value) ? node.value.toLowerCase() : undefined
  return /^metadata\.tags\.\d+$/.test(field) ? tagMeant(node.value) : undefined
}

const kinds = ['API', 'Component', 'Domain', 'Group', 'Location', 'Resource', 'System', 'User', 'Template']

const kindMeant = (node: unknown): string | undefined => {
  const written = isScalar(node) && typeof node.value === 'string' ? node.value.trim().toLowerCase() : ''
  return kinds.find(kind => kind.toLowerCase() === written)
}

/** Only one is in use, and its older forms were written the same. A Template of an older version is another language. */
const apiVersionFor = ({ kind }: EntityDocument): string | undefined =>
  kind !== 'Template' && kinds.includes(kind ?? '') ? 'backstage.io/v1alpha1' : undefined

/** As it was written: 0123 is no number to its author. */
const asText = (node: Scalar): string | undefined =>
  node.type === Scalar.PLAIN && node.source && /^[\w.+:-]{1,63}$/.test(node.source) ? node.source : undefined

const asList = (node: Scalar): string[] | undefined => {
  const text = typeof node.value === 'string' ? node.value.trim() : ''
  return /^[\w.:/-]+$/.test(text) ? [text] : undefined
}

/** A letter that Backstage doesn't take has no certain replacement; a blank or a sign has. */
const separated = (text: string): string | undefined => {
  const parts = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const joined = /^[\x20-\x7e]+$/.test(text) ? parts.join('-') : ''
  return joined !== '' && joined.length <= 63 ? joined : undefined
}

const nameMeant = (
  text: string,
  { path, document, kind }: EntityDocument,
  others: readonly EntityDocument[],
): string | undefined => {
  const parts = text.split(/[^\w.-]+|^[^a-z\d]+|[^a-z\d]+$/i).filter(Boolean)
  const name =
    separated(parts.join('-')) === undefined ? undefined : parts.join('-').replace(/([-_.])[-_.]+/g, '$1')
  const isTaken = others.some(
    other =>
      (other.path !== path || other.document !== document) &&
      other.kind === kind &&
      other.name?.toLowerCase() === name?.toLowerCase(),
  )
  return name === undefined || isTaken || !/^[\x20-\x7e]+$/.test(text) ? undefined : name
}

/** C# and c++ are tags; node.js and "Node JS" become node-js. */
const tagMeant = (text: string): string | undefined => {
  const tag = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z\d+#:]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return /^[\x20-\x7e]+$/.test(text) && /^[a-z\d:+#]+(?:-[a-z\d:+#]+)*$/.test(tag) && tag.length <= 63
    ? tag
    : undefined
}
