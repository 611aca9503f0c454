import { proposeCatalogInfo } from '../../src/proposal/catalog-info.ts'
import type { CatalogInfoProposal } from '../../src/proposal/proposal.ts'
import { type Activity, known } from '../../src/snapshot/snapshot.ts'
import { type SnapshotParts, snapshotOf } from '../support/snapshot.ts'

/** A repository as these tests tell it: its files are all there are. */
export interface Told extends Omit<SnapshotParts, 'files' | 'tree' | 'repository' | 'accounts'> {
  name?: string
  files: Record<string, string>
  /** Paths of files whose text nobody reads. */
  paths?: readonly string[]
  activity?: Partial<Activity>
  /** Handles and refs that exist. */
  exist?: readonly string[]
  gone?: readonly string[]
}

export const snapshotTold = async ({
  name,
  files,
  paths = [],
  activity,
  exist = [],
  gone = [],
  ...parts
}: Told) => ({
  ...(await snapshotOf({
    ...parts,
    files,
    tree: [...Object.keys(files), ...paths].sort(),
    accounts: Object.fromEntries([
      ...exist.map(handle => [handle, known({ exists: true }, 'test')] as const),
      ...gone.map(handle => [handle, known({ exists: false }, 'test')] as const),
    ]),
    ...(name === undefined ? {} : { repository: { name, url: `https://github.com/acme/${name}` } }),
  })),
  ...(activity
    ? { activity: known<Activity>({ teams: [], people: [], pullRequests: 0, ...activity }, 'test') }
    : {}),
})

export const proposed = async (told: Told): Promise<CatalogInfoProposal> => {
  const proposal = proposeCatalogInfo(await snapshotTold(told))
  if (!proposal) throw new Error('Nothing is proposed')
  return proposal
}

/** What is written in a line, `left: …` with its candidates where it is left. */
export const answer = ({ guesses }: CatalogInfoProposal, field: string, component?: string): string => {
  const guess = guesses.find(each => each.field === field && (!component || each.component === component))
  if (!guess) return 'nothing'
  return guess.value ?? `left: ${guess.candidates.join(', ')}`
}
