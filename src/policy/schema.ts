import { z } from 'zod'
import { controlSchema } from './control-schema.ts'
import {
  date,
  duration,
  handle,
  hours,
  label,
  percentage,
  repositoryName,
  text,
  texts,
  timeZone,
  words,
} from './schema-words.ts'

/**
 * The shape of a policy, written once: the parser, its messages, `policy.schema.json` and the reference in docs/policy.md
 * come from here. Every key has a description; editors show it.
 */

export const levels = ['observe', 'advise', 'enforce'] as const
export const visibilities = ['public', 'private', 'internal'] as const

const visibility = z.enum(visibilities).register(words, { name: 'visibility' })

const propertyValue = z.union([text, z.boolean(), z.array(text).min(1)])

const entitySchema = z
  .strictObject({
    kind: texts.optional().describe('`Component`, `API`, …'),
    type: texts.optional().describe('Its `spec.type`: `service`, `library`, …'),
    lifecycle: texts.optional().describe('Its `spec.lifecycle`: `production`, …'),
    system: texts.optional().describe('Its `spec.system`, by name or by ref.'),
  })
  .register(words, { name: 'entity' })

const ageSchema = z
  .strictObject({
    over: duration.optional().describe('It was created longer ago than this.'),
    under: duration.optional().describe('It was created less long ago than this.'),
  })
  .register(words, { name: 'age' })

const selectorSchema = z.strictObject({
  get any() {
    return z.array(selectorSchema).min(1).optional().describe('At least one of these selectors holds.')
  },
  get all() {
    return z.array(selectorSchema).min(1).optional().describe('Each of these selectors holds.')
  },
  get not() {
    return selectorSchema.optional().describe('This selector does not hold.')
  },
  names: texts.optional().describe('Globs over its name, without the owner; upper and lower case are alike.'),
  topics: texts.optional().describe('It has one of these topics.'),
  properties: z
    .record(text, propertyValue)
    .optional()
    .describe('Each custom property named has the value, or one of the values.'),
  visibility: z
    .union([visibility, z.array(visibility).min(1)])
    .optional()
    .describe('It is one of these.'),
  language: texts.optional().describe('GitHub’s primary language is one of these.'),
  templates: texts
    .optional()
    .describe(
      'An entity in it was made by one of these Software Templates: `template:default/payments-service`.',
    ),
  team: texts
    .optional()
    .describe(
      'CODEOWNERS or an entity of it names one of these teams as owner: `payments` or `"@acme/payments"`.',
    ),
  owner: texts
    .optional()
    .describe(
      'An entity of it has one of these owners; globs, over the ref (`group:default/payments`) or the owner as written.',
    ),
  entity: entitySchema
    .optional()
    .describe('One and the same entity in it has all of these; globs; upper and lower case are alike.'),
  age: ageSchema.optional().describe('How long ago it was created: `{ over: 30d, under: 2y }`.'),
  archived: z.boolean().optional().describe('It is archived, or is not.'),
  fork: z.boolean().optional().describe('It is a fork, or is not.'),
  template: z.boolean().optional().describe('It is a template repository of GitHub’s, or is not.'),
})
words.add(selectorSchema, { name: 'selector' })
// It holds itself, so it stands in the JSON schema once, under this name.
z.globalRegistry.add(selectorSchema, { id: 'selector' })

const levelSchema = z.enum(levels).register(words, { name: 'level' })

const levelKeys = {
  level: levelSchema.describe('What a failure does: `observe`, `advise` or `enforce`.'),
  from: date
    .optional()
    .describe(
      'The day (UTC), `2027-01-15`, from which it is enforced; until then it is advised. With `enforce` only.',
    ),
  rollout: percentage
    .optional()
    .describe(
      'How many of the repositories the level has reached, `10%`; the others are at `observe`. By repository id: a higher percentage keeps those inside.',
    ),
}

// Loose, because a control's parameters stand beside these; which there are is the control's to say.
const requirementSchema = z
  .looseObject({
    ...levelKeys,
    'repositories-may-set': texts
      .optional()
      .describe('Parameters that a repository may set in its own `.github/golden-path.yml`.'),
    'accept-heuristic': z
      .boolean()
      .optional()
      .describe('Lets a control that judges by signs be enforced; without it `advise` is the most.'),
  })
  .register(words, { name: 'requirement' })

const packLevelSchema = z.strictObject(levelKeys).register(words, { name: 'pack’s level' })

const ruleSchema = z
  .strictObject({
    name: text.describe(
      'A sentence, unique in the policy. It is shown to those who ask why something is asked of them.',
    ),
    for: selectorSchema.optional().describe('Which repositories. Every one when it is left out.'),
    rollout: percentage
      .optional()
      .describe(
        'For every requirement of the rule that has none of its own: how many repositories it has reached.',
      ),
    require: z
      .record(text, z.union([levelSchema, requirementSchema]))
      .optional()
      .describe('Controls by id, each with its level: alone, or with more.'),
    packs: z
      .record(text, z.union([levelSchema, packLevelSchema]))
      .optional()
      .describe('Packs of controls by id, each with a level. What `require` names goes before.'),
  })
  .register(words, { name: 'rule' })

