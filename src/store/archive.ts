import { createHash } from 'node:crypto'
import type { Fact, Snapshot } from '../snapshot/snapshot.ts'
import type { Database, Queryable, Transaction } from './database.ts'

/** When a snapshot was taken, and which of its facts were read before that: `{ "facts.properties": … }`. ISO 8601. */
export interface Times {
  takenAt: string
  at?: Record<string, string>
  /** Of the snapshot that it is compared with. */
  base?: Times
}

/** A snapshot without its times, its large pieces replaced by their hashes. */
export interface Archived {
  hash: string
  /** JSON. */
  outline: string
  parts: { hash: string; content: string }[]
  times: Times
}

/** Maps of facts, whose entries change one by one: a push to one file must not cost the others again. */
const maps = ['facts', 'files', 'accounts', 'catalogue', 'templates'] as const
type MapName = (typeof maps)[number]
const isMap = (name: string): name is MapName => (maps as readonly string[]).includes(name)

/** Shorter ones cost no more in the outline than their hash would. */
const shortestPart = 200

/** Pure. What does not bear on a verdict, the times, is set apart, so that the same facts have the same hash. */
export const takeApart = (snapshot: Snapshot): Archived => {
  const parts = new Map<string, string>()
  const { outline, times } = outlineOf(snapshot, parts)
  const text = JSON.stringify(outline)
  return {
    hash: hashOf(text),
    outline: text,
    parts: [...parts].map(([hash, content]) => ({ hash, content })),
    times,
  }
}

/** @param parts takes the large pieces; a head and its base have most of theirs in common */
const outlineOf = (
  { version, repository, target, takenAt, base, ...rest }: Snapshot,
  parts: Map<string, string>,
): { outline: Record<string, unknown>; times: Times } => {
  const at: Record<string, string> = {}

  const piece = (name: string, value: unknown): unknown => {
    const timeless = withoutTime(value)
    if (timeless.at !== undefined) at[name] = timeless.at
    const content = JSON.stringify(timeless.value)
    if (content === undefined || content.length < shortestPart) return timeless.value
    const hash = hashOf(content)
    parts.set(hash, content)
    return { $part: hash }
  }
  const outlined = Object.entries(rest).map(([name, value]) => [
    name,
    isMap(name) ? mapped(value, (key, each) => piece(`${name}.${key}`, each)) : piece(name, value),
  ])
  const outline = { version, repository, target, ...Object.fromEntries(outlined) }
  const times = { takenAt, ...(Object.keys(at).length > 0 ? { at } : {}) }
  if (!base) return { outline, times }
  if (!base.known) return { outline: { ...outline, base }, times }
  const { snapshot, ...more } = base.value
  const before = outlineOf(snapshot, parts)
  return {
    outline: { ...outline, base: { ...base, value: { ...more, snapshot: before.outline } } },
    times: { ...times, base: before.times },
  }
}

/** The snapshot again, facts and their order as they were. */
const putTogether = (
  outline: Record<string, unknown>,
  parts: ReadonlyMap<string, unknown>,
  times: Times,
): Snapshot => {
  const restore = (name: string, value: unknown): unknown => {
    const restored = isPart(value) ? parts.get(value.$part) : value
    const at = times.at?.[name]
    return at === undefined ? restored : { ...(restored as object), at }
  }
  const { version, repository, target, base, ...rest } = outline
  const restored = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      isMap(name) ? mapped(value, (key, each) => restore(`${name}.${key}`, each)) : restore(name, value),
    ]),
  )
  const fact = base as Fact<{ snapshot: Record<string, unknown> }> | undefined
  const whole = fact?.known
    ? {
        ...fact,
        value: { ...fact.value, snapshot: putTogether(fact.value.snapshot, parts, times.base ?? times) },
      }
    : fact
  // Written from a Snapshot by takeApart().
  return {
    version,
    repository,
    target,
    takenAt: times.takenAt,
    ...restored,
    ...(whole ? { base: whole } : {}),
  } as unknown as Snapshot
}

/** So many verdicts let go at a time: other transactions wait meanwhile. */
const mostAtOnce = 1_000

