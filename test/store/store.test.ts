import { beforeEach, expect, it } from 'vitest'
import type { Published } from '../../src/effects/effect.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { known, nothingKnown, type Snapshot, type Target, unknown } from '../../src/snapshot/snapshot.ts'
import type { Directory } from '../../src/store/directory.ts'
import { openStore, type Recording, type Store } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'

const sha = (digit: string) => digit.repeat(40)

const mainBranch: Target = { kind: 'default-branch', ref: 'refs/heads/main', sha: sha('a') }

const snapshotOf = (id: number, target: Target, text = 'kind: Component\n'): Snapshot => {
  const notAsked = unknown('partial-answer', 'not asked')
  return {
    version: 2,
    repository: {
      id,
      nodeId: `R_${id}`,
      name: 'payments',
      owner: 'acme',
      ownerId: 9,
      installationId: 5,
      url: 'https://github.com/acme/payments',
    },
    target,
    takenAt: '2026-11-22T10:00:00.000Z',
    facts: {
      ...nothingKnown(() => unknown('not-configured', 'The test does not say')),
      metadata: notAsked,
      topics: known(['pci'], 'github'),
      properties: notAsked,
      protection: notAsked,
      codeownersErrors: notAsked,
      vulnerabilityAlerts: notAsked,
    },
    files: {
      'catalog-info.yaml': known({ exists: true, oid: sha('1'), bytes: text.length, text }, 'github'),
    },
    tree: notAsked,
    entities: [],
    accounts: {},
    catalogue: {},
    templates: {},
  }
}

const verdictOf = (snapshot: Snapshot, conclusion: Verdict['conclusion']): Verdict => ({
  repositoryId: snapshot.repository.id,
  sha: snapshot.target.sha,
  ref: snapshot.target.ref,
  policy: sha('f'),
  decidedAt: '2026-11-22T10:00:01.000Z',
  conclusion,
  controls: [],
})

const issue: Omit<Published, 'state'> = { key: 'issue', kind: 'issue', hash: 'h1', detail: { open: true } }

const recordingOf = (id: number, conclusion: Verdict['conclusion'] = 'failure'): Recording => {
  const snapshot = snapshotOf(id, mainBranch)
  return {
    snapshot,
    verdict: verdictOf(snapshot, conclusion),
    intended: [issue],
    audit: [{ at: '2026-11-22T10:00:01.000Z', repositoryId: id, what: 'judged', detail: { conclusion } }],
  }
}

