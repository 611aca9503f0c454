import { z } from 'zod'
import type { Control } from '../controls/control.ts'
import { factNames } from '../snapshot/snapshot.ts'
import { hint, oneOf } from './nearest.ts'
import { date, text, texts, words } from './schema-words.ts'
import { shapeProblems } from './shape-problems.ts'
import { readYaml, type YamlProblem, type YamlText } from './yaml-text.ts'

/** The shape of a file of `golden-path-tests/`: what a control says of repositories that are told in a few words. */

const yes = z.boolean().optional()
const count = z.number().int().min(0)

const repositorySchema = z
  .strictObject({
    name: text.optional(),
    visibility: z.enum(['public', 'private', 'internal']).optional(),
    archived: yes,
    fork: yes,
    template: yes,
    description: z.string().optional(),
    language: z.string().optional(),
    licence: z.string().optional(),
    createdAt: date.optional(),
  })
  .register(words, { name: 'repository' })

const protectionSchema = z
  .strictObject({
    requiresPullRequest: yes,
    requiredApprovals: count.optional(),
    requiresCodeOwnerReview: yes,
    blocksForcePush: yes,
    blocksDeletion: yes,
    requiredChecks: z.array(text).optional(),
    dismissesStaleReviews: yes,
    requiresLastPushApproval: yes,
  })
  .register(words, { name: 'protection' })

const alertSchema = z
  .strictObject({ severity: z.enum(['low', 'moderate', 'high', 'critical']), package: text, ageDays: count })
  .register(words, { name: 'alert' })

const environmentSchema = z
  .strictObject({
    name: text,
    requiredReviewers: count.optional(),
    preventsSelfReview: yes,
    branches: z.enum(['all', 'protected', 'selected']).optional(),
  })
  .register(words, { name: 'environment' })

const caseSchema = z
  .strictObject({
    name: text.describe('What is tried, as a sentence.'),
    files: z.record(text, z.string()).optional().describe('Every file there is, by path.'),
    directory: text.optional().describe('Or a directory beside this file that holds them.'),
    repository: repositorySchema.optional(),
    topics: z.array(text).optional(),
    properties: z.record(text, texts).optional(),
    languages: z.record(text, count).optional(),
    protection: protectionSchema.optional(),
    alerts: z.array(alertSchema).optional(),
    environments: z.array(environmentSchema).optional(),
    accounts: z.array(text).optional().describe('Owners that exist; no other does.'),
    facts: z.record(text, z.unknown()).optional().describe('Other facts of a snapshot, by name.'),
    parameters: z.record(text, z.unknown()).optional(),
    today: date.optional().describe('The day that is judged for.'),
    expect: z.enum(['pass', 'fail', 'unknown', 'not-applicable']),
    message: text.optional().describe('What the message, or one of the findings, must hold.'),
  })
  .register(words, { name: 'case' })

const caseFileSchema = z
  .strictObject({ control: text.describe('Its id.'), cases: z.array(caseSchema).min(1) })
  .register(words, { name: 'test file' })

export type CaseShape = z.infer<typeof caseSchema>

export interface TestCase {
  control: Control
  case: CaseShape
  /** Where it begins. */
  line: number
}

export type ReadCases = { ok: true; cases: TestCase[] } | { ok: false; problems: YamlProblem[] }

/** The cases of one file; with a mistake none of them, and every mistake with its place. */
export const readCases = (source: string, controls: ReadonlyMap<string, Control>): ReadCases => {
  const read = readYaml(source)
  if (!read.ok) return { ok: false, problems: read.problems }
  const { yaml } = read
  const parsed = caseFileSchema.safeParse(yaml.value)
  if (!parsed.success)
    return { ok: false, problems: shapeProblems(parsed.error.issues, caseFileSchema, yaml) }
  const control = controls.get(parsed.data.control)
  if (!control) {
    const message = `"${parsed.data.control.slice(0, 60)}" is no control of the policy or the library${hint(parsed.data.control, controls.keys())}.`
    return { ok: false, problems: [{ message, ...yaml.locate(['control']) }] }
  }
  const problems = parsed.data.cases.flatMap((each, index) => mistakes(each, control, ['cases', index], yaml))
  if (problems.length > 0) return { ok: false, problems }
  const cases = parsed.data.cases.map((each, index) => ({
    control,
    case: each,
    line: yaml.locate(['cases', index]).line,
  }))
  return { ok: true, cases }
}

const mistakes = (
  given: CaseShape,
  control: Control,
  path: readonly PropertyKey[],
  yaml: YamlText,
): YamlProblem[] => {
  const problems: YamlProblem[] = []
  const report = (message: string, ...rest: PropertyKey[]) =>
    problems.push({ message, ...yaml.locate([...path, ...rest], 'key') })
  if (given.files && given.directory !== undefined)
    report('A case has "files" and "directory". Expected one of them.', 'directory')
  for (const file of Object.keys(given.files ?? {}))
    if (file.split('/').some(part => ['', '.', '..'].includes(part)))
      report(`"${file.slice(0, 80)}" is no path from the repository’s root.`, 'files', file)
  for (const name of Object.keys(given.facts ?? {}))
    if (!factNames.some(each => each === name))
      report(
        `"${name.slice(0, 60)}" is no fact. Expected ${oneOf(factNames)}${hint(name, factNames)}.`,
        'facts',
        name,
      )
  const parameters = control.parameters ?? {}
  for (const [name, value] of Object.entries(given.parameters ?? {})) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    const known = Object.keys(parameters)
    if (!parameter)
      report(
        `"${name.slice(0, 60)}" is no parameter of ${control.id}. Expected ${oneOf(known)}${hint(name, known)}.`,
        'parameters',
        name,
      )
    else if (!parameter.accepts(value))
      report(`"${name}" can't be that. Expected ${parameter.expects}.`, 'parameters', name)
  }
  return problems
}