export const archive = (database: Database) => ({
  /** Stores what is not there yet. Within the transaction that stores the verdict, so that `prune` takes nothing of it. */
  put: async ({ hash, outline, parts }: Archived, on: Transaction): Promise<void> => {
    // From here on `prune` waits: what is there stays.
    await on.query('lock table archived_parts in row exclusive mode')
    // Most of it is there already, and sending it again costs more than the question.
    const there = await on.query<{ hash: string }>(
      'select hash from archived_parts where hash = any($1::text[])',
      [parts.map(part => part.hash)],
    )
    const known = new Set(there.map(part => part.hash))
    const more = parts.filter(part => !known.has(part.hash))
    if (more.length > 0)
      await on.query(
        `insert into archived_parts (hash, content)
         select hash, content from json_to_recordset($1::text::json) as parts (hash text, content text) order by hash
         on conflict do nothing`,
        [JSON.stringify(more)],
      )
    await on.query(
      `insert into archived_snapshots (hash, outline, parts) values ($1, $2::text::json, $3::text[])
       on conflict do nothing`,
      [hash, outline, parts.map(part => part.hash)],
    )
  },
  /** `undefined` when it is no longer kept. */
  get: async (hash: string, times: Times, on: Queryable = database): Promise<Snapshot | undefined> => {
    const [row] = await on.query<{ outline: Record<string, unknown>; parts: string[] }>(
      'select outline, parts from archived_snapshots where hash = $1',
      [hash],
    )
    if (!row) return undefined
    const parts = await on.query<{ hash: string; content: string }>(
      'select hash, content from archived_parts where hash = any($1::text[])',
      [row.parts],
    )
    const contents = new Map(parts.map(part => [part.hash, JSON.parse(part.content) as unknown]))
    return putTogether(row.outline, contents, times)
  },
  /** Verdicts on pull requests and merge groups with what they were judged on, so many days after they were last so. */
  prune: async (olderThanDays: number): Promise<void> => {
    const old = () =>
      database.query<{ id: number; archived: string | null }>(
        `select id, archived from verdicts where ref_key <> 'default-branch'
           and confirmed_at < now() - $1 * interval '1 day' limit $2`,
        [olderThanDays, mostAtOnce],
      )
    for (let released = await old(); released.length > 0; released = await old())
      await database.transaction(tx => release(released, olderThanDays, tx))
  },
})

const release = async (
  judged: readonly { id: number; archived: string | null }[],
  olderThanDays: number,
  tx: Transaction,
): Promise<void> => {
  // In the order in which `put` writes: whoever counts on a piece that is there has committed, or finds it gone.
  await tx.query('lock table archived_parts in share row exclusive mode')
  await tx.query('lock table archived_snapshots in share row exclusive mode')
  // Asked again: one may have been confirmed since it was found.
  await tx.query(
    `delete from verdicts where id = any($1::bigint[]) and confirmed_at < now() - $2 * interval '1 day'`,
    [judged.map(({ id }) => id), olderThanDays],
  )
  await tx.query(
    `with forgotten as (
       delete from archived_snapshots where hash = any($1::text[])
         and not exists (select from verdicts where verdicts.archived = archived_snapshots.hash)
       returning hash, parts
     )
     delete from archived_parts where hash in (select unnest(parts) from forgotten)
       and not exists (
         select from archived_snapshots where parts @> array[archived_parts.hash]
           and hash not in (select hash from forgotten)
       )`,
    [judged.flatMap(({ archived }) => archived ?? [])],
  )
}

const mapped = (value: unknown, change: (key: string, each: unknown) => unknown): unknown =>
  Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, change(key, each)]))

const withoutTime = (value: unknown): { value: unknown; at?: string } => {
  if (typeof value !== 'object' || value === null || !('known' in value) || !('at' in value)) return { value }
  const { at, ...rest } = value
  return typeof at === 'string' ? { value: rest, at } : { value }
}

/** No piece of a snapshot has such a key: they are facts, lists and records of ours. */
const isPart = (value: unknown): value is { $part: string } =>
  typeof value === 'object' && value !== null && '$part' in value

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
