import { proposeCatalogInfo } from '../../proposal/catalog-info.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Fix } from '../control.ts'

const drawn = 'Describes the repository for the catalogue, drawn from what is in it.'

/** A first catalogue file, where the repository has none and enough is known of it to write one. */
export const missingCatalogue = (snapshot: Snapshot): Fix | undefined => {
  // Two controls ask, and drawing it looks at every path of the tree.
  const before = drafts.get(snapshot)
  if (before) return before.fix
  const fix = draft(snapshot)
  drafts.set(snapshot, { fix })
  return fix
}

const drafts = new WeakMap<Snapshot, { fix: Fix | undefined }>()

const draft = (snapshot: Snapshot): Fix | undefined => {
  // What it is drawn from is read when somebody asks for it: see `proposalReads`.
  if (!snapshot.tree.known)
    return { why: drawn, edits: [{ path: 'catalog-info.yaml', text: '' }], unread: true }
  const proposal = proposeCatalogInfo(snapshot)
  if (!proposal || proposal.edits.length === 0) return undefined
  const { edits, left, proof, guesses, accounts } = proposal
  return {
    why:
      left.length === 0
        ? drawn
        : 'Describes the repository for the catalogue, drawn from what is in it; a line that nothing tells enough for is left to its owners.',
    edits,
    ...(left.length > 0 ? { left } : {}),
    proof,
    guesses,
    accounts,
  }
}
