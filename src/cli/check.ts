import { builtInControls } from '../controls/index.ts'
import { builtInPolicy } from '../policy/built-in.ts'
import { evaluate } from '../policy/evaluate.ts'
import { parsePolicy } from '../policy/parse.ts'
import type { Policy } from '../policy/policy.ts'
import { policyReads } from '../policy/reads.ts'
import { type Given, snapshotFromDirectory } from '../snapshot/from-directory.ts'
import { plainLine } from './plain-line.ts'
import { readPolicy, versionOf } from './policy-files.ts'
import { toJson } from './to-json.ts'
import { toSarif } from './to-sarif.ts'
import { toText } from './to-text.ts'
import { UsageError } from './usage-error.ts'

export interface CheckOptions extends GivenOptions {
  policy?: string
  format: 'text' | 'json' | 'sarif'
  all: boolean
}

/** What a working copy can't tell of its repository. */
export interface GivenOptions {
  name?: string
  topic?: string[]
  property?: string[]
  visibility?: 'public' | 'private' | 'internal'
}

export interface Output {
  write: (text: string) => void
  warn: (text: string) => void
}

/** Judges a directory as the app would judge the repository, without a network. */
export const checkDirectory = async (
  directory: string,
  options: CheckOptions,
  { write, warn, now }: Output & { now: Date },
): Promise<0 | 1 | 2> => {
  const policy = await policyOf(options.policy, warn)
  if (!policy) return 2
  const snapshot = await snapshotFromDirectory(directory, policyReads(policy), now, given(options)).catch(
    (error: unknown) => {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    },
  )
  const verdict = evaluate(snapshot, policy, now)
  const policyName = options.policy ? `policy ${options.policy} (${policy.version})` : 'the built-in baseline'
  if (options.format === 'json') write(`${JSON.stringify(toJson(verdict, snapshot), undefined, 2)}\n`)
  else if (options.format === 'sarif') write(`${JSON.stringify(toSarif(verdict), undefined, 2)}\n`)
  else
    write(
      toText(verdict, snapshot, { policyName, all: options.all, explain: explanationOf(directory, options) }),
    )
  return verdict.conclusion === 'failure' ? 1 : 0
}

export const policyOf = async (
  path: string | undefined,
  warn: Output['warn'],
): Promise<Policy | undefined> => {
  if (path === undefined) return builtInPolicy
  const files = await readPolicy(path)
  const parsed = parsePolicy(files, { version: versionOf(files), library: builtInControls })
  if (parsed.ok) return parsed.policy
  for (const { path: at, line, column, message } of parsed.problems) {
    warn(`${plainLine(at)}:${line}:${column}: ${plainLine(message)}\n`)
  }
  return undefined
}

/** What to type to learn why a control says so: `golden-path explain . owner-exists --policy golden-path.yml`. */
const explanationOf =
  (directory: string, { policy, name, topic, property, visibility }: CheckOptions) =>
  (control: string): string =>
    [
      `golden-path explain ${plainLine(directory)} ${control}`,
      ...(policy ? [`--policy ${plainLine(policy)}`] : []),
      ...(name === undefined ? [] : [`--name ${plainLine(name)}`]),
      ...(topic ? [`--topic ${topic.map(plainLine).join(' ')}`] : []),
      ...(property ? [`--property ${property.map(plainLine).join(' ')}`] : []),
      ...(visibility ? [`--visibility ${visibility}`] : []),
    ].join(' ')

export const given = (options: GivenOptions): Given => ({
  ...(options.name === undefined ? {} : { name: options.name }),
  ...(options.topic ? { topics: options.topic } : {}),
  ...(options.property ? { properties: Object.fromEntries(options.property.map(property)) } : {}),
  ...(options.visibility ? { visibility: options.visibility } : {}),
})

const property = (text: string): [string, string] => {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`--property ${text} has no value. Expected NAME=VALUE.`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
