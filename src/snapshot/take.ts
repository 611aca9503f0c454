import { z } from 'zod'
import type { Reads } from '../controls/control.ts'
import type { GitHub } from '../github.ts'
import { resolveAccounts } from './accounts.ts'
import { CommitGone, type DirectoryEntry, type RepositoryAnswer, readAnswer } from './answer.ts'
import { readCatalogue } from './catalogue.ts'
import { completeFiles } from './complete.ts'
import type { Directory } from './directory.ts'
import { fileFact } from './file-fact.ts'
import { isTrueGlob, pathMatcher } from './linear-glob.ts'
import { ownerMentions } from './ownership.ts'
import { maximumFilesAQuery, repositoryQuery } from './query.ts'
import {
  type Fact,
  type FileState,
  known,
  type RepositoryIdentity,
  type Snapshot,
  type Target,
  type TreeEntry,
  unknown,
} from './snapshot.ts'
import { chooseTemplate, type TemplateHolder } from './templates.ts'

export interface TakeRequest {
  repository: RepositoryIdentity
  kind: Target['kind']
  /** The commit the event named; absent for the default branch's head, whatever it is. */
  sha?: string
  /** Of a merge group. */
  ref?: string
  pullRequest?: number
  plan: Reads
  /** What was known last, of this ref or of the default branch: what has the same object id is not read again. */
  before?: Snapshot
  /** Paths that may differ from `before`; absent when any may. */
  changed?: readonly string[]
  /** Commits that came before the event's: GitHub's answer may lag behind its webhook and still name one. */
  older?: readonly string[]
  now: Date
}

/** Where a snapshot's facts come from beside GitHub's one answer. */
export interface Sources {
  github: GitHub
  /** Absent when no Backstage is configured. */
  catalogue?: Parameters<typeof readCatalogue>[0]
  directory: Fact<Directory>
  properties: Fact<Record<string, string | string[]>>
  /** Targets that are registered for this repository, under whatever name it had. */
  registered: string[]
  /** Templates of repositories that we know, so that they need not be registered yet. */
  templates: (refs: readonly string[]) => Promise<Record<string, TemplateHolder[]>>
}

/** A glob stands for at most this many files; the rest is said to be unread. Each has its own share: one must not crowd out another. */
const maximumGlobFiles = 100

/**
 * Reads a repository. One GraphQL query when nothing new is discovered; one more for files that were, one tree
 * for true globs, a policy's or a Location's, when the tree changed. Throws `RepositoryNotVisible`, `RateLimited`, or the client's error.
 */
export async function takeSnapshot(request: TakeRequest, sources: Sources): Promise<Snapshot> {
  const reading = await openReading(request, sources.github)
  const { answer } = reading
  const target = targetOf(request, answer)
  const repository = {
    ...request.repository,
    name: answer.name,
    owner: answer.owner,
    ownerId: answer.ownerId || request.repository.ownerId,
    url: answer.url,
  }
  const globs = request.plan.files.filter(isTrueGlob)
  let tree = globs.length > 0 ? await readTree(reading, request.before, repository, sources.github) : unlisted
  const matched = globs.flatMap(glob => filesOf(tree, glob).slice(0, maximumGlobFiles))
  const first = await reading.read([...new Set([...exactPaths(request.plan), ...matched])])
  const { files, entities } = await completeFiles(
    first,
    repository.url,
    paths => reading.read(paths),
    async () => {
      if (tree === unlisted) tree = await readTree(reading, request.before, repository, sources.github)
      return tree
    },
  )

  const named = ownerMentions(entities, files)
  const templateRefs = [...new Set(entities.flatMap(entity => entity.template?.ref ?? []))]
  const [catalogue, templates] = await Promise.all([
    readCatalogue(sources.catalogue, {
      refs: entities.flatMap(entity => entity.ref ?? []),
      ownerRefs: named.refs,
      templateRefs,
    }),
    sources.templates(templateRefs),
  ])
  return {
    version: 1,
    repository,
    target,
    takenAt: request.now.toISOString(),
    facts: {
      metadata: answer.metadata,
      topics: answer.topics,
      properties: sources.properties,
      protection: answer.protection,
      codeownersErrors: answer.codeownersErrors,
      vulnerabilityAlerts: answer.vulnerabilityAlerts,
    },
    files,
    tree,
    treeOid: answer.commit?.treeOid,
    entities,
    accounts: resolveAccounts(named, sources.directory, catalogue.accounts),
    catalogue: catalogue.catalogue,
    registered: sources.registered,
    templates: Object.fromEntries(
      templateRefs.map(ref => {
        const inCatalogue = catalogue.templates[ref] ?? unknown('not-configured', 'No catalogue was asked')
        return [ref, chooseTemplate(inCatalogue, templates[ref] ?? [])]
      }),
    ),
  }
}

function filesOf(tree: Fact<TreeEntry[]>, glob: string): string[] {
  const matches = pathMatcher([glob])
  return tree.known
    ? tree.value.flatMap(entry => (entry.type !== 'tree' && matches(entry.path) ? [entry.path] : []))
    : []
}

interface Reading {
  answer: RepositoryAnswer
  read: (paths: readonly string[]) => Promise<Record<string, Fact<FileState>>>
}

