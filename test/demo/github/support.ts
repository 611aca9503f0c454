import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type EmulatedGitHub, type StartOptions, startGitHub } from '../../../demo/github/start.ts'

export interface Received {
  event: string
  guid: string
  headers: Record<string, string | string[] | undefined>
  raw: Buffer
  payload: Payload
}
// biome-ignore lint/suspicious/noExplicitAny: webhooks are read here as a receiver without types would
export type Payload = Record<string, any>

/** A receiver of webhooks that keeps what it got; `state` says how it answers and how late. */
export async function startReceiver() {
  const received: Received[] = []
  const state = { status: 200, delayMs: 0 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const { headers } = request
      received.push({
        event: `${headers['x-github-event']}`,
        guid: `${headers['x-github-delivery']}`,
        headers,
        raw,
        payload: JSON.parse(raw.toString('utf8')),
      })
      setTimeout(() => response.writeHead(state.status).end('seen'), state.delayMs)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    state,
    stop: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}

export interface Answer {
  status: number
  headers: Headers
  body: Payload
}
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>

export function asking(url: string, token?: string, scheme = 'token'): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/api/v3${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token ? { authorization: `${scheme} ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : { text },
    }
  }
}

export interface Stage {
  github: EmulatedGitHub
  receiver: Awaited<ReturnType<typeof startReceiver>>
  /** As an owner of the organisation. */
  person: Ask
  /** As the app itself, with a JWT. */
  app: Ask
  /** As the app's installation. */
  installation(wanted?: object): Promise<Ask>
  /** What arrived of one event, once all that was sent is answered. */
  heard(event: string): Promise<Payload[]>
  control(method: string, path: string, body?: unknown): Promise<Payload>
  stop(): Promise<void>
}

export async function openStage(options: StartOptions = {}): Promise<Stage> {
  const receiver = await startReceiver()
  const github = await startGitHub({ webhook: receiver.url, ...options })
  const { sign } = await import('node:crypto')
  const app: Ask = (...given) => {
    const now = Math.floor(Date.now() / 1000)
    return asking(github.url, jwt({ iat: now - 30, exp: now + 300, iss: github.appId }), 'Bearer')(...given)
  }
  function jwt(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
    return `${head}.${sign('RSA-SHA256', Buffer.from(head), github.privateKey).toString('base64url')}`
  }
  return {
    github,
    receiver,
    person: asking(github.url, github.userToken),
    app,
    async installation(wanted) {
      const { body } = await app(
        'POST',
        `/app/installations/${github.installations[0]?.id}/access_tokens`,
        wanted,
      )
      return asking(github.url, body.token)
    },
    async heard(event) {
      await github.deliveries.settled()
      return receiver.received.filter(each => each.event === event).map(each => each.payload)
    },
    async control(method, path, body) {
      const response = await fetch(`${github.url}/_emulator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return text ? JSON.parse(text) : {}
    },
    async stop() {
      await github.stop()
      await receiver.stop()
    },
  }
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
