import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** The App on one account. Ids are GitHub's; times are ISO 8601, UTC. */
export interface Installation {
  id: number
  /** Login of the organisation or user. */
  account: string
  accountId: number
  accountType: 'Organization' | 'User'
  /** `{ contents: 'read' }` as GitHub granted them; empty when not told. */
  permissions: Record<string, string>
  suspendedAt?: string
  /** Uninstalled. */
  goneAt?: string
  /** When its repositories were last read. */
  syncedAt?: string
}

interface Row {
  id: number
  account: string
  account_id: number
  account_type: Installation['accountType']
  permissions: Record<string, string>
  suspended_at: Date | null
  gone_at: Date | null
  synced_at: Date | null
}

const fromRow = (row: Row): Installation => ({
  id: row.id,
  account: row.account,
  accountId: row.account_id,
  accountType: row.account_type,
  permissions: row.permissions,
  ...(row.suspended_at ? { suspendedAt: row.suspended_at.toISOString() } : {}),
  ...(row.gone_at ? { goneAt: row.gone_at.toISOString() } : {}),
  ...(row.synced_at ? { syncedAt: row.synced_at.toISOString() } : {}),
})

export type InstallationFacts = Pick<Installation, 'id' | 'account' | 'accountId' | 'accountType'> &
  Partial<Pick<Installation, 'permissions'>>

export const installations = (database: Queryable) => ({
  /** Present and active from now on, under these names. Permissions that are not told stay as they are. */
  upsert: async (facts: InstallationFacts, on: Queryable = database): Promise<void> => {
    await on.query(
      `insert into installations (id, account, account_id, account_type, permissions)
       values ($1, $2, $3, $4, coalesce($5::text::jsonb, '{}'))
       on conflict (id) do update set account = excluded.account, account_id = excluded.account_id,
         account_type = excluded.account_type,
         permissions = coalesce($5::text::jsonb, installations.permissions),
         suspended_at = null, gone_at = null, updated_at = now()`,
      [
        facts.id,
        facts.account,
        facts.accountId,
        facts.accountType,
        facts.permissions ? toJson(facts.permissions) : null,
      ],
    )
  },
  suspend: async (id: number, on: Queryable = database): Promise<void> => {
    await on.query('update installations set suspended_at = now(), updated_at = now() where id = $1', [id])
  },
  /** Uninstalled. Its repositories stay until each is forgotten by its own job. */
  remove: async (id: number, on: Queryable = database): Promise<void> => {
    await on.query('update installations set gone_at = now(), updated_at = now() where id = $1', [id])
  },
  synced: async (id: number, at: string, on: Queryable = database): Promise<void> => {
    await on.query('update installations set synced_at = $2 where id = $1', [id, at])
  },
  get: async (id: number, on: Queryable = database): Promise<Installation | undefined> => {
    const [row] = await on.query<Row>('select * from installations where id = $1', [id])
    return row && fromRow(row)
  },
  /** Neither suspended nor gone. */
  active: async (on: Queryable = database): Promise<Installation[]> =>
    (
      await on.query<Row>(
        'select * from installations where suspended_at is null and gone_at is null order by id',
      )
    ).map(fromRow),
})
