import type { AssessJob } from '../intake/job.ts'
import type { Queryable } from './database.ts'
import { deadLetterQueueName, queueName } from './queue-names.ts'

/** A look that was asked for and has not come: a pull request, a merge group or a re-run waits for its check run. */
export interface WaitingLook {
  key: string
  installationId: number
  repositoryId: number
  sha: string
  /** When this commit was first asked for. ISO 8601. */
  since: string
  /** It failed at its last try, and nobody tries again unasked. */
  isDead: boolean
  /** Tries that failed. */
  tries: number
  /** Message of the last error; absent where none was made. */
  error?: string
}

interface Row {
  key: string
  job: AssessJob
  installation_id: number
  since: Date
  dead_tries: number | null
  dead_error: string | null
  tries: number | null
  error: string | null
}

/** Where nobody waits for a check run, only what ended in a dead letter counts: a sweep of thousands may take its time. */
const isWaitedFor = `(newest.job->'target'->>'kind' <> 'default-branch' or newest.job->'reason'->>'why' = 're-run'
  or letter.singleton_key is not null)`

export interface WaitingOptions {
  /** Absent: whenever it was asked for. */
  before?: Date
  only?: { repositoryId: number; sha: string }
  /** Also those whose check run says so already. */
  evenTold?: boolean
  limit?: number
}

/**
 * Those asked for before a time, the oldest first. Of each key the newest event counts, as the look itself does: nobody waits
 * for the commit before. Left out is a commit whose check run says so already.
 */
export const waitingLooks = async (
  database: Queryable,
  { before, only, evenTold = false, limit = 100 }: WaitingOptions,
): Promise<WaitingLook[]> => {
  const rows = await database.query<Row>(
    `with newest as (
       select distinct on (key) key, job, installation_id,
         coalesce(job->'target'->>'sha', job->'reason'->>'after') as sha
       from job_reasons where kind = 'assess' and settled_at is null order by key, id desc
     ), asked as (
       select newest.*, (select min(created_at) from job_reasons
         where job_reasons.key = newest.key and settled_at is null
           and coalesce(job_reasons.job->'target'->>'sha', job_reasons.job->'reason'->>'after') = newest.sha) as since
       from newest where sha is not null and sha !~ '^0+$'
     ), letters as (
       select distinct on (singleton_key) singleton_key, coalesce(source_retry_count, 0) + 1 as tries,
         source_output->>'message' as error
       from pgboss.job where name = $2 and state < 'active' order by singleton_key, created_on desc
     )
     select newest.key, newest.job, newest.installation_id, newest.since,
       letter.tries as dead_tries, letter.error as dead_error, run.retry_count as tries, run.output->>'message' as error
     from asked as newest
     left join letters as letter on letter.singleton_key = newest.key
     left join lateral (select retry_count, output from pgboss.job
       where name = $1 and singleton_key = newest.key and state <= 'active' order by created_on desc limit 1) as run on true
     left join published on published.repository_id = (newest.job->>'repositoryId')::bigint
       and published.key = 'check-run:' || newest.sha and published.state = 'done'
     where ($3::timestamptz is null or newest.since <= $3) and ${isWaitedFor}
       and ($7 or published.detail->>'givenUp' is null or (published.detail->>'givenUp')::timestamptz < newest.since)
       and ($4::bigint is null or (newest.job->>'repositoryId')::bigint = $4::bigint and newest.sha = $5)
     order by newest.since limit $6`,
    [
      queueName,
      deadLetterQueueName,
      before ?? null,
      only?.repositoryId ?? null,
      only?.sha ?? null,
      limit,
      evenTold,
    ],
  )
  return rows.map(row => {
    const isDead = row.dead_tries !== null && row.tries === null
    const error = (isDead ? row.dead_error : row.error) ?? undefined
    return {
      key: row.key,
      installationId: row.installation_id,
      repositoryId: row.job.repositoryId,
      sha: 'sha' in row.job.target ? row.job.target.sha : (row.job.reason.after ?? ''),
      since: row.since.toISOString(),
      isDead,
      tries: (isDead ? row.dead_tries : row.tries) ?? 0,
      ...(error === undefined ? {} : { error }),
    }
  })
}
