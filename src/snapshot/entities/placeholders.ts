import type { Home } from '../files/repository-path.ts'
import { placeOf } from '../files/repository-path.ts'
import { isRecord } from '../plain-record.ts'
import { plain } from '../quoted-text.ts'
import type { Fact, FileState } from '../snapshot.ts'
import type { PlaceholderReader } from './placeholder-content.ts'
import type { FieldPath } from './yaml-lines.ts'

/** `$text: ./openapi.yaml`, in place of a value. */
export interface Placeholder {
  field: FieldPath
  text: string
  /** In this repository; absent when it lies elsewhere. */
  path?: string
}

export interface ResolvedEntity {
  entity: Record<string, unknown>
  placeholders: Placeholder[]
  /** Refused by Backstage, whatever the rest says. */
  problems: PlaceholderProblem[]
  /** Can't be decided from here. */
  open: PlaceholderProblem[]
}

export interface PlaceholderProblem {
  field: FieldPath
  message: string
}

export type FileLookup = (path: string) => Fact<FileState> | undefined

/** Aliases make a small file a large tree; each object is walked once, and beyond this many none. */
const mostObjects = 100_000
const mostPlaceholders = 200
const deepest = 200

/**
 * Backstage's `PlaceholderProcessor`: a map whose only key is `$text`, `$json` or `$yaml` becomes the content of the
 * file it names, and what came from a file is not looked into again. Any other `$key` is left as it stands.
 */
export const resolvePlaceholders = (
  path: string,
  entity: Record<string, unknown>,
  home: Home | undefined,
  lookup: FileLookup | undefined,
  read: PlaceholderReader,
): ResolvedEntity => {
  const result: ResolvedEntity = { entity, placeholders: [], problems: [], open: [] }
  const walked = new Map<object, unknown>()
  // What is being walked: an alias of it would make the entity endless, and no catalogue could store it.
  const around = new Set<object>()

  const walk = (value: unknown, field: FieldPath): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (around.has(value)) {
      result.problems.push({
        field,
        message: `${field.join('.')} holds itself, through an alias. Expected plain values`,
      })
      return value
    }
    const before = walked.get(value)
    if (before !== undefined) return before
    if (walked.size >= mostObjects || field.length >= deepest) return value
    around.add(value)
    const walkedValue = Array.isArray(value)
      ? walkList(value, field)
      : walkMap(value as Record<string, unknown>, field)
    around.delete(value)
    walked.set(value, walkedValue)
    return walkedValue
  }

  const walkList = (list: unknown[], field: FieldPath): unknown[] => {
    const items = list.map((item, index) => walk(item, [...field, index]))
    return items.every((item, index) => item === list[index]) ? list : items
  }

  const walkMap = (map: Record<string, unknown>, field: FieldPath): unknown => {
    const keys = Object.keys(map)
    if (!keys.some(key => key.startsWith('$'))) {
      const entries = keys.map(key => [key, walk(map[key], [...field, key])] as const)
      return entries.every(([key, value]) => value === map[key]) ? map : Object.fromEntries(entries)
    }
    const [key] = keys
    if (keys.length !== 1 || (key !== '$text' && key !== '$json' && key !== '$yaml')) return map
    return resolve(key, map[key], field, map)
  }

  const resolve = (
    key: '$text' | '$json' | '$yaml',
    value: unknown,
    field: FieldPath,
    left: unknown,
  ): unknown => {
    const name = field.join('.')
    const refuse = (message: string): unknown => {
      result.problems.push({ field, message })
      return left
    }
    const leaveOpen = (message: string): unknown => {
      result.open.push({ field, message })
      return left
    }
    if (typeof value !== 'string')
      return refuse(`${name} has a ${key} placeholder without a path. Expected the path of a file`)
    const text = plain(value)
    if (result.placeholders.length >= mostPlaceholders)
      return leaveOpen(`${name} is one of more than ${mostPlaceholders} placeholders, and is not followed`)
    const place = placeOf(path, value, home)
    result.placeholders.push({ field, text, ...(place.in === 'repository' ? { path: place.path } : {}) })
    if (place.in === 'nowhere')
      return refuse(`${name} names "${text}", which ${place.why}. Expected a file of this repository`)
    if (place.in === 'elsewhere')
      return place.otherRepository
        ? refuse(`${name} names "${text}" in another repository. Backstage follows ${key} only within one`)
        : leaveOpen(`${name} is at ${plain(place.host)}, which is not read from here`)
    const fact = lookup?.(place.path)
    if (!fact) return leaveOpen(`${name} is in ${plain(place.path)}, which was not read`)
    if (!fact.known) {
      // Backstage has no cap of ours: whatever such a file holds, to `$text` it is text.
      if (key === '$text' && (fact.reason === 'too-large' || fact.reason === 'binary')) return fact.detail
      return leaveOpen(`${name} names "${text}": ${fact.detail}`)
    }
    if (!fact.value.exists)
      return refuse(`${name} names "${text}", and there is no such file. Expected a file of this repository`)
    const content = read(key, place.path, fact.value.text)
    return content.ok ? content.value : refuse(`${name} names "${text}", which ${content.why}`)
  }

  result.entity = walk(entity, []) as Record<string, unknown>
  if (!isRecord(result.entity)) result.entity = entity
  return result
}
