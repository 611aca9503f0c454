import { z } from 'zod'
import { mainFileSchema, settingsFileSchema } from '../src/policy/schema.ts'
import { branches, shapeOf } from '../src/policy/schema-walk.ts'
import { type Words, words } from '../src/policy/schema-words.ts'

/** The tables of keys in docs/policy.md, between these two lines. */
export const beginsHere =
  '<!-- Written by `npm run schema` from src/policy/schema.ts; edit the descriptions there. -->'
export const endsHere = '<!-- End of what is written by `npm run schema`. -->'

/** The page with its tables made anew. */
export const withReference = (page: string): string => {
  const begin = page.indexOf(beginsHere)
  const end = page.indexOf(endsHere)
  if (begin === -1 || end < begin) throw new Error(`The page lacks the line ${beginsHere} or ${endsHere}`)
  return `${page.slice(0, begin + beginsHere.length)}\n\n${reference()}\n${page.slice(end)}`
}

const reference = (): string => [...objectsWithin(mainFileSchema, settingsFileSchema)].map(table).join('\n')

/** Every mapping of the schema that has a name, each before what stands in it. */
const objectsWithin = (...roots: z.ZodType[]): Set<z.ZodObject> => {
  const found = new Set<z.ZodObject>()
  const visit = (schema: z.ZodType): void => {
    for (const branch of branches(schema)) {
      if (branch instanceof z.ZodObject && !found.has(branch)) {
        found.add(branch)
        Object.values(shapeOf(branch)).forEach(visit)
      } else if (branch instanceof z.ZodArray) visit(branch.element as z.ZodType)
      else if (branch instanceof z.ZodRecord) visit(branch.valueType as z.ZodType)
    }
  }
  roots.forEach(visit)
  return found
}

const table = (schema: z.ZodObject): string => {
  const rows = Object.entries(shapeOf(schema)).map(
    ([key, value]) =>
      `| \`${key}\`${value instanceof z.ZodOptional ? '' : ' (needed)'} | ${valueIn(value)} | ${value.description ?? ''} |`,
  )
  const open = schema.def.catchall instanceof z.ZodUnknown
  return `### ${titleOf(schema)}\n\n| key | value | |\n|---|---|---|\n${rows.join('\n')}\n${open ? '| … | | Parameters of the control: `golden-path controls ID` lists them. |\n' : ''}`
}

/** Without those, two mappings would share one heading. */
const nameOf = (schema: z.ZodType): Words => {
  const found = words.get(schema)
  if (!found)
    throw new Error('A mapping of the schema has no name: register it in src/policy/schema-words.ts')
  return found
}

const titleOf = (schema: z.ZodType): string => {
  const { name } = nameOf(schema)
  return `The keys of ${article(name)} ${name}`
}

const anchorOf = (schema: z.ZodType): string =>
  titleOf(schema)
    .toLowerCase()
    .replaceAll(/[^a-z\d\- ]/g, '')
    .replaceAll(' ', '-')

const valueIn = (schema: z.ZodType): string => {
  const [first, ...rest] = branches(schema).map(phrase)
  const isListOfIt = rest.length === 1 && rest[0] === `a list of ${first}`
  return isListOfIt ? `${first}, or a list` : [first, ...rest].join(' or ')
}

const phrase = (schema: z.ZodType): string => {
  if (schema instanceof z.ZodObject) return `[${nameOf(schema).name}](#${anchorOf(schema)})`
  if (schema instanceof z.ZodArray) return `a list of ${valueIn(schema.element as z.ZodType)}`
  if (schema instanceof z.ZodRecord) return `a mapping to ${valueIn(schema.valueType as z.ZodType)}`
  if (schema instanceof z.ZodEnum) return schema.options.map(word => `\`${word}\``).join(', ')
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(value => `\`${value}\``).join(' or ')
  if (schema instanceof z.ZodBoolean) return '`true` or `false`'
  const named = words.get(schema)?.name
  if (named) return `${article(named)} ${named}`
  if (schema instanceof z.ZodNumber) return 'a number'
  if (schema instanceof z.ZodNull) return '`null`'
  return schema instanceof z.ZodString ? 'text' : 'anything'
}

const article = (name: string): string => (/^[aeiou]/.test(name) ? 'an' : 'a')
