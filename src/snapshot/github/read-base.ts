import { reading } from '../carry-over.ts'
import { codeownersPaths } from '../files/codeowners.ts'
import { fileFact } from '../files/file-fact.ts'
import { directoryOf, nameOf } from '../files/tree-files.ts'
import { isMissing } from '../missing.ts'
import { type Fact, type FileState, type RepositoryFacts, type Snapshot, unknown } from '../snapshot.ts'
import type { TakeRequest } from '../take.ts'
import type { DirectoryEntry, RepositoryAnswer } from './answer.ts'
import type { EntryKind } from './base-tree.ts'
import type { Comparison } from './compare-commits.ts'
import { maximumFilesAQuery, type QueryRequest } from './query.ts'

/** Reads the commit that a head is compared with: what differs comes along with the head's queries, the rest is the head's. */
export interface BaseReading {
  comparison: Comparison
  /** Paths of the head that changed and may be read, so that they needn't be discovered. */
  news: string[]
  /** What is to be asked along with these paths of the head. */
  wanted: (paths: readonly string[]) => QueryRequest['base']
  take: (answer: RepositoryAnswer['base']) => void
  /** @param head the same path at the head, for what did not change */
  file: (path: string, head: (path: string) => Fact<FileState> | undefined) => Fact<FileState>
  /** What stood there, for the list of files; `undefined` where that is not known. */
  kindAt: (path: string) => EntryKind | undefined
  /** Absent where CODEOWNERS did not change. */
  codeownersErrors: () => RepositoryFacts['codeownersErrors'] | undefined
  /** The default branch as it is stored, where it is that commit. */
  stored?: Snapshot
}

/** A target of a Location is most often called so, and would have to be discovered otherwise. */
const isCatalogFile = (path: string): boolean => /(?:^|\/)catalog-info\.ya?ml$/.test(path)

/** Of one query, beside those of its files. */
const mostDirectories = 100

export function baseReading(
  comparison: Comparison,
  request: Pick<TakeRequest, 'plan' | 'before' | 'stored'>,
): BaseReading {
  const { sha, changes } = comparison
  const stored = request.stored?.target.sha === sha ? request.stored : undefined
  const changed = changes.known
    ? new Map(changes.value.flatMap(each => [[each.path, each] as const, [each.before ?? each.path, each]]))
    : undefined
  const mayRead = reading(request.before ?? { files: {}, entities: [] }, request.plan)
  const isNews = (path: string): boolean => mayRead(path) || isCatalogFile(path)
  const news = [...(changed?.keys() ?? [])].filter(isNews)
  const isCodeownersChanged =
    request.plan.facts.includes('codeownersErrors') &&
    codeownersPaths.some(path => !changed || changed.has(path))

  const pool = new Map<string, Fact<FileState>>()
  const listed = new Map<string, Fact<DirectoryEntry[]>>()
  // A link's name says nothing of what is in it: whether one stood there decides whether what is there now is new.
  const toList =
    request.plan.tree && changes.known && !(stored?.tree.known && !stored.treeGlobs)
      ? new Set(
          changes.value.flatMap(({ path, status, mayBeRetyped }) =>
            status === 'removed' || mayBeRetyped ? [directoryOf(path)] : [],
          ),
        )
      : new Set<string>()
  let errors: RepositoryFacts['codeownersErrors'] | undefined

  const inStore = (path: string): Fact<FileState> | undefined => {
    const fact = stored?.files[path]
    return fact && !isMissing(fact) ? fact : undefined
  }
  const isNeeded = (path: string): boolean =>
    !pool.has(path) && !inStore(path) && (!changed || changed.has(path))

  return {
    comparison,
    news: news.filter(path => changed?.get(path)?.status !== 'removed'),
    wanted: paths => {
      const files = [...new Set([...paths, ...news])].filter(isNeeded).slice(0, maximumFilesAQuery)
      const codeowners = isCodeownersChanged && !errors
      const unlisted = [...toList].filter(path => !listed.has(path)).slice(0, mostDirectories)
      if (files.length === 0 && unlisted.length === 0 && !codeowners) return undefined
      const directories = [...new Set([...files.map(directoryOf), ...unlisted])]
      return { at: sha, files, directories, codeowners }
    },
    take: answer => {
      for (const [path, entries] of answer?.directories ?? []) listed.set(path, entries)
      for (const [path, fact] of answer?.files ?? []) pool.set(path, fact)
      errors ??= answer?.codeownersErrors
    },
    file: (path, head) => {
      const unread = unknown('partial-answer', `${path} was not read at ${sha.slice(0, 7)}`)
      if (changed && !changed.has(path)) return head(path) ?? unread
      const known = pool.get(path) ?? inStore(path)
      if (known) return known
      const change = changed?.get(path)
      const isNew = change?.path === path && (change.status === 'added' || change.status === 'renamed')
      return isNew ? fileFact(path, { kind: 'absent' }, 'github') : unread
    },
    kindAt: path => {
      if (!toList.has(directoryOf(path))) return 'file'
      const entries = listed.get(directoryOf(path))
      if (!entries?.known) return undefined
      const mode = entries.value.find(({ name }) => name === nameOf(path))?.mode
      return mode === '120000' ? 'symbolic-link' : mode === '160000' ? 'submodule' : 'file'
    },
    codeownersErrors: () =>
      isCodeownersChanged
        ? (errors ?? unknown('partial-answer', `CODEOWNERS was not judged at ${sha.slice(0, 7)}`))
        : undefined,
    ...(stored ? { stored } : {}),
  }
}