/** Asks the first time, and again at the real head when the default branch has moved past the commit of the event. */
async function openReading(request: TakeRequest, github: GitHub): Promise<Reading> {
  const wanted = [...new Set([...exactPaths(request.plan), ...Object.keys(request.before?.files ?? {})])]
  const changed = request.changed && new Set(request.changed)
  const trusted = new Map(
    Object.entries(request.before?.files ?? {}).filter(
      ([path, fact]) =>
        fact.known && fact.value.exists && changed?.has(path) === false && request.kind === 'default-branch',
    ),
  )
  const pool = new Map<string, Fact<FileState>>()
  const directories = new Map<string, Fact<DirectoryEntry[]>>()

  const ask = async (at: string, paths: readonly string[], whole: boolean): Promise<RepositoryAnswer> => {
    const untrusted = paths.filter(path => !trusted.has(path)).slice(0, maximumFilesAQuery)
    const asked = repositoryQuery({
      nodeId: request.repository.nodeId,
      at,
      files: untrusted,
      directories: [...new Set(paths.map(directoryOf))].filter(path => !directories.has(path)),
      facts: whole ? [...new Set([...request.plan.facts, 'topics' as const])] : [],
      pullRequest: request.pullRequest,
    })
    const answer = readAnswer(asked, await github.graphql(asked.query, asked.variables), directories)
    for (const [path, entries] of answer.directories) directories.set(path, entries)
    for (const [path, fact] of answer.files) pool.set(path, fact)
    for (const path of paths) {
      const before = trusted.get(path)
      const parent = directories.get(directoryOf(path))
      if (!before?.known || !before.value.exists || !parent?.known) continue
      const entry = parent.value.find(each => each.name === path.slice(path.lastIndexOf('/') + 1))
      if (!entry) pool.set(path, fileFact(path, { kind: 'absent' }, 'github'))
      else if (entry.oid === before.value.oid && entry.mode.startsWith('100')) pool.set(path, before)
      else trusted.delete(path)
    }
    return answer
  }

  let at = request.sha ?? 'HEAD'
  let answer = await ask(at, wanted, true)
  const head = request.pullRequest === undefined ? answer.head : answer.pullRequest?.headOid
  if (
    at !== 'HEAD' &&
    head &&
    head !== at &&
    request.kind !== 'merge-group' &&
    !request.older?.includes(head)
  ) {
    at = head
    pool.clear()
    directories.clear()
    answer = await ask(at, wanted, true)
  }
  if (!answer.commit) refuseWithoutCommit(at, answer)
  if (at === 'HEAD' && answer.commit) at = answer.commit.oid

  return {
    answer,
    read: async paths => {
      const missing = () => paths.filter(path => !pool.has(path))
      for (let round = 0; round < 3 && missing().length > 0 && answer.commit; round++) {
        for (const path of missing()) trusted.delete(path)
        await ask(at, missing(), false)
      }
      return Object.fromEntries(
        paths.map(path => [
          path,
          pool.get(path) ??
            (answer.commit
              ? unknown(
                  'partial-answer',
                  `${path} was not read: more files are asked for than one look takes`,
                )
              : fileFact(path, { kind: 'absent' }, 'github')),
        ]),
      )
    },
  }
}

/** "There is no commit yet" is believed only where GitHub names no head and reports no trouble: it would empty the repository. */
function refuseWithoutCommit(at: string, answer: RepositoryAnswer): void {
  if (answer.commitProblem) throw new Error(`${answer.commitProblem.detail}. It is asked again.`)
  if (at !== 'HEAD') throw new CommitGone(`GitHub has no commit ${at}: the branch it was on is gone.`)
  if (answer.head)
    throw new Error(`GitHub names ${answer.head} as the head and does not hand it out. It is asked again.`)
}

const unlisted: Fact<TreeEntry[]> = unknown(
  'partial-answer',
  'The list of files was not asked for, because nothing in force reads it',
)

async function readTree(
  reading: Reading,
  before: Snapshot | undefined,
  repository: RepositoryIdentity,
  github: GitHub,
): Promise<Fact<TreeEntry[]>> {
  const commit = reading.answer.commit
  if (!commit) return known([], 'github')
  if (before?.tree.known && before.treeOid === commit.treeOid) return before.tree
  const answer = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner: repository.owner,
    repo: repository.name,
    tree_sha: commit.treeOid,
    recursive: '1',
  })
  const tree = treeShape.parse(answer.data)
  if (tree.truncated)
    return unknown(
      'partial-answer',
      'The repository has more files than GitHub lists in one answer (100,000)',
    )
  return known(
    tree.tree.map(entry => ({ path: entry.path, type: entry.type, mode: entry.mode, bytes: entry.size })),
    'github',
  )
}

function targetOf(request: TakeRequest, answer: RepositoryAnswer): Target {
  const branch = answer.metadata.known ? answer.metadata.value.defaultBranch : undefined
  const sha = answer.commit?.oid ?? ''
  if (request.kind === 'pull-request')
    return {
      kind: 'pull-request',
      ref: `refs/pull/${request.pullRequest}/head`,
      sha,
      pullRequest: request.pullRequest,
    }
  if (request.kind === 'merge-group') return { kind: 'merge-group', ref: request.ref ?? '', sha }
  return { kind: request.kind, ref: branch ? `refs/heads/${branch}` : '', sha }
}

const exactPaths = (plan: Reads): string[] => plan.files.filter(path => !isTrueGlob(path))

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const treeShape = z.object({
  truncated: z.boolean(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string(),
      type: z.enum(['blob', 'tree', 'commit']),
      size: z.number().optional(),
    }),
  ),
})
