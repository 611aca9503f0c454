import type { InstallationFacts } from '../store/installations.ts'
import type { RepositoryFacts } from '../store/repositories.ts'

/** Tolerant readers of what GitHub sends: a part that is missing or of another type is absent, never an error. */

export const at = (value: unknown, ...path: string[]): unknown => {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

/** Not empty, and at most 1,000 characters: nothing that names anything is longer. */
export const textAt = (value: unknown, ...path: string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' && found.length > 0 && found.length <= 1_000 ? found : undefined
}

/** GitHub's ids and numbers: whole and above 0. */
export const idAt = (value: unknown, ...path: string[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : undefined
}

/** A git object id in full. */
export const shaAt = (value: unknown, ...path: string[]): string | undefined => {
  const found = textAt(value, ...path)
  return found && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(found) ? found : undefined
}

export const listAt = (value: unknown, ...path: string[]): unknown[] | undefined => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : undefined
}

/** A repository as events carry it; `account` is its owner where the entry has none of its own. */
export const repositoryAt = (
  value: unknown,
  installationId: number,
  account?: { login: string; id: number },
): RepositoryFacts | undefined => {
  const id = idAt(value, 'id')
  const nodeId = textAt(value, 'node_id')
  const name = textAt(value, 'name')
  const owner = textAt(value, 'owner', 'login') ?? textAt(value, 'owner', 'name') ?? account?.login
  const ownerId = idAt(value, 'owner', 'id') ?? account?.id
  if (!id || !nodeId || !name || !owner || !ownerId) return undefined
  const defaultBranch = textAt(value, 'default_branch')
  const archived = at(value, 'archived')
  return {
    id,
    nodeId,
    name,
    owner,
    ownerId,
    installationId,
    ...(defaultBranch ? { defaultBranch } : {}),
    ...(typeof archived === 'boolean' ? { archived } : {}),
  }
}

export const installationAt = (value: unknown): InstallationFacts | undefined => {
  const id = idAt(value, 'id')
  const account = textAt(value, 'account', 'login')
  const accountId = idAt(value, 'account', 'id')
  if (!id || !account || !accountId) return undefined
  const permissions = at(value, 'permissions')
  return {
    id,
    account,
    accountId,
    accountType: textAt(value, 'account', 'type') === 'User' ? 'User' : 'Organization',
    ...(typeof permissions === 'object' && permissions !== null
      ? {
          permissions: Object.fromEntries(
            Object.entries(permissions).filter(
              (entry): entry is [string, string] => typeof entry[1] === 'string',
            ),
          ),
        }
      : {}),
  }
}

/** Custom property values: what an event set and what it took away. */
export interface PropertyChange {
  ownerId: number
  repositoryId: number
  set: Record<string, string | string[]>
  unset: string[]
}

/**
 * GitHub's documentation leaves open whether the event lists all values or the changed ones; this reading is right for
 * both: what is named anew is set, what was named before and is not, or is null, is gone, the rest stays.
 */
export const propertyChangeAt = (payload: unknown, repository: RepositoryFacts): PropertyChange => {
  const now = listAt(payload, 'new_property_values') ?? []
  const before = listAt(payload, 'old_property_values') ?? []
  const set: Record<string, string | string[]> = {}
  const unset = new Set(before.flatMap(entry => textAt(entry, 'property_name') ?? []))
  for (const entry of now) {
    const name = textAt(entry, 'property_name')
    if (!name) continue
    const value = at(entry, 'value')
    if (typeof value === 'string') set[name] = value
    else if (Array.isArray(value)) set[name] = value.filter(item => typeof item === 'string')
    if (name in set) unset.delete(name)
    else unset.add(name)
  }
  return { ownerId: repository.ownerId, repositoryId: repository.id, set, unset: [...unset] }
}
