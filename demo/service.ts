import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { EmulatedGitHub } from './github/start.ts'

export interface ServiceOptions {
  github: Pick<EmulatedGitHub, 'url' | 'appId' | 'privateKeyPath' | 'webhookSecret'>
  backstage?: { url: string; token: string }
  port: number
  signal: AbortSignal
}

export interface Service {
  url: string
  /** Resolves to a sentence when the process has ended, asked or not, and its files are gone. */
  ended: Promise<string>
  /** The end of what it logged. */
  log: () => string
  /** Jobs that wait or run. */
  jobs: () => Promise<number>
  stop: () => Promise<unknown>
}

const startSeconds = 60
const stopSeconds = 15
const keptLog = 200_000

/** The App as `npm start` runs it, on PGlite in a folder that goes with it. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const data = await mkdtemp(join(tmpdir(), 'golden-path-demo-'))
  const url = `http://127.0.0.1:${options.port}`
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    // Away from a .env in the checkout: the service would read it.
    cwd: data,
    env: environment(options, join(data, 'store')),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the demo only, which then stops this in order.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said = (said + chunk).slice(-keptLog)
    })
  const log = (): string => said.trim()
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    return `The app ended with ${signal ?? `exit code ${code}`}.`
  })
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000)
    child.kill('SIGTERM')
    await ended
    clearTimeout(timer)
  }
  const service: Service = { url, ended, log, jobs: () => jobsAt(url), stop }
  try {
    await ready(service, options.signal)
    return service
  } catch (error) {
    await stop()
    throw error
  }
}

function environment({ github, backstage, port }: ServiceOptions, data: string): NodeJS.ProcessEnv {
  const { host, protocol } = new URL(github.url)
  return {
    // Windows starts no process without SystemRoot.
    PATH: process.env.PATH,
    SystemRoot: process.env.SystemRoot,
    APP_ID: String(github.appId),
    PRIVATE_KEY_PATH: github.privateKeyPath,
    WEBHOOK_SECRET: github.webhookSecret,
    GHE_HOST: host,
    GHE_PROTOCOL: protocol.replace(':', ''),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: data,
    ...(backstage ? { BACKSTAGE_URL: backstage.url, BACKSTAGE_TOKEN: backstage.token } : {}),
  }
}

async function ready(service: Service, signal: AbortSignal): Promise<void> {
  const died = service.ended.then(sentence => {
    throw new Error(sentence)
  })
  const answers = async (): Promise<void> => {
    for (const end = Date.now() + startSeconds * 1000; Date.now() < end; await wait(50)) {
      signal.throwIfAborted()
      const answer = await fetch(`${service.url}/readyz`, { signal }).catch(() => undefined)
      if (answer?.ok) return
    }
    throw new Error(`The app was not ready within ${startSeconds} s.`)
  }
  try {
    await Promise.race([died, answers()])
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`The app did not start. It said:\n${service.log().slice(-3000)}`, { cause })
  } finally {
    died.catch(() => {})
  }
}

async function jobsAt(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const waiting = [...metrics.matchAll(/^golden_path_jobs\{state="(?!dead)\w+"\} (\d+)/gm)]
  return waiting.reduce((sum, [, count]) => sum + Number(count), 0)
}
