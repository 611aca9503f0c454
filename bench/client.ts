import { createHmac, randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** Posts signed pushes from a thread of its own, so that the client's work is not counted as the server's. */
const { port, secret, deliveries, connections } = workerData as Record<string, number> & { secret: string }

const bodyOf = (index: number): string =>
  JSON.stringify({
    ref: 'refs/heads/main',
    before: '1'.repeat(40),
    after: String(index).padStart(40, '0'),
    installation: { id: 1 },
    repository: {
      id: index % 100,
      node_id: `R_${index % 100}`,
      name: `service-${index % 100}`,
      full_name: `acme/service-${index % 100}`,
      default_branch: 'main',
      owner: { login: 'acme', id: 1, type: 'Organization' },
    },
    sender: { login: 'jane', id: 2, type: 'User' },
    commits: [{ id: '2'.repeat(40), added: [], removed: [], modified: ['src/index.js'] }],
  })

const agent = new Agent({ keepAlive: true, maxSockets: connections })
const post = (index: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const body = bodyOf(index)
    const call = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/github/webhooks',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': randomUUID(),
          'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        },
      },
      response => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200
            ? resolve()
            : reject(new Error(`A delivery was answered ${response.statusCode}`)),
        )
      },
    )
    call.on('error', reject)
    call.end(body)
  })

const run = async (from: number, to: number): Promise<void> => {
  let next = from
  await Promise.all(
    Array.from({ length: connections ?? 1 }, async () => {
      while (next < to) await post(next++)
    }),
  )
}

await run(0, 200)
const start = performance.now()
await run(200, 200 + (deliveries ?? 0))
parentPort?.postMessage((performance.now() - start) / 1000)
agent.destroy()
