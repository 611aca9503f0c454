import { hostilePolicy } from './hostile-repositories.ts'

/** Policies that no organisation should come to harm by: each is refused at a line, and none takes the service with it. */
export interface HostilePolicy {
  name: string
  files: Record<string, string>
  /** Part of what the check run of the policy repository says. */
  says: string
}

const times = (amount: number, make: (index: number) => string): string =>
  Array.from({ length: amount }, (_, index) => make(index)).join('')

const controls = (amount: number, demand: (index: number) => string): string =>
  `${hostilePolicy}${times(amount, index => `  c${index}: { title: T, why: W, require: [${demand(index)}] }\n`)}`

const matching = (pattern: string): string =>
  `{ file: a.txt, where: 'text.matches("${pattern}")', message: M. }`

const only = (text: string): Record<string, string> => ({ 'golden-path.yml': text })

export const hostilePolicies: HostilePolicy[] = [
  {
    name: 'a regular expression that looks around',
    files: only(controls(1, () => matching('(?=(a+)+$)b'))),
    says: 'is no regular expression of RE2 syntax',
  },
  {
    name: 'a regular expression that repeats repetitions',
    files: only(controls(1, () => matching('((a{1,1000}){1,1000}){1,1000}'))),
    says: 'is no regular expression of RE2 syntax',
  },
  {
    name: 'regular expressions of a million states',
    files: only(controls(1_500, index => matching(`([a-z]{1,900}${index})`))),
    says: 'is beyond what the globs and regular expressions of a policy may have together',
  },
  {
    name: 'globs that explode',
    files: only(
      controls(1_500, index => `{ file: "${'{a,b}'.repeat(6)}${'*a'.repeat(40)}${index}/**", message: M. }`),
    ),
    says: 'is beyond what the globs and regular expressions of a policy may have together',
  },
  {
    name: 'a condition of brackets',
    files: only(
      controls(
        1,
        () => `{ file: a.yaml, where: '${'('.repeat(100_000)}true${')'.repeat(100_000)}', message: M. }`,
      ),
    ),
    says: 'The condition has 200004 characters',
  },
  {
    name: 'an alias bomb',
    files: only(
      `a: &a [x, x, x, x, x, x, x, x, x]\n${times(9, index => {
        const [here, before] = ['bcdefghij'[index], 'abcdefghi'[index]]
        return `${here}: &${here} [${Array(9).fill(`*${before}`).join(', ')}]\n`
      })}`,
    ),
    says: 'multiply beyond reason',
  },
  {
    name: '20 MB',
    files: only('a: b\n'.repeat(4 << 20)),
    says: 'has 20.0 MiB, at most 512 KiB are read',
  },
  {
    name: 'brackets',
    files: only(`x: ${']'.repeat(110_000)}\n`),
    says: 'Not valid YAML',
  },
  {
    name: 'names that call people',
    files: only(
      `version: 1\nrules:\n  - name: "@everyone <img src=https://example.com/x.png> [x](https://example.com)"\n    require: { "@acme/payments <b>": enforce }\n`,
    ),
    says: 'is no control',
  },
  {
    name: '50 files, each as intricate as one may be',
    files: {
      ...only(hostilePolicy),
      ...Object.fromEntries(
        Array.from({ length: 49 }, (_, index) => [
          `golden-path/p${index}.yml`,
          `x: [${'[],'.repeat(29_000)}]\n`,
        ]),
      ),
    },
    says: 'The policy’s files have more than 120,000 keys, values and brackets together',
  },
]
