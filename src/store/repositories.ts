import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** What is known of a repository without asking GitHub: enough to ask for it. */
export interface Repository {
  id: number
  nodeId: string
  name: string
  owner: string
  ownerId: number
  installationId: number
  /** Absent before the first event or read that told it. */
  defaultBranch?: string
  archived: boolean
  /** ISO 8601: deleted, transferred away or no longer granted to the App. */
  goneAt?: string
}

/** What an event tells. Absent fields leave what was known. */
export type RepositoryFacts = Omit<Repository, 'archived' | 'goneAt'> & { archived?: boolean }

interface Row {
  id: number
  node_id: string
  name: string
  owner: string
  owner_id: number
  installation_id: number
  default_branch: string | null
  archived: boolean | null
  gone_at: Date | null
}

const fromRow = (row: Row): Repository => ({
  id: row.id,
  nodeId: row.node_id,
  name: row.name,
  owner: row.owner,
  ownerId: row.owner_id,
  installationId: row.installation_id,
  ...(row.default_branch ? { defaultBranch: row.default_branch } : {}),
  archived: row.archived ?? false,
  ...(row.gone_at ? { goneAt: row.gone_at.toISOString() } : {}),
})

export const repositories = (database: Queryable) => ({
  /** By id, so that a rename or a transfer moves the row along. Present from now on. Of facts with one id the last wins. */
  upsert: async (facts: readonly RepositoryFacts[], on: Queryable = database): Promise<void> => {
    // In the order of ids, as every writer locks them: two that cross would wait for each other.
    const rows = [...new Map(facts.map(row => [row.id, row])).values()].sort((a, b) => a.id - b.id)
    if (rows.length === 0) return
    await on.query(
      `insert into repositories (id, node_id, name, owner, owner_id, installation_id, default_branch, archived)
       select id, "nodeId", name, owner, "ownerId", "installationId", "defaultBranch", archived
       from json_to_recordset($1::text::json) as facts (id bigint, "nodeId" text, name text, owner text,
         "ownerId" bigint, "installationId" bigint, "defaultBranch" text, archived boolean)
       on conflict (id) do update set node_id = excluded.node_id, name = excluded.name, owner = excluded.owner,
         owner_id = excluded.owner_id, installation_id = excluded.installation_id,
         default_branch = coalesce(excluded.default_branch, repositories.default_branch),
         archived = coalesce(excluded.archived, repositories.archived), gone_at = null, updated_at = now()`,
      [toJson(rows)],
    )
  },
  /** Names as GitHub tells them now. One that is gone stays so: a slow look revives nothing. */
  renamed: async (
    { id, name, owner, ownerId }: Pick<Repository, 'id' | 'name' | 'owner' | 'ownerId'>,
    on: Queryable = database,
  ): Promise<void> => {
    await on.query(
      `update repositories set name = $2, owner = $3, owner_id = $4, updated_at = now()
       where id = $1 and gone_at is null`,
      [id, name, owner, ownerId],
    )
  },
  /** Gone from that installation: one that was transferred to another meanwhile stays. */
  remove: async (
    ids: readonly number[],
    installationId: number | undefined,
    on: Queryable = database,
  ): Promise<void> => {
    if (ids.length === 0) return
    await on.query(
      `update repositories set gone_at = coalesce(gone_at, now()), updated_at = now()
       where id = any($1::bigint[]) and ($2::bigint is null or installation_id = $2)`,
      [ids, installationId ?? null],
    )
  },
  get: async (id: number, on: Queryable = database): Promise<Repository | undefined> => {
    const [row] = await on.query<Row>('select * from repositories where id = $1', [id])
    return row && fromRow(row)
  },
  /** The one that bears the name now; GitHub's names don't mind case. */
  named: async (ownerId: number, name: string, on: Queryable = database): Promise<Repository | undefined> => {
    const [row] = await on.query<Row>(
      `select * from repositories where owner_id = $1 and lower(name) = lower($2) and gone_at is null
       order by updated_at desc limit 1`,
      [ownerId, name],
    )
    return row && fromRow(row)
  },
  /** Of any owner, or of the one named; those that are gone last. More than one where owners share a database. */
  withName: async (name: string, owner?: string, on: Queryable = database): Promise<Repository[]> =>
    (
      await on.query<Row>(
        `select * from repositories where lower(name) = lower($1) and ($2::text is null or lower(owner) = lower($2))
         order by gone_at nulls first, updated_at desc limit 10`,
        [name, owner ?? null],
      )
    ).map(fromRow),
  /** Not gone, by id, in pages: pass the last id of one page as `after` for the next. */
  ofInstallation: async (
    installationId: number,
    page: { after?: number; limit?: number } = {},
    on: Queryable = database,
  ): Promise<Repository[]> =>
    (
      await on.query<Row>(
        `select * from repositories where installation_id = $1 and gone_at is null and id > $2
         order by id limit $3`,
        [installationId, page.after ?? 0, page.limit ?? 100_000],
      )
    ).map(fromRow),
  /** Whoever has a repository here. */
  owners: async (on: Queryable = database): Promise<{ id: number; name: string }[]> =>
    on.query<{ id: number; name: string }>(
      `select owner_id as id, max(owner) as name from repositories where gone_at is null
       group by owner_id order by name`,
    ),
  /** Not gone, in order. */
  idsOf: async (ownerId: number, on: Queryable = database): Promise<number[]> =>
    (
      await on.query<{ id: number }>(
        'select id from repositories where owner_id = $1 and gone_at is null order by id',
        [ownerId],
      )
    ).map(row => row.id),
})
