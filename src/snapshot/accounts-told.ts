import { resolveAccounts } from './accounts.ts'
import type { Directory } from './github/directory.ts'
import type { OwnerMentions } from './ownership.ts'
import { type Account, type Fact, known, type Snapshot, unknown } from './snapshot.ts'

/**
 * Whether owners exist of whom nobody was asked when the snapshot was taken: by the directory, or by what the snapshot tells of
 * others. The nearest one to a misspelt owner is somebody who exists; so is the team that stands for a group.
 */
export const ownersToldBy = (
  accounts: Snapshot['accounts'],
  named: OwnerMentions,
  directory: Fact<Directory> | undefined,
): Snapshot['accounts'] => {
  const resolved = directory?.known ? resolveAccounts(named, directory, {}) : {}
  const told = tellings(accounts)
  return Object.fromEntries(
    [...named.refs, ...named.handles].map((name): [string, Fact<Account>] => {
      const fact = resolved[name]
      if (fact?.known && fact.value.exists) return [name, fact]
      const as = told.get(name)
      if (as !== undefined) return [name, known({ exists: true, as }, 'directory')]
      return [name, fact ?? unknown('not-configured', `Whether ${name} exists was not asked for a proposal`)]
    }),
  )
}

/** Names that must exist, given what is known of others, each with what it stands for. */
const tellings = (accounts: Snapshot['accounts']): Map<string, string> => {
  const told = new Map<string, string>()
  const tell = (as: string): void => {
    const [, kind, handle = ''] = /^(team|user) (@\S+)$/.exec(as) ?? []
    if (!kind) return
    const name = handle.slice(handle.lastIndexOf(kind === 'team' ? '/' : '@') + 1).toLowerCase()
    told.set(handle.toLowerCase(), as)
    told.set(`${kind === 'team' ? 'group' : 'user'}:default/${name}`, as)
  }
  for (const [name, fact] of Object.entries(accounts)) {
    if (!fact.known) continue
    if (fact.value.exists) {
      if (fact.value.as) tell(fact.value.as)
      continue
    }
    const { nearest } = fact.value
    if (nearest?.startsWith('@')) tell(`${nearest.includes('/') ? 'team' : 'user'} ${nearest}`)
    // Of which organisation a nearest group is, only a handle tells.
    else if (nearest && /^(?:group|user|component|resource):/.test(name)) {
      const ref = nearestRef(name, nearest)
      told.set(ref, ref)
    }
  }
  return told
}

/** As Backstage reads `owner: payments`: a group, of the default namespace, unless it says otherwise. */
const nearestRef = (_of: string, nearest: string): string => {
  const [kind, name] = nearest.includes(':') ? nearest.split(':') : ['group', nearest]
  return `${kind}:default/${name}`.toLowerCase()
}
