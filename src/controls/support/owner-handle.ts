import { distance } from 'fastest-levenshtein'
import { honouredCodeowners, ownersOf, tooManyToMatch } from '../../snapshot/files/codeowners.ts'
import { handleOf } from '../../snapshot/ownership.ts'
import type { EntityDocument, Snapshot } from '../../snapshot/snapshot.ts'

/** The owner that all entities of the catalogue share, as CODEOWNERS writes it: `@acme/payments`. Only one that is there. */
export const catalogueOwner = (snapshot: Snapshot): string | undefined => {
  const owners = snapshot.entities.flatMap(entity =>
    entity.owner && entity.judgement !== 'skeleton' ? [handleFor(entity, snapshot)] : [],
  )
  const [first] = owners
  return owners.every(owner => owner !== undefined && owner === first) ? first : undefined
}

/** The same for one entity. A group that only the catalogue knows has no name on GitHub. */
export const handleFor = ({ owner }: EntityDocument, { accounts }: Snapshot): string | undefined => {
  const account = owner?.ref === undefined ? undefined : accounts[owner.ref]
  if (!account?.known || !account.value.exists) return undefined
  return /^(?:team|user) (@[\w./-]+)$/.exec(account.value.as ?? '')?.[1]
}

export const isDead = (name: string | undefined, { accounts }: Snapshot): boolean => {
  const account = name === undefined ? undefined : accounts[name]
  return account?.known === true && !account.value.exists
}

export const isAlive = (name: string | undefined, { accounts }: Snapshot): boolean => {
  const account = name === undefined ? undefined : accounts[name]
  return account?.known === true && account.value.exists
}

/**
 * The owner meant by one that doesn't exist, as the file would write it: the nearest of its own kind, or else the one team or
 * person who is there and owns the entity's directory in CODEOWNERS. `undefined` when that is anybody's guess.
 */
export const ownerMeant = ({ owner, path }: EntityDocument, snapshot: Snapshot): string | undefined => {
  const [, kind, namespace] = /^([^:]+):([^/]+)\//.exec(owner?.ref ?? '') ?? []
  if (!owner?.ref || !isDead(owner.ref, snapshot)) return undefined
  // `acme/payments` is written like a team on GitHub; to Backstage it is a group in the namespace acme.
  const isHandle = namespace === snapshot.repository.owner.toLowerCase()
  if (namespace !== 'default' && !isHandle) return undefined
  const account = snapshot.accounts[owner.ref]
  const nearest = account?.known ? account.value.nearest : undefined
  const prefix = /^(?:[a-z]+:)?(?:default\/)?/i.exec(owner.text)?.[0] ?? ''
  // A person in place of a team, or the other way round, is another owner and no slip of the keyboard.
  if (nearest && !nearest.includes(':') && isSlip(owner.ref, nearest)) return prefix + nearest
  const named = ownerInCodeowners(path, snapshot)
  return named && kind === 'group' && !named.includes(':') ? prefix + named : named
}

/**
 * Whether one name is the other, mistyped or with a word too many: near enough to be written without asking. What is worth a
 * suggestion need not be that.
 */
export const isSlip = (from: string, to: string): boolean => {
  const [wrong, right] = [from, to].map(name =>
    name
      .slice(name.search(/[^/@:]*$/))
      .toLowerCase()
      .slice(0, 100),
  )
  if (!wrong || !right) return false
  const bare = wrong.replace(/^(?:team|squad|group)[-_.]|[-_.](?:team|squad|group)$/, '')
  const most = Math.max(1, Math.floor(right.length / 4))
  return [wrong, bare].some(name => distance(name, right) <= most) || wrong.split(/[-_.]/).includes(right)
}

/** The one team or person who is there and owns a file's directory in CODEOWNERS, as the catalogue writes it. */
export const ownerInCodeowners = (path: string, snapshot: Snapshot): string | undefined => {
  const codeowners = honouredCodeowners(snapshot.files)
  if (!codeowners.known || !codeowners.value || tooManyToMatch(codeowners.value, [path])) return undefined
  const rule = ownersOf(codeowners.value, `${path.slice(0, path.lastIndexOf('/') + 1)}\ufffd`)
  const [only, ...others] = (rule?.owners ?? []).filter(each => isAlive(handleOf(each), snapshot))
  if (!only || others.length > 0) return undefined
  const name = only.text.slice(only.text.lastIndexOf(only.kind === 'team' ? '/' : '@') + 1).toLowerCase()
  return only.kind === 'team' ? name : `user:${name}`
}
