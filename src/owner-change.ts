import type { Fix } from './controls/control.ts'
import { withChanges } from './controls/support/catalogue-text.ts'
import { missingCatalogue } from './controls/support/missing-catalogue.ts'
import { isAlive } from './controls/support/owner-handle.ts'
import { ownersToldBy } from './snapshot/accounts-told.ts'
import { type PatchOptions, patched } from './snapshot/patched.ts'
import { listed, plain, quoted } from './snapshot/quoted-text.ts'
import { type EntityDocument, file, type Snapshot } from './snapshot/snapshot.ts'

/** The change that `/golden-path owner TEAM` asks for, or why it isn't made, a sentence. */
export async function changeOwner(
  snapshot: Snapshot,
  asked: string,
  options: PatchOptions,
): Promise<Fix | { refused: string }> {
  const owner = ownerNamed(asked, snapshot.repository.owner)
  if (!owner)
    return { refused: `${quoted(asked)} is no team or user of ${plain(snapshot.repository.owner)}.` }
  const accounts = ownersToldBy(
    { ...snapshot.accounts, ...options.accounts },
    { refs: [owner.ref], handles: [] },
    options.directory,
  )
  const account = accounts[owner.ref]
  if (!account?.known) return { refused: `${account?.detail ?? `${owner.ref} was not looked up`}.` }
  if (!account.value.exists) {
    const { nearest } = account.value
    return {
      refused: `${quoted(asked)} is no team or user of ${plain(snapshot.repository.owner)}${nearest ? `; the nearest is ${quoted(nearest)}` : ''}.`,
    }
  }
  const catalogue = file(snapshot, 'catalog-info.yaml')
  if (catalogue.known && !catalogue.value.exists)
    return await proposedWith(owner.written, snapshot, options, accounts)
  const owned = snapshot.entities.filter(isOwned)
  if (owned.length === 0) return { refused: 'The catalogue file holds no entity that can have an owner.' }
  const lost = owned.filter(entity => !isAlive(entity.owner?.ref, snapshot))
  const meant = lost.length > 0 ? lost : owned
  const names = [...new Set(meant.map(({ owner: before }) => before?.ref ?? before?.text ?? ''))]
  if (names.length > 1)
    return {
      refused: `The catalogue names ${names.length} owners (${listed(names.map(quoted), 3)}), and which of them is to change only its owners know.`,
    }
  if (names[0] === owner.ref) return { refused: `${quoted(asked)} is the owner already.` }
  const edits = withChanges(
    snapshot,
    meant.map(entity => ({ entity, settings: [{ path: ['spec', 'owner'], value: owner.written }] })),
  )
  if (!edits || edits.length === 0)
    return {
      refused:
        'The owner is written in a way that a tool can’t change without changing more. Change spec.owner by hand.',
    }
  return { why: `Names ${quoted(owner.written)} as the owner, as was asked for.`, edits, accounts }
}

const isOwned = ({ kind, judgement }: EntityDocument): boolean =>
  judgement !== 'skeleton' &&
  ['api', 'component', 'domain', 'resource', 'system'].includes(kind?.toLowerCase() ?? '')

/** `payments`, `@acme/payments`, `group:payments`, `user:jane`, `@jane`. */
const ownerNamed = (asked: string, organisation: string): { ref: string; written: string } | undefined => {
  const [, handle, team] = /^@([\w-]+)(?:\/([\w.-]+))?$/.exec(asked) ?? []
  if (handle && team)
    return handle.toLowerCase() === organisation.toLowerCase()
      ? { ref: `group:default/${team.toLowerCase()}`, written: team }
      : undefined
  if (handle) return { ref: `user:default/${handle.toLowerCase()}`, written: `user:${handle}` }
  const [, kind = 'group', name] = /^(?:(group|user):)?(?:default\/)?([\w.-]{1,100})$/i.exec(asked) ?? []
  if (!name) return undefined
  const isGroup = kind.toLowerCase() === 'group'
  return {
    ref: `${isGroup ? 'group' : 'user'}:default/${name.toLowerCase()}`,
    written: isGroup ? name : `user:${name}`,
  }
}

/** The proposed catalogue file, with this owner in the lines that name one. */
const proposedWith = async (
  owner: string,
  snapshot: Snapshot,
  options: PatchOptions,
  accounts: Snapshot['accounts'],
): Promise<Fix | { refused: string }> => {
  const fix = missingCatalogue(snapshot)
  if (!fix || fix.unread)
    return { refused: 'There is no catalogue file, and too little is known of the repository to write one.' }
  const named = async (edits: Fix['edits']): Promise<Fix['edits'] | undefined> => {
    const made = await patched(snapshot, edits, { ...options, accounts: { ...fix.accounts, ...accounts } })
    const changed = withChanges(
      made,
      made.entities
        .filter(isOwned)
        .map(entity => ({ entity, settings: [{ path: ['spec', 'owner'], value: owner }] })),
    )
    return changed && edits.map(edit => changed.find(({ path }) => path === edit.path) ?? edit)
  }
  const [edits, proof] = [await named(fix.edits), await named(fix.proof ?? fix.edits)]
  if (!edits || !proof) return { refused: 'The owner could not be written into the proposed catalogue file.' }
  const { left: before = [], ...rest } = fix
  const left = before.filter(({ field }) => field !== 'spec.owner')
  return {
    ...rest,
    edits,
    proof,
    ...(left.length > 0 ? { left } : {}),
    accounts: { ...fix.accounts, ...accounts },
  }
}
