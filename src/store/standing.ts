import type { Queryable } from './database.ts'

/** How a repository's default branch stood to a control when it was last judged. */
export interface Standing {
  repository: string
  control: string
  status: string
  level: string
}

/** Of the repositories with these ids, to the controls with these ids. One that was never judged, or not by it, is left out. */
export const readStanding = (
  database: Queryable,
  repositoryIds: readonly number[],
  controls: readonly string[],
): Promise<Standing[]> =>
  database.query<Standing>(
    `select repositories.name as repository, control.id as control, control.status, control.level
     from repositories
     cross join lateral (
       select standing from verdicts
       where repository_id = repositories.id and ref_key = 'default-branch' order by id desc limit 1
     ) as newest
     cross join lateral jsonb_to_recordset(newest.standing) as control(id text, status text, level text)
     where repositories.id = any($1::bigint[]) and control.id = any($2::text[])
     order by repositories.id, 2`,
    [repositoryIds, controls],
  )

/** Since when each control of a verdict has had the status that it has there, by id. ISO 8601. */
export const standingSince = async (database: Queryable, verdictId: number): Promise<Map<string, string>> => {
  const rows = await database.query<{ control: string; since: Date }>(
    `select control.id as control, (
       select min(past.decided_at) from verdicts as past
       where past.repository_id = judged.repository_id and past.ref_key = judged.ref_key and past.id <= judged.id
         and past.id > coalesce((
           select other.id from verdicts as other
           where other.repository_id = judged.repository_id and other.ref_key = judged.ref_key
             and other.id < judged.id
             and not other.standing @> jsonb_build_array(jsonb_build_object('id', control.id, 'status', control.status))
           order by other.id desc limit 1
         ), 0)
     ) as since
     from verdicts as judged
     cross join lateral jsonb_to_recordset(judged.standing) as control(id text, status text)
     where judged.id = $1`,
    [verdictId],
  )
  return new Map(rows.map(({ control, since }) => [control, since.toISOString()]))
}
