import type { Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'
import type { Extras } from '../world.ts'
import type { peopleIn } from './people.ts'
import type { repositoriesIn } from './repositories.ts'

/** Who a token speaks for, what of it may be seen and what it may do. */
export function accessIn(
  db: Tables,
  extras: Extras,
  { repositoryById }: ReturnType<typeof repositoriesIn>,
  { personPermission }: ReturnType<typeof peopleIn>,
) {
  /** May this caller see that the repository exists at all? GitHub answers as if it did not. */
  function sees(caller: V.Caller, repositoryId: number): boolean {
    const row = db.repos.get(repositoryId)
    if (!row) return false
    if (caller.kind === 'installation') {
      const owner = repositoryById(repositoryId)?.owner.login
      if (owner === caller.account)
        return caller.repositoryIds === 'all' || caller.repositoryIds.includes(repositoryId) || !row.private
      return !row.private
    }
    if (caller.kind === 'person') return personPermission(repositoryId, caller.login) !== 'none'
    return !row.private
  }
  /** Is the repository one the installation was given? Writing needs this even where reading does not. */
  function isInstalledOn(caller: V.Caller, repositoryId: number): boolean {
    if (caller.kind !== 'installation') return true
    const owner = repositoryById(repositoryId)?.owner.login
    return (
      owner === caller.account &&
      (caller.repositoryIds === 'all' || caller.repositoryIds.includes(repositoryId))
    )
  }
  /** Was the caller's token given this permission? A person holds them all; repositories are another question. */
  function may(caller: V.Caller, permission: string, level: V.Level = 'read'): boolean {
    if (caller.kind === 'person') return true
    if (caller.kind !== 'installation') return false
    const order = ['read', 'write', 'admin']
    return order.indexOf(caller.permissions[permission] ?? '') >= order.indexOf(level)
  }
  /** The token of an `Authorization` header. Undefined for one that we never gave out, or that ran out. */
  function callerOf(token: string): V.Caller | undefined {
    const found = extras.tokens.get(token)
    if (!found || (found.expiresAt !== undefined && found.expiresAt < Date.now())) return undefined
    return found.caller
  }

  return { sees, isInstalledOn, may, callerOf }
}
