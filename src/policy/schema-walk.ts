import { z } from 'zod'
import { type Words, words } from './schema-words.ts'

/** Questions about the schema at a place of a file, so that no list of its keys is kept beside it. */

type Path = readonly PropertyKey[]

/** What may stand at `path`: more than one where a single value may stand without its list. */
export const schemasAt = (root: z.ZodType, path: Path): z.ZodType[] =>
  path.reduce<z.ZodType[]>((schemas, part) => schemas.flatMap(schema => within(schema, part)), branches(root))

/** The keys a mapping at `path` may have. */
export const keysAt = (root: z.ZodType, path: Path): string[] => [
  ...new Set(schemasAt(root, path).flatMap(schema => Object.keys(shapeOf(schema)))),
]

/** How to speak of what belongs at `path`; `undefined` for plain text, lists and the like. */
export const wordsAt = (root: z.ZodType, path: Path, has: keyof Words = 'name'): Words | undefined =>
  schemasAt(root, path)
    .flatMap(schema => words.get(schema) ?? [])
    .find(each => each[has] !== undefined)

/** How to speak of the mapping that may stand at `path`. */
export const mappingAt = (root: z.ZodType, path: Path): Words | undefined =>
  schemasAt(root, path)
    .filter(schema => schema instanceof z.ZodObject)
    .flatMap(schema => words.get(schema) ?? [])[0]

/** A schema without its wrappers; of a union each branch. */
export const branches = (schema: z.ZodType): z.ZodType[] => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy)
    return branches(schema.unwrap() as z.ZodType)
  return schema instanceof z.ZodUnion
    ? schema.options.flatMap(option => branches(option as z.ZodType))
    : [schema]
}

export const shapeOf = (schema: z.ZodType): Record<string, z.ZodType> =>
  schema instanceof z.ZodObject ? schema.shape : {}

const within = (schema: z.ZodType, part: PropertyKey): z.ZodType[] => {
  if (schema instanceof z.ZodArray) return branches(schema.element as z.ZodType)
  if (schema instanceof z.ZodRecord) return branches(schema.valueType as z.ZodType)
  const shape = shapeOf(schema)
  const member = Object.hasOwn(shape, part) ? shape[String(part)] : undefined
  return member ? branches(member) : []
}
