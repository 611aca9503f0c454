import { describe, expect, it, onTestFinished } from 'vitest'
import { jobKey } from '../../src/intake/job.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue } from '../../src/store/queue.ts'
import { startWorker } from '../../src/store/work.ts'
import { handlersOf } from '../support/handlers.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { until } from '../support/service.ts'
import { goldenPath } from './command.ts'

/** A database in which one job has failed for good. */
async function withDeadLetter(): Promise<string> {
  const { url, drop } = await createPostgresDatabase()
  onTestFinished(drop)
  const database = await openDatabase({ url })
  await migrate(database)
  const queue = await openQueue(database, { retry: { tries: 1, delaySeconds: 0, maxDelaySeconds: 0 } })
  const fails = async (): Promise<never> => {
    throw new Error('GitHub answered 422')
  }
  const stop = await startWorker(queue, handlersOf(fails))
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
  return url
}

describe('golden-path dead-letters', () => {
  it('lists what failed and why, and has it tried again', async () => {
    const data = await withDeadLetter()
    const listed = await goldenPath('dead-letters', '--database-url', data)
    expect(listed.out).toContain('sync-installation:7\n  failed after 1 try')
    expect(listed.out).toContain('GitHub answered 422')
    expect((await goldenPath('dead-letters', '--database-url', data, '--replay')).out).toBe(
      '1 job is tried again by the service.\n',
    )
    expect((await goldenPath('dead-letters', '--database-url', data)).out).toBe(
      'No job has failed for good.\n',
    )
  })

  it('leaves the tables of an older version alone', async () => {
    const { url, drop } = await createPostgresDatabase()
    onTestFinished(drop)
    const { code, err } = await goldenPath('dead-letters', '--database-url', url)
    expect([code, err]).toEqual([2, expect.stringContaining('Golden Path has never used this database.')])
  })

  it('asks which database is meant', async () => {
    const asked = await goldenPath('dead-letters')
    expect(asked.code).toBe(2)
    expect(asked.err).toContain('--database-url')
  })
})
