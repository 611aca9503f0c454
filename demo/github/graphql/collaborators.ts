import type { Repository } from '../world.ts'
import { accountNode } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { failure } from './errors.ts'
import type { Reading } from './reading.ts'

export interface CollaboratorArguments extends Page {
  affiliation?: 'ALL' | 'DIRECT' | 'OUTSIDE' | null
}

const PERMISSIONS = { pull: 'READ', triage: 'TRIAGE', push: 'WRITE', maintain: 'MAINTAIN', admin: 'ADMIN' }

/** People who were given access to this repository by themselves; those who have it by a team are not among them. */
export function collaborators(reading: Reading, repository: Repository, args: CollaboratorArguments) {
  if (args.affiliation !== 'DIRECT' && args.affiliation !== 'OUTSIDE')
    throw failure('NOT_EMULATED', 'The emulated GitHub lists direct and outside collaborators only.')
  const { world } = reading
  const members = new Set(world.members(repository.owner.login).map(member => member.user.databaseId))
  const rows = world.db.collaborators
    .findBy('repo_id', repository.databaseId)
    .filter(row => args.affiliation === 'DIRECT' || !members.has(row.user_id))
    .flatMap(row => {
      const user = world.userById(row.user_id)
      return user ? [{ user, permission: PERMISSIONS[row.permission] }] : []
    })
  return connection(
    rows,
    args,
    row => accountNode(reading, row.user),
    row => ({ permission: row.permission }),
  )
}
