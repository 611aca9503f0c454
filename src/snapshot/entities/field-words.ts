import { listed, plain, quoted } from '../quoted-text.ts'
import type { FieldPath } from './yaml-lines.ts'

/** `spec.owner` */
export const dotted = (field: FieldPath): string => plain(field.join('.')) || 'the document'

/** What was found, in words: `"a b"`, `empty (null)`, `a map with a and b`. */
export const describe = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (value === null) return 'empty (null)'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') {
    const keys = Object.keys(value)
    return keys.length === 0 ? 'an empty map' : `a map with ${listed(keys.map(plain), 3)}`
  }
  return `the ${typeof value} ${plain(String(value))}`
}

/** What ajv calls `string,boolean`. */
export const typeWords = (types: string): string =>
  types
    .split(',')
    .map(
      type =>
        ({ string: 'text', object: 'a map', array: 'a list', boolean: 'true or false' })[type] ?? `a ${type}`,
    )
    .join(' or ')
