import type { GitHub } from '../../github.ts'
import { fileFact } from '../files/file-fact.ts'
import { directoryOf } from '../files/tree-files.ts'
import { exactPaths } from '../missing.ts'
import { type Fact, type FileState, type Snapshot, unknown } from '../snapshot.ts'
import type { TakeRequest } from '../take.ts'
import { CommitGone, type DirectoryEntry, type RepositoryAnswer } from './answer.ts'
import { askRepository } from './ask.ts'
import { type Comparison, compareCommits } from './compare-commits.ts'
import { maximumFilesAQuery, type QueryRequest } from './query.ts'
import { type BaseReading, baseReading } from './read-base.ts'

export interface Reading {
  answer: RepositoryAnswer
  read: (paths: readonly string[]) => Promise<Record<string, Fact<FileState>>>
  /** What was read so far, asked for or not. */
  seen: (path: string) => Fact<FileState> | undefined
  /** Of a pull request or a merge group. */
  base?: Fact<BaseReading>
  /** The branch or commit that it is compared with. */
  baseName?: string
}

/** What a pull request or merge group is compared with, as far as that is known before anything is asked. */
export async function firstComparison(
  request: TakeRequest,
  github: GitHub,
): Promise<Fact<Comparison> | undefined> {
  if (!isCompared(request) || !request.base || !request.sha) return undefined
  return compareCommits(github, request.repository, request.base, request.sha)
}

export const isCompared = ({ kind }: Pick<TakeRequest, 'kind'>): boolean =>
  kind === 'pull-request' || kind === 'merge-group'

/**
 * Asks the first time, and again at the real head when the branch has moved past the commit of the event.
 * @param comparison with `request.base`
 */
export async function openReading(
  request: TakeRequest,
  comparison: Fact<Comparison> | undefined,
  github: GitHub,
): Promise<Reading> {
  const changed = request.changed && new Set(request.changed)
  const trusted = new Map(
    Object.entries(request.before?.files ?? {}).filter(
      ([path, fact]) =>
        fact.known && fact.value.exists && changed?.has(path) === false && request.kind === 'default-branch',
    ),
  )
  const pool = new Map<string, Fact<FileState>>()
  const directories = new Map<string, Fact<DirectoryEntry[]>>()
  let base = comparison && readingOf(comparison, request)
  let baseName = request.base

  const ask = async (
    at: string,
    paths: readonly string[],
    whole: boolean,
    ofBase = paths,
  ): Promise<RepositoryAnswer> => {
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
        base: base?.known ? base.value.wanted(ofBase) : undefined,
        without: refusedBefore(request.settings),
      },
      directories,
    )
    if (base?.known) base.value.take(answer.base)
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

  const wanted = (): string[] => [
    ...new Set([
      ...exactPaths(request.plan),
      ...Object.keys(request.before?.files ?? {}),
      ...(base?.known ? base.value.news : []),
    ]),
  ]
  const compareAnew = async (there: RepositoryAnswer, name: string, head: string): Promise<void> => {
    baseName = name
    base = readingOf(await compareCommits(github, there, name, head), request)
  }

  let at = request.sha ?? 'HEAD'
  let answer = await ask(at, wanted(), true)
  const head = request.pullRequest === undefined ? answer.head : answer.pullRequest?.headOid
  const isMoved =
    at !== 'HEAD' &&
    head !== undefined &&
    head !== at &&
    request.kind !== 'merge-group' &&
    !request.older?.includes(head)
  // The event may not have told it, or somebody chose another one since.
  const realBase = (request.kind === 'pull-request' ? answer.pullRequest?.base : undefined) ?? baseName
  // Under an older name GitHub may not have found it.
  const isRenamed = answer.name !== request.repository.name || answer.owner !== request.repository.owner
  const isLost = !base || (!base.known && isRenamed)
  const isAnew = isCompared(request) && realBase !== undefined && (isMoved || realBase !== baseName || isLost)
  if (isAnew) await compareAnew(answer, realBase, isMoved ? head : at)
  if (isMoved) {
    at = head
    pool.clear()
    directories.clear()
    answer = await ask(at, wanted(), true)
  } else if (isAnew && base?.known && base.value.wanted(wanted())) await ask(at, [], false, wanted())
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
    seen: path => pool.get(path),
    ...(isCompared(request) ? { base: base ?? noBase } : {}),
    ...(baseName === undefined ? {} : { baseName }),
  }
}

const noBase = unknown('partial-answer', 'GitHub did not tell which branch it is to be merged into')

const readingOf = (comparison: Fact<Comparison>, request: TakeRequest): Fact<BaseReading> =>
  comparison.known ? { ...comparison, value: baseReading(comparison.value, request) } : comparison

/** What cost a second query when it was refused is asked for again when settings are. */
const refusedBefore = (settings: Snapshot | undefined): QueryRequest['without'] =>
  settings?.facts.metadata.known && settings.facts.metadata.value.hasDependencyAlerts === undefined
    ? ['hasVulnerabilityAlertsEnabled']
    : undefined

/** "There is no commit yet" is believed only where GitHub names no head and reports no trouble: it would empty the repository. */
function refuseWithoutCommit(at: string, answer: RepositoryAnswer): void {
  if (answer.commitProblem) throw new Error(`${answer.commitProblem.detail}. It is asked again.`)
  if (at !== 'HEAD') throw new CommitGone(`GitHub has no commit ${at}: the branch it was on is gone.`)
  if (answer.head)
    throw new Error(`GitHub names ${answer.head} as the head and does not hand it out. It is asked again.`)
}
