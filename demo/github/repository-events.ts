import { type Cause, changesOf, type Happening } from './cause.ts'
import * as format from './format.ts'
import type * as Rows from './rows.ts'
import type { World } from './world.ts'

/** repository.* as the rows changed, and what an installation hears of what it gained or lost. */
export function repositoryEvents(world: World, cause: Cause): Happening[] {
  const ofRepositories = changesOf<Rows.RepoRow>(cause, 'github.repos').flatMap(({ before, after }) => {
    if (!after) return before ? deleted(world, before) : []
    if (!before) return created(world, after)
    return changed(world, before, after)
  })
  return [...ofInstallations(world, cause), ...ofRepositories]
}

/** What an owner changed in the installation itself: the repositories chosen and the permissions accepted. */
function ofInstallations(world: World, cause: Cause): Happening[] {
  const found = changesOf<Rows.InstallationRow>(cause, 'github.app_installations')
  return found.flatMap(({ before, after }): Happening[] => {
    if (!before || !after) return []
    const where = { organisation: after.account_login, installationId: after.installation_id }
    const account = world.account(after.account_login)
    const installation = {
      id: after.installation_id,
      account: account && format.user(world, account),
      repository_selection: after.repository_selection,
      app_id: after.app_id,
      target_type: after.account_type,
      permissions: after.permissions,
      events: after.events,
    }
    const all = world.repositoriesOf(after.account_login).map(view => view.databaseId)
    const reach = (row: Rows.InstallationRow) =>
      row.repository_selection === 'all' ? all : row.repository_ids
    const briefs = (ids: number[]) => ids.flatMap(id => briefOf(world.db.repos.get(id)) ?? [])
    const added = briefs(reach(after).filter(id => !reach(before).includes(id)))
    const removed = briefs(reach(before).filter(id => !reach(after).includes(id)))
    const events: Happening[] = []
    const repositories = { repository_selection: after.repository_selection, requester: null, installation }
    for (const [action, moved] of [
      ['added', added],
      ['removed', removed],
    ] as const)
      if (moved.length > 0) {
        const payload = {
          ...repositories,
          repositories_added: [],
          repositories_removed: [],
          [`repositories_${action}`]: moved,
        }
        events.push({ event: 'installation_repositories', action, ...where, payload })
      }
    if (JSON.stringify(before.permissions) !== JSON.stringify(after.permissions))
      events.push({
        event: 'installation',
        action: 'new_permissions_accepted',
        ...where,
        payload: { installation },
      })
    if (before.suspended_at !== after.suspended_at)
      events.push({
        event: 'installation',
        action: after.suspended_at ? 'suspend' : 'unsuspend',
        ...where,
        payload: { installation },
      })
    return events
  })
}

function briefOf(row: Rows.RepoRow | undefined) {
  if (!row) return undefined
  return { id: row.id, node_id: row.node_id, name: row.name, full_name: row.full_name, private: row.private }
}

/** Selected repositories are chosen by hand; an installation on all of them is told of each that comes or goes. */
function installationEvents(
  world: World,
  row: Rows.RepoRow,
  login: string,
  action: 'added' | 'removed',
): Happening[] {
  const brief = briefOf(row)
  return world.db.installations
    .all()
    .filter(found => found.account_login === login && found.repository_selection === 'all')
    .map(found => ({
      event: 'installation_repositories',
      action,
      organisation: login,
      installationId: found.installation_id,
      payload: {
        repository_selection: found.repository_selection,
        repositories_added: action === 'added' ? [brief] : [],
        repositories_removed: action === 'removed' ? [brief] : [],
        requester: null,
      },
    }))
}

function created(world: World, row: Rows.RepoRow): Happening[] {
  const login = row.full_name.split('/')[0] ?? ''
  return [
    ...installationEvents(world, row, login, 'added'),
    { event: 'repository', action: 'created', repositoryId: row.id, payload: {} },
  ]
}

function deleted(world: World, row: Rows.RepoRow): Happening[] {
  const login = row.full_name.split('/')[0] ?? ''
  const owner = world.account(login)
  const payload = { repository: format.repository(world, row, { owner }) }
  return [
    { event: 'repository', action: 'deleted', organisation: login, payload },
    ...installationEvents(world, row, login, 'removed'),
  ]
}

function changed(world: World, before: Rows.RepoRow, after: Rows.RepoRow): Happening[] {
  const tell = (action: string, payload: format.Json = {}): Happening => ({
    event: 'repository',
    action,
    repositoryId: after.id,
    payload,
  })
  const found: Happening[] = []
  const isMoved = before.owner_id !== after.owner_id || before.owner_type !== after.owner_type
  if (isMoved) {
    const login = before.full_name.split('/')[0] ?? ''
    const left = world.account(login)
    const kind = before.owner_type === 'Organization' ? 'organization' : 'user'
    const from = left && { [kind]: format.user(world, left) }
    const payload = { changes: { owner: { from } } }
    found.push(tell('transferred', payload))
    // Both sides hear of it: who had it still does not own it, but was told by the old installation.
    const repository = format.repository(world, after)
    found.push({
      event: 'repository',
      action: 'transferred',
      organisation: login,
      payload: { repository, ...payload },
    })
    found.push(...installationEvents(world, before, login, 'removed'))
    found.push(...installationEvents(world, after, after.full_name.split('/')[0] ?? '', 'added'))
  } else if (before.name !== after.name)
    found.push(tell('renamed', { changes: { repository: { name: { from: before.name } } } }))
  if (before.archived !== after.archived) found.push(tell(after.archived ? 'archived' : 'unarchived'))
  if (before.private !== after.private) found.push(tell(after.private ? 'privatized' : 'publicized'))
  const changes: format.Json = {}
  if (before.description !== after.description) changes.description = { from: before.description }
  if (before.homepage !== after.homepage) changes.homepage = { from: before.homepage }
  if (before.default_branch !== after.default_branch) changes.default_branch = { from: before.default_branch }
  if (before.topics.join() !== after.topics.join()) changes.topics = { from: before.topics }
  if (Object.keys(changes).length > 0) found.push(tell('edited', { changes }))
  return found
}
