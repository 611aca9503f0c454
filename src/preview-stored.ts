import { setImmediate } from 'node:timers/promises'
import type { Policy } from './policy/policy.ts'
import {
  changeInShort,
  changeOf,
  changesOf,
  datesOf,
  type RepositoryChange,
  type Subject,
} from './policy/preview.ts'
import { type Preview, summingUp } from './policy/preview-summary.ts'
import { type Snapshot, snapshotVersion } from './snapshot/snapshot.ts'

export interface PreviewRequest {
  /** What the change makes of one repository; `undefined` where it changes nothing, nor asks anything. */
  subjectOf: (snapshot: Snapshot) => Subject | undefined
  /** The policy that would hold for ordinary repositories; its waivers and dates are looked at. */
  after: Policy | undefined
  now: Date
  /** Told of each repository, for those who want more than the sum. */
  onChange?: (change: RepositoryChange) => void
}

/** Pages of snapshots in any order, each once. */
export type Pages = AsyncIterable<readonly Snapshot[]>

/** So many are compared before others have the thread: some 30 ms. */
const atOnce = 50

/** A condition that runs away takes a second for these, and a tenth of one for each of them. So often it is gone along with. */
const mostBites = 6

/**
 * What a change does to every repository of which there is a snapshot. Holds a page of them at a time and reads nothing
 * else. `known` is how many repositories there are, with a snapshot or without.
 */
export async function previewStored(pages: Pages, known: number, request: PreviewRequest): Promise<Preview> {
  const { after, now, subjectOf, onChange } = request
  // Who wants each repository's whole verdict pays for it; the sum is the same.
  const changeFor = onChange ? changeOf : changeInShort
  const dates = datesOf(after, now.toISOString().slice(0, 10))
  const sum = summingUp(after, dates)
  const take = (changes: readonly RepositoryChange[]): void => {
    for (const change of changes) {
      sum.add(change)
      onChange?.(change)
    }
  }
  let bites = 0
  for await (const page of pages) {
    // A snapshot of an older version is to be retaken: that repository is not looked at yet.
    const subjects = page
      .filter(({ version }) => version === snapshotVersion)
      .flatMap(snapshot => subjectOf(snapshot) ?? [])
    for (let at = 0; at < subjects.length; at += atOnce) {
      const some = subjects.slice(at, at + atOnce)
      const together = changesOf(some, now, dates, changeFor)
      if (together) take(together)
      else {
        if (++bites > mostBites) return sum.result(known, 'stopped')
        await oneByOne(some, subject => take([changeFor(subject, now, dates)]))
      }
      await setImmediate()
    }
  }
  return sum.result(known)
}

async function oneByOne(subjects: readonly Subject[], judge: (subject: Subject) => void): Promise<void> {
  for (const subject of subjects) {
    judge(subject)
    await setImmediate()
  }
}

/** Larger pages are hardly faster, and a snapshot may have 8 MB. */
const pageSize = 100

/** The stored snapshots of repositories' default branches, the next page being read while one is worked on. */
export async function* storedPages(
  { snapshots }: { snapshots: { ofRepositories: (ids: readonly number[]) => Promise<Snapshot[]> } },
  ids: readonly number[],
): Pages {
  const read = (at: number) => snapshots.ofRepositories(ids.slice(at, at + pageSize))
  let next = read(0)
  for (let at = 0; at < ids.length; at += pageSize) {
    const page = await next
    next = at + pageSize < ids.length ? read(at + pageSize) : Promise.resolve([])
    // Awaited a page later; a failure must not be nobody's in between.
    next.catch(() => {})
    yield page
  }
}
