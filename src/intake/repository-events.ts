import { changedPaths, keepsPaths } from './changed-paths.ts'
import {
  assessJob,
  type Event,
  forgetJob,
  ignored,
  lookAgain,
  type Outcome,
  otherAction,
  settingsChanged,
  syncInstallationJob,
  withoutRepository,
} from './event.ts'
import type { AssessJob } from './job.ts'
import { at, idAt, listAt, propertyChangeAt, shaAt, textAt } from './payload.ts'

export const push = (event: Event): Outcome => {
  const { payload, repository, because } = event
  if (!repository) return withoutRepository
  const ref = textAt(payload, 'ref') ?? ''
  if (!ref.startsWith('refs/heads/')) return ignored(`${ref || 'The ref'} is no branch.`)
  if (ref !== `refs/heads/${repository.defaultBranch}`) {
    return ignored(`${ref} is not the default branch; a pull request from it is looked at as such.`)
  }
  if (at(payload, 'deleted') === true) return ignored(`${ref} was deleted.`)
  const after = shaAt(payload, 'after')
  if (!after) return ignored('It names no commit.')
  const before = shaAt(payload, 'before')
  const changed = changedPaths(payload)
  const reason = because('push', {
    after,
    ...(before ? { before } : {}),
    ...(changed ? { changed } : {}),
    ...(changed && keepsPaths(payload) ? { samePaths: true } : {}),
  })
  return { jobs: [assessJob(repository, { kind: 'default-branch' }, 'push', reason)] }
}

export const pullRequest = (event: Event): Outcome => {
  const { action, payload, repository, because } = event
  const isNews =
    ['opened', 'synchronize', 'reopened', 'ready_for_review'].includes(action ?? '') ||
    (action === 'edited' && at(payload, 'changes', 'base') !== undefined)
  if (!isNews) return otherAction(event)
  if (!repository) return withoutRepository
  const number = idAt(payload, 'pull_request', 'number')
  const sha = shaAt(payload, 'pull_request', 'head', 'sha')
  if (!number || !sha) return ignored('It names no head of a pull request.')
  const target = { kind: 'pull-request', pullRequest: number, sha } as const
  const before = shaAt(payload, 'before')
  const reason = because('pull-request', { after: sha, ...(before ? { before } : {}) })
  return { jobs: [assessJob(repository, target, 'pull-request', reason)] }
}

export const mergeGroup = (event: Event): Outcome => {
  const { action, payload, repository, because } = event
  if (action !== 'checks_requested') return otherAction(event)
  if (!repository) return withoutRepository
  const ref = textAt(payload, 'merge_group', 'head_ref')
  const sha = shaAt(payload, 'merge_group', 'head_sha')
  if (!ref || !sha) return ignored('It names no head of a merge group.')
  const reason = because('merge-group', { after: sha })
  return { jobs: [assessJob(repository, { kind: 'merge-group', ref, sha }, 'pull-request', reason)] }
}

/** `check_run` and `check_suite`: GitHub asks the app that made them to run again. */
export const rerun =
  (what: 'check_run' | 'check_suite') =>
  (event: Event): Outcome => {
    const { action, payload, repository, because, context } = event
    if (action !== 'rerequested') return otherAction(event)
    if (idAt(payload, what, 'app', 'id') !== context.appId) return ignored('It belongs to another app.')
    if (!repository) return withoutRepository
    const sha = shaAt(payload, what, 'head_sha')
    if (!sha) return ignored('It names no commit.')
    // Empty for a fork's pull request; the store knows which head the commit was.
    const number = idAt(listAt(payload, what, 'pull_requests')?.[0], 'number')
    const target: AssessJob['target'] = number
      ? { kind: 'pull-request', pullRequest: number, sha }
      : { kind: 'commit', sha }
    return { jobs: [assessJob(repository, target, 'pull-request', because('re-run', { after: sha }))] }
  }

export const repository = (event: Event): Outcome => {
  const facts = event.repository
  if (!facts) return withoutRepository
  switch (event.action) {
    case 'created':
      return { jobs: [assessJob(facts, { kind: 'default-branch' }, 'push', event.because('installed'))] }
    case 'renamed':
    case 'transferred':
    case 'archived':
    case 'unarchived':
    case 'publicized':
    case 'privatized':
    case 'edited':
      return settingsChanged(event)
    case 'deleted':
      return {
        jobs: [forgetJob(facts.id, event.installationId, event.because('removed'))],
        changes: { repositories: [facts], gone: [facts.id] },
      }
    default:
      return otherAction(event)
  }
}

/** A draft changes nothing that is read; "released" is a prerelease that became the latest release. */
export const release = lookAgain('settings-changed', {
  actions: ['published', 'released', 'edited', 'unpublished', 'deleted'],
})

export const secretScanningAlert = lookAgain('settings-changed', {
  actions: ['created', 'resolved', 'reopened'],
})

/** Alerts of other branches are nobody's but their pull request's. Closing by hand names no branch. */
export const codeScanningAlert = (event: Event): Outcome => {
  const ref = textAt(event.payload, 'ref')
  const branch = event.repository?.defaultBranch
  if (ref && branch && ref !== `refs/heads/${branch}`) return ignored(`${ref} is not the default branch.`)
  return alertOfDefaultBranch(event)
}

const alertOfDefaultBranch = lookAgain('settings-changed', {
  actions: ['created', 'fixed', 'closed_by_user', 'reopened', 'reopened_by_user', 'appeared_in_branch'],
})

export const customPropertyValues = (event: Event): Outcome => {
  const outcome = settingsChanged(event)
  return 'jobs' in outcome && event.repository
    ? {
        jobs: outcome.jobs,
        changes: {
          repositories: [event.repository],
          properties: propertyChangeAt(event.payload, event.repository),
        },
      }
    : outcome
}

/** A ruleset of the organisation names no repository and may concern them all. */
export const ruleset = (event: Event): Outcome =>
  event.repository
    ? settingsChanged(event)
    : { jobs: [syncInstallationJob(event.installationId, event.because('settings-changed'))] }
