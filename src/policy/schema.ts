import { z } from 'zod'

/** The shape of a policy file, written once: the parser, its messages and the JSON schema come from here. */

export const levels = ['observe', 'advise', 'enforce'] as const
export const visibilities = ['public', 'private', 'internal'] as const

const text = z.string().trim().min(1)
const texts = z.union([text, z.array(text).min(1)])
const date = z.iso.date().describe('A day as YYYY-MM-DD.')

const propertyValue = z.union([text, z.boolean(), z.array(text).min(1)])

const selectorSchema = z.strictObject({
  get any() {
    return z.array(selectorSchema).min(1).optional().describe('At least one of these holds.')
  },
  get all() {
    return z.array(selectorSchema).min(1).optional().describe('Each of these holds.')
  },
  get not() {
    return selectorSchema.optional().describe('This does not hold.')
  },
  names: texts.optional().describe('Globs over repository names, without the owner.'),
  topics: texts.optional().describe('Has at least one of these topics.'),
  properties: z
    .record(text, propertyValue)
    .optional()
    .describe('Custom properties; each has one of its values.'),
  visibility: z.union([z.enum(visibilities), z.array(z.enum(visibilities)).min(1)]).optional(),
  templates: texts.optional().describe('Made by one of these Software Templates, by entity ref.'),
  language: texts.optional().describe('The primary language is one of these.'),
  archived: z.boolean().optional(),
  fork: z.boolean().optional(),
  template: z.boolean().optional(),
})

const levelSchema = z.enum(levels)

// Loose, because a control's parameters stand beside level and from; which there are is the control's to say.
const requirementSchema = z.union([levelSchema, z.looseObject({ level: levelSchema, from: date.optional() })])

const ruleSchema = z.strictObject({
  name: text,
  for: selectorSchema.optional().describe('Every repository when absent.'),
  require: z.record(text, requirementSchema),
})

const conditionSchema = z.strictObject({
  file: text.describe('A path, or a glob, from the repository’s root.'),
  where: text.optional().describe('A CEL condition over doc, docs and text. Absent: the file must be there.'),
  message: text.describe('What to do, for the person whose repository fails.'),
})

const controlSchema = z.strictObject({
  title: text,
  why: text,
  satisfies: z.record(text, texts).optional(),
  require: z.array(conditionSchema).min(1),
  fix: z.strictObject({ copy: text, to: text }).optional(),
})

const waiverSchema = z.strictObject({
  repository: text.describe('A glob over repository names, without the owner.'),
  control: text,
  until: date.describe('The last day on which it holds.'),
  reason: text,
  'approved-by': text,
})

const parts = {
  rules: z.array(ruleSchema).optional(),
  controls: z.record(text, controlSchema).optional(),
  waivers: z.array(waiverSchema).optional(),
}

export const mainFileSchema = z.strictObject({ version: z.literal(1), ...parts })
export const furtherFileSchema = z.strictObject({ version: z.literal(1).optional(), ...parts })

export type PolicyFileShape = z.infer<typeof furtherFileSchema>
export type RuleShape = z.infer<typeof ruleSchema>
export type SelectorShape = z.infer<typeof selectorSchema>
export type ControlShape = z.infer<typeof controlSchema>
export type WaiverShape = z.infer<typeof waiverSchema>

type Path = readonly PropertyKey[]

/** The keys a mapping at `path` may have, for the message about one it may not. */
export const knownKeys = (path: Path): string[] => {
  const [section, , third] = path
  if (section === 'rules') return Object.keys((third === 'for' ? selectorSchema : ruleSchema).shape)
  if (section === 'waivers') return Object.keys(waiverSchema.shape)
  if (section !== 'controls') return Object.keys(mainFileSchema.shape)
  if (third === 'require') return Object.keys(conditionSchema.shape)
  return third === 'fix' ? ['copy', 'to'] : Object.keys(controlSchema.shape)
}
