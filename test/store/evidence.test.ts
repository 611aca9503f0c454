import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/policy/verdict.ts'
import {
  type Fact,
  type FileState,
  known,
  type Snapshot,
  type Target,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { takeApart } from '../../src/store/archive.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { snapshotOf } from '../support/snapshot.ts'

const main = (sha: string): Target => ({
  kind: 'default-branch',
  ref: 'refs/heads/main',
  sha: sha.repeat(40),
})
const pull = (sha: string): Target => ({
  kind: 'pull-request',
  ref: 'refs/pull/7/head',
  sha: sha.repeat(40),
  pullRequest: 7,
})

const textFile = (text: string): Fact<FileState> =>
  known({ exists: true, oid: 'e'.repeat(40), bytes: text.length, text }, 'github')

const readme = 'What it does, and who to ask. '.repeat(50)
const config = 'audit:\n  retentionDays: 30\n'.repeat(20)

const repositoryAt = (id: number, target: Target, odd: Partial<Snapshot> = {}): Promise<Snapshot> =>
  snapshotOf({
    repository: { id },
    target,
    files: { 'README.md': readme, 'config/logging.yaml': config },
    facts: { topics: known(['pci'], 'github') },
  }).then(snapshot => ({ ...snapshot, ...odd }))

const verdictOn = (snapshot: Snapshot, odd: Partial<Verdict> = {}): Verdict => ({
  repositoryId: snapshot.repository.id,
  sha: snapshot.target.sha,
  ref: snapshot.target.ref,
  policy: 'f'.repeat(40),
  decidedAt: '2026-11-22T10:00:00.000Z',
  conclusion: 'success',
  controls: [],
  ...odd,
})

describeOnEachDatabase('the evidence of a verdict', database => {
  let store: Store
  /** A repository of its own for each test. */
  let id = 1_000
  beforeEach(() => {
    store = openStore(database())
    id++
  })
  const record = (snapshot: Snapshot, odd: Partial<Verdict> = {}) =>
    store.record({
      snapshot,
      verdict: verdictOn(snapshot, odd),
      intended: [],
      audit: [{ at: '2026-11-22T10:00:00.000Z', repositoryId: id, what: 'judged', detail: {} }],
    })
  const rowsIn = async (table: string): Promise<number> =>
    (await database().query<{ count: number }>(`select count(*) as count from ${table}`))[0]?.count ?? 0
  const sizes = async () => ({
    verdicts: await rowsIn('verdicts'),
    audit: await rowsIn('audit'),
    snapshots: await rowsIn('archived_snapshots'),
    parts: await rowsIn('archived_parts'),
  })

  it('does not grow by sweeps that find the same', async () => {
    await record(await repositoryAt(id, main('a')))
    const before = await sizes()
    for (const hour of ['16', '22'])
      await record(await repositoryAt(id, main('a'), { takenAt: `2026-11-22T${hour}:00:00.000Z` }), {
        decidedAt: `2026-11-22T${hour}:00:01.000Z`,
      })
    expect(await sizes()).toEqual(before)
    const [only, ...others] = await store.verdicts.history(id)
    expect(others).toEqual([])
    expect(only).toMatchObject({
      verdict: { decidedAt: '2026-11-22T10:00:00.000Z' },
      confirmedAt: '2026-11-22T22:00:01.000Z',
    })
  })

  it('is not taken back in time by a slow look', async () => {
    const snapshot = await repositoryAt(id, main('a'))
    await record(snapshot)
    await record(snapshot, { decidedAt: '2026-11-22T09:00:00.000Z' })
    expect((await store.verdicts.history(id))[0]?.confirmedAt).toBe('2026-11-22T10:00:00.000Z')
  })

  it('keeps a verdict that comes back after another as one of its own', async () => {
    const snapshot = await repositoryAt(id, main('a'))
    for (const conclusion of ['success', 'failure', 'success'] as const)
      await record(snapshot, { conclusion })
    expect((await store.verdicts.history(id)).map(({ verdict }) => verdict.conclusion)).toEqual([
      'success',
      'failure',
      'success',
    ])
  })

  it('of the pull request that a commit fails is found behind however many that it passes', async () => {
    const targets = Array.from({ length: 25 }, (_, index) => ({ ...pull('a'), pullRequest: 75 + index }))
    for (const target of targets)
      await record(await repositoryAt(id, target), {
        conclusion: target.pullRequest === 99 ? 'failure' : 'success',
      })
    const others = await store.snapshots.othersAtCommit(id, { sha: pull('a').sha, key: 'pull:80' })
    expect(others).toHaveLength(20)
    expect(others[0]?.target.pullRequest).toBe(99)
    expect(others.map(({ target }) => target.pullRequest)).not.toContain(80)
  })

  it('costs a push what the push changed', async () => {
    await record(await repositoryAt(id, main('a')))
    const before = await sizes()
    const pushed = await repositoryAt(id, main('b'))
    await record({
      ...pushed,
      files: { ...pushed.files, 'README.md': textFile(`${readme}\nIt is fixed.`) },
    })
    expect(await sizes()).toEqual({
      verdicts: before.verdicts + 1,
      audit: before.audit + 1,
      snapshots: before.snapshots + 1,
      parts: before.parts + 1,
    })
  })

  it('gives back the snapshot that was judged, and its verdict to the letter', async () => {
    const early = known({ tier: ['1'] }, 'directory')
    const snapshot = await repositoryAt(id, main('a'))
    snapshot.facts.properties = { ...early, at: '2026-11-21T08:00:00.000Z' }
    snapshot.files['nul\u0000.yaml'] = textFile(`a\u0000b \ud800 ${readme}`)
    await record(snapshot)
    await store.snapshots.put({ ...snapshot, takenAt: '2026-11-23T10:00:00.000Z', files: {} })
    const stored = await openStore(database()).verdicts.stored(id)
    expect(JSON.stringify(stored?.snapshot)).toBe(JSON.stringify(snapshot))
    expect(stored?.text).toBe(JSON.stringify(verdictOn(snapshot)))
    expect(stored?.program).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('of a pull request gives back what it was compared with, and keeps once what both have', async () => {
    await record(await repositoryAt(id, main('a')))
    const before = await sizes()
    const base = await repositoryAt(id, pull('a'))
    base.facts.properties = { ...known({ tier: ['1'] }, 'directory'), at: '2026-11-21T08:00:00.000Z' }
    const head = await repositoryAt(id, pull('b'), {
      takenAt: '2026-11-22T18:00:00.000Z',
      base: known(
        { changes: known([{ path: 'README.md', status: 'modified' }], 'github'), snapshot: base },
        'github',
      ),
    })
    head.files['README.md'] = textFile(`${readme}\nIt is compared.`)
    await record(head)
    expect(JSON.stringify((await store.verdicts.stored(id, { commit: 'bbbb' }))?.snapshot)).toBe(
      JSON.stringify(head),
    )
    expect(await sizes()).toMatchObject({ snapshots: before.snapshots + 1, parts: before.parts + 1 })
    const without = { ...head, base: unknown('unavailable', 'GitHub did not answer') }
    await record(without, { conclusion: 'failure' })
    expect((await store.verdicts.stored(id, { commit: 'bbbb' }))?.snapshot).toEqual(without)
  })

  it('is found by the first digits of a commit, on whichever branch', async () => {
    await record(await repositoryAt(id, main('a')))
    await record(await repositoryAt(id, pull('b')))
    expect((await store.verdicts.stored(id))?.verdict.sha).toBe('a'.repeat(40))
    expect((await store.verdicts.stored(id, { commit: 'bbbb' }))?.snapshot?.target.pullRequest).toBe(7)
    expect(await store.verdicts.stored(id, { commit: 'cccc' })).toBeUndefined()
  })

  it('of pull requests goes with their snapshots, and takes nothing that others have', async () => {
    const branch = await repositoryAt(id, main('a'))
    await record(branch)
    const before = await sizes()
    const old = await repositoryAt(id, pull('b'))
    await record({ ...old, files: { ...old.files, 'NEW.md': textFile(`new ${readme}`) } })
    const recent = { decidedAt: new Date().toISOString() }
    await record(await repositoryAt(id, pull('c')), recent)
    await database().query(
      `update verdicts set confirmed_at = now() - interval '91 days' where repository_id = $1 and sha <> $2`,
      [id, 'c'.repeat(40)],
    )
    await store.archive.prune(90)
    expect(await sizes()).toMatchObject({ snapshots: before.snapshots + 1, parts: before.parts })
    expect((await store.verdicts.stored(id))?.snapshot).toEqual(branch)
    expect((await store.verdicts.stored(id, { commit: 'cccc' }))?.snapshot).toBeDefined()
    expect(await store.verdicts.stored(id, { commit: 'bbbb' })).toBeUndefined()
  })
})

/** `prune` finds what is old, then waits for the lock. */
it('is kept when it is confirmed while the old ones are let go', async () => {
  const { url, drop } = await createPostgresDatabase()
  const database = await openDatabase({ url })
  try {
    await migrate(database)
    const store = openStore(database)
    const snapshot = await repositoryAt(1, pull('b'))
    await store.record({ snapshot, verdict: verdictOn(snapshot), intended: [], audit: [] })
    await database.query(`update verdicts set confirmed_at = now() - interval '91 days'`)
    const again = { ...verdictOn(snapshot), decidedAt: new Date().toISOString() }
    let pruned: Promise<void> = Promise.resolve()
    await database.transaction(async tx => {
      await tx.query('lock table archived_parts in row exclusive mode')
      pruned = store.archive.prune(90)
      await waiting(database)
      await store.verdicts.record(again, snapshot, tx)
    })
    await pruned
    expect((await store.verdicts.stored(1, { commit: 'bbbb' }))?.snapshot).toEqual(snapshot)
  } finally {
    await database.close()
    await drop()
  }
})

/** Until a statement waits for a lock. */
const waiting = async (database: Database): Promise<void> => {
  for (;;) {
    const locks = await database.query(
      'select from pg_locks join pg_database on pg_database.oid = database where not granted and datname = current_database()',
    )
    if (locks.length > 0) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

describe('an archived snapshot', () => {
  const facts = fc.dictionary(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '$part', '7', 'a.b')),
    fc.record({ known: fc.constant(true), value: fc.string({ maxLength: 400 }), source: fc.string() }),
  )

  it('has the same hash whenever it is taken, and another when a fact is another', () =>
    fc.assert(
      fc.asyncProperty(facts, fc.date({ noInvalidDate: true }), async (files, date) => {
        const snapshot = {
          ...(await repositoryAt(1, main('a'))),
          files: files as unknown as Snapshot['files'],
        }
        const { hash } = takeApart(snapshot)
        expect(takeApart({ ...snapshot, takenAt: date.toISOString() }).hash).toBe(hash)
        const other = { ...snapshot, files: { ...snapshot.files, more: textFile('more') } }
        expect(takeApart(other).hash).not.toBe(hash)
      }),
      { numRuns: 50 },
    ))

  it('comes back whole, whatever its names', async () => {
    const { url, drop } = await createPostgresDatabase()
    const database = await openDatabase({ url })
    try {
      await migrate(database)
      const store = openStore(database)
      const samples = fc.sample(facts, 40)
      for (const [index, files] of samples.entries()) {
        const snapshot = {
          ...(await repositoryAt(index + 1, main('a'))),
          files: files as unknown as Snapshot['files'],
        }
        await store.record({ snapshot, verdict: verdictOn(snapshot), intended: [], audit: [] })
        const back = (await store.verdicts.stored(index + 1))?.snapshot
        expect(JSON.stringify(back)).toBe(JSON.stringify(snapshot))
      }
    } finally {
      await database.close()
      await drop()
    }
  })
})

describe('a database of the version before', () => {
  it('keeps its snapshots and verdicts, and finds by them', async () => {
    const { url, drop } = await createPostgresDatabase()
    const database = await openDatabase({ url })
    try {
      await database.execute(
        await readFile(new URL('../../src/store/migrations/000001.sql', import.meta.url), 'utf8'),
      )
      await database.execute(
        'create table migrations (number integer primary key, applied_at timestamptz not null default now()); insert into migrations (number) values (1)',
      )
      const snapshot = await repositoryAt(1, main('a'))
      const entity = { ref: 'component:default/pay', template: { ref: 'template:default/service' } }
      const old = {
        ...snapshot,
        entities: [entity],
        accounts: { '@acme/x': known({ exists: true }, 'test') },
      }
      const { id, nodeId, owner, ownerId, name, installationId } = snapshot.repository
      await database.query(
        `insert into repositories (id, node_id, name, owner, owner_id, installation_id) values ($1, $2, $3, $4, $5, $6)`,
        [id, nodeId, name, owner, ownerId, installationId],
      )
      await database.query(
        `insert into snapshots (repository_id, ref_key, sha, taken_at, snapshot) values (1, 'default-branch', $1, $2, $3::text::jsonb)`,
        [snapshot.target.sha, snapshot.takenAt, JSON.stringify(old)],
      )
      const control = { id: 'owner-exists', status: 'fail', level: 'enforce' }
      const verdict = { ...verdictOn(snapshot), controls: [control] }
      await database.query(
        `insert into verdicts (repository_id, ref_key, sha, policy, conclusion, decided_at, verdict) values (1, 'default-branch', $1, 'p', 'failure', now(), $2::text::jsonb)`,
        [snapshot.target.sha, JSON.stringify(verdict)],
      )
      await migrate(database)
      const store = openStore(database)
      expect(await store.snapshots.latest(1)).toEqual(old)
      expect(await store.snapshots.entities(ownerId, 'component:default/pay')).toMatchObject([{ entity }])
      expect(await store.snapshots.madeFrom(ownerId, 'template:default/service')).toHaveLength(1)
      expect(await store.snapshots.namingOwners(ownerId)).toHaveLength(1)
      expect(await store.verdicts.latest(1)).toEqual(verdict)
      const standing = await database.query('select standing from verdicts')
      expect(standing).toEqual([{ standing: [control] }])
      expect((await store.verdicts.stored(1))?.snapshot).toBeUndefined()
    } finally {
      await database.close()
      await drop()
    }
  })
})
