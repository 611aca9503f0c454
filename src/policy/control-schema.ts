import { z } from 'zod'
import { text, texts, words } from './schema-words.ts'

/** The shape of a control of the organisation's own, under `controls:`. What goes with what, compile-control.ts says. */

const forEach = z
  .literal('component')
  .optional()
  .describe('Once for each Component of a monorepo; paths are then relative to its catalog-info.yaml.')

// One shape with every key instead of a union of kinds: a union's messages speak of the wrong kind.
const conditionSchema = z.strictObject({
  file: text.optional().describe('A path, or a glob, from the repository’s root: it must be there.'),
  absent: text.optional().describe('A path, or a glob, from the repository’s root: nothing may be there.'),
  repository: text
    .optional()
    .describe('A CEL condition over what GitHub knows: repository, topics, protection, alerts and the like.'),
  get 'any-of'() {
    return z.array(conditionSchema).min(1).optional().describe('Conditions; at least one must be kept.')
  },
  get 'all-of'() {
    return z.array(conditionSchema).min(1).optional().describe('Conditions; each must be kept.')
  },
  where: text.optional().describe('Of a file: a CEL condition over doc, docs, text, manifest and the facts.'),
  matches: texts
    .optional()
    .describe('Of a file: RE2 expressions, each of which must be found in it; (?m)^ is a line’s beginning.'),
  'not-matches': texts.optional().describe('Of a file: RE2 expressions, none of which may be found in it.'),
  message: text
    .optional()
    .describe('What to do, for the person whose repository fails; {{ expression }} shows a value.'),
  'for-each': forEach,
})
words.add(conditionSchema, { name: 'condition' })

const plainValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
])

const fixSchema = z
  .strictObject({
    copy: text.optional().describe('A file of the policy repository, copied to `to`.'),
    // Not trimmed: it is a file's text.
    write: z.string().min(1).optional().describe('The text of a new file at `to`.'),
    to: text.optional().describe('Where it belongs.'),
    set: z
      .record(text, plainValue)
      .optional()
      .describe('Values of the YAML or JSON file `in`, by dotted path: `audit.enabled`.'),
    in: text.optional().describe('The file in which values are set.'),
  })
  .register(words, { name: 'fix' })

export const controlSchema = z.strictObject({
  title: text.describe('The good state in a few words.'),
  why: text.describe('One sentence for those of whom it is asked.'),
  satisfies: z
    .record(text, texts)
    .optional()
    .describe('Which requirements a pass is evidence for, by framework. Numbers in quotes.'),
  'for-each': forEach,
  require: z.array(conditionSchema).min(1).describe('Conditions; all must be kept.'),
  fix: fixSchema.optional().describe('What would repair it: copy, write or set.'),
})
words.add(controlSchema, { name: 'control' })

export type ControlShape = z.infer<typeof controlSchema>
export type ConditionShape = z.infer<typeof conditionSchema>
export type FixShape = z.infer<typeof fixSchema>
