import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAccept } from '../../src/intake/accept.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import { openQueue, type Queue } from '../../src/store/queue.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'

const installation = { id: 5, account: { login: 'acme', id: 9, type: 'Organization' } }

const repository = (id: number, more: object = {}) => ({
  id,
  node_id: `R_${id}`,
  name: `service-${id}`,
  owner: { login: 'acme', id: 9 },
  default_branch: 'main',
  ...more,
})

const push = (repositoryId: number, after: string, guid: string = randomUUID()): Incoming => ({
  guid,
  event: 'push',
  payload: {
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: after.repeat(40),
    installation: { id: 5 },
    repository: repository(repositoryId),
  },
})

describeOnEachDatabase('accepting deliveries', database => {
  let queue: Queue
  let store: Store
  let accept: (incoming: Incoming) => Promise<void>

  beforeEach(async () => {
    store = openStore(database())
    queue = await openQueue(database())
    accept = createAccept(store, queue, { appId: 17 })
  })
  afterEach(async () => {
    await queue.close()
    for (const table of ['pgboss.job', 'job_reasons', 'deliveries', 'repositories', 'installations']) {
      await database().query(`delete from ${table}`)
    }
  })
  const waiting = async () => (await queue.status()).counts.map(({ kind, count }) => `${kind} ${count}`)
  const reasons = async () =>
    (
      await database().query<{ after: string }>(
        `select job->'reason'->>'after' as after from job_reasons order by id`,
      )
    ).map(({ after }) => after[0])

  it('stores a delivery once: its repeats are no jobs, alone, in the same commit or in a later one', async () => {
    const twice = push(1, 'b', 'guid-1')
    await Promise.all([accept(twice), accept(twice), accept(push(1, 'c'))])
    await accept(twice)
    expect(await store.deliveries.count()).toBe(2)
    expect(await reasons()).toEqual(['b', 'c'])
    expect(await waiting()).toEqual(['assess 1'])
  })

  it('commits what arrives together together', async () => {
    const transactions = countTransactions(store)
    await Promise.all(Array.from({ length: 150 }, (_, i) => accept(push(i + 1, 'b'))))
    expect(transactions()).toBeLessThanOrEqual(4)
    expect(await store.deliveries.count()).toBe(150)
    expect(await waiting()).toEqual(['assess 150'])
    expect(await store.repositories.ofInstallation(5)).toHaveLength(150)
  })

  it('refuses one that can not be stored, and stores the others that came with it', async () => {
    await database().execute('alter table deliveries add constraint small check (length(guid) < 50)')
    try {
      const long = { ...push(5, 'b'), guid: 'x'.repeat(50) }
      const fates = await Promise.allSettled([accept(push(4, 'b')), accept(long), accept(push(6, 'b'))])
      expect(fates.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    } finally {
      await database().execute('alter table deliveries drop constraint small')
    }
    expect((await store.repositories.ofInstallation(5)).map(({ id }) => id)).toEqual([4, 6])
  })

  it('stores the delivery and its jobs, or neither', async () => {
    await database().execute('alter table job_reasons add constraint none check (false) not valid')
    try {
      await expect(accept(push(1, 'b', 'guid-1'))).rejects.toThrow()
    } finally {
      await database().execute('alter table job_reasons drop constraint none')
    }
    expect(await store.deliveries.count()).toBe(0)
    expect(await store.repositories.get(1)).toBeUndefined()
    // GitHub's redelivery bears the same GUID, and now it counts.
    await accept(push(1, 'b', 'guid-1'))
    expect(await waiting()).toEqual(['assess 1'])
  })

  it('follows a repository through rename, transfer and deletion by its id', async () => {
    const told = (action: string, more: object) =>
      accept({
        guid: randomUUID(),
        event: 'repository',
        payload: { action, installation: { id: 5 }, repository: repository(1, more) },
      })
    await told('created', {})
    await told('renamed', { name: 'billing' })
    await told('transferred', { name: 'billing', owner: { login: 'umbrella', id: 10 } })
    await told('archived', { name: 'billing', owner: { login: 'umbrella', id: 10 }, archived: true })
    expect(await store.repositories.get(1)).toEqual({
      id: 1,
      nodeId: 'R_1',
      name: 'billing',
      owner: 'umbrella',
      ownerId: 10,
      installationId: 5,
      defaultBranch: 'main',
      archived: true,
    })
    expect(await store.repositories.named(10, 'Billing')).toMatchObject({ id: 1 })
    await told('deleted', { name: 'billing' })
    expect(await store.repositories.get(1)).toMatchObject({ goneAt: expect.any(String) })
    expect(await waiting()).toEqual(['assess 1', 'forget-repository 1'])
  })

  it('forgets every repository of an installation that left, those too that the event does not name', async () => {
    await accept(push(1, 'b'))
    await accept(push(2, 'b'))
    const told = (action: string) =>
      accept({ guid: randomUUID(), event: 'installation', payload: { action, installation } })
    await told('created')
    expect(await store.installations.active()).toMatchObject([{ id: 5, account: 'acme', accountId: 9 }])
    await told('suspend')
    expect(await store.installations.active()).toEqual([])
    // Suspended is for a while: its repositories stay known, and nothing is taken back.
    expect(await store.repositories.ofInstallation(5)).toHaveLength(2)
    await told('deleted')
    expect(await store.repositories.ofInstallation(5)).toEqual([])
    expect(await store.installations.get(5)).toMatchObject({ goneAt: expect.any(String) })
    expect(await waiting()).toEqual(['assess 2', 'forget-repository 2', 'sync-installation 1'])
  })

  it('keeps why a delivery led to no job', async () => {
    await accept({ guid: 'guid-1', event: 'star', payload: { action: 'created', installation: { id: 5 } } })
    expect(await store.deliveries.recent(10)).toMatchObject([
      {
        guid: 'guid-1',
        event: 'star',
        action: 'created',
        ignored: 'star changes nothing that a control reads.',
      },
    ])
  })
})

const countTransactions = (store: Store): (() => number) => {
  let count = 0
  const { transaction } = store.database
  store.database.transaction = work => {
    count++
    return transaction(work)
  }
  return () => {
    store.database.transaction = transaction
    return count
  }
}
