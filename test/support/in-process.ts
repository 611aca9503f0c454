import { readFile } from 'node:fs/promises'
import { pino } from 'pino'
import { Probot } from 'probot'
import type { EmulatedGitHub } from '../../demo/github/start.ts'
import { jobDependencies } from '../../src/dependencies.ts'
import { AppOctokit, createGitHubClients } from '../../src/github.ts'
import { type Job, jobKey } from '../../src/intake/job.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue, type QueueOptions } from '../../src/store/queue.ts'
import { openStore } from '../../src/store/store.ts'
import { startJobs } from '../../src/worker.ts'

/**
 * The service's jobs in this process, against the emulated GitHub, so that a test can move the clock they judge by and
 * leave every other clock alone. No webhooks: a test asks for a sweep, as time does.
 */
export async function startJobsAt(
  github: Pick<EmulatedGitHub, 'url' | 'appId' | 'privateKeyPath'> & {
    installations: { id: number }[]
  },
  start: string,
  /** Without a budget hundreds of repositories are judged in seconds; GitHub would take minutes. */
  options: {
    unlimited?: boolean
    retry?: QueueOptions['retry']
    /** An empty one that the test keeps: to start PGlite takes longer than most of what is done with it. */
    database?: Database
  } = {},
) {
  const log = pino({ level: 'silent' })
  const probot = new Probot({
    appId: github.appId,
    privateKey: await readFile(github.privateKeyPath, 'utf8'),
    baseUrl: `${github.url}/api/v3`,
    Octokit: AppOctokit,
    log,
  })
  const database = options.database ?? (await openDatabase({}))
  await migrate(database)
  const store = openStore(database)
  const queue = await openQueue(database, { retry: options.retry })
  const clients = createGitHubClients({
    auth: id => probot.auth(id),
    dryRun: false,
    ...(options.unlimited
      ? { budget: () => ({ take: async () => () => {}, turn: async () => () => {}, pause: () => {} }) }
      : {}),
  })
  const app: { id: number; slug?: string } = { id: github.appId }
  app.slug = ((await (await clients.asApp()).request('GET /app')).data as { slug?: string }).slug
  let today = new Date(start)
  const deps = jobDependencies({
    store,
    queue,
    github: clients,
    app,
    policyRepository: '.github',
    dryRun: false,
    now: () => today,
    log,
  })
  const stop = await startJobs(deps)
  const idle = async (): Promise<void> => {
    // Not by queue.status(), which costs what a job does.
    const isWorking = async () =>
      (await database.query(`select from pgboss.job where name = 'jobs' and state <= 'active' limit 1`))
        .length > 0
    while (await isWorking()) await new Promise(resolve => setTimeout(resolve, 30))
    if ((await queue.status()).deadLetters > 0) throw new Error('A job failed at its last try')
  }
  return {
    store,
    deps,
    /** Until no job waits or runs. */
    idle,
    /** As a webhook would, and waits for the end of all that follows. */
    enqueue: async (jobs: readonly Job[]): Promise<void> => {
      await queue.enqueue(jobs)
      await idle()
    },
    /** From here on this is the time. */
    setClock: (to: string) => {
      today = new Date(to)
    },
    /** Puts every repository through the same path, as the service does each few hours, and waits for the end. */
    sweep: async (): Promise<void> => {
      const [installation] = github.installations
      if (!installation) throw new Error('The app is not installed')
      await queue.enqueue([
        {
          kind: 'sync-installation',
          key: jobKey.syncInstallation(installation.id),
          installationId: installation.id,
          priority: 'sweep',
          reason: { why: 'sweep' },
        },
      ])
      await idle()
    },
    stop: async () => {
      await stop()
      await queue.close()
      if (!options.database) await database.close()
    },
  }
}
