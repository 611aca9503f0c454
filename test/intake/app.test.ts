import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { Probot, Server } from 'probot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccept } from '../../src/intake/accept.ts'
import { createApp } from '../../src/intake/app.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue, type Queue } from '../../src/store/queue.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { freePort } from '../support/free-port.ts'

const secret = 'a random one'
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
  name: string
  examples: object[]
}[]

describe('the webhook endpoint', () => {
  let database: Database
  let store: Store
  let queue: Queue
  let server: Server
  let url: string
  /** What the endpoint calls; a test may put another in its place. */
  let accept: (incoming: Incoming) => Promise<void>
  let stored: (incoming: Incoming) => Promise<void>

  beforeAll(async () => {
    database = await openDatabase({})
    await migrate(database)
    store = openStore(database)
    queue = await openQueue(database)
    stored = createAccept(store, queue, { appId: 17 })
    accept = stored
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const log = pino({ level: 'silent' })
    server = new Server({
      Probot: Probot.defaults({ appId: 17, privateKey, secret, log }),
      log,
      host: '127.0.0.1',
      port: await freePort(),
    })
    await server.load(createApp(incoming => accept(incoming)))
    await server.start()
    url = `http://127.0.0.1:${server.port}/api/github/webhooks`
  })
  afterAll(async () => {
    await server.stop()
    await queue.close()
    await database.close()
  })

  const deliver = (event: string, payload: object, headers: Record<string, string> = {}) => {
    const body = JSON.stringify(payload)
    return fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': randomUUID(),
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        ...headers,
      },
    })
  }

  it.each(examples.map(({ name, examples }) => [name, examples] as const))(
    "acknowledges GitHub's examples of %s",
    async (event, payloads) => {
      const before = await store.deliveries.count()
      const answers = await Promise.all(
        payloads.map(payload => deliver(event, { installation: { id: 5 }, ...payload })),
      )
      expect(answers.map(({ status }) => status)).toEqual(payloads.map(() => 200))
      expect(await store.deliveries.count()).toBe(before + payloads.length)
    },
  )

  it('answers 200 only after the commit', async () => {
    const commit = Promise.withResolvers<void>()
    accept = async incoming => {
      await commit.promise
      await stored(incoming)
    }
    try {
      let answered = false
      const guid = randomUUID()
      const answer = deliver('star', { action: 'created' }, { 'x-github-delivery': guid }).finally(() => {
        answered = true
      })
      await wait(300)
      expect(answered).toBe(false)
      commit.resolve()
      expect((await answer).status).toBe(200)
      expect((await store.deliveries.recent(1))[0]?.guid).toBe(guid)
    } finally {
      accept = stored
    }
  })

  it('answers 500 when the store fails, so that GitHub lists the delivery as failed', async () => {
    accept = async () => {
      throw new Error('the disk is full')
    }
    try {
      expect((await deliver('star', { action: 'created' })).status).toBe(500)
    } finally {
      accept = stored
    }
  })

  it.each([
    ['a wrong signature', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['no signature at all', { 'x-hub-signature-256': '' }],
  ])('refuses %s and stores nothing', async (_, headers) => {
    const before = await store.deliveries.count()
    const answer = await deliver('star', { action: 'created' }, headers)
    expect([400, 401]).toContain(answer.status)
    expect(await store.deliveries.count()).toBe(before)
  })
})
