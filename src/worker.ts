import { carryOut } from './jobs/command.ts'
import { conclude } from './jobs/conclude.ts'
import type { JobDependencies } from './jobs/jobs.ts'
import { keepFix } from './jobs/keep-fix.ts'
import { keepIssue } from './jobs/keep-issue.ts'
import { forgetRepository, keepRegistration } from './jobs/keep-registration.ts'
import { look } from './jobs/look.ts'
import { onboard } from './jobs/onboard.ts'
import { preview } from './jobs/preview.ts'
import { readForPreview } from './jobs/read-for-preview.ts'
import { syncDirectory } from './jobs/refresh-directory.ts'
import { suggest } from './jobs/suggest.ts'
import { syncInstallation } from './jobs/sync-installation.ts'
import { jobSeconds } from './metrics.ts'
import { RateLimited } from './request-budget.ts'
import { type Handlers, RetryLater, startWorker, type Work } from './store/work.ts'

/** Job kind -> function. Answers with the function that stops. */
export function startJobs(deps: JobDependencies): Promise<() => Promise<void>> {
  return startWorker(deps.queue, handlersFor(deps), {
    onDone: ({ kind }, seconds, outcome) => jobSeconds.observe({ kind, outcome }, seconds),
    onError: (error, claimed) => {
      if (error instanceof RetryLater)
        deps.log.info({ job: claimed?.key, afterSeconds: error.afterSeconds }, error.message)
      else deps.log.error({ err: error, job: claimed?.key, tries: claimed?.retryCount }, 'A job failed')
    },
  })
}

/** What each kind of job does, for whoever has a queue of their own. */
export function handlersFor(deps: JobDependencies): Handlers {
  return patient({
    assess: work => look(work, deps),
    'sync-installation': work => syncInstallation(work, deps),
    'sync-directory': work => syncDirectory(work, deps),
    'forget-repository': work => forgetRepository(work, deps),
    'confirm-registration': work => keepRegistration(work, deps),
    preview: work => preview(work, deps),
    'read-for-preview': work => readForPreview(work, deps),
    'keep-issue': work => keepIssue(work, deps),
    'keep-fix': work => keepFix(work, deps),
    suggest: work => suggest(work, deps),
    command: work => carryOut(work, deps),
    onboard: work => onboard(work, deps),
    conclude: work => conclude(work, deps),
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
    'keep-issue': wrap(handlers['keep-issue']),
    'keep-fix': wrap(handlers['keep-fix']),
    suggest: wrap(handlers.suggest),
    command: wrap(handlers.command),
    onboard: wrap(handlers.onboard),
    conclude: wrap(handlers.conclude),
  }
}
