import type { TemplateContract } from '../snapshot/snapshot.ts'
import { isSameContract, type OwnContract } from '../snapshot/templates/templates.ts'
import type { Queryable } from './database.ts'

/** Older ones are forgotten; a service that came from one is told that it was never seen. */
const mostContracts = 100

/** What templates asked for and made, as their repositories said it one after the other. */
export const templates = (database: Queryable) => ({
  /** Keeps what a look saw, where it differs from what was kept last. Answers whether it does. */
  keep: async (
    repositoryId: number,
    { ref, contract, rendered }: OwnContract,
    on: Queryable = database,
  ): Promise<boolean> => {
    const [newest] = await newestOf(repositoryId, ref, 1, on)
    // To ask for nothing is news only where something was asked for.
    if (!newest && contract.requires.length === 0) return false
    // A slow look changes nothing.
    if (newest && newest.since > contract.since) return false
    // What could not be rendered this time has not changed for that.
    const seen: TemplateContract =
      rendered || !newest
        ? contract
        : { ...contract, files: newest.files, ...(newest.example ? { example: newest.example } : {}) }
    if (newest && isSameContract(newest, seen)) {
      if (newest.reads?.join() !== seen.reads?.join()) await replaceNewest(repositoryId, ref, seen, on)
      return false
    }
    await on.query(
      'insert into template_contracts (repository_id, ref, version, since, contract) values ($1, $2, $3, $4, $5::text::json)',
      [repositoryId, ref, seen.version ?? null, seen.since, JSON.stringify(seen)],
    )
    await on.query(
      `delete from template_contracts where repository_id = $1 and ref = $2 and id not in
         (select id from template_contracts where repository_id = $1 and ref = $2 order by id desc limit $3)`,
      [repositoryId, ref, mostContracts],
    )
    return true
  },
  /** The newest, the one before it, and the last of each version that is named; the newest first. */
  contracts: async (
    repositoryId: number,
    ref: string,
    versions: readonly string[],
    on: Queryable = database,
  ): Promise<TemplateContract[]> => {
    const found = await newestOf(repositoryId, ref, 2, on)
    const named = await on.query<{ contract: TemplateContract }>(
      `select distinct on (version) contract from template_contracts
       where repository_id = $1 and ref = $2 and version = any($3) order by version, id desc`,
      [repositoryId, ref, [...versions]],
    )
    const older = named
      .map(row => row.contract)
      .filter(contract => !found.some(each => isSameContract(each, contract)))
    return [...found, ...older]
  },
  /**
   * Until the end of the transaction nobody else is past this point with one of these names: of a template and a service of it,
   * each sees the other's snapshot or is seen by it.
   */
  oneAfterTheOther: async (refs: readonly string[], tx: Queryable): Promise<void> => {
    // In one order, or two that cross would wait for each other.
    for (const ref of [...new Set(refs)].sort())
      await tx.query("select pg_advisory_xact_lock(hashtextextended('template ' || $1, 0))", [ref])
  },
  forget: async (repositoryId: number, on: Queryable = database): Promise<void> => {
    await on.query('delete from template_contracts where repository_id = $1', [repositoryId])
  },
})

/** The same template, of which more is read now, or less. */
const replaceNewest = async (
  repositoryId: number,
  ref: string,
  contract: TemplateContract,
  on: Queryable,
): Promise<void> => {
  await on.query(
    `update template_contracts set since = $3, contract = $4::text::json where id =
       (select id from template_contracts where repository_id = $1 and ref = $2 order by id desc limit 1)`,
    [repositoryId, ref, contract.since, JSON.stringify(contract)],
  )
}

const newestOf = async (
  repositoryId: number,
  ref: string,
  limit: number,
  on: Queryable,
): Promise<TemplateContract[]> =>
  (
    await on.query<{ contract: TemplateContract }>(
      'select contract from template_contracts where repository_id = $1 and ref = $2 order by id desc limit $3',
      [repositoryId, ref, limit],
    )
  ).map(row => row.contract)
