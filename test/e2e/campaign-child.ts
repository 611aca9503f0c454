import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { Probot } from 'probot'
import { jobDependencies } from '../../src/dependencies.ts'
import { AppOctokit, createGitHubClients } from '../../src/github.ts'
import { jobKey, type KeepIssueJob } from '../../src/intake/job.ts'
import { createRequestBudget } from '../../src/request-budget.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openQueue, type Queue } from '../../src/store/queue.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { startJobs } from '../../src/worker.ts'
import { metadata } from '../support/facts.ts'
import { snapshotOf } from '../support/snapshot.ts'

/**
 * The service's jobs in a process that campaign.test.ts kills. When none of them can run, time leaps to the next one's: the
 * queue's own clock is set forward. How far it has leapt is told to the emulated GitHub before it is used.
 */
export interface Campaign {
  database: { url: string }
  github: { url: string; appId: number; privateKeyPath: string; installationId: number }
  /** Of the repositories to open issues in; given at the first start. */
  seed?: { ids: number[]; ownerId: number }
  /** Milliseconds that time has leapt already. */
  leapt: number
}

const policyText = `version: 1
rules:
  - name: Everything has an entry in the catalogue
    require:
      catalog-info-valid: enforce
`

const campaign = JSON.parse(process.argv[2] ?? '') as Campaign
let leapt = campaign.leapt
const now = (): number => Date.now() + leapt
const { github } = campaign

const database = await openDatabase(campaign.database)
await migrate(database)
const store = openStore(database)
// What a killed process left goes to the next one after so many seconds, instead of 30.
const queue = await openQueue(database, { silenceSeconds: 2 })
if (campaign.seed) await seed(campaign.seed, store, queue)

const log = pino({ level: 'warn' }, process.stderr)
const probot = new Probot({
  appId: github.appId,
  privateKey: await readFile(github.privateKeyPath, 'utf8'),
  baseUrl: `${github.url}/api/v3`,
  Octokit: AppOctokit,
  log,
})
const clock = { now, sleep: async () => Promise.reject(new Error('Nobody is to sleep here')) }
const clients = createGitHubClients({
  auth: id => probot.auth(id),
  dryRun: false,
  // Without patience whoever must wait goes back to the queue, where its time is seen.
  budget: id =>
    createRequestBudget(0, clock, { spend: (at, waitFor) => store.content.spend(id, at, waitFor) }),
})
const deps = jobDependencies({
  store,
  queue,
  github: clients,
  app: { id: github.appId, slug: 'golden-path' },
  policyRepository: '.github',
  dryRun: false,
  now: () => new Date(now()),
  log,
})
let runs = 0
await startJobs({
  ...deps,
  policies: {
    ...deps.policies,
    inForce: repository => {
      runs++
      return deps.policies.inForce(repository)
    },
  },
})

for (;;) {
  const [state] = await database.query<{ waiting: number; busy: number; next: number | null }>(
    `select count(*) filter (where state < 'active')::int as waiting,
       count(*) filter (where state = 'active' or start_after <= pgboss.job_now())::int as busy,
       (extract(epoch from min(start_after) filter (where state < 'active') - pgboss.job_now()) * 1000)::float as next
     from pgboss.job where name = 'jobs' and state <= 'active'`,
  )
  if (!state || (state.waiting === 0 && state.busy === 0)) break
  if (state.busy > 0 || state.next === null) {
    // The longer, the more is left: to count costs what a job does.
    await wait(Math.min(1_000, 20 + 4 * state.busy))
    continue
  }
  const leap = Math.ceil(state.next) + 1
  await tell({ leapt: leapt + leap })
  leapt += leap
  await setQueueClock()
  await database.query(`select pg_notify('golden_path_jobs', '')`)
}
const { deadLetters } = await queue.status()
await tell({ done: { deadLetters, runs } })
process.exit(0)

/** What pg-boss and our statements on its tables go by. */
async function setQueueClock(): Promise<void> {
  await database.execute(
    `create or replace function pgboss.job_now() returns timestamptz language sql stable
     as $$ select pg_catalog.now() + ${leapt} * interval '1 millisecond' $$`,
  )
}

/** Resolves when the test has heard it. */
async function tell(message: object): Promise<void> {
  const heard = new Promise(resolve => process.once('message', resolve))
  process.send?.(message)
  await heard
}

/** Looked at and judged, as a sweep leaves them: what is missing is the issue of each. */
async function seed(
  { ids, ownerId }: { ids: number[]; ownerId: number },
  store: Store,
  queue: Queue,
): Promise<void> {
  const { installationId } = campaign.github
  const facts = (id: number) => ({
    id,
    nodeId: `R_${id}`,
    name: `service-${ids.indexOf(id)}`,
    owner: 'acme',
    ownerId,
    installationId,
    defaultBranch: 'main',
  })
  const snapshot = await snapshotOf({ facts: { metadata: metadata() } })
  await store.policies.save({
    ownerId,
    version: 'a'.repeat(40),
    commit: 'a'.repeat(40),
    files: [{ path: 'golden-path.yml', text: policyText }],
    problems: [],
    readAt: new Date(now()).toISOString(),
  })
  await store.repositories.upsert(ids.map(facts))
  await store.database.transaction(async tx => {
    for (const id of ids) {
      const { defaultBranch: _, ...repository } = facts(id)
      const url = `https://github.com/acme/${repository.name}`
      await store.snapshots.put({ ...snapshot, repository: { ...repository, url } }, tx)
      const checkRun = {
        key: `check-run:${snapshot.target.sha}`,
        kind: 'check-run',
        hash: '',
        detail: {},
      } as const
      await store.published.done(id, { ...checkRun, externalId: `${id}` }, tx)
    }
    await queue.enqueue(
      ids.map(
        (id): KeepIssueJob => ({
          kind: 'keep-issue',
          key: jobKey.keepIssue(id),
          installationId,
          repositoryId: id,
          priority: 'push',
          reason: { why: 'judged' },
        }),
      ),
      { tx },
    )
  })
}
