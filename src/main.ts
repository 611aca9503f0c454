import { pino } from 'pino'
import { type ApplicationFunction, Probot, run, Server } from 'probot'
import { createCatalogueClient } from './catalogue-client.ts'
import { ConfigError, loadEnvironmentFile, readConfig, type ServeConfig, type SetUpConfig } from './config.ts'
import { jobDependencies } from './dependencies.ts'
import { AppOctokit, createGitHubClients } from './github.ts'
import { createAccept } from './intake/accept.ts'
import { createApp } from './intake/app.ts'
import { startCatchUp } from './jobs/catch-up.ts'
import type { JobDependencies } from './jobs/jobs.ts'
import { jobsWaiting, registry } from './metrics.ts'
import { onboardings } from './onboarding.ts'
import { createRequestBudget } from './request-budget.ts'
import { openDatabase } from './store/database.ts'
import { migrate } from './store/migrate.ts'
import { openQueue } from './store/queue.ts'
import { openStore } from './store/store.ts'
import { asProbotHandler, createPages } from './web/server.ts'
import { startJobs } from './worker.ts'

async function main(): Promise<void> {
  loadEnvironmentFile()
  const config = readConfig()
  if (config.mode === 'set-up') return setUp(config)
  const stop = await serve(config)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        error => {
          console.error(error)
          process.exit(1)
        },
      )
    })
}

/** Nothing to serve yet: Probot's page registers the App from app.yml. */
async function setUp(config: SetUpConfig): Promise<void> {
  console.error(
    `No credentials are set. Open http://${config.host}:${config.port} to register the App, then start again.`,
  )
  await run(() => {})
}

async function serve(config: ServeConfig): Promise<() => Promise<void>> {
  const log = pino({ level: config.logLevel, name: 'golden-path', serializers: { err: briefly } })
  const database = await openDatabase(config.database)
  await migrate(database)
  const store = openStore(database)
  const queue = await openQueue(database, {
    onError: error => log.error({ err: error }, 'The queue has a problem'),
  })

  let app: Probot | undefined
  const server = new Server({
    Probot: Probot.defaults({
      appId: config.app.id,
      privateKey: config.app.privateKey,
      secret: config.app.webhookSecret,
      baseUrl: config.github.apiUrl,
      Octokit: AppOctokit,
      log,
    }),
    port: config.port,
    host: config.host,
    webhookPath: '/api/github/webhooks',
    // Probot logs every request with its headers, signatures among them.
    log: log.child({}, { level: 'warn' }),
    enableStaticFiles: false,
  })
  const appFunction: ApplicationFunction = probot => {
    app = probot
  }
  await server.load(appFunction)
  const probot = app
  if (!probot) throw new Error('Probot did not start. Set LOG_LEVEL=debug to see why.')

  const github = createGitHubClients({
    auth: id => probot.auth(id),
    dryRun: config.dryRun,
    budget: id =>
      createRequestBudget(undefined, undefined, {
        spend: (now, waitFor) => store.content.spend(id, now, waitFor),
      }),
  })
  const identity: { id: number; slug?: string } = { id: config.app.id }
  await soon(learnName(identity, github)).catch(error =>
    log.error(
      { err: error },
      `GitHub did not answer who App ${config.app.id} is. Check APP_ID, PRIVATE_KEY and GHE_HOST; deliveries are kept meanwhile.`,
    ),
  )
  const catalogue =
    config.backstage && !config.dryRun ? await createCatalogueClient(config.backstage) : undefined
  const deps = jobDependencies({
    store,
    queue,
    github,
    catalogue,
    app: identity,
    policyRepository: config.policyRepository,
    dryRun: config.dryRun,
    now: () => new Date(),
    log,
  })
  const accept = createAccept(store, queue, {
    appId: config.app.id,
    get appSlug() {
      return identity.slug
    },
  })
  await server.load(createApp(accept))
  server.addHandler(asProbotHandler(createPages(pageSources(deps))))
  await server.start()
  const stopJobs = await startJobs(deps)
  // Not waited for: a GitHub that is slow or away must not hold up the start, nor the handling of signals.
  const stopCatchingUp = startCatchUp(deps, {
    sweepHours: config.sweepHours,
    first: () => learnName(identity, github),
  })

  return async function stop() {
    stopCatchingUp()
    await server.stop()
    await stopJobs()
    await queue.close()
    await database.close()
  }
}

/** Octokit's errors carry the whole request, 5 KB of query and headers: what an operator needs is a tenth of it. */
function briefly(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { name, message, ...('status' in error ? { status: error.status } : {}), stack }
}

/** Our name at GitHub: what tells our own issues and pushes from others'. Asked until it is known. */
async function learnName(
  identity: { slug?: string },
  github: ReturnType<typeof createGitHubClients>,
): Promise<void> {
  if (identity.slug !== undefined) return
  const answer = await (await github.asApp()).request('GET /app')
  identity.slug = (answer.data as { slug?: string }).slug
}

/** Rejects when it takes longer than a start may: 5 s. */
async function soon(promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer within 5 s')), 5_000)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function pageSources({ store, queue, policies }: JobDependencies) {
  return {
    onboarding: () => onboardings({ store, policies }),
    problems: async (): Promise<string[]> => {
      try {
        await store.database.query('select 1')
        return []
      } catch (error) {
        return [`The database does not answer: ${error instanceof Error ? error.message : error}`]
      }
    },
    metrics: async () => {
      const status = await queue.status()
      jobsWaiting.reset()
      for (const { state, count } of status.counts) jobsWaiting.inc({ state }, count)
      jobsWaiting.set({ state: 'dead' }, status.deadLetters)
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}

main().catch(error => {
  if (error instanceof ConfigError) console.error(error.message)
  else console.error(error)
  process.exit(1)
})
