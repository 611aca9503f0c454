import type { RepositoryFacts } from '../store/repositories.ts'
import {
  assessJob,
  type Event,
  forgetJob,
  ignored,
  type Outcome,
  otherAction,
  syncInstallationJob,
} from './event.ts'
import { jobKey } from './job.ts'
import { at, idAt, installationAt, listAt, repositoryAt, textAt } from './payload.ts'

export const installation = (event: Event): Outcome => {
  const { action, payload, installationId, because } = event
  const facts = installationAt(at(payload, 'installation'))
  switch (action) {
    case 'created':
    case 'unsuspend':
    case 'new_permissions_accepted':
      if (!facts) return ignored('It names no account.')
      return {
        jobs: [syncInstallationJob(installationId, because('installed'))],
        changes: { installation: facts, repositories: repositoriesAt(payload, 'repositories') },
      }
    case 'deleted':
    case 'suspend':
      return {
        jobs: [],
        changes: { left: { installationId, how: action === 'deleted' ? 'removed' : 'suspended' } },
      }
    default:
      return otherAction(event)
  }
}

export const installationRepositories = (event: Event): Outcome => {
  const { payload, installationId, because } = event
  const facts = installationAt(at(payload, 'installation'))
  const added = repositoriesAt(payload, 'repositories_added')
  const gone = (listAt(payload, 'repositories_removed') ?? []).flatMap(entry => idAt(entry, 'id') ?? [])
  return {
    jobs: [
      ...added.map(entry => assessJob(entry, { kind: 'default-branch' }, 'sweep', because('installed'))),
      ...gone.map(id => forgetJob(id, installationId, because('removed'))),
    ],
    changes: { repositories: added, gone, ...(facts ? { installation: facts } : {}) },
  }
}

export const installationTarget = (event: Event): Outcome => {
  if (event.action !== 'renamed') return otherAction(event)
  const facts = installationAt({
    id: event.installationId,
    account: { ...Object(at(event.payload, 'account')), type: textAt(event.payload, 'target_type') },
  })
  return {
    jobs: [syncInstallationJob(event.installationId, event.because('settings-changed'))],
    changes: facts ? { installation: facts } : {},
  }
}

/** Teams and members; with a repository in it, it also concerns that repository's permissions. */
export const directoryChanged = (event: Event): Outcome => {
  const { installationId, because, repository: facts } = event
  return {
    jobs: [
      {
        kind: 'sync-directory',
        key: jobKey.syncDirectory(installationId),
        installationId,
        priority: 'push',
        reason: because('directory-changed'),
      },
      ...(facts ? [assessJob(facts, { kind: 'default-branch' }, 'push', because('directory-changed'))] : []),
    ],
  }
}

export const organization = (event: Event): Outcome => {
  switch (event.action) {
    case 'member_added':
    case 'member_removed':
      return directoryChanged(event)
    case 'renamed':
      return { jobs: [syncInstallationJob(event.installationId, event.because('settings-changed'))] }
    default:
      return otherAction(event)
  }
}

const repositoriesAt = (payload: unknown, key: string): RepositoryFacts[] => {
  const facts = installationAt(at(payload, 'installation'))
  if (!facts) return []
  return (listAt(payload, key) ?? []).flatMap(
    entry => repositoryAt(entry, facts.id, { login: facts.account, id: facts.accountId }) ?? [],
  )
}
