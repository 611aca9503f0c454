import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

export interface AuditEntry {
  /** ISO 8601. */
  at: string
  repositoryId?: number
  /** Past tense, kebab case: `judged`, `issue-opened`, `registered`. */
  what: string
  detail: Record<string, unknown>
}

interface Row {
  id: number
  at: Date
  repository_id: number | null
  what: string
  detail: Record<string, unknown>
}

/** Append-only: a trigger refuses changes, and there is no function for them. */
export const audit = (database: Queryable) => ({
  append: async (entries: readonly AuditEntry[], on: Queryable = database): Promise<void> => {
    if (entries.length === 0) return
    await on.query(
      `insert into audit (at, repository_id, what, detail)
       select at, "repositoryId", what, detail from json_to_recordset($1::text::json)
         as entries (at timestamptz, "repositoryId" bigint, what text, detail jsonb)`,
      [toJson(entries)],
    )
  },
  /** Those of a repository since a time (ISO 8601), newest first; looked for among its newest 1,000. */
  since: async (
    repositoryId: number,
    what: string,
    at: string,
    on: Queryable = database,
  ): Promise<AuditEntry['detail'][]> =>
    (
      await on.query<Pick<Row, 'detail'>>(
        `select detail from (select * from audit where repository_id = $1 order by id desc limit 1000) as newest
         where what = $2 and at >= $3 order by id desc`,
        [repositoryId, what, at],
      )
    ).map(row => row.detail),
  /** Newest first; `before` takes the last id of the page before. */
  list: async (
    page: { repositoryId?: number; before?: number; limit?: number } = {},
    on: Queryable = database,
  ): Promise<(AuditEntry & { id: number })[]> =>
    (
      await on.query<Row>(
        `select * from audit where ($1::bigint is null or repository_id = $1) and id < $2 order by id desc limit $3`,
        [page.repositoryId ?? null, page.before ?? Number.MAX_SAFE_INTEGER, page.limit ?? 100],
      )
    ).map(row => ({
      id: row.id,
      at: row.at.toISOString(),
      ...(row.repository_id === null ? {} : { repositoryId: row.repository_id }),
      what: row.what,
      detail: row.detail,
    })),
})
