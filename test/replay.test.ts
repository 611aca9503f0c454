import fc from 'fast-check'
import { expect, it } from 'vitest'
import { builtInControls } from '../src/controls/index.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { parsePolicy } from '../src/policy/parse.ts'
import type { Policy } from '../src/policy/policy.ts'
import { withPolicyCheck } from '../src/policy/policy-valid.ts'
import { evidenceOf, replay } from '../src/replay.ts'
import { known, type Snapshot, unknown } from '../src/snapshot/snapshot.ts'
import { type Database, openDatabase } from '../src/store/database.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { createPostgresDatabase } from './support/postgres.ts'
import { component, snapshotOf } from './support/snapshot.ts'

const commitOf = (index: number): string => versionOf(index + 1_000)

const gone = known({ exists: false as const }, 'test')

const versionOf = (index: number): string => index.toString(16).padStart(40, '0')

/** Policies and repositories of every sort, and text that nobody writes who means well. */
const situations = fc.record({
  rules: fc.array(
    fc.record({
      level: fc.constantFrom('observe', 'advise', '{ level: enforce, from: 2026-12-01 }', 'enforce'),
      rollout: fc.constantFrom('', 'rollout: 50%'),
      for: fc.constantFrom(
        '',
        'for: { topics: [pci] }',
        'for: { any: [{ language: [Go] }, { names: [pay-*] }] }',
      ),
      control: fc.constantFrom(
        'owner-exists',
        'codeowners-valid',
        'techdocs',
        'template-controls',
        'logs-kept',
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  waived: fc.constantFrom('', 'owner-exists', 'logs-kept'),
  owner: fc.oneof(fc.constantFrom('payments', 'group:x/y', ''), fc.string({ unit: 'binary', maxLength: 20 })),
  days: fc.constantFrom('retentionDays: 30', 'retentionDays: 400', '[', '\u0000'),
  codeowners: fc.oneof(fc.constantFrom('* @acme/x', '!x @y'), fc.string({ unit: 'binary', maxLength: 60 })),
  topics: fc.constantFrom(known(['pci'], 'github'), unknown('permission', 'The app may not read topics')),
  isPolicyRepository: fc.boolean(),
  /** Of a pull request: what is known of the commit it is compared with. */
  base: fc.constantFrom('none', 'another', 'the same', 'unknown'),
  day: fc.constantFrom('2026-11-22', '2026-12-01', '2027-03-01'),
})
type Situation = typeof situations extends fc.Arbitrary<infer Value> ? Value : never

const policyText = ({ rules, waived }: Situation): string => `version: 1
controls:
  logs-kept:
    title: Logs are kept
    why: Somebody asks for them later.
    require:
      - file: config/logging.yaml
        where: doc.retentionDays >= 365
        message: 365 days are asked for.
rules:
${rules
  .map(
    (rule, index) => `  - name: Rule ${index}
    ${[rule.for, rule.rollout].filter(Boolean).join('\n    ')}
    require:
      ${rule.control}: ${rule.level}`,
  )
  .join('\n')}
${waived ? `waivers:\n  - { repository: "*", control: ${waived}, until: 2026-12-31, reason: It ends., approved-by: "@acme/x" }` : ''}
`

const judged = async (
  situation: Situation,
  index: number,
): Promise<{ snapshot: Snapshot; policy: Policy; text: string }> => {
  const text = policyText(situation)
  const snapshot = await snapshotOf({
    repository: { id: index, name: situation.isPolicyRepository ? '.github' : 'pay-api' },
    target: { sha: commitOf(index) },
    files: {
      'catalog-info.yaml': component('pay', JSON.stringify(situation.owner)),
      '.github/CODEOWNERS': situation.codeowners,
      'config/logging.yaml': situation.days,
      ...(situation.isPolicyRepository ? { 'golden-path.yml': text, 'golden-path.yaml': '' } : {}),
    },
    tree: ['golden-path.yml'],
    facts: { topics: situation.topics },
  })
  if (situation.base !== 'none') {
    const { base } = situation
    const other: Snapshot['files'] =
      base === 'another' ? { 'catalog-info.yaml': snapshot.files['golden-path.yml'] ?? gone } : {}
    snapshot.target = { ...snapshot.target, kind: 'pull-request', ref: 'refs/pull/7/head', pullRequest: 7 }
    snapshot.base =
      base === 'unknown'
        ? unknown('unavailable', 'GitHub did not answer')
        : known(
            {
              changes: known([{ path: 'catalog-info.yaml', status: 'modified', lines: [[1, 4]] }], 'github'),
              snapshot: { ...snapshot, files: { ...snapshot.files, ...other }, entities: [] },
            },
            'github',
          )
  }
  const parsed = parsePolicy([{ path: 'golden-path.yml', text }], {
    version: versionOf(index),
    library: builtInControls,
  })
  if (!parsed.ok) throw new Error(`${parsed.problems[0]?.message} in\n${text}`)
  const policy = situation.isPolicyRepository
    ? withPolicyCheck(parsed.policy, builtInControls)
    : parsed.policy
  return { snapshot, policy, text }
}

const write = async (store: Store, situation: Situation, index: number): Promise<string> => {
  const { snapshot, policy, text } = await judged(situation, index)
  const verdict = evaluate(snapshot, policy, new Date(`${situation.day}T10:00:00.000Z`))
  await store.policies.save({
    ownerId: snapshot.repository.ownerId,
    version: policy.version,
    commit: policy.version,
    files: [{ path: 'golden-path.yml', text }],
    problems: [],
    readAt: snapshot.takenAt,
  })
  await store.record({ snapshot, verdict, intended: [], audit: [] })
  return JSON.stringify(verdict)
}

const replayed = async (store: Store, id: number): Promise<string[] | string> => {
  const stored = await store.verdicts.stored(id, { commit: commitOf(id) })
  if (!stored) return 'not stored'
  const evidence = await evidenceOf(stored, store, builtInControls)
  return 'why' in evidence ? evidence.why : replay(stored, evidence)
}

/** With connections of its own, as after a restart. */
const inDatabase = async (url: string, work: (database: Database) => Promise<void>): Promise<void> => {
  const database = await openDatabase({ url })
  try {
    await migrate(database)
    await work(database)
  } finally {
    await database.close()
  }
}

it('a stored verdict judged again is the same to the letter, whatever it was judged on and by', async () => {
  const samples = fc.sample(situations, 40)
  const { url, drop } = await createPostgresDatabase()
  try {
    const written: string[] = []
    await inDatabase(url, async database => {
      const store = openStore(database)
      for (const [index, sample] of samples.entries()) written.push(await write(store, sample, index + 1))
    })
    await inDatabase(url, async database => {
      const store = openStore(database)
      for (const [index, text] of written.entries()) {
        expect((await store.verdicts.stored(index + 1, { commit: commitOf(index + 1) }))?.text).toBe(text)
        expect(await replayed(store, index + 1), JSON.stringify(samples[index])).toEqual([])
      }
      // Or all of it were true of nothing.
      expect(new Set(written.map(text => JSON.parse(text).conclusion)).size).toBeGreaterThan(1)
      expect(written.some(text => text.includes('"since":"inherited"'))).toBe(true)
      expect(written.some(text => text.includes('"since":"introduced"'))).toBe(true)
    })
  } finally {
    await drop()
  }
})

it('tells where a verdict differs from what is stored, and what is missing to judge it again', async () => {
  const { url, drop } = await createPostgresDatabase()
  const database = await openDatabase({ url })
  try {
    await migrate(database)
    const store = openStore(database)
    const [sample] = fc.sample(situations, 1)
    if (!sample) throw new Error('There is a sample.')
    const rule = { level: 'enforce', rollout: '', for: '', control: 'owner-exists' } as const
    await write(store, { ...sample, rules: [rule], waived: '', isPolicyRepository: false, base: 'none' }, 1)
    await database.query(
      `update verdicts set verdict = replace(verdict::text, '"level":"enforce"', '"level":"advise"')::json`,
    )
    expect(await replayed(store, 1)).toContain(
      'controls.owner-exists.level: "advise" is stored, "enforce" is what comes out now',
    )
    await database.query('delete from policies')
    expect(await replayed(store, 1)).toBe(`The policy of version ${versionOf(1)} is not in the database.`)
    await database.query('update verdicts set archived = null')
    expect(await replayed(store, 1)).toBe(
      'What it was judged on is no longer kept: of pull requests it is for 90 days.',
    )
  } finally {
    await database.close()
    await drop()
  }
})
