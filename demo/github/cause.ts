import { AsyncLocalStorage } from 'node:async_hooks'
import type { Row } from './rows.ts'
import type { Change, Store } from './store.ts'
import type { Caller } from './vocabulary.ts'

/** One webhook before it is addressed: who receives it is decided by where it happened. */
export interface Happening {
  event: string
  action?: string
  /** Where: a repository, or else an organisation. */
  repositoryId?: number
  organisation?: string
  payload: Record<string, unknown>
  /** Only this installation hears of it, whatever it is allowed to see. */
  installationId?: number
}
export interface Cause {
  caller: Caller
  changes: Map<string, Change>
  happenings: Happening[]
}

/** Rows that only git's plumbing sees; a push is told by its ref. */
const SILENT = new Set(['github.blobs', 'github.trees', 'github.commits', 'github.branches'])
const current = new AsyncLocalStorage<Cause>()

/** Notes every change of a row under the request that made it, the first state before and the last after. */
export function noteChanges(store: Store): void {
  store.onChange(({ collection, before, after }) => {
    const cause = current.getStore()
    if (!cause || SILENT.has(collection)) return
    const key = `${collection} ${(after ?? before)?.id}`
    const known = cause.changes.get(key)
    cause.changes.set(key, { collection, before: known ? known.before : before, after })
  })
}

/**
 * Does `work`, then hands what changed to `conclude`, still inside: what that changes is noted too.
 * Seeding runs outside and tells nobody.
 */
export function becauseOf<T>(
  caller: Caller,
  work: () => Promise<T>,
  conclude: (cause: Cause) => void,
): Promise<T> {
  const cause: Cause = { caller, changes: new Map(), happenings: [] }
  return current.run(cause, async () => {
    try {
      return await work()
    } finally {
      conclude(cause)
    }
  })
}

/** For what has no row of its own: rulesets, alerts, property values. */
export function happen(happening: Happening): void {
  current.getStore()?.happenings.push(happening)
}

export function changesOf<T extends Row>(
  cause: Cause,
  collection: string,
): { before: T | undefined; after: T | undefined }[] {
  return [...cause.changes.values()]
    .filter(change => change.collection === collection && (change.before || change.after))
    .map(change => ({ before: change.before as T | undefined, after: change.after as T | undefined }))
}
