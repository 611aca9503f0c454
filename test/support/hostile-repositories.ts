import type { FileSeed } from '../../demo/github/seed.ts'

/** Repositories made to hang, crash, mislead or misuse whoever judges them, and what each must be told. */
export interface HostileRepository {
  name: string
  /** As the emulated GitHub is seeded with; the command line gets the same as a directory. */
  files: Record<string, FileSeed>
  /** Part of what the check run says. */
  says: string
  /** Control that says it. */
  control: string
  /** Of the check run under `hostilePolicy`. */
  conclusion: 'failure' | 'neutral' | 'success'
}

export const hostilePolicy = `version: 1
rules:
  - name: What every repository keeps to
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      codeowners-valid: enforce
      ownership-agrees: advise
      template-controls: advise
      techdocs: observe
  - name: What is configured
    for: { names: ["data-*"] }
    require: { configured: enforce }
  - name: What takes for ever
    for: { names: ["conditions-*"] }
    require: { explosive: enforce, backtracking: enforce }
controls:
  explosive:
    title: Explosive
    why: It must not hang
    require:
      - { file: list.json, where: "doc.all(a, doc.all(b, doc.all(c, a + b + c >= 0)))", message: Never. }
  backtracking:
    title: Backtracking
    why: It must not hang
    require:
      - { file: list.json, where: 'text.matches("(([0-9]+,)+)+$")', message: It ends with a bracket. }
  configured:
    title: Configured
    why: To read what hostile repositories hold
    require:
      - { file: "config/*.yaml", where: doc.a == 1, message: Set a to 1. }
`

export const component = (
  name: string,
  owner = 'payments',
  more = '',
): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
${more}spec:
  type: service
  lifecycle: production
  owner: ${owner}
`

const location = (targets: readonly string[], name = 'hostile'): string => `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: ${name}
spec:
  targets:
${targets.map(target => `    - ${JSON.stringify(target)}\n`).join('')}`

const times = <T>(amount: number, make: (index: number) => T): T[] =>
  Array.from({ length: amount }, (_, index) => make(index))

const files = (amount: number, make: (index: number) => [string, string]): Record<string, string> =>
  Object.fromEntries(times(amount, make))

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${times(9, index => {
  const [here, before] = ['bcdefghij'[index], 'abcdefghi'[index]]
  return `${here}: &${here} [${times(9, () => `*${before}`).join(', ')}]`
}).join('\n')}\n`

/** Just below what is refused for its size, and as slow to parse as that can be. */
const intricate = `x: [${'[],'.repeat(29_000)}]\n`

/** Each leads somewhere only the machine that follows it could go; a Backstage that read the file would. */
export const privateTargets = (port: number): string[] => [
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'http://10.0.0.1/catalog-info.yaml',
  'http://localhost:7007/api/catalog/entities',
  `http://127.0.0.1:${port}/catalog-info.yaml`,
  `http://localhost:${port}/catalog-info.yaml`,
  `http://127.1:${port}/catalog-info.yaml`,
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]:7007/',
  'http://[::ffff:169.254.169.254]/',
  'http://metadata.internal/computeMetadata/v1/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
  '../../../etc/passwd',
]

export const outsideTargets = [
  'https://example.com/catalog-info.yaml',
  'https://user:secret@example.com:8443/a.yaml',
]

const sound = component('sound')
const owners = { '.github/CODEOWNERS': '* @acme/payments\n' }

export interface Surroundings {
  /** Where the repositories are, as `https://github.com`. */
  github: string
  /** A port of this machine that nobody may connect to. */
  canary: number
}

