import type { Reads } from '../../controls/control.ts'
import { resolveAccounts } from '../accounts.ts'
import type { CatalogueAnswer } from '../catalogue.ts'
import { completeFiles, type Files } from '../complete.ts'
import { exactPaths, globPaths } from '../missing.ts'
import { type OwnerMentions, ownerMentions } from '../ownership.ts'
import {
  type Base,
  type EntityDocument,
  type Fact,
  known,
  type Snapshot,
  type TreeEntry,
  unknown,
} from '../snapshot.ts'
import { skeletonRenderer } from '../templates/render-skeleton.ts'
import { ownersIn, readSkeletons, type Skeletons } from '../templates/skeletons.ts'
import { baseTree } from './base-tree.ts'
import type { Directory } from './directory.ts'
import type { BaseReading } from './read-base.ts'

/** Of the commit that a head is compared with, what is in its files. */
export interface BaseContents {
  reading: BaseReading
  files: Files
  entities: EntityDocument[]
  tree: Fact<TreeEntry[]>
  made: Skeletons
  named: OwnerMentions
}

/** What of the head it is made from. */
type Head = Pick<Snapshot, 'files' | 'tree' | 'skeletons' | 'repository' | 'target'>

/** Asks GitHub nothing: what came along with the head's queries, and the head itself for all that did not change. */
export async function readBase(
  reading: BaseReading,
  head: Head,
  plan: Reads,
  seen: (path: string) => Snapshot['files'][string] | undefined,
): Promise<BaseContents> {
  const fileAt = (path: string) => reading.file(path, at => head.files[at] ?? seen(at))
  const filesAt = async (paths: readonly string[]): Promise<Files> =>
    Object.fromEntries(paths.map(path => [path, fileAt(path)]))
  const tree = baseTree(head.tree, reading.comparison, reading.stored, path => {
    const fact = reading.kindAt(path) === 'file' ? fileAt(path) : undefined
    return fact?.known === false && fact.reason === 'symbolic-link' ? fact.reason : reading.kindAt(path)
  })
  const listTree = async () => tree
  const matched = tree.known ? globPaths(tree.value, plan) : []
  const { files, entities } = await completeFiles(
    await filesAt([...new Set([...exactPaths(plan), ...matched])]),
    head.repository.url,
    filesAt,
    listTree,
  )
  const made = isSkeletonChanged(reading, head)
    ? await readSkeletons(
        { files, entities, owner: head.repository.owner, url: head.repository.url, branch: head.target.ref },
        filesAt,
        listTree,
        skeletonRenderer(),
      )
    : { files: {}, skeletons: head.skeletons }
  return {
    reading,
    files: { ...files, ...made.files },
    entities,
    tree,
    made,
    named: ownersIn(ownerMentions(entities, files), made.skeletons),
  }
}

/** Rendering takes a thread, and the same files make the same. */
function isSkeletonChanged({ comparison: { changes }, stored }: BaseReading, { skeletons }: Head): boolean {
  const before = [...(skeletons ?? []), ...(stored?.skeletons ?? [])]
  if (!changes.known) return true
  if (before.length === 0) return changes.value.some(({ path }) => /\.ya?ml$/.test(path))
  const roots = before.flatMap(({ reads = [], location }) => [...reads, location.path, 'catalog-info.yaml'])
  return changes.value.some(each =>
    [each.path, each.before ?? each.path].some(path =>
      roots.some(root => root === '' || path === root || path.startsWith(`${root}/`)),
    ),
  )
}

/** Both are judged by the same settings, people and catalogue, so that what differs is what the changes did. */
export function baseSnapshot(
  contents: BaseContents,
  head: Snapshot,
  catalogue: CatalogueAnswer,
  directory: Fact<Directory>,
): Snapshot {
  const { reading, files, entities, tree, made, named } = contents
  return {
    ...head,
    target: { kind: head.target.kind, ref: head.target.ref, sha: reading.comparison.sha },
    facts: {
      ...head.facts,
      codeownersErrors: reading.codeownersErrors() ?? head.facts.codeownersErrors,
    },
    files,
    tree,
    treeOid: reading.comparison.treeOid || undefined,
    treeGlobs: undefined,
    entities,
    accounts: { ...head.accounts, ...resolveAccounts(named, directory, catalogue.accounts) },
    skeletons: made.skeletons,
  }
}

/**
 * The base with what the head was completed with: what did not change is the same there. Asks nothing, so that what did
 * change is left unknown.
 */
export function alignBase(head: Snapshot): Snapshot {
  const { base } = head
  if (!base?.known) return head
  const { snapshot, changes } = base.value
  const changed = changes.known
    ? new Set(changes.value.flatMap(({ path, before }) => [path, before ?? path]))
    : undefined
  const isSame = (path: string): boolean => changed?.has(path) === false
  const more = Object.entries(head.files).flatMap(([path, fact]) =>
    Object.hasOwn(snapshot.files, path)
      ? []
      : [
          [
            path,
            isSame(path) ? fact : unknown('partial-answer', `${path} was not read at the base`),
          ] as const,
        ],
  )
  const { codeownersErrors, ...facts } = head.facts
  const aligned: Base = {
    ...base.value,
    snapshot: {
      ...snapshot,
      facts: { ...facts, codeownersErrors: snapshot.facts.codeownersErrors },
      files: { ...snapshot.files, ...Object.fromEntries(more) },
      accounts: { ...head.accounts, ...snapshot.accounts },
    },
  }
  return { ...head, base: { ...base, value: aligned } }
}

/** What the comparison told, as it is kept with the head. */
export const baseFact = (reading: BaseReading, snapshot: Snapshot): Fact<Base> =>
  known({ changes: reading.comparison.changes, snapshot }, 'github')
