import type { Logger } from 'pino'
import { builtInControls } from './controls/index.ts'
import type { Catalogue } from './effects/outside.ts'
import { followUpsOf } from './jobs/follow-ups.ts'
import type { JobDependencies } from './jobs/jobs.ts'
import { organisationOf } from './organisation.ts'
import { openPolicyBook } from './policy-book.ts'
import { sourcesOf } from './sources.ts'
import type { Queue } from './store/queue.ts'
import type { Store } from './store/store.ts'

/** What the jobs work with, put together from what was opened. */
export function jobDependencies(opened: {
  store: Store
  queue: Queue
  github: JobDependencies['github']
  catalogue?: Catalogue
  /** Who we are at GitHub. The slug is learnt later: the object is kept, not copied. */
  app: { id: number; slug?: string }
  policyRepository: string
  dryRun: boolean
  now: () => Date
  log: Logger
}): JobDependencies {
  const { store, queue, github, catalogue, app, dryRun, now, log } = opened
  const backstage = { configured: catalogue !== undefined }
  const policies = openPolicyBook(store, {
    library: builtInControls,
    policyRepository: opened.policyRepository,
  })
  return {
    store,
    queue,
    policies,
    github,
    app,
    backstage,
    backstageCatalogue: catalogue,
    followUps: followUpsOf({ store, policies, backstage, now }),
    enqueue: queue.enqueue,
    sources: sourcesOf({
      store,
      github,
      catalogue,
      isPolicyRepository: policies.isPolicyRepository,
      organisation: snapshot => organisationOf(snapshot, { store, library: builtInControls }),
    }),
    dryRun,
    now,
    log,
  }
}
