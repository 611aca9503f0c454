import { jobKey } from '../../src/intake/job.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue } from '../../src/store/queue.ts'
import { startWorker } from '../../src/store/work.ts'
import { handlersOf } from '../support/handlers.ts'

/**
 * What crash.test.ts kills. `send` says each delivery that it has committed, while a worker claims jobs and never finishes
 * them; `hang` says `running` from within a job, and stays there.
 */
const [mode, json] = process.argv.slice(2)
const { round = 0, ...options } = JSON.parse(json ?? '{}')

const database = await openDatabase(options)
await migrate(database)
const queue = await openQueue(database)
const enqueue = (repositoryId: number, delivery: string) =>
  queue.enqueue([
    {
      kind: 'assess',
      key: jobKey.assess(repositoryId, { kind: 'default-branch' }),
      installationId: 1,
      priority: 'push',
      repositoryId,
      target: { kind: 'default-branch' },
      reason: { why: 'push', delivery },
    },
  ])
const hang = async () => {
  if (mode === 'hang') process.stdout.write('running\n')
  await new Promise(() => {})
}
await startWorker(queue, handlersOf(hang))

if (mode === 'hang') await enqueue(1, 'hang')
else {
  for (let i = 0; ; i++) {
    const delivery = `${round}.${i}`
    await enqueue(i % 7, delivery)
    process.stdout.write(`${delivery}\n`)
  }
}
