import type { RepositoryFacts } from '../store/repositories.ts'
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
import { type AssessJob, type Job, jobKey } from './job.ts'
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
  const ours = fixJobs(event)
  if (!isNews) return ours.length > 0 ? { jobs: ours } : otherAction(event)
  if (!repository) return withoutRepository
  const number = idAt(payload, 'pull_request', 'number')
  const sha = shaAt(payload, 'pull_request', 'head', 'sha')
  if (!number || !sha) return ignored('It names no head of a pull request.')
  const base = textAt(payload, 'pull_request', 'base', 'ref')
  const target = { kind: 'pull-request', pullRequest: number, sha, ...(base ? { base } : {}) } as const
  const before = shaAt(payload, 'before')
  const reason = because('pull-request', { after: sha, ...(before ? { before } : {}) })
  return { jobs: [assessJob(repository, target, 'pull-request', reason), ...ours] }
}

/** Somebody closed, reopened or pushed to our pull request of fixes; what they did is read from GitHub. */
const fixJobs = ({ action, payload, repository, installationId, because, context }: Event): Job[] => {
  if (!repository || !['closed', 'reopened', 'synchronize'].includes(action ?? '')) return []
  if (!/^golden-path\/fix(-\d)?$/.test(textAt(payload, 'pull_request', 'head', 'ref') ?? '')) return []
  if (idAt(payload, 'pull_request', 'head', 'repo', 'id') !== repository.id) return []
  const byUs = context.appSlug && textAt(payload, 'sender', 'login') === `${context.appSlug}[bot]`
  if (byUs) return []
  return [
    {
      kind: 'keep-fix',
      key: jobKey.keepFix(repository.id),
      installationId,
      repositoryId: repository.id,
      priority: 'push',
      reason: because('pull-request-changed'),
    },
  ]
}

export const mergeGroup = (event: Event): Outcome => {
  const { action, payload, repository, because } = event
  if (action !== 'checks_requested') return otherAction(event)
  if (!repository) return withoutRepository
  const ref = textAt(payload, 'merge_group', 'head_ref')
  const sha = shaAt(payload, 'merge_group', 'head_sha')
  if (!ref || !sha) return ignored('It names no head of a merge group.')
  const reason = because('merge-group', { after: sha })
  // Not the group before: where a queue may merge what failed, that one's problems would count as there before.
  const into = /^refs\/heads\/(.+)$/.exec(textAt(payload, 'merge_group', 'base_ref') ?? '')?.[1]
  const base = into ?? shaAt(payload, 'merge_group', 'base_sha')
  const target = { kind: 'merge-group', ref, sha, ...(base ? { base } : {}) } as const
  return { jobs: [assessJob(repository, target, 'pull-request', reason)] }
}

/** `check_run` and `check_suite`: GitHub asks the app that made them to run again. */
export const rerun =
  (what: 'check_run' | 'check_suite') =>
  (event: Event): Outcome => {
    const { action, payload, repository, because, context } = event
    if (action !== 'rerequested' && action !== 'requested_action') return otherAction(event)
    if (idAt(payload, what, 'app', 'id') !== context.appId) return ignored('It belongs to another app.')
    if (!repository) return withoutRepository
    const sha = shaAt(payload, what, 'head_sha')
    if (!sha) return ignored('It names no commit.')
    if (action === 'requested_action') return button(event, repository, sha)
    // Empty for a fork's pull request; the store knows which head the commit was.
    const number = idAt(listAt(payload, what, 'pull_requests')?.[0], 'number')
    const target: AssessJob['target'] = number
      ? { kind: 'pull-request', pullRequest: number, sha }
      : { kind: 'commit', sha }
    return { jobs: [assessJob(repository, target, 'pull-request', because('re-run', { after: sha }))] }
  }

/**
 * "Fix this" on a check run: a pull request gets suggestions, the default branch a pull request. Whoever presses it is not
 * asked for more: GitHub shows it to those who may write, and what comes of it is merged by people or not at all.
 */
const button = (event: Event, { id, defaultBranch }: RepositoryFacts, sha: string): Outcome => {
  const { payload, installationId, because } = event
  if (textAt(payload, 'requested_action', 'identifier') !== 'fix') return ignored('It is no button of ours.')
  const by = textAt(payload, 'sender', 'login') ?? 'somebody'
  const common = {
    installationId,
    repositoryId: id,
    priority: 'pull-request',
    reason: because('button', { after: sha }),
  } as const
  const isDefaultBranch = textAt(payload, 'check_run', 'check_suite', 'head_branch') === (defaultBranch ?? '')
  const number = idAt(listAt(payload, 'check_run', 'pull_requests')?.[0], 'number')
  if (number && !isDefaultBranch) {
    const key = jobKey.suggest(id, number)
    return { jobs: [{ kind: 'suggest', key, ...common, pullRequest: number, sha, asked: { by } }] }
  }
  const asked = isDefaultBranch ? { by } : { by, sha }
  return { jobs: [{ kind: 'keep-fix', key: jobKey.keepFix(id), ...common, asked }] }
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
