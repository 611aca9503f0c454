import type { Verdict } from '../policy/verdict.ts'
import type { Queryable } from './database.ts'
import { toJson } from './json.ts'

/** A page of history, newest first. `id` orders it and is what `before` takes. */
export interface PastVerdict {
  id: number
  verdict: Verdict
}

export const verdicts = (database: Queryable) => ({
  /** `key` as `refKey()` makes it. Nothing is overwritten: the newest is the latest. */
  append: async (verdict: Verdict, key: string, on: Queryable = database): Promise<void> => {
    await on.query(
      `insert into verdicts (repository_id, ref_key, sha, policy, conclusion, decided_at, verdict)
       values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)`,
      [
        verdict.repositoryId,
        key,
        verdict.sha,
        verdict.policy,
        verdict.conclusion,
        verdict.decidedAt,
        toJson(verdict),
      ],
    )
  },
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
  history: async (
    repositoryId: number,
    key = 'default-branch',
    page: { before?: number; limit?: number } = {},
    on: Queryable = database,
  ): Promise<PastVerdict[]> =>
    on.query<PastVerdict>(
      `select id, verdict from verdicts where repository_id = $1 and ref_key = $2 and id < $3
       order by id desc limit $4`,
      [repositoryId, key, page.before ?? Number.MAX_SAFE_INTEGER, page.limit ?? 50],
    ),
})
