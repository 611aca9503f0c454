import { afterEach, describe, expect, it } from 'vitest'
import { jobKey } from '../../src/intake/job.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue } from '../../src/store/queue.ts'
import { type Handlers, startWorker } from '../../src/store/work.ts'
import { temporaryDirectory, until } from '../support/service.ts'
import { goldenPath } from './command.ts'

const directories: Awaited<ReturnType<typeof temporaryDirectory>>[] = []
afterEach(() => Promise.all(directories.splice(0).map(directory => directory.remove())))

/** A data directory in which one job has failed for good. */
async function withDeadLetter(): Promise<string> {
  const directory = await temporaryDirectory()
  directories.push(directory)
  const database = await openDatabase({ directory: directory.path })
  await migrate(database)
  const queue = await openQueue(database, { retry: { tries: 1, delaySeconds: 0, maxDelaySeconds: 0 } })
  const fails = async (): Promise<never> => {
    throw new Error('GitHub answered 422')
  }
  const handlers: Handlers = {
    assess: fails,
    'sync-installation': fails,
    'sync-directory': fails,
    'forget-repository': fails,
    'confirm-registration': fails,
  }
  const stop = await startWorker(queue, handlers)
  await queue.enqueue([
    {
      kind: 'sync-installation',
      key: jobKey.syncInstallation(7),
      installationId: 7,
      priority: 'sweep',
      reason: { why: 'installed' },
    },
  ])
  await until(async () => (await queue.status()).deadLetters === 1, 'the job to fail for good')
  await stop()
  await queue.close()
  await database.close()
  return directory.path
}

describe('golden-path dead-letters', () => {
  it('lists what failed and why, and has it tried again', async () => {
    const data = await withDeadLetter()
    const listed = await goldenPath('dead-letters', '--data-dir', data)
    expect(listed.out).toContain('sync-installation:7\n  failed after 1 try')
    expect(listed.out).toContain('GitHub answered 422')
    expect((await goldenPath('dead-letters', '--data-dir', data, '--replay')).out).toBe(
      '1 job is tried again by the service.\n',
    )
    expect((await goldenPath('dead-letters', '--data-dir', data)).out).toBe('No job has failed for good.\n')
  })

  it('asks which database is meant', async () => {
    const asked = await goldenPath('dead-letters')
    expect(asked.code).toBe(2)
    expect(asked.err).toContain('--database-url')
  })
})
