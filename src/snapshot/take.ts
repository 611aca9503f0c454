import type { Reads } from '../controls/control.ts'
import type { GitHub } from '../github.ts'
import { resolveAccounts } from './accounts.ts'
import { carriedHead } from './carried-head.ts'
import { readCatalogue } from './catalogue.ts'
import { completeFiles } from './complete.ts'
import type { RepositoryAnswer } from './github/answer.ts'
import { type BaseContents, baseFact, baseSnapshot, readBase } from './github/base-snapshot.ts'
import type { Directory } from './github/directory.ts'
import { firstComparison, openReading, type Reading } from './github/open-reading.ts'
import { isSetting } from './github/setting-names.ts'
import { readSettings, settingsSubject } from './github/settings.ts'
import { readTree, unlisted } from './github/tree.ts'
import { exactPaths, globPaths, isMissing, readsTree } from './missing.ts'
import { ownerMentions } from './ownership.ts'
import {
  type Fact,
  nothingKnown,
  type RepositoryFacts,
  type RepositoryIdentity,
  type Snapshot,
  snapshotVersion,
  type Target,
  unknown,
} from './snapshot.ts'
import { skeletonRenderer } from './templates/render-skeleton.ts'
import { ownersIn, readSkeletons } from './templates/skeletons.ts'
import { chooseTemplate, type TemplateHolder } from './templates/templates.ts'

export interface TakeRequest {
  repository: RepositoryIdentity
  kind: Target['kind']
  /** The commit the event named; absent for the default branch's head, whatever it is. */
  sha?: string
  /** Of a merge group. */
  ref?: string
  pullRequest?: number
  /** The branch it is to be merged into, or a commit. Asked for where absent. */
  base?: string
  /** The default branch as last seen: what a pull request is compared with is often that very commit. */
  stored?: Snapshot
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
 * for true globs, a policy's or a Location's, when the tree changed; one to three for each setting that is not kept. A pull
 * request and a merge group are compared with what they change, which is one request more and may spare all others.
 * Throws `RepositoryNotVisible`, `RateLimited`, or the client's error.
 */
export async function takeSnapshot(request: TakeRequest, sources: Sources): Promise<Snapshot> {
  const comparison = await firstComparison(request, sources.github)
  const carried = comparison?.known ? carriedHead(request, comparison.value) : undefined
  return (
    carried ?? (await readSnapshot(request, await openReading(request, comparison, sources.github), sources))
  )
}

async function readSnapshot(request: TakeRequest, reading: Reading, sources: Sources): Promise<Snapshot> {
  const { answer } = reading
  const target = targetOf({ ...request, base: reading.baseName }, answer)
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
  const contents = {
    files: { ...files, ...made.files },
    tree,
    ...(made.skeletons ? { skeletons: made.skeletons } : {}),
  }
  const base = reading.base?.known
    ? await readBase(reading.base.value, { ...contents, repository, target }, request.plan, reading.seen)
    : undefined
  const everyEntity = [...entities, ...(base?.entities ?? [])]
  const templateRefs = [...new Set(everyEntity.flatMap(entity => entity.template?.ref ?? []))]
  const [catalogue, templates] = await Promise.all([
    readCatalogue(sources.catalogue, {
      refs: everyEntity.flatMap(entity => entity.ref ?? []),
      ownerRefs: [...named.refs, ...(base?.named.refs ?? [])],
      templateRefs,
    }),
    sources.templates(
      templateRefs,
      everyEntity.flatMap(entity => entity.template?.version ?? []),
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
    ...contents,
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
  const whole = await withOrganisation(snapshot, sources)
  if (!reading.base) return whole
  if (!reading.base.known) return { ...whole, base: reading.base }
  return base ? withBase(base, whole, catalogue, sources) : whole
}

async function withBase(
  contents: BaseContents,
  head: Snapshot,
  catalogue: Awaited<ReturnType<typeof readCatalogue>>,
  sources: Sources,
): Promise<Snapshot> {
  const snapshot = baseSnapshot(contents, head, catalogue, sources.directory)
  return { ...head, base: baseFact(contents.reading, await withOrganisation(snapshot, sources)) }
}

async function withOrganisation(snapshot: Snapshot, sources: Sources): Promise<Snapshot> {
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

function targetOf(request: TakeRequest, answer: RepositoryAnswer): Target {
  const branch = answer.facts.metadata.known ? answer.facts.metadata.value.defaultBranch : undefined
  const sha = answer.commit?.oid ?? ''
  const base = request.base === undefined ? {} : { base: request.base }
  if (request.kind === 'pull-request')
    return {
      kind: 'pull-request',
      ref: `refs/pull/${request.pullRequest}/head`,
      sha,
      pullRequest: request.pullRequest,
      ...base,
    }
  if (request.kind === 'merge-group') return { kind: 'merge-group', ref: request.ref ?? '', sha, ...base }
  return { kind: request.kind, ref: branch ? `refs/heads/${branch}` : '', sha }
}