export const hostileRepositories = ({ github, canary }: Surroundings): HostileRepository[] => [
  {
    name: 'alias-bomb',
    files: { ...owners, 'catalog-info.yaml': bomb },
    control: 'catalog-info-valid',
    says: 'aliases of this document repeat each other more than 100 times',
    conclusion: 'failure',
  },
  {
    name: 'twenty-megabytes',
    files: { ...owners, 'catalog-info.yaml': 'a: b\n'.repeat(4 << 20) },
    control: 'catalog-info-valid',
    says: 'has 20.0 MiB, at most 512 KiB are read',
    conclusion: 'failure',
  },
  {
    name: 'many-owners',
    files: {
      'catalog-info.yaml': sound,
      '.github/CODEOWNERS': times(10_000, index => `/services/s${index}/ @acme/team-${index}\n`).join(''),
    },
    control: 'codeowners-valid',
    says: "doesn't exist, or may not write to this repository",
    conclusion: 'failure',
  },
  {
    name: 'many-broken-rules',
    files: {
      'catalog-info.yaml': sound,
      '.github/CODEOWNERS': times(20_000, index => `!x${index} me\n`).join(''),
    },
    control: 'codeowners-valid',
    says: "CODEOWNERS can't exclude",
    conclusion: 'failure',
  },
  {
    name: 'mentions',
    files: {
      '.github/CODEOWNERS': '* @everyone <img src=x> [click](javascript:alert(1))\n',
      'catalog-info.yaml': component(
        JSON.stringify('@everyone <img src=https://example.com/x.png> ![x](https://example.com/y.png)'),
        JSON.stringify('@acme/payments <script>alert(1)</script> [click](https://example.com) `` ` |'),
      ),
    },
    control: 'catalog-info-valid',
    says: 'metadata.name is',
    conclusion: 'failure',
  },
  {
    name: 'hidden-characters',
    files: {
      ...owners,
      'catalog-info.yaml': component(
        '"pay\\u202Ements\\e[2J\\r\\n\\u0000\\uD800"',
        '"@every\\u200Bone\\u2066"',
      ),
    },
    control: 'catalog-info-valid',
    says: 'metadata.name is',
    conclusion: 'failure',
  },
  {
    name: 'long-names',
    files: {
      '.github/CODEOWNERS': `* @acme/${'y'.repeat(60_000)}\n${'*a'.repeat(30_000)} @acme/payments\n`,
      'catalog-info.yaml': component('x'.repeat(60_000), 'z'.repeat(60_000)),
    },
    control: 'catalog-info-valid',
    says: 'at most 63 characters',
    conclusion: 'failure',
  },
  {
    name: 'owner-for-a-backtracking-expression',
    files: {
      ...owners,
      'catalog-info.yaml': component('sound', JSON.stringify(`a@${'.'.repeat(200_000)}@`)),
    },
    control: 'owner-exists',
    says: 'is no team or user of acme',
    conclusion: 'failure',
  },
  {
    name: 'links-in-a-circle',
    files: {
      'catalog-info.yaml': { symlink: 'catalog-info.yaml' },
      '.github/CODEOWNERS': { symlink: '../docs/CODEOWNERS' },
      'docs/CODEOWNERS': { symlink: '../.github/CODEOWNERS' },
      loop: { symlink: '.' },
    },
    control: 'catalog-info-valid',
    says: 'is a symbolic link, and links are not followed',
    conclusion: 'failure',
  },
  {
    name: 'nul-bytes',
    files: { '.github/CODEOWNERS': '* \0@acme/payments\n', 'catalog-info.yaml': `${sound}\0\0\0` },
    control: 'catalog-info-valid',
    says: 'is not a text file',
    conclusion: 'failure',
  },
  {
    name: 'nested',
    files: { ...owners, 'catalog-info.yaml': '- '.repeat(50_000) },
    control: 'catalog-info-valid',
    says: 'nests deeper than a YAML parser can follow',
    conclusion: 'failure',
  },
  {
    name: 'documents',
    files: { ...owners, 'catalog-info.yaml': '---\n'.repeat(120_000) },
    control: 'catalog-info-valid',
    says: 'too intricate',
    conclusion: 'failure',
  },
  {
    name: 'tags',
    files: {
      ...owners,
      'catalog-info.yaml': `${component('sound').replace('type: service', 'type: !!js/function "function () { process.exit(1) }"')}  x: !!python/object/apply:os.system ["true"]\n`,
    },
    control: 'catalog-info-valid',
    // Nothing is made of a tag, here or in Backstage: its value is text.
    says: 'Backstage would accept the entity',
    conclusion: 'success',
  },
  {
    name: 'merge-keys',
    files: {
      ...owners,
      'catalog-info.yaml': `x: &x { apiVersion: backstage.io/v1alpha1, kind: Component }\n<<: [${'*x, '.repeat(50)}*x]\n${component('sound')}`,
    },
    control: 'catalog-info-valid',
    says: 'is no field at the top of an entity',
    conclusion: 'failure',
  },
  {
    name: 'one-long-line',
    files: { ...owners, 'catalog-info.yaml': `{ "apiVersion": "${'x'.repeat(500_000)}", "kind": 1 }` },
    control: 'catalog-info-valid',
    says: 'kind is',
    conclusion: 'failure',
  },
  {
    name: 'prototype',
    files: {
      ...owners,
      'catalog-info.yaml': `${sound}__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`,
    },
    control: 'catalog-info-valid',
    says: 'is no field at the top of an entity',
    conclusion: 'failure',
  },
  {
    name: 'private-targets',
    files: { ...owners, 'catalog-info.yaml': location(privateTargets(canary)) },
    control: 'catalog-info-valid',
    says: 'is an address inside a private network, 169.254.169.254',
    conclusion: 'failure',
  },
  {
    name: 'targets-outside',
    files: {
      ...owners,
      'catalog-info.yaml': location([...outsideTargets, `${github}/acme/other/blob/main/catalog-info.yaml`]),
    },
    control: 'catalog-info-valid',
    says: 'outside this repository',
    conclusion: 'neutral',
  },
  {
    name: 'private-placeholders',
    files: {
      ...owners,
      'catalog-info.yaml': privateTargets(canary)
        .map(target =>
          component('sound').replace('type: service', `type: { $text: ${JSON.stringify(target)} }`),
        )
        .join('---\n'),
    },
    control: 'catalog-info-valid',
    says: 'is an address inside a private network, 169.254.169.254',
    conclusion: 'failure',
  },
  {
    name: 'many-targets',
    files: {
      ...owners,
      'catalog-info.yaml': location(times(5_000, index => `./services/s${index}/catalog-info.yaml`)),
    },
    control: 'catalog-info-valid',
    says: "doesn't exist. Expected a file of this repository",
    conclusion: 'failure',
  },
  {
    name: 'exploding-globs',
    files: {
      ...owners,
      'catalog-info.yaml': location([
        `./${'{a,b}'.repeat(30)}/c.yaml`,
        ...times(400, index => `./${'*a'.repeat(200)}${index}*.yaml`),
        ...times(90, index => `./${'{'.repeat(900)}${index}*.yaml`),
      ]),
      ...files(1_000, index => [`${'a'.repeat(200)}/${'a'.repeat(200)}${index}.txt`, '']),
    },
    control: 'catalog-info-valid',
    says: 'globs',
    conclusion: 'failure',
  },
  {
    name: 'globs-in-many-locations',
    files: {
      ...owners,
      'catalog-info.yaml': times(20, index =>
        location(
          times(450, each => `./**/*${index}-${each}*/**/*.yaml`),
          `l${index}`,
        ),
      ).join('---\n'),
      ...files(1_000, index => [`${'a/'.repeat(20)}${index}.txt`, '']),
    },
    control: 'catalog-info-valid',
    says: 'globs',
    conclusion: 'failure',
  },
  {
    name: 'two-thousand-entities',
    files: {
      ...owners,
      'catalog-info.yaml': times(2_000, index => component(`c${index}`, `t${index}`)).join('---\n'),
    },
    control: 'catalog-info-valid',
    says: 'documents',
    conclusion: 'failure',
  },
  {
    name: 'intricate-targets',
    files: {
      ...owners,
      'catalog-info.yaml': location(times(150, index => `./t${index}.yaml`)),
      ...files(150, index => [`t${index}.yaml`, intricate]),
    },
    control: 'catalog-info-valid',
    says: 'too intricate',
    conclusion: 'failure',
  },
  {
    name: 'intricate-placeholders',
    files: {
      ...owners,
      'catalog-info.yaml': times(20, index =>
        component(`c${index}`).replace(
          'type: service',
          `type: service\n  x:\n${times(50, at => `    a${at}: { $yaml: ./t.yaml }\n`).join('')}`,
        ),
      ).join('---\n'),
      't.yaml': intricate,
    },
    control: 'catalog-info-valid',
    says: 'intricate',
    conclusion: 'failure',
  },
  {
    name: 'large-targets',
    files: {
      ...owners,
      'catalog-info.yaml': location(times(40, index => `./t${index}.yaml`)),
      ...files(40, index => [
        `t${index}.yaml`,
        component(`c${index}`, 'payments', `  description: ${'x'.repeat(500_000)}\n`),
      ]),
    },
    control: 'catalog-info-valid',
    says: 'more than 8 MiB together',
    conclusion: 'neutral',
  },
  {
    name: 'rules-times-entities',
    files: {
      'catalog-info.yaml': location(
        times(150, index => `./${'a'.repeat(200)}/${'a'.repeat(200)}/${index}/c.yaml`),
      ),
      '.github/CODEOWNERS': `${`/${'*a'.repeat(20)}b/${'*a'.repeat(20)}b/*/ @acme/payments\n`.repeat(5_000)}`,
      ...files(150, index => [
        `${'a'.repeat(200)}/${'a'.repeat(200)}/${index}/c.yaml`,
        component(`c${index}`, index === 0 ? 'nobody' : 'payments'),
      ]),
    },
    control: 'ownership-agrees',
    says: 'too many to compare',
    conclusion: 'failure',
  },
  {
    name: 'data-of-a-condition',
    files: {
      ...owners,
      'catalog-info.yaml': sound,
      'config/logging.yaml': bomb,
      ...files(90, index => [`config/c${index}.yaml`, intricate]),
    },
    control: 'configured',
    says: 'keys, values and brackets',
    conclusion: 'failure',
  },
  {
    name: 'conditions-that-explode',
    files: { ...owners, 'list.json': JSON.stringify(times(5_000, index => index)) },
    control: 'explosive',
    says: 'take longer than the 100 ms',
    conclusion: 'failure',
  },
]
