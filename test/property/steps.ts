import fc from 'fast-check'
import type { Mishap } from './service-life.ts'

/** One thing that happens. Plain data, so that a failing sequence can be read and replayed. */
export type Step =
  | { do: 'push'; what: keyof typeof pushes }
  | { do: 'policy'; variant: keyof typeof policies }
  | { do: 'issue'; how: 'close' | 'reopen' | 'delete' | 'lock' | 'unlock' | 'rename' }
  | { do: 'pull'; how: 'close' | 'reopen' | 'merge' | 'delete branch' | 'ready' | 'rename' }
  | { do: 'push to ours'; force: boolean }
  | { do: 'comment'; on: 'issue' | 'pull'; text: string }
  | { do: 'button' }
  | { do: 'redeliver'; back: number }
  | { do: 'mishap'; mishap: Mishap }
  | { do: 'days'; days: number }

/** What a push to the default branch leaves; `undefined` takes the file away. */
export const pushes = {
  'break the owner': ['catalog-info.yaml', (org: string) => catalogue(org, 'paymnts')],
  'break the owner otherwise': ['catalog-info.yaml', (org: string) => catalogue(org, 'nobody-of-that-name')],
  'fix the owner': ['catalog-info.yaml', (org: string) => catalogue(org, 'payments')],
  'break the catalogue file': ['catalog-info.yaml', () => 'kind: [\n'],
  'take the catalogue file away': ['catalog-info.yaml', undefined],
  'break CODEOWNERS': ['CODEOWNERS', (org: string) => `* @${org}/paymnts\n`],
  'fix CODEOWNERS': ['CODEOWNERS', (org: string) => `* @${org}/payments\n`],
  'something else': ['README.md', () => `# ${Math.random()}\n`],
} as const satisfies Record<string, readonly [string, ((org: string) => string) | undefined]>

export const catalogue = (org: string, owner: string): string =>
  `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  annotations:
    github.com/project-slug: ${org}/web
spec:
  type: service
  lifecycle: production
  owner: ${owner}
`

const policy = (fix: string, controls: string, more = ''): string =>
  `version: 1
fix: ${fix}
${more}rules:
  - name: Every repository has an accountable owner
    for: { names: [web] }
    require:
${controls}`
const both =
  '      catalog-info-valid: enforce\n      owner-exists: enforce\n      codeowners-valid: enforce\n'
export const policies = {
  'fix by itself': policy('pull-request', both),
  'fix when asked': policy('offered', both),
  'owners only': policy('pull-request', '      owner-exists: enforce\n'),
  'advice only': policy('offered', '      owner-exists: advise\n      codeowners-valid: advise\n'),
  'nothing asked': policy('offered', '      techdocs: observe\n'),
  'a waiver': `${policy('pull-request', both)}waivers:
  - { repository: web, control: codeowners-valid, until: 2026-12-20, reason: Later, approved-by: "@olivia-owner" }
`,
  broken: 'version: 1\nrules: [\n',
} as const

/** Commands and what looks like one. */
const texts = [
  '/golden-path help',
  '/golden-path fix',
  '/golden-path recheck',
  '/golden-path explain owner-exists',
  '/golden-path owner payments',
  '/golden-path waive owner-exists until 2026-12-31 because We are moving',
  '/golden-path fxi',
  '> /golden-path fix',
  '```\n/golden-path fix\n```',
  'Looks good to me.',
]

const of = <T>(...values: T[]) => fc.constantFrom(...values)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: of('push' as const), what: of(...keysOf(pushes)) }) },
  { weight: 2, arbitrary: fc.record({ do: of('policy' as const), variant: of(...keysOf(policies)) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: of('issue' as const),
      how: of(
        'close' as const,
        'reopen' as const,
        'delete' as const,
        'lock' as const,
        'unlock' as const,
        'rename' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: of('pull' as const),
      how: of(
        'close' as const,
        'reopen' as const,
        'merge' as const,
        'delete branch' as const,
        'ready' as const,
        'rename' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: of('push to ours' as const), force: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: of('comment' as const),
      on: of('issue' as const, 'pull' as const),
      text: of(...texts),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: of('button' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: of('redeliver' as const), back: fc.nat(12) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: of('mishap' as const),
      mishap: fc.record({
        kind: of('crash' as const, 'lost' as const),
        after: fc.integer({ min: 1, max: 6 }),
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: of('days' as const), days: fc.integer({ min: 1, max: 40 }) }) },
)

function keysOf<K extends string>(table: Record<K, unknown>): [K, ...K[]] {
  return Object.keys(table) as [K, ...K[]]
}

/** Something is broken first, or most of what follows would meet nothing. */
const first: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: of('push' as const),
    what: of('break the owner' as const, 'break the owner otherwise' as const, 'break CODEOWNERS' as const),
  }),
  fc.record({
    do: of('mishap' as const),
    mishap: fc.record({ kind: of('crash' as const, 'lost' as const), after: fc.integer({ min: 1, max: 8 }) }),
  }),
)

export const sequences: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(first, { minLength: 1, maxLength: 3, size: 'max' }),
    fc.array(step, { minLength: 3, maxLength: 9, size: 'max' }),
  )
  .map(([begin, rest]) => [...begin, ...rest])
