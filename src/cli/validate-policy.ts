import { builtInControls } from '../controls/index.ts'
import { parsePolicy } from '../policy/parse.ts'
import type { Output } from './check.ts'
import { plainLine } from './plain-line.ts'
import { readPolicy, readPolicyFile, versionOf } from './policy-files.ts'

/** Parses a policy and says every mistake. One golden-path.yml brings the files of golden-path/ along. */
export const validatePolicy = async (
  paths: readonly string[],
  options: { format: 'text' | 'json' },
  { write, warn }: Output,
): Promise<0 | 2> => {
  const [only] = paths
  const files =
    paths.length === 1 && only !== undefined
      ? await readPolicy(only)
      : await Promise.all(paths.map(readPolicyFile))
  const parsed = parsePolicy(files, { version: versionOf(files), library: builtInControls })
  if (options.format === 'json') {
    write(`${JSON.stringify({ valid: parsed.ok, problems: parsed.problems }, undefined, 2)}\n`)
  } else if (parsed.ok) {
    const { rules, controls, waivers } = parsed.policy
    const own = controls.size - builtInControls.size
    write(
      `The policy is valid: ${count(rules.length, 'rule')}, ${count(own, 'control')} of its own, ${count(waivers.length, 'waiver')}.\n`,
    )
  } else {
    for (const { path, line, column, message } of parsed.problems) {
      warn(`${plainLine(path)}:${line}:${column}: ${plainLine(message)}\n`)
    }
  }
  return parsed.ok ? 0 : 2
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
