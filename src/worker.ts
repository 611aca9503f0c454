import type { JobDependencies } from './jobs/jobs.ts'
import { forgetRepository, keepRegistration } from './jobs/keep-registration.ts'
import { look } from './jobs/look.ts'
import { preview } from './jobs/preview.ts'
import { readForPreview } from './jobs/read-for-preview.ts'
import { syncDirectory } from './jobs/refresh-directory.ts'
import { syncInstallation } from './jobs/sync-installation.ts'
import { jobSeconds } from './metrics.ts'
import { RateLimited } from './request-budget.ts'
import { type Handlers, RetryLater, startWorker, type Work } from './store/work.ts'

/** Job kind -> function. Answers with the function that stops. */
export function startJobs(deps: JobDependencies): Promise<() => Promise<void>> {
  const handlers: Handlers = {
    assess: work => look(work, deps),
    'sync-installation': work => syncInstallation(work, deps),
    'sync-directory': work => syncDirectory(work, deps),
    'forget-repository': work => forgetRepository(work, deps),
    'confirm-registration': work => keepRegistration(work, deps),
    preview: work => preview(work, deps),
    'read-for-preview': work => readForPreview(work, deps),
  }
  return startWorker(deps.queue, patient(handlers), {
    onDone: ({ kind }, seconds, outcome) => jobSeconds.observe({ kind, outcome }, seconds),
    onError: (error, claimed) => {
      if (error instanceof RetryLater)
        deps.log.info({ job: claimed?.key, afterSeconds: error.afterSeconds }, error.message)
      else deps.log.error({ err: error, job: claimed?.key, tries: claimed?.retryCount }, 'A job failed')
    },
  })
}

/** To be told to wait is no failure: it costs the job none of its tries. */
function patient(handlers: Handlers): Handlers {
  const wrap =
    <Kind extends Work['kind']>(handler: (work: Work<Kind>) => Promise<void>) =>
    async (work: Work<Kind>): Promise<void> => {
      try {
        await handler(work)
      } catch (error) {
        throw error instanceof RateLimited ? new RetryLater(error.message, error.retryAfter) : error
      }
    }
  return {
    assess: wrap(handlers.assess),
    'sync-installation': wrap(handlers['sync-installation']),
    'sync-directory': wrap(handlers['sync-directory']),
    'forget-repository': wrap(handlers['forget-repository']),
    'confirm-registration': wrap(handlers['confirm-registration']),
    preview: wrap(handlers.preview),
    'read-for-preview': wrap(handlers['read-for-preview']),
  }
}
