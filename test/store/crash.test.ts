import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue } from '../../src/store/queue.ts'
import { startWorker } from '../../src/store/work.ts'
import { handlersOf } from '../support/handlers.ts'
import { createPostgresDatabase } from '../support/postgres.ts'

/** Instead of half a minute. */
const silenceSeconds = 3

/** A process of its own that says what it does, a JSON value a line. */
const start = (mode: 'send' | 'hang', options: object) => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-child.ts'), mode, JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const said: string[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(line))
  child.stderr.on('data', data => errors.push(String(data)))
  return {
    said,
    until: async (count: number) => {
      for (const deadline = Date.now() + 60_000; said.length < count; await wait(5)) {
        if (Date.now() > deadline || child.exitCode !== null)
          throw new Error(`The process said: ${errors.join('')}`)
      }
    },
    kill: () => kill(child),
  }
}

const kill = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

// Each process makes or opens a PGlite of its own: seconds, and many on a busy machine.
describe('after kill -9', { timeout: 120_000 }, () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'golden-path-crash-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  const collect = async (options: { url?: string; directory?: string }, expected: number) => {
    const database = await openDatabase(options)
    const queue = await openQueue(database, { silenceSeconds })
    const seen: string[] = []
    const stop = await startWorker(
      queue,
      handlersOf(async () => {}, {
        assess: async ({ jobs }) => {
          seen.push(...jobs.map(({ reason }) => reason.delivery ?? ''))
        },
      }),
    )
    const began = performance.now()
    while (seen.length < expected && performance.now() - began < 60_000) await wait(20)
    const seconds = (performance.now() - began) / 1000
    const { counts, deadLetters } = await queue.status()
    await stop()
    await queue.close()
    await database.close()
    return { seen, seconds, counts, deadLetters }
  }

  it('nothing acknowledged is lost on PGlite, killed three times in the middle of sending and working', async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round++) {
      const child = start('send', { directory, round })
      await child.until(10)
      await child.kill()
      acknowledged.push(...child.said)
    }
    const { seen } = await collect({ directory }, acknowledged.length)
    expect(acknowledged.length).toBeGreaterThanOrEqual(30)
    // What was committed and not yet acknowledged may come as well.
    expect(new Set(seen).size).toBe(seen.length)
    expect(acknowledged.filter(id => !seen.includes(id))).toEqual([])
  })

  it('a job that was running on PGlite runs again at once at the next start', async () => {
    const child = start('hang', { directory })
    await child.until(1)
    await child.kill()
    const { seen, seconds, deadLetters } = await collect({ directory }, 1)
    expect(seen).toEqual(['hang'])
    expect(seconds).toBeLessThan(2)
    expect(deadLetters).toBe(0)
  })

  it('a job that was running on PostgreSQL goes to another worker after a while of silence', async () => {
    const created = await createPostgresDatabase()
    try {
      const child = start('hang', { url: created.url })
      await child.until(1)
      await child.kill()
      const { seen, seconds } = await collect({ url: created.url }, 1)
      expect(seen).toEqual(['hang'])
      expect(seconds).toBeGreaterThan(1)
      expect(seconds).toBeLessThan(10)
    } finally {
      await created.drop()
    }
  })

  it('the data directory is free again, and not before', async () => {
    const child = start('hang', { directory })
    await child.until(1)
    await expect(openDatabase({ directory })).rejects.toThrow(
      /is in use by process \d+ on .+ PGlite serves one process: stop that one, choose another DATA_DIR, or set DATABASE_URL/,
    )
    await child.kill()
    const database = await openDatabase({ directory })
    await expect(openDatabase({ directory })).rejects.toThrow(`is in use by process ${process.pid}`)
    await migrate(database)
    await database.close()
    await (await openDatabase({ directory })).close()
  })
})
