import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** What is kept of a webhook: enough to find it at GitHub, which keeps the whole for days. */
export interface Delivery {
  /** GitHub's `X-GitHub-Delivery`; a redelivery bears the same one. */
  guid: string
  event: string
  action?: string
  installationId?: number
  repositoryId?: number
  sender?: string
  ref?: string
  before?: string
  after?: string
  /** Why it led to no job. */
  ignored?: string
}

export const deliveries = (database: Queryable) => ({
  /** Stores those not stored before and answers with their GUIDs; the others, repeats, are to be passed over. */
  insert: async (rows: readonly Delivery[], on: Queryable = database): Promise<Set<string>> => {
    if (rows.length === 0) return new Set()
    const inserted = await on.query<{ guid: string }>(
      `insert into deliveries
         (guid, event, action, installation_id, repository_id, sender, ref, before, after, ignored)
       select guid, event, action, "installationId", "repositoryId", sender, ref, before, after, ignored
       from json_to_recordset($1::text::json) as rows (guid text, event text, action text,
         "installationId" bigint, "repositoryId" bigint, sender text, ref text, before text, after text, ignored text)
       order by guid
       on conflict (guid) do nothing
       returning guid`,
      [toJson(rows)],
    )
    return new Set(inserted.map(row => row.guid))
  },
  count: async (on: Queryable = database): Promise<number> => {
    const [row] = await on.query<{ count: number }>('select count(*) as count from deliveries')
    return row?.count ?? 0
  },
  /** Those of the last `limit`, newest first. */
  recent: async (limit: number, on: Queryable = database): Promise<(Delivery & { receivedAt: string })[]> =>
    (
      await on.query<DeliveryRow>('select * from deliveries order by received_at desc, guid limit $1', [
        limit,
      ])
    ).map(fromRow),
  /** GitHub redelivers for three days at most, so older GUIDs need no memory. */
  prune: async (olderThanDays: number, on: Queryable = database): Promise<void> => {
    await on.query(`delete from deliveries where received_at < now() - $1 * interval '1 day'`, [
      olderThanDays,
    ])
  },
})

interface DeliveryRow {
  guid: string
  event: string
  action: string | null
  installation_id: number | null
  repository_id: number | null
  sender: string | null
  ref: string | null
  before: string | null
  after: string | null
  ignored: string | null
  received_at: Date
}

const fromRow = (row: DeliveryRow): Delivery & { receivedAt: string } => ({
  guid: row.guid,
  event: row.event,
  receivedAt: row.received_at.toISOString(),
  ...(row.action === null ? {} : { action: row.action }),
  ...(row.installation_id === null ? {} : { installationId: row.installation_id }),
  ...(row.repository_id === null ? {} : { repositoryId: row.repository_id }),
  ...(row.sender === null ? {} : { sender: row.sender }),
  ...(row.ref === null ? {} : { ref: row.ref }),
  ...(row.before === null ? {} : { before: row.before }),
  ...(row.after === null ? {} : { after: row.after }),
  ...(row.ignored === null ? {} : { ignored: row.ignored }),
})
