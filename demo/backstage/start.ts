import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { postgresDirectory } from '../postgres.ts'
import { freePort } from './free-port.ts'
import type { BackstageSettings, FromServer } from './messages.ts'

export interface BackstageOptions {
  /** `http://127.0.0.1:4010`: where the catalogue reads repositories, by its own GitHub integration. */
  githubUrl: string
  githubToken: string
  /** 0, the default, takes any free one. */
  port?: number
  /** Made up when absent; the same one again for a restart that others know it by. */
  token?: string
  /** A running PostgreSQL whose user may create databases; without it, one is started and deleted with the rest. */
  postgres?: { url: string }
  /** How often each entity is looked at again. */
  processingSeconds?: number
  /** Aborted, it ends what has been started so far, and the start rejects. */
  signal?: AbortSignal
}

export interface Backstage {
  url: string
  /** For `Authorization: Bearer`. */
  token: string
  pid: number
  /** Of its own PostgreSQL, where it has one. */
  postgresPid?: number
  /** Resolves when it has ended, asked or not, and nothing of it is left. */
  ended: Promise<void>
  stop: () => Promise<void>
}

/** The first start on a machine reads 300 MB of packages. */
const startSeconds = 90
const stopSeconds = 25

/** A real Backstage catalogue in a process of its own. Rejects with what it said when it does not come up. */
export async function startBackstage(options: BackstageOptions): Promise<Backstage> {
  options.signal?.throwIfAborted()
  const directory = options.postgres ? undefined : await postgresDirectory()
  const settings: BackstageSettings = {
    githubUrl: options.githubUrl.replace(/\/+$/, ''),
    githubToken: options.githubToken,
    token: options.token ?? randomBytes(24).toString('hex'),
    port: options.port || (await freePort()),
    processingSeconds: options.processingSeconds ?? 2,
    postgres: options.postgres ?? { directory: directory ?? '' },
  }
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C reaches the parent only, which then stops this in order.
    detached: true,
    env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '' },
  })
  const postgres: { pid?: number } = {}
  const cleanUp = watch(child, postgres, directory)
  child.send(settings)
  const giveUp = (): void => {
    if (child.connected) child.disconnect()
  }
  options.signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const url = await ready(child)
    return {
      url,
      token: settings.token,
      pid: child.pid ?? 0,
      postgresPid: postgres.pid,
      ended: cleanUp,
      stop: () => stop(child, cleanUp),
    }
  } catch (error) {
    await stop(child, cleanUp)
    throw error
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
}

/** A server that was killed could not stop its PostgreSQL: that falls to us. Resolves when nothing is left. */
async function watch(
  child: ChildProcess,
  postgres: { pid?: number },
  directory: string | undefined,
): Promise<void> {
  child.on('message', (message: FromServer) => {
    if ('postgresPid' in message) postgres.pid = message.postgresPid
  })
  const [code] = await once(child, 'exit')
  if (code !== 0 && postgres.pid !== undefined) await endPostgres(postgres.pid)
  if (directory) await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

async function endPostgres(pid: number): Promise<void> {
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, signal)
    } catch {
      return false
    }
  }
  // PostgreSQL's immediate shutdown: its files are deleted anyway.
  send('SIGQUIT')
  for (let waited = 0; waited < 50 && send(0); waited++)
    await new Promise(resolve => setTimeout(resolve, 100))
}

function ready(child: ChildProcess): Promise<string> {
  const said: string[] = []
  child.stderr?.on('data', chunk => {
    said.push(String(chunk))
    if (said.length > 50) said.shift()
  })
  const detail = (): string => said.join('').trim().slice(-2000) || 'nothing'
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Backstage did not start within ${startSeconds} s. It said: ${detail()}`)),
      startSeconds * 1000,
    )
    child.on('message', (message: FromServer) => {
      if ('ready' in message) resolve(message.url)
      if ('failed' in message) reject(new Error(`Backstage did not start: ${message.failed}\n${detail()}`))
      if (!('postgresPid' in message)) clearTimeout(timer)
    })
    child.on('exit', code => {
      clearTimeout(timer)
      reject(new Error(`Backstage ended (${code}) while it started. It said: ${detail()}`))
    })
  })
}

async function stop(child: ChildProcess, cleanUp: Promise<void>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000)
  if (child.connected) child.disconnect()
  await cleanUp
  clearTimeout(timer)
}
