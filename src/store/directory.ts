import type { Fact } from '../snapshot/snapshot.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { toJson } from './json.ts'

export interface Team {
  id: number
  slug: string
  /** Logins; absent when they were not read. */
  members?: string[]
}

export type PropertyValues = Record<string, string | string[]>

/** Who and what an organisation has, as last read as a whole. */
export interface Directory {
  teams: Team[]
  /** Logins. */
  members: string[]
  /** Members must have a second factor; absent where nobody asked. */
  twoFactor?: Fact<boolean>
  /** Custom property values by repository id; absent when they could not be read, and then what was known stays. */
  properties?: Record<number, PropertyValues>
  /** ISO 8601. */
  fetchedAt: string
}

export const directory = (database: Database) => ({
  /** All of it or nothing: nobody reads a half-replaced directory. */
  replace: async (ownerId: number, value: Directory, within?: Transaction): Promise<void> => {
    const write = async (tx: Transaction): Promise<void> => {
      await tx.query(
        `insert into directories (owner_id, teams, members, two_factor, fetched_at)
         values ($1, $2::text::jsonb, $3::text::jsonb, $4::text::jsonb, $5)
         on conflict (owner_id) do update
         set teams = excluded.teams, members = excluded.members, two_factor = excluded.two_factor,
             fetched_at = excluded.fetched_at`,
        [
          ownerId,
          toJson(value.teams),
          toJson(value.members),
          value.twoFactor ? toJson(value.twoFactor) : null,
          value.fetchedAt,
        ],
      )
      if (!value.properties) return
      await tx.query('delete from property_values where owner_id = $1', [ownerId])
      await tx.query(
        `insert into property_values (repository_id, owner_id, properties)
         select key::bigint, $1, value from jsonb_each($2::text::jsonb) order by 1
         on conflict (repository_id) do update
         set owner_id = excluded.owner_id, properties = excluded.properties`,
        [ownerId, toJson(value.properties)],
      )
    }
    await (within ? write(within) : database.transaction(write))
  },
  /** Without the properties: `properties()` reads one repository's. */
  read: async (
    ownerId: number,
    on: Queryable = database,
  ): Promise<Omit<Directory, 'properties'> | undefined> => {
    const [row] = await on.query<{
      teams: Team[]
      members: string[]
      two_factor: Fact<boolean> | null
      fetched_at: Date
    }>('select teams, members, two_factor, fetched_at from directories where owner_id = $1', [ownerId])
    return (
      row && {
        teams: row.teams,
        members: row.members,
        ...(row.two_factor ? { twoFactor: row.two_factor } : {}),
        fetchedAt: row.fetched_at.toISOString(),
      }
    )
  },
  /** `undefined` when nobody told them yet, which is not the same as none. */
  properties: async (repositoryId: number, on: Queryable = database): Promise<PropertyValues | undefined> => {
    const [row] = await on.query<{ properties: PropertyValues }>(
      'select properties from property_values where repository_id = $1',
      [repositoryId],
    )
    return row?.properties
  },
  /** What their webhook tells. Where the values were never read as a whole they stay unknown. */
  changeProperties: async (
    repositoryId: number,
    set: PropertyValues,
    unset: readonly string[],
    on: Queryable = database,
  ): Promise<void> => {
    await on.query(
      `update property_values set properties = (properties - $3::text[]) || $2::text::jsonb
       where repository_id = $1`,
      [repositoryId, toJson(set), unset],
    )
  },
})
