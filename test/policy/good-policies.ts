import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInPolicyText } from '../../src/policy/built-in.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

/** The whole files among the examples of docs/policy.md, but those that need another file beside them. */
const examples = [...read('docs/policy.md').matchAll(/^```yaml golden-path\.yml\n([\s\S]*?)^```$/gm)].map(
  ([, text = '']) => text,
)

/** Main policy files that are right, with the built-in library. */
export const goodPolicies: readonly string[] = [
  read('fixtures/policies/whole.yml'),
  read('demo/organisation/.github/golden-path.yml'),
  builtInPolicyText,
  ...examples,
]
