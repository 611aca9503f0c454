import { honouredCodeowners } from '../../snapshot/files/codeowners.ts'
import { claimOnPath } from '../../snapshot/ownership.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/**
 * The team to be told, `@acme/payments`: the owner of the first entity, else of the files at the root by CODEOWNERS. Only
 * one that the organisation has: the repository's text names it, and a mention notifies all who are in it.
 */
export function owningTeam(snapshot: Snapshot): string | undefined {
  const owner = snapshot.entities.find(entity => entity.owner)?.owner
  const codeowners = honouredCodeowners(snapshot.files)
  const claim = codeowners.known && codeowners.value ? claimOnPath(codeowners.value, 'README.md') : undefined
  const named = owner ? [owner.ref] : (claim?.owners ?? [])
  for (const name of named) {
    const account = name === undefined ? undefined : snapshot.accounts[name.toLowerCase()]
    const as = account?.known && account.value.exists ? account.value.as : undefined
    const [, team] = /^team (@[\w-]+\/[\w.-]+)$/.exec(as ?? '') ?? []
    if (team) return team
  }
  return undefined
}
