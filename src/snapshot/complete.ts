import { setImmediate } from 'node:timers/promises'
import { discoveredPaths, entityJudge } from './entities/entities.ts'
import { expandTarget, isGlobTarget } from './entities/location-globs.ts'
import { type EntityDocument, type Fact, type FileState, type TreeEntry, unknown } from './snapshot.ts'

/** Where Backstage looks first. */
const entryPoint = 'catalog-info.yaml'

// A Location that leads to Locations: three hops are more than any seen, and each is a request to GitHub.
const mostRounds = 3
const mostFiles = 200

/** All of them are kept with the snapshot, in one row. */
const mostMebibytes = 8

export type Files = Record<string, Fact<FileState>>

/** Reads further paths, none of which was read before; answers for each. */
export type ReadMore = (paths: readonly string[]) => Promise<Files>

/** Every path of the tree. Asked at most once, and only when a Location target is a glob. */
export type ListTree = () => Promise<Fact<TreeEntry[]>>

/**
 * The entities that the files hold, with the files that those lead to: Location targets, which hold entities
 * themselves, and placeholders, which hold values. Bounded; what lies beyond is left unread, so that what depends on
 * it is undecided.
 * @param first what was read already, `catalog-info.yaml` among it
 * @param repositoryUrl to know which URLs lie in this repository; empty on the command line
 */
export async function completeFiles(
  first: Readonly<Files>,
  repositoryUrl: string,
  readMore: ReadMore,
  listTree: ListTree,
): Promise<{ files: Files; entities: EntityDocument[] }> {
  const files: Files = withinBytes(first)
  const holders = new Set([entryPoint])
  const judged = new Map<string, EntityDocument[]>()
  const judge = entityJudge({
    ...(repositoryUrl === '' ? {} : { repository: { url: repositoryUrl } }),
    lookup: at => files[at],
    // Deliveries and probes are answered by the same thread.
    pause: () => setImmediate(),
  })

  const judgeNew = async (): Promise<void> => {
    for (const path of holders) {
      const fact = files[path]
      if (judged.has(path) || !fact?.known || !fact.value.exists) continue
      judged.set(path, await judge(path, fact.value.text))
    }
  }

  let tree: Fact<TreeEntry[]> | undefined
  // A glob stands for what the tree says; while that is unknown it stands for nothing, which leaves the control undecided.
  const exact = async (path: string): Promise<string[]> => {
    if (!isGlobTarget(path)) return [path]
    tree ??= await listTree()
    return tree.known ? expandTarget(path, tree.value).slice(0, mostFiles) : []
  }

  for (let round = 0; round <= mostRounds; round++) {
    await judgeNew()
    const found = discoveredPaths([...judged.values()].flat())
    const targets: string[] = []
    for (const path of found.entities) targets.push(...(await exact(path)))
    for (const path of targets) holders.add(path)
    const wanted = [...targets, ...found.placeholders]
    const missing = [...new Set(wanted)].filter(path => !Object.hasOwn(files, path))
    // A target that was read for another reason, as a control's file, is judged without a further read.
    if (missing.length === 0 && [...holders].every(path => judged.has(path) || !isThere(files[path]))) break
    if (round === mostRounds || Object.keys(files).length >= mostFiles) break
    const next = missing.slice(0, mostFiles - Object.keys(files).length)
    if (next.length > 0) Object.assign(files, withinBytes(await readMore(next), sizeOf(files)))
    // What a placeholder stands for is known now: its document is judged again.
    for (const [path, documents] of judged) {
      if (documents.some(document => document.placeholders?.some(each => next.includes(each))))
        judged.delete(path)
    }
  }
  return { files, entities: [...holders].flatMap(path => judged.get(path) ?? []) }
}

/** Those beyond are left out, however small: which of them are depends on the order only. */
const withinBytes = (read: Readonly<Files>, before = 0): Files => {
  let bytes = before
  return Object.fromEntries(
    Object.entries(read).map(([path, fact]) => {
      bytes += sizeOf({ [path]: fact })
      if (bytes <= mostMebibytes * 1_048_576) return [path, fact]
      return [
        path,
        unknown(
          'too-large',
          `${path} was left out: the files that are read of this repository have more than ${mostMebibytes} MiB together`,
        ),
      ]
    }),
  )
}

const sizeOf = (files: Readonly<Files>): number =>
  Object.values(files).reduce(
    (sum, fact) => sum + (fact.known && fact.value.exists ? fact.value.bytes : 0),
    0,
  )

const isThere = (fact: Fact<FileState> | undefined): boolean => fact?.known === true && fact.value.exists
