import type { Reads } from '../controls/control.ts'
import type { GitHub } from '../github.ts'
import { resolveAccounts } from './accounts.ts'
import { CommitGone, type DirectoryEntry, type RepositoryAnswer } from './answer.ts'
import { askRepository } from './ask.ts'
import { readCatalogue } from './catalogue.ts'
import { completeFiles } from './complete.ts'
import type { Directory } from './directory.ts'
import { fileFact } from './file-fact.ts'
import { exactPaths, globPaths, isMissing, readsTree } from './missing.ts'
import { ownerMentions } from './ownership.ts'
import { maximumFilesAQuery, type QueryRequest } from './query.ts'
import { skeletonRenderer } from './render-skeleton.ts'
import { isSetting } from './setting-names.ts'
import { readSettings, settingsSubject } from './settings.ts'
import { ownersIn, readSkeletons } from './skeletons.ts'
import {
  type Fact,
  type FileState,
  nothingKnown,
  type RepositoryFacts,
  type RepositoryIdentity,
  type Snapshot,
  snapshotVersion,
  type Target,
  unknown,
} from './snapshot.ts'
import { chooseTemplate, type TemplateHolder } from './templates.ts'
import { readTree, unlisted } from './tree.ts'
import { directoryOf } from './tree-files.ts'

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
  /**
   * The default branch as last seen, when what woke us cannot have changed a repository's settings: those that it has are
   * kept, with the time they were read at, and cost no request. Absent when they are to be read anew.
   */
  settings?: Snapshot
  now: Date
}

/** Where a snapshot's facts come from beside GitHub's one answer. */
export interface Sources {
  github: GitHub
  /** Absent when no Backstage is configured. */
  catalogue?: Parameters<typeof readCatalogue>[0]
  directory: Fact<Directory>
  properties: Fact<Record<string, string | string[]>>
  /** Of the organisation; absent when nobody asks for it. */
  twoFactor?: Fact<boolean>
  /** Targets that are registered for this repository, under whatever name it had. */
  registered: string[]
  /** Templates of repositories that we know, so that they need not be registered yet. */
  templates: (
    refs: readonly string[],
    /** Those that the entities say they came from. */
    versions: readonly string[],
  ) => Promise<Record<string, TemplateHolder[]>>
  /** Of the policy repository alone: what its policy is held against. */
  organisation?: (snapshot: Snapshot) => Promise<Snapshot['organisation']>
}

/**
 * Reads a repository. One GraphQL query when nothing new is discovered; one more for files that were, one tree
 * for true globs, a policy's or a Location's, when the tree changed; one to three for each setting that is not kept.
 * Throws `RepositoryNotVisible`, `RateLimited`, or the client's error.
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
  const list = () => readTree(sources.github, repository, answer.commit, request.before)
  let tree = readsTree(request.plan) ? await list() : unlisted
  const matched = tree.known ? globPaths(tree.value, request.plan) : []
  const first = await reading.read([...new Set([...exactPaths(request.plan), ...matched])])
  const more = (paths: readonly string[]) => reading.read(paths)
  const listTree = async () => {
    if (tree === unlisted) tree = await list()
    return tree
  }
  const { files, entities } = await completeFiles(first, repository.url, more, listTree)
  const made = await readSkeletons(
    { files, entities, owner: repository.owner, url: repository.url, branch: target.ref },
    more,
    listTree,
    skeletonRenderer(),
  )

  const named = ownersIn(ownerMentions(entities, files), made.skeletons)
  const templateRefs = [...new Set(entities.flatMap(entity => entity.template?.ref ?? []))]
  const [catalogue, templates] = await Promise.all([
    readCatalogue(sources.catalogue, {
      refs: entities.flatMap(entity => entity.ref ?? []),
      ownerRefs: named.refs,
      templateRefs,
    }),
    sources.templates(
      templateRefs,
      entities.flatMap(entity => entity.template?.version ?? []),
    ),
  ])
  const snapshot: Snapshot = {
    version: snapshotVersion,
    repository,
    target,
    takenAt: request.now.toISOString(),
    facts: {
      ...nothingKnown(name => unknown('partial-answer', `${name} was not asked for`)),
      ...answer.facts,
      properties: sources.properties,
      ...(sources.twoFactor ? { twoFactor: sources.twoFactor } : {}),
      ...(await settingsOf(request, answer, sources.github)),
    },
    files: { ...files, ...made.files },
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
    ...(made.skeletons ? { skeletons: made.skeletons } : {}),
  }
  const organisation = await sources.organisation?.(snapshot)
  return organisation ? { ...snapshot, organisation } : snapshot
}

/** A refused setting is kept like a known one: a push cannot grant what was not granted. */
async function settingsOf(
  request: TakeRequest,
  answer: RepositoryAnswer,
  github: GitHub,
): Promise<Partial<RepositoryFacts>> {
  const kept: Partial<RepositoryFacts> = {}
  const asked = request.plan.facts.filter(isSetting).filter(name => {
    const before = request.settings?.facts[name]
    if (!before || isMissing(before)) return true
    Object.assign(kept, {
      [name]: before.known ? { ...before, at: before.at ?? request.settings?.takenAt } : before,
    })
    return false
  })
  const subject = settingsSubject(answer, answer.facts.metadata)
  return { ...kept, ...(await readSettings(github, subject, asked)) }
}

/** What cost a second query when it was refused is asked for again when settings are. */
const refusedBefore = (settings: Snapshot | undefined): QueryRequest['without'] =>
  settings?.facts.metadata.known && settings.facts.metadata.value.hasDependencyAlerts === undefined
    ? ['hasVulnerabilityAlertsEnabled']
    : undefined

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
    const answer = await askRepository(
      github,
      {
        nodeId: request.repository.nodeId,
        at,
        files: untrusted,
        directories: [...new Set(paths.map(directoryOf))].filter(path => !directories.has(path)),
        facts: whole ? [...new Set([...request.plan.facts, 'topics' as const])] : [],
        pullRequest: request.pullRequest,
        without: refusedBefore(request.settings),
      },
      directories,
    )
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

function targetOf(request: TakeRequest, answer: RepositoryAnswer): Target {
  const branch = answer.facts.metadata.known ? answer.facts.metadata.value.defaultBranch : undefined
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