const waiverSchema = z
  .strictObject({
    repository: text.describe('A glob over repository names, without the owner.'),
    control: text.describe('The id of the control that is excused.'),
    from: date.optional().describe('The first day (UTC) on which it holds. At once when it is left out.'),
    until: date.describe('The last day (UTC) on which it holds: `2027-03-31`.'),
    reason: text.describe('Why, in a sentence. It is shown.'),
    'approved-by': text.describe('Who decided it: `"@acme/security"`.'),
  })
  .register(words, { name: 'waiver' })

const previewSchema = z
  .strictObject({
    'fail-above': z
      .int()
      .min(0)
      .register(words, { name: 'number of repositories', expects: 'a whole number from 0' })
      .optional()
      .describe('The preview of a change fails when more repositories than this would newly fail.'),
  })
  .register(words, { name: 'preview' })

export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const

const issuesSchema = z
  .strictObject({
    repository: repositoryName
      .optional()
      .describe(
        'One repository for the issues of all, `acme/compliance`. Each repository gets its own issue in itself when it is left out.',
      ),
    labels: z
      .union([label, z.array(label).min(1).max(20)])
      .optional()
      .describe('Labels that a new issue gets. An issue is opened without them where GitHub refuses them.'),
    'open-on': z
      .strictObject({
        days: z
          .array(z.enum(weekdays).register(words, { name: 'day of the week' }))
          .min(1)
          .optional()
          .describe('Days on which issues may be opened. Every day when it is left out.'),
        hours: hours
          .optional()
          .describe('Between which hours: `08:00-17:00`. Round the clock when it is left out.'),
        'time-zone': timeZone
          .optional()
          .describe('Where these days and hours are: `Europe/Berlin`. UTC when it is left out.'),
      })
      .register(words, { name: 'opening time' })
      .optional()
      .describe(
        'When issues may be opened. What is found outside of it waits; an issue is closed at any time.',
      ),
    'mention-owners': z
      .boolean()
      .optional()
      .describe(
        'Mentions the owning team once, when the issue is opened. Nobody is mentioned when it is left out.',
      ),
    'public-repositories': z
      .enum(['neutral', 'full', 'none'])
      .register(words, { name: 'way of public issues' })
      .optional()
      .describe(
        'What an issue in a public repository says: `neutral` (when it is left out) names no weakness, `full` says all, `none` opens no issue.',
      ),
  })
  .register(words, { name: 'set of issue settings' })

const parts = {
  rules: z.array(ruleSchema).optional().describe('Which controls, at which level, for which repositories.'),
  controls: z
    .record(text, controlSchema)
    .optional()
    .describe('The organisation’s own controls, by id: small letters, digits, hyphens.'),
  waivers: z
    .array(waiverSchema)
    .optional()
    .describe('Controls excused for a repository, until a day and for a reason.'),
}

export const mainFileSchema = z
  .strictObject({
    version: z.literal(1).describe('Always 1.'),
    ...parts,
    'max-waiver': duration
      .optional()
      .describe(
        'How long a waiver may be: `90d`. A longer one holds on its last so many days only, and is a finding.',
      ),
    'waiver-approvers': z
      .union([handle, z.array(handle).min(1)])
      .optional()
      .describe(
        'Who may approve a waiver: `["@acme/security"]`. Anybody of the organisation when it is left out.',
      ),
    preview: previewSchema.optional().describe('What the preview of a change of the policy may find.'),
    'pull-requests': z
      .enum(['introduced', 'all'])
      .register(words, { name: 'way of judging pull requests' })
      .optional()
      .describe(
        'What fails a pull request: `introduced` (when it is left out) is what it brings in itself; `all` is also what was there before.',
      ),
    fix: z
      .enum(['offered', 'pull-request'])
      .register(words, { name: 'way of fixing' })
      .optional()
      .describe(
        'Whether a pull request with the fixes is opened when somebody asks for it, `offered` (when it is left out), or by itself, `pull-request`.',
      ),
    issues: issuesSchema.optional().describe('How owners are told by an issue.'),
  })
  .register(words, { name: 'policy file' })

export const furtherFileSchema = z
  .strictObject({ version: z.literal(1).optional().describe('Always 1; may be left out.'), ...parts })
  .register(words, { name: 'policy file in golden-path/' })

const settingSchema = z
  .looseObject({
    level: levelSchema.optional().describe('At least this level, whatever the policy asks.'),
  })
  .register(words, { name: 'setting' })

/** A repository's own `.github/golden-path.yml`. */
export const settingsFileSchema = z
  .strictObject({
    version: z.literal(1).describe('Always 1.'),
    require: z
      .record(text, z.union([levelSchema, settingSchema]))
      .optional()
      .describe('Controls that the policy asks for, by id: a stricter level, parameters it leaves open.'),
  })
  .register(words, { name: 'repository’s settings file' })

export type PolicyFileShape = z.infer<typeof furtherFileSchema> &
  Partial<Omit<z.infer<typeof mainFileSchema>, 'version'>>
export type RuleShape = z.infer<typeof ruleSchema>
export type SelectorShape = z.infer<typeof selectorSchema>
export type WaiverShape = z.infer<typeof waiverSchema>
export type SettingsShape = z.infer<typeof settingsFileSchema>
export type { ControlShape } from './control-schema.ts'
