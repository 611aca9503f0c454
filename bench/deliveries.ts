import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import { type ApplicationFunction, Probot, Server } from 'probot'
import { createAccept } from '../src/intake/accept.ts'
import { createApp } from '../src/intake/app.ts'
import { openDatabase } from '../src/store/database.ts'
import { migrate } from '../src/store/migrate.ts'
import { openQueue } from '../src/store/queue.ts'
import { openStore } from '../src/store/store.ts'
import type { Measurement } from './main.ts'

const secret = 'bench-secret'
const deliveries = 3_000
const connections = 50

/** Pushes a second that are verified, stored with their jobs and acknowledged, against a Probot that only verifies. */
export async function benchDeliveries(): Promise<Omit<Measurement, 'ratio'>[]> {
  const baseline = await throughput(app => {
    app.onAny(() => {})
  })
  const directory = await mkdtemp(join(tmpdir(), 'golden-path-bench-'))
  const database = await openDatabase({ directory })
  await migrate(database)
  const queue = await openQueue(database)
  const value = await throughput(createApp(createAccept(openStore(database), queue, { appId: 1 })))
  await queue.close()
  await database.close()
  await rm(directory, { recursive: true, force: true })
  return [{ name: 'deliveries acknowledged on PGlite', unit: 'deliveries/s', value, baseline }]
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
})

async function throughput(app: ApplicationFunction): Promise<number> {
  const log = pino({ level: 'silent' })
  const server = new Server({
    Probot: Probot.defaults({ appId: 1, privateKey, secret, log }),
    port: 0,
    host: '127.0.0.1',
    log,
  })
  await server.load(app)
  const http = await server.start()
  const address = http.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = new Worker(new URL('client.ts', import.meta.url), {
    workerData: { port, secret, deliveries, connections },
  })
  const [seconds] = (await once(client, 'message')) as [number]
  await server.stop()
  return deliveries / seconds
}
