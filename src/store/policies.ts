import type { PolicyFile, PolicyProblem } from '../policy/policy.ts'
import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** What was read of an owner's policy at one commit. */
export interface StoredPolicy {
  /** GitHub's numeric id of the organisation or user. */
  ownerId: number
  /** `Policy.version`. */
  version: string
  /** The commit of the policy repository's default branch at which it was read. */
  commit: string
  files: PolicyFile[]
  /** Empty when it parsed. */
  problems: PolicyProblem[]
  /** ISO 8601. */
  readAt: string
}

interface Row {
  owner_id: number
  version: string
  commit: string
  files: PolicyFile[]
  problems: PolicyProblem[]
  read_at: Date
}

const fromRow = (row: Row): StoredPolicy => ({
  ownerId: row.owner_id,
  version: row.version,
  commit: row.commit,
  files: row.files,
  problems: row.problems,
  readAt: row.read_at.toISOString(),
})

export const policies = (database: Queryable) => ({
  /** An attempt with problems is kept as the latest and never comes into force. */
  save: async (policy: StoredPolicy, on: Queryable = database): Promise<void> => {
    await on.query(
      `insert into policies (owner_id, version, commit, good, files, problems, read_at)
       values ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7)`,
      [
        policy.ownerId,
        policy.version,
        policy.commit,
        policy.problems.length === 0,
        toJson(policy.files),
        toJson(policy.problems),
        policy.readAt,
      ],
    )
  },
  /** The last one without problems. One with no files means that the policy was taken away. */
  inForce: async (ownerId: number, on: Queryable = database): Promise<StoredPolicy | undefined> => {
    const [row] = await on.query<Row>(
      'select * from policies where owner_id = $1 and good order by id desc limit 1',
      [ownerId],
    )
    return row && fromRow(row)
  },
  /** One that was in force, by its version. */
  at: async (
    ownerId: number,
    version: string,
    on: Queryable = database,
  ): Promise<StoredPolicy | undefined> => {
    const [row] = await on.query<Row>(
      'select * from policies where owner_id = $1 and version = $2 and good order by id desc limit 1',
      [ownerId, version],
    )
    return row && fromRow(row)
  },
  /** The last one read, good or not. */
  latest: async (ownerId: number, on: Queryable = database): Promise<StoredPolicy | undefined> => {
    const [row] = await on.query<Row>('select * from policies where owner_id = $1 order by id desc limit 1', [
      ownerId,
    ])
    return row && fromRow(row)
  },
})
