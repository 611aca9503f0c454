import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmulatedGitHub } from '../../demo/github/start.ts'

export interface Service {
  url: string
  webhook: string
  process: ChildProcess
  /** Resolves when no job waits or runs, twice in a row. */
  idle: () => Promise<void>
  /** What it has logged, for the message of a failing test. */
  output: () => string
  /** SIGKILL: nothing is cleaned up. */
  kill: () => Promise<void>
  /** SIGTERM, as an operator does. Resolves to the exit code. */
  stop: () => Promise<number | null>
}

export interface ServiceOptions {
  github: Pick<EmulatedGitHub, 'url' | 'appId' | 'privateKeyPath' | 'webhookSecret'>
  port: number
  dataDirectory?: string
  databaseUrl?: string
  backstage?: { url: string; token: string }
  env?: Record<string, string>
}

/** The service as `npm start` runs it, in a process of its own, pointed at the emulated GitHub as at an Enterprise Server. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { host, protocol } = new URL(options.github.url)
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      APP_ID: String(options.github.appId),
      PRIVATE_KEY_PATH: options.github.privateKeyPath,
      WEBHOOK_SECRET: options.github.webhookSecret,
      GHE_HOST: host,
      GHE_PROTOCOL: protocol.replace(':', ''),
      HOST: '127.0.0.1',
      PORT: String(options.port),
      LOG_LEVEL: 'info',
      ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
      ...(options.dataDirectory ? { DATA_DIR: options.dataDirectory } : {}),
      ...(options.backstage
        ? { BACKSTAGE_URL: options.backstage.url, BACKSTAGE_TOKEN: options.backstage.token }
        : {}),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  const url = `http://127.0.0.1:${options.port}`
  const service: Service = {
    url,
    webhook: `${url}/api/github/webhooks`,
    process: child,
    output: () => output,
    idle: async () => {
      for (let quiet = 0; quiet < 2; ) {
        const metrics = await (await fetch(`${url}/metrics`)).text()
        const jobs = [...metrics.matchAll(/^golden_path_jobs\{state="(?!dead)\w+"\} (\d+)/gm)]
        quiet = jobs.every(([, count]) => count === '0') ? quiet + 1 : 0
        await new Promise(resolve => setTimeout(resolve, 150))
      }
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      return exited
    },
  }
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}:\n${output}`)
      return (await fetch(`${url}/readyz`).catch(() => undefined))?.ok
    },
    `the service to be ready at ${url}`,
    30_000,
    () => output,
  )
  return service
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return address.port
}

export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'golden-path-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Asks again until the answer is truthy; says what it waited for when it never is. */
export async function until<T>(
  ask: () => Promise<T>,
  what: string,
  limitMilliseconds = 30_000,
  context: () => string = () => '',
): Promise<NonNullable<T>> {
  const end = Date.now() + limitMilliseconds
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end)
      throw new Error(`Waited ${limitMilliseconds} ms for ${what} in vain.\n${context().slice(-6000)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
