import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import type { Queryable } from './database.ts'
import { toJson } from './json.ts'
import { refKey } from './ref-key.ts'

/** What SQL looks for: who holds an entity, and what a template made. */
const queried = ({ ref, template }: EntityDocument) => ({
  ...(ref === undefined ? {} : { ref }),
  ...(template ? { template: { ref: template.ref, version: template.version } } : {}),
})

/** Each is kept as the text of its JSON: what is read is what was written. */
export const snapshots = (database: Queryable) => ({
  /** Replaces the one of the same repository and target, unless that was taken later: a slow look changes nothing. */
  put: async (snapshot: Snapshot, on: Queryable = database): Promise<void> => {
    await on.query(
      `insert into snapshots (repository_id, ref_key, sha, taken_at, snapshot, entities, names_owners)
       values ($1, $2, $3, $4, $5::text::json, $6::text::jsonb, $7)
       on conflict (repository_id, ref_key) do update
       set sha = excluded.sha, taken_at = excluded.taken_at, snapshot = excluded.snapshot,
         entities = excluded.entities, names_owners = excluded.names_owners
       where excluded.taken_at >= snapshots.taken_at`,
      [
        snapshot.repository.id,
        refKey(snapshot.target),
        snapshot.target.sha,
        snapshot.takenAt,
        JSON.stringify(snapshot),
        toJson(snapshot.target.kind === 'default-branch' ? snapshot.entities.map(queried) : []),
        Object.keys(snapshot.accounts).length > 0,
      ],
    )
  },
  /** `key` as `refKey()` makes it. Look at its `version` before use: an old one is to be retaken. */
  latest: async (
    repositoryId: number,
    key = 'default-branch',
    on: Queryable = database,
  ): Promise<Snapshot | undefined> => {
    const [row] = await on.query<{ snapshot: Snapshot }>(
      'select snapshot from snapshots where repository_id = $1 and ref_key = $2',
      [repositoryId, key],
    )
    return row?.snapshot
  },
  /** The newest one of a commit, whichever target it was taken for. */
  atCommit: async (
    repositoryId: number,
    sha: string,
    on: Queryable = database,
  ): Promise<Snapshot | undefined> => {
    const [row] = await on.query<{ snapshot: Snapshot }>(
      'select snapshot from snapshots where repository_id = $1 and sha = $2 order by taken_at desc limit 1',
      [repositoryId, sha],
    )
    return row?.snapshot
  },
  /**
   * Of other targets that the commit is the head of, as last looked at: at most 20, those that failed first. Whoever opens as
   * many pull requests of one commit must not crowd out the one that it fails.
   */
  othersAtCommit: async (
    repositoryId: number,
    { sha, key }: { sha: string; key: string },
    on: Queryable = database,
  ): Promise<Snapshot[]> =>
    (
      await on.query<{ snapshot: Snapshot }>(
        `select snapshot from snapshots left join lateral (
           select conclusion from verdicts where verdicts.repository_id = snapshots.repository_id
             and verdicts.ref_key = snapshots.ref_key order by id desc limit 1
         ) as last on true
         where repository_id = $1 and sha = $2 and ref_key <> $3
         order by last.conclusion = 'failure' desc nulls first, ref_key limit 20`,
        [repositoryId, sha, key],
      )
    ).map(row => row.snapshot),
  /** Latest of default branches, by repository id; fewer than ids where there is none. */
  ofRepositories: async (ids: readonly number[], on: Queryable = database): Promise<Snapshot[]> =>
    (
      await on.query<{ snapshot: Snapshot }>(
        `select snapshot from snapshots
         where repository_id = any($1::bigint[]) and ref_key = 'default-branch' order by repository_id`,
        [ids],
      )
    ).map(row => row.snapshot),
  /** How many of these repositories have been looked at, in whatever version. */
  lookedAt: async (ids: readonly number[], on: Queryable = database): Promise<number> => {
    const [row] = await on.query<{ count: number }>(
      `select count(*)::int as count from snapshots
       where repository_id = any($1::bigint[]) and ref_key = 'default-branch'`,
      [ids],
    )
    return row?.count ?? 0
  },
  /** The entities of that ref on default branches of this owner, by repository id: more than one when two claim it. */
  entities: async (
    ownerId: number,
    ref: string,
    on: Queryable = database,
  ): Promise<{ id: number; repository: string; url: string; entity: EntityDocument }[]> =>
    (
      await on.query<{ repository: string; snapshot: Snapshot }>(
        `select repositories.name as repository, snapshot
         from snapshots join repositories on repositories.id = snapshots.repository_id
         where owner_id = $1 and ref_key = 'default-branch' and gone_at is null and entities @> $2::text::jsonb
         order by repositories.id`,
        [ownerId, toJson([{ ref }])],
      )
    ).flatMap(({ repository, snapshot }) =>
      snapshot.entities
        .filter(entity => entity.ref === ref)
        .map(entity => ({ id: snapshot.repository.id, repository, url: snapshot.repository.url, entity })),
    ),
  /** Repositories of this owner with an entity that the template made. */
  madeFrom: async (
    ownerId: number,
    templateRef: string,
    on: Queryable = database,
  ): Promise<{ id: number; installationId: number }[]> =>
    on.query<{ id: number; installationId: number }>(
      `select repositories.id, installation_id as "installationId"
       from snapshots join repositories on repositories.id = snapshots.repository_id
       where owner_id = $1 and ref_key = 'default-branch' and gone_at is null
         and entities @> $2::text::jsonb
       order by repositories.id`,
      [ownerId, toJson([{ template: { ref: templateRef } }])],
    ),
  /** Repositories of this owner whose files name an owner. */
  namingOwners: async (
    ownerId: number,
    on: Queryable = database,
  ): Promise<{ id: number; installationId: number }[]> =>
    on.query<{ id: number; installationId: number }>(
      `select repositories.id, installation_id as "installationId"
       from snapshots join repositories on repositories.id = snapshots.repository_id
       where owner_id = $1 and ref_key = 'default-branch' and gone_at is null and names_owners
       order by repositories.id`,
      [ownerId],
    ),
  /** Of pull requests and merge groups that nobody looked at for so many days. */
  prune: async (olderThanDays: number, on: Queryable = database): Promise<void> => {
    await on.query(
      `delete from snapshots where ref_key <> 'default-branch' and taken_at < now() - $1 * interval '1 day'`,
      [olderThanDays],
    )
  },
  forget: async (repositoryId: number, on: Queryable = database): Promise<void> => {
    await on.query('delete from snapshots where repository_id = $1', [repositoryId])
  },
})
