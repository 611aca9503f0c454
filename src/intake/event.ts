import type { InstallationFacts } from '../store/installations.ts'
import type { RepositoryFacts } from '../store/repositories.ts'
import {
  type AssessJob,
  type ForgetRepositoryJob,
  type Job,
  jobKey,
  type Priority,
  type Reason,
} from './job.ts'
import type { PropertyChange } from './payload.ts'

export interface IntakeContext {
  appId: number
  /** Login of our bot is `<slug>[bot]`; without it our own pushes can't be told from others'. */
  appSlug?: string
}

/** What a delivery tells, to be stored before any job runs; its jobs rely on it. */
export interface Changes {
  repositories: RepositoryFacts[]
  /** Ids of repositories that are deleted or not ours to see any more. */
  gone: number[]
  installation?: InstallationFacts
  /** All of its repositories are to be forgotten, those too that the event does not name. */
  left?: { installationId: number; how: 'removed' | 'suspended' }
  properties?: PropertyChange
}

/** A webhook of an installation of ours, its common parts read. */
export interface Event {
  action: string | undefined
  payload: unknown
  installationId: number
  repository: RepositoryFacts | undefined
  context: IntakeContext
  because: (why: Reason['why'], more?: Partial<Reason>) => Reason
}

/** What the one function of an event makes of it; ignored with a sentence that says why. */
export type Outcome = { ignored: string } | { jobs: Job[]; changes?: Partial<Changes> }

export const ignored = (why: string): Outcome => ({ ignored: why })

export const otherAction = ({ action }: Event): Outcome =>
  ignored(`Action ${action ?? '(none)'} changes nothing that is looked at.`)

export const withoutRepository = ignored('It names no repository.')

/** Looks at the default branch again. */
export const lookAgain =
  (
    why: Reason['why'],
    { priority = 'push', actions }: { priority?: Priority; actions?: readonly string[] } = {},
  ) =>
  (event: Event): Outcome => {
    if (actions && !actions.includes(event.action ?? '')) return otherAction(event)
    if (!event.repository) return withoutRepository
    return { jobs: [assessJob(event.repository, { kind: 'default-branch' }, priority, event.because(why))] }
  }

export const settingsChanged = lookAgain('settings-changed')

export const assessJob = (
  { id, installationId }: RepositoryFacts,
  target: AssessJob['target'],
  priority: Priority,
  reason: Reason,
): AssessJob => ({
  kind: 'assess',
  key: jobKey.assess(id, target),
  installationId,
  priority,
  repositoryId: id,
  target,
  reason,
})

export const forgetJob = (
  repositoryId: number,
  installationId: number,
  reason: Reason,
): ForgetRepositoryJob => ({
  kind: 'forget-repository',
  key: jobKey.forget(repositoryId),
  installationId,
  priority: 'push',
  repositoryId,
  reason,
})

export const syncInstallationJob = (installationId: number, reason: Reason): Job => ({
  kind: 'sync-installation',
  key: jobKey.syncInstallation(installationId),
  installationId,
  priority: 'push',
  reason,
})
