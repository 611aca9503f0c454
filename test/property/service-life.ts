import { pino } from 'pino'
import { jobDependencies } from '../../src/dependencies.ts'
import type { GitHub } from '../../src/github.ts'
import { createAccept } from '../../src/intake/accept.ts'
import { type Job, jobKey } from '../../src/intake/job.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import type { Transaction } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { RetryLater, type Work } from '../../src/store/work.ts'
import { handlersFor } from '../../src/worker.ts'
import { holdBack, mortal } from './mortal-database.ts'
import type { SequenceWorld } from './sequence-world.ts'

/** What is to go wrong at the n-th write from now on: the process dies after the call, or only its answer is lost. */
export interface Mishap {
  kind: 'crash' | 'lost'
  after: number
}

/** Thrown by everything that a process does after its death. */
class Dead extends Error {}

const mostTries = 6
/** Runs of jobs after one step; more is a service that never comes to rest. */
const mostRuns = 60

interface Waiting {
  jobs: Job[]
  tries: number
  /** Milliseconds since 1970, for who was told to come back. */
  notBefore: number
}

/** The service for one organisation: real intake, jobs and store; a queue in memory; a process that can die. */
export function startLife(world: SequenceWorld, installation: { id: number }, start: number) {
  const waiting = new Map<string, Waiting>()
  let now = start
  let mishap: Mishap | undefined
  let mishaps = 0
  let process = born()

  /** A process with all it keeps in its memory. */
  function born() {
    const life = { isDead: false }
    const alive = () => {
      if (life.isDead) throw new Dead('This process is dead.')
    }
    const database = mortal(world.database, alive, enqueueNow)
    const queue = {
      ...world.queue,
      database,
      async enqueue(jobs: readonly Job[], options: { tx?: Transaction } = {}) {
        alive()
        if (!options.tx || !holdBack(options.tx, jobs)) enqueueNow(jobs)
      },
    }
    const store = openStore(database)
    const clientOf = (client: GitHub): GitHub => ({
      ...client,
      graphql: (query, variables) => through(() => client.graphql(query, variables), true),
      request: (route, parameters) =>
        through(() => client.request(route, parameters), route.startsWith('GET ')),
      mutate: (mutation, variables) => through(() => client.mutate(mutation, variables), false),
    })
    async function through<T>(call: () => Promise<T>, isRead: boolean): Promise<T> {
      alive()
      if (isRead) return call()
      const answer = await call()
      if (!mishap) return answer
      mishap.after -= 1
      if (mishap.after > 0) return answer
      const { kind } = mishap
      mishap = undefined
      mishaps += 1
      if (kind === 'lost')
        throw Object.assign(new Error('socket hang up'), { name: 'HttpError', status: 500 })
      life.isDead = true
      throw new Dead('The process died after a write.')
    }
    const deps = jobDependencies({
      store,
      queue,
      github: {
        asApp: async () => clientOf(await world.asApp()),
        asInstallation: async id => clientOf(await world.clientOf(id)),
      },
      app: { id: world.github.appId, slug: world.github.slug },
      policyRepository: '.github',
      dryRun: false,
      now: () => new Date(now),
      log: pino({ level: 'silent' }),
    })
    const accept = createAccept(store, queue, { appId: world.github.appId, appSlug: world.github.slug })
    return { life, deps, accept, handlers: handlersFor(deps) }
  }

  function enqueueNow(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const known = waiting.get(job.key)
      if (known) Object.assign(known, { jobs: [...known.jobs, job], notBefore: 0 })
      else waiting.set(job.key, { jobs: [job], tries: 0, notBefore: 0 })
    }
  }

  async function runNext(): Promise<boolean> {
    const next = [...waiting].find(([, each]) => each.notBefore <= now)
    if (!next) return false
    const [key, { jobs, tries }] = next
    waiting.delete(key)
    const [first] = jobs
    if (!first) return true
    const giveBack = (delayMs: number, more: number) => {
      const since = waiting.get(key)
      waiting.set(key, {
        jobs: [...jobs, ...(since?.jobs ?? [])],
        tries: tries + more,
        notBefore: since ? 0 : now + delayMs,
      })
    }
    try {
      await run(first, key, jobs)
    } catch (error) {
      if (process.life.isDead) {
        process = born()
        giveBack(0, 0)
      } else if (error instanceof RetryLater) giveBack(error.afterSeconds * 1000, 0)
      else if (tries + 1 >= mostTries)
        throw new Error(`${key} failed ${mostTries} times: ${error instanceof Error ? error.stack : error}`)
      else giveBack(0, 1)
    }
    return true
  }
  async function run(first: Job, key: string, jobs: readonly Job[]): Promise<void> {
    const handler = process.handlers[first.kind] as (work: Work) => Promise<void>
    await handler({
      kind: first.kind,
      key,
      installationId: installation.id,
      jobs: [...jobs],
      settle: async () => {},
      signal: new AbortController().signal,
    } as Work)
    // One that swallowed its own death has not finished.
    if (process.life.isDead) throw new Dead('The process died.')
  }

  return {
    deps: () => process.deps,
    /** Takes in what happened and works until there is nothing left to do now. */
    async settle(login: string): Promise<Incoming[]> {
      const all: Incoming[] = []
      for (let runs = 0; ; runs++) {
        if (runs > mostRuns) throw new Error(`The service does not come to rest: ${[...waiting.keys()]}`)
        const heard = world.inboxOf(login)
        all.push(...heard)
        for (const each of heard) await process.accept(each)
        if (!(await runNext())) {
          const late = world.inboxOf(login)
          if (late.length === 0) return all
          all.push(...late)
          for (const each of late) await process.accept(each)
        }
      }
    },
    /** The same delivery once more, under the same GUID. */
    hear: (incoming: Incoming) => process.accept(incoming),
    goWrong: (how: Mishap) => {
      mishap = { ...how }
    },
    pass: (days: number) => {
      now += days * 86_400_000
      enqueueNow([sync('sweep')])
    },
    begin: () => enqueueNow([sync('installed')]),
    /** How many have happened. */
    mishaps: () => mishaps,
    waiting: () => [...waiting.keys()],
  }
  function sync(why: 'sweep' | 'installed'): Job {
    return {
      kind: 'sync-installation',
      key: jobKey.syncInstallation(installation.id),
      installationId: installation.id,
      priority: 'sweep',
      reason: { why },
    }
  }
}
