import { basename, resolve } from 'node:path'
import type { Reads } from '../controls/control.ts'
import { completeFiles, type Files } from './complete.ts'
import { type DirectoryFiles, openDirectory } from './files/directory-files.ts'
import { expandBraces, glob, isTrueGlob } from './files/linear-glob.ts'
import { gitState } from './git-state.ts'
import { ownerMentions } from './ownership.ts'
import {
  type Fact,
  known,
  type Metadata,
  nothingKnown,
  type Snapshot,
  snapshotVersion,
  type TreeEntry,
  unknown,
} from './snapshot.ts'
import { skeletonRenderer } from './templates/render-skeleton.ts'
import { ownersIn, readSkeletons } from './templates/skeletons.ts'

/** What the person at the terminal says of the repository, since GitHub isn't asked. */
export interface Given {
  name?: string
  topics?: readonly string[]
  properties?: Readonly<Record<string, string | string[]>>
  visibility?: Metadata['visibility']
}

const mostGlobFiles = 1_000

const offline = (detail: string) => unknown('offline', detail)
const notAsked = 'GitHub is not asked offline'

/** A snapshot of a directory, without any network. Throws when it is no directory that can be read. */
export async function snapshotFromDirectory(
  directory: string,
  plan: Reads,
  now: Date,
  given: Given = {},
): Promise<Snapshot> {
  const root = resolve(directory)
  const reader = await openDirectory(root)
  const git = await gitState(root)
  const paths = plan.files.flatMap(expandBraces)
  const globs = paths.filter(isTrueGlob)
  let tree = globs.length > 0 || plan.tree ? await reader.list() : unlisted
  const exact = paths.filter(path => !isTrueGlob(path))
  const first = await readAll(reader, [...new Set([...exact, ...matching(tree, globs)])])
  const more = (wanted: readonly string[]) => readAll(reader, wanted)
  const listTree = async () => {
    if (tree === unlisted) tree = await reader.list()
    return tree
  }
  const { files, entities } = await completeFiles(first, git.url ?? '', more, listTree)
  const made = await readSkeletons(
    { files, entities, owner: git.owner ?? '', url: git.url ?? '', branch: git.ref ?? '' },
    more,
    listTree,
    skeletonRenderer(),
  )
  const named = ownersIn(ownerMentions(entities, files), made.skeletons)
  const refs = (list: readonly string[]) =>
    Object.fromEntries(
      list.map(ref => [ref, offline(`${ref} can't be looked up: ${notAsked}, nor is the catalogue`)]),
    )
  return {
    version: snapshotVersion,
    repository: {
      id: 0,
      nodeId: '',
      name: given.name ?? git.name ?? basename(root),
      owner: git.owner ?? '',
      ownerId: 0,
      installationId: 0,
      url: git.url ?? '',
    },
    target: { kind: 'directory', ref: git.ref ?? '', sha: git.sha ?? '' },
    takenAt: now.toISOString(),
    facts: {
      ...nothingKnown(() => offline(notAsked)),
      metadata: known(metadataOf(given.visibility), 'working copy'),
      topics: given.topics
        ? known([...given.topics], 'command line')
        : offline(`${notAsked}; --topic tells them`),
      properties: given.properties
        ? known({ ...given.properties }, 'command line')
        : offline(`${notAsked}; --property tells them`),
      protection: offline('Branch protection is kept by GitHub, which is not asked offline'),
      codeownersErrors: offline(notAsked),
      vulnerabilityAlerts: offline('Dependabot alerts are kept by GitHub, which is not asked offline'),
    },
    files: { ...files, ...made.files },
    tree,
    entities,
    accounts: refs([...named.refs, ...named.handles]),
    catalogue: refs(entities.flatMap(entity => entity.ref ?? [])),
    templates: refs(entities.flatMap(entity => entity.template?.ref ?? [])),
    ...(made.skeletons ? { skeletons: made.skeletons } : {}),
  }
}

const unlisted: Fact<TreeEntry[]> = unknown('partial-answer', 'The list of files was not asked for')

// What somebody works on is taken for a plain repository: neither archived nor a fork, template or empty.
const metadataOf = (visibility: Metadata['visibility'] | undefined): Metadata => ({
  untold: visibility ? ['primaryLanguage'] : ['visibility', 'primaryLanguage'],
  visibility: visibility ?? 'private',
  isArchived: false,
  isFork: false,
  isTemplate: false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: '',
})

const matching = (tree: Fact<TreeEntry[]>, globs: readonly string[]): string[] => {
  if (!tree.known || globs.length === 0) return []
  const matchers = globs.map(pattern => glob(pattern))
  return tree.value
    .filter(entry => entry.type !== 'tree' && matchers.some(matches => matches(entry.path)))
    .map(entry => entry.path)
    .slice(0, mostGlobFiles)
}

const readAll = async (reader: DirectoryFiles, paths: readonly string[]): Promise<Files> => {
  const files: Files = {}
  for (const path of paths) files[path] = await reader.read(path)
  return files
}
