import { isRecord } from '../plain-record.ts'
import type { FieldPath } from './yaml-lines.ts'

/**
 * Values that pass, put where a value is at fault, so that Backstage goes on to the next fault. Only ever done to a copy
 * that is thrown away.
 */
export type Repair = (entity: Record<string, unknown>) => void

export const sampleOf = (types: string, at: FieldPath): unknown => {
  const type = types.split(',')[0]
  if (type === 'object') return at.join('.') === 'metadata' ? { name: 'x' } : {}
  if (type === 'array') return []
  return type === 'boolean' ? true : type === 'string' ? 'x' : 0
}

export const sampleFor = (name: string): unknown => {
  if (name === 'metadata') return { name: 'x' }
  if (name === 'apiVersion') return 'backstage.io/v1alpha1'
  if (name === 'spec') return {}
  if (/\.(?:steps|children|memberOf|targets)$/.test(name)) return []
  return name.endsWith('.url') ? 'https://x' : 'x'
}

export const replacing =
  (field: FieldPath, value: unknown): Repair =>
  entity => {
    const parent = valueAt(entity, field.slice(0, -1))
    const last = field.at(-1)
    if (last !== undefined && typeof parent === 'object' && parent !== null)
      Object.defineProperty(parent, String(last), {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }

export const removing =
  (field: FieldPath): Repair =>
  entity => {
    const parent = valueAt(entity, field.slice(0, -1))
    const last = field.at(-1)
    if (last !== undefined && isRecord(parent)) delete parent[String(last)]
  }

export const valueAt = (root: unknown, field: FieldPath): unknown => {
  let value = root
  for (const step of field) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isRecord(value) && Object.hasOwn(value, String(step))) value = value[String(step)]
    else return undefined
  }
  return value
}