describeOnEachDatabase('the store', database => {
  let store: Store
  /** A repository of its own for each test. */
  let id = 0
  beforeEach(() => {
    store = openStore(database())
    id++
  })

  it('records snapshot, verdict, intended effects and audit together', async () => {
    const recording = recordingOf(id)
    await store.record(recording)
    expect(await store.snapshots.latest(id)).toEqual(recording.snapshot)
    expect(await store.verdicts.latest(id)).toEqual(recording.verdict)
    expect(await store.published.list(id)).toEqual([{ ...issue, repositoryId: id, state: 'intended' }])
    expect(await store.audit.list({ repositoryId: id })).toMatchObject(recording.audit)
  })

  it('records nothing of it when one part fails', async () => {
    const recording = recordingOf(id)
    recording.audit.push({ at: 'no time', what: 'judged', detail: {} })
    await expect(store.record(recording)).rejects.toThrow()
    expect(await store.snapshots.latest(id)).toBeUndefined()
    expect(await store.verdicts.latest(id)).toBeUndefined()
    expect(await store.published.list(id)).toEqual([])
    await expect(
      database().transaction(async tx => {
        await store.record(recordingOf(id), tx)
        throw new Error('the job was lost')
      }),
    ).rejects.toThrow('the job was lost')
    expect(await store.verdicts.latest(id)).toBeUndefined()
  })

  it('keeps the latest snapshot of each target, and every verdict', async () => {
    const pull: Target = { kind: 'pull-request', ref: 'refs/pull/7/head', sha: sha('b'), pullRequest: 7 }
    await store.record(recordingOf(id, 'failure'))
    await store.record(recordingOf(id, 'success'))
    const snapshot = snapshotOf(id, pull)
    await store.record({ snapshot, verdict: verdictOf(snapshot, 'neutral'), intended: [], audit: [] })
    const later = snapshotOf(id, { ...pull, sha: sha('c') })
    await store.snapshots.put(later)
    expect((await store.snapshots.latest(id))?.target).toEqual(mainBranch)
    expect(await store.snapshots.latest(id, 'pull:7')).toEqual(later)
    expect(await store.snapshots.atCommit(id, sha('b'))).toBeUndefined()
    expect((await store.snapshots.atCommit(id, sha('c')))?.target.pullRequest).toBe(7)
    expect((await store.verdicts.latest(id))?.conclusion).toBe('success')
    expect((await store.verdicts.atCommit(id, sha('b')))?.conclusion).toBe('neutral')
    const history = await store.verdicts.history(id)
    expect(history.map(({ verdict }) => verdict.conclusion)).toEqual(['success', 'failure'])
    const older = await store.verdicts.history(id, 'default-branch', { before: history[0]?.id })
    expect(older.map(({ verdict }) => verdict.conclusion)).toEqual(['failure'])
  })

  it('gives back what was written to the letter, even text that jsonb refuses', async () => {
    const hostile = snapshotOf(id, mainBranch, 'a\u0000b \ud800 "\\u0000"')
    await store.snapshots.put(hostile)
    expect(JSON.stringify(await store.snapshots.latest(id))).toBe(JSON.stringify(hostile))
  })

  it('lists the repositories of an owner without what is gone, and their snapshots', async () => {
    const owner = 1_000 + id
    const ids = [1, 2, 3, 4].map(n => id * 100 + n)
    for (const each of ids) await store.snapshots.put(snapshotOf(each, mainBranch))
    await store.repositories.upsert(
      ids.map(each => ({
        id: each,
        nodeId: `R_${each}`,
        name: `r${each}`,
        owner: 'acme',
        ownerId: owner,
        installationId: 5,
      })),
    )
    await store.repositories.remove(ids.slice(1, 2), 5)
    const there = await store.repositories.idsOf(owner)
    expect(there).toEqual([ids[0], ids[2], ids[3]])
    const snapshots = await store.snapshots.ofRepositories(there)
    expect(snapshots.map(snapshot => snapshot.repository.id)).toEqual(there)
  })

  it('tells what was meant to be published from what was', async () => {
    await store.published.intend(id, [issue])
    await store.published.done(id, { ...issue, externalId: '12' })
    expect(await store.published.get(id, 'issue')).toEqual({
      ...issue,
      repositoryId: id,
      state: 'done',
      externalId: '12',
    })
    // An edit does not know of the number; it stays.
    await store.published.intend(id, [{ ...issue, hash: 'h2', detail: { open: false } }])
    expect(await store.published.get(id, 'issue')).toMatchObject({
      state: 'intended',
      externalId: '12',
      hash: 'h2',
      detail: { open: false },
    })
    expect((await store.published.ofKind('issue')).filter(row => row.repositoryId === id)).toHaveLength(1)
    await store.published.remove(id, 'issue')
    expect(await store.published.list(id)).toEqual([])
  })

  it('keeps the last good policy in force while a broken one is the latest', async () => {
    const good = {
      ownerId: id,
      version: sha('1'),
      commit: sha('1'),
      files: [{ path: 'golden-path.yml', text: 'version: 1\n' }],
      problems: [],
      readAt: '2026-11-22T10:00:00.000Z',
    }
    const broken = {
      ...good,
      version: sha('2'),
      commit: sha('2'),
      problems: [{ path: 'golden-path.yml', line: 1, column: 1, message: 'no' }],
    }
    expect(await store.policies.inForce(id)).toBeUndefined()
    await store.policies.save(broken)
    expect(await store.policies.inForce(id)).toBeUndefined()
    await store.policies.save(good)
    await store.policies.save(broken)
    expect(await store.policies.inForce(id)).toEqual(good)
    expect(await store.policies.latest(id)).toEqual(broken)
  })

  it('replaces a directory as a whole and tells unknown properties from none', async () => {
    const first: Directory = {
      teams: [{ id: 1, slug: 'payments', members: ['jane'] }],
      members: ['jane', 'joe'],
      properties: { [id * 10]: { tier: '1', zones: ['eu'] }, [id * 10 + 1]: {} },
      fetchedAt: '2026-11-22T10:00:00.000Z',
    }
    await store.directory.replace(id, first)
    const { properties: _, ...people } = first
    expect(await store.directory.read(id)).toEqual(people)
    expect(await store.directory.properties(id * 10)).toEqual({ tier: '1', zones: ['eu'] })
    expect(await store.directory.properties(id * 10 + 1)).toEqual({})
    expect(await store.directory.properties(id * 10 + 2)).toBeUndefined()
    // Properties that could not be read stay as they were.
    await store.directory.replace(id, { ...people, teams: [] })
    expect(await store.directory.properties(id * 10)).toEqual({ tier: '1', zones: ['eu'] })
    await store.directory.changeProperties(id * 10, { tier: '2' }, ['zones'])
    await store.directory.changeProperties(id * 10 + 2, { tier: '2' }, [])
    expect(await store.directory.properties(id * 10)).toEqual({ tier: '2' })
    expect(await store.directory.properties(id * 10 + 2)).toBeUndefined()
    await store.directory.replace(id, { ...people, properties: {} })
    expect(await store.directory.properties(id * 10)).toBeUndefined()
  })

  it('never lets an audit entry be changed or removed', async () => {
    const entry = { at: '2026-11-22T10:00:00.000Z', repositoryId: id, what: 'judged', detail: { by: 'us' } }
    await store.audit.append([entry, { ...entry, what: 'issue-opened' }])
    const entries = await store.audit.list({ repositoryId: id })
    expect(entries.map(({ what }) => what)).toEqual(['issue-opened', 'judged'])
    expect(await store.audit.list({ repositoryId: id, before: entries[0]?.id })).toMatchObject([entry])
    await expect(database().query(`update audit set what = 'nothing'`)).rejects.toThrow('append-only')
    await expect(database().query('delete from audit')).rejects.toThrow('append-only')
  })

  it('keeps what an event does not tell', async () => {
    const facts = { id, nodeId: 'R', name: 'a', owner: 'acme', ownerId: 9, installationId: 5 }
    await store.repositories.upsert([{ ...facts, defaultBranch: 'trunk', archived: true }])
    await store.repositories.upsert([{ ...facts, name: 'b' }])
    expect(await store.repositories.get(id)).toEqual({
      ...facts,
      name: 'b',
      defaultBranch: 'trunk',
      archived: true,
    })
    await store.installations.upsert({
      id,
      account: 'acme',
      accountId: 9,
      accountType: 'Organization',
      permissions: { checks: 'write' },
    })
    await store.installations.upsert({ id, account: 'acme2', accountId: 9, accountType: 'Organization' })
    await store.installations.synced(id, '2026-11-22T10:00:00.000Z')
    expect(await store.installations.get(id)).toEqual({
      id,
      account: 'acme2',
      accountId: 9,
      accountType: 'Organization',
      permissions: { checks: 'write' },
      syncedAt: '2026-11-22T10:00:00.000Z',
    })
  })
})
