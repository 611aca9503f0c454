import { createHash } from 'node:crypto'
import type { Verdict } from '../policy/verdict.ts'
import { programVersion } from '../program-version.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { archive, type Times, takeApart } from './archive.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { toJson } from './json.ts'
import { refKey } from './ref-key.ts'

/** A page of history, newest first. `id` orders it and is what `before` takes. */
export interface PastVerdict {
  id: number
  verdict: Verdict
  /** ISO 8601: the same was decided again and again, from `verdict.decidedAt` until then. */
  confirmedAt: string
}

/** A verdict with what is needed to judge it again. */
export interface StoredVerdict extends PastVerdict {
  /** As it was written, to the letter. */
  text: string
  /** The version of Golden Path that decided it; absent where that was not kept yet. */
  program?: string
  /** What it was judged on, while that is kept. */
  snapshot?: Snapshot
}

interface Row {
  id: number
  verdict: Verdict
  confirmed_at: Date
}

interface StoredRow extends Row {
  text: string
  program: string | null
  archived: string | null
  times: Times | null
}

const pastFrom = (row: Row): PastVerdict => ({
  id: row.id,
  verdict: row.verdict,
  confirmedAt: row.confirmed_at.toISOString(),
})

export const verdicts = (database: Database) => ({
  /**
   * Stores a verdict with what it was judged on. One that says the same as the newest of its target only moves that
   * one's `confirmedAt` on, so that a sweep which changes nothing adds no row. Answers whether it is news.
   */
  record: async (verdict: Verdict, snapshot: Snapshot, tx: Transaction): Promise<boolean> => {
    const key = refKey(snapshot.target)
    const hash = timelessHash(verdict)
    const confirmed = await tx.query(
      `update verdicts set confirmed_at = greatest(confirmed_at, $4) where hash = $3 and id = (
         select id from verdicts where repository_id = $1 and ref_key = $2 order by id desc limit 1
       ) returning id`,
      [verdict.repositoryId, key, hash, verdict.decidedAt],
    )
    if (confirmed.length > 0) return false
    const archived = takeApart(snapshot)
    await archive(database).put(archived, tx)
    await tx.query(
      `insert into verdicts (repository_id, ref_key, sha, policy, conclusion, decided_at, confirmed_at, verdict,
         hash, program, archived, times, standing)
       values ($1, $2, $3, $4, $5, $6, $6, $7::text::json, $8, $9, $10, $11::text::json, $12::text::jsonb)`,
      [
        verdict.repositoryId,
        key,
        verdict.sha,
        verdict.policy,
        verdict.conclusion,
        verdict.decidedAt,
        JSON.stringify(verdict),
        hash,
        programVersion,
        archived.hash,
        JSON.stringify(archived.times),
        toJson(verdict.controls.map(({ id, status, level }) => ({ id, status, level }))),
      ],
    )
    return true
  },
  /** `key` as `refKey()` makes it. Its `decidedAt` is when this was first decided. */
  latest: async (
    repositoryId: number,
    key = 'default-branch',
    on: Queryable = database,
  ): Promise<Verdict | undefined> => {
    const [row] = await on.query<{ verdict: Verdict }>(
      'select verdict from verdicts where repository_id = $1 and ref_key = $2 order by id desc limit 1',
      [repositoryId, key],
    )
    return row?.verdict
  },
  /** The newest one on a commit. */
  atCommit: async (
    repositoryId: number,
    sha: string,
    on: Queryable = database,
  ): Promise<Verdict | undefined> => {
    const [row] = await on.query<{ verdict: Verdict }>(
      'select verdict from verdicts where repository_id = $1 and sha = $2 order by id desc limit 1',
      [repositoryId, sha],
    )
    return row?.verdict
  },
  /**
   * The newest one with what it was judged on: of the default branch, or of the commit whose name begins so.
   * `before`, ISO 8601: the one that held then.
   */
  stored: async (
    repositoryId: number,
    { commit, before }: { commit?: string; before?: string } = {},
    on: Queryable = database,
  ): Promise<StoredVerdict | undefined> => {
    const [row] = await on.query<StoredRow>(
      `select id, verdict, verdict::text as text, confirmed_at, program, archived, times from verdicts
       where repository_id = $1 and ${commit === undefined ? 'ref_key = $2' : 'starts_with(sha, $2)'}
         and decided_at < coalesce($3, 'infinity'::timestamptz)
       order by id desc limit 1`,
      [repositoryId, commit ?? 'default-branch', before ?? null],
    )
    if (!row) return undefined
    const { text, program, archived, times } = row
    const snapshot = archived && times ? await archive(database).get(archived, times, on) : undefined
    return {
      ...pastFrom(row),
      text,
      ...(program === null ? {} : { program }),
      ...(snapshot ? { snapshot } : {}),
    }
  },
  history: async (
    repositoryId: number,
    key = 'default-branch',
    page: { before?: number; limit?: number } = {},
    on: Queryable = database,
  ): Promise<PastVerdict[]> =>
    (
      await on.query<Row>(
        `select id, verdict, confirmed_at from verdicts where repository_id = $1 and ref_key = $2 and id < $3
         order by id desc limit $4`,
        [repositoryId, key, page.before ?? Number.MAX_SAFE_INTEGER, page.limit ?? 50],
      )
    ).map(pastFrom),
})

/** The same for two verdicts that say the same at different times. */
const timelessHash = (verdict: Verdict): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...verdict, decidedAt: '' }))
    .digest('base64url')
