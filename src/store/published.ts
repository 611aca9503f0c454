import type { Published } from '../effects/effect.ts'
import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** A row with the repository it stands for. */
export interface PublishedIn extends Published {
  repositoryId: number
}

interface Row {
  repository_id: number
  key: string
  kind: Published['kind']
  state: Published['state']
  external_id: string | null
  hash: string
  detail: Published['detail']
}

const fromRow = (row: Row): PublishedIn => ({
  repositoryId: row.repository_id,
  key: row.key,
  kind: row.kind,
  state: row.state,
  ...(row.external_id === null ? {} : { externalId: row.external_id }),
  hash: row.hash,
  detail: row.detail,
})

/** What stands outside because of us, by repository and effect key. */
export const published = (database: Queryable) => {
  const put = async (
    repositoryId: number,
    rows: readonly Omit<Published, 'state'>[],
    state: Published['state'],
    on: Queryable,
  ): Promise<void> => {
    for (const row of rows) {
      await on.query(
        `insert into published (repository_id, key, kind, state, external_id, hash, detail)
         values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)
         on conflict (repository_id, key) do update set kind = excluded.kind, state = excluded.state,
           external_id = coalesce(excluded.external_id, published.external_id),
           hash = excluded.hash, detail = excluded.detail, updated_at = now()`,
        [repositoryId, row.key, row.kind, state, row.externalId ?? null, row.hash, toJson(row.detail)],
      )
    }
  }
  return {
    /** Before the call. Hash and detail are written as given; an external id that is not given stays. */
    intend: (repositoryId: number, rows: readonly Omit<Published, 'state'>[], on: Queryable = database) =>
      put(repositoryId, rows, 'intended', on),
    /** After the call was answered. */
    done: (repositoryId: number, row: Omit<Published, 'state'>, on: Queryable = database) =>
      put(repositoryId, [row], 'done', on),
    remove: async (repositoryId: number, key: string, on: Queryable = database): Promise<void> => {
      await on.query('delete from published where repository_id = $1 and key = $2', [repositoryId, key])
    },
    list: async (repositoryId: number, on: Queryable = database): Promise<PublishedIn[]> =>
      (
        await on.query<Row>('select * from published where repository_id = $1 order by key', [repositoryId])
      ).map(fromRow),
    get: async (
      repositoryId: number,
      key: string,
      on: Queryable = database,
    ): Promise<PublishedIn | undefined> => {
      const [row] = await on.query<Row>('select * from published where repository_id = $1 and key = $2', [
        repositoryId,
        key,
      ])
      return row && fromRow(row)
    },
    /** Tracking issues that lie in this repository and are about others, under these numbers. */
    issuesIn: async (home: number, numbers: readonly number[]): Promise<PublishedIn[]> =>
      (
        await database.query<Row>(
          `select * from published where kind = 'issue' and external_id = any($2::text[])
             and (detail->>'home')::bigint = $1 order by repository_id`,
          [home, numbers.map(String)],
        )
      ).map(fromRow),
    /** Over all repositories: whose registration a target or an entity ref is. */
    ofKind: async (kind: Published['kind'], on: Queryable = database): Promise<PublishedIn[]> =>
      (
        await on.query<Row>('select * from published where kind = $1 order by repository_id, key', [kind])
      ).map(fromRow),
  }
}
