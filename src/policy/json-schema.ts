import { z } from 'zod'
import { mainFileSchema, settingsFileSchema } from './schema.ts'

/** What editors are given: `policy.schema.json` and `repository-settings.schema.json`, from the one schema. */
export const jsonSchemas = (): Record<string, unknown> => ({
  'policy.schema.json': jsonSchema(mainFileSchema, 'golden-path.yml', 'A policy of Golden Path.'),
  'repository-settings.schema.json': jsonSchema(
    settingsFileSchema,
    '.github/golden-path.yml',
    'What a repository asks of itself, beside the policy of its organisation.',
  ),
})

const jsonSchema = (schema: z.ZodType, title: string, description: string): object => {
  // Draft 7 is what the YAML plugins of editors understand in full.
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema: part }) => {
      // Beside `format` the pattern of a date says nothing, and its 200 characters are what an editor would show.
      if (part.format === 'date') delete part.pattern
    },
  })
  return { $schema, title, description, ...rest }
}
