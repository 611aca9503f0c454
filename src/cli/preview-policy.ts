import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { builtInControls } from '../controls/index.ts'
import { parsePolicy } from '../policy/parse.ts'
import type { Policy, PolicyFile, ReadPlan } from '../policy/policy.ts'
import { mainPolicyFile } from '../policy/policy-valid.ts'
import type { RepositoryChange } from '../policy/preview.ts'
import { newlyFailing, type Preview } from '../policy/preview-summary.ts'
import { policyReads } from '../policy/reads.ts'
import { withPolicyFiles } from '../policy/with-policy-files.ts'
import { proposalOf } from '../policy-book.ts'
import { type Pages, previewStored, storedPages } from '../preview-stored.ts'
import { snapshotFromDirectory } from '../snapshot/from-directory.ts'
import type { Store } from '../store/store.ts'
import type { Output } from './check.ts'
import { type DatabaseOptions, withStore } from './open-database.ts'
import { plainLine } from './plain-line.ts'
import { readPolicy, versionOf } from './policy-files.ts'
import { previewJson, type RepositoryJson, repositoryJson } from './preview-json.ts'
import { previewText } from './preview-text.ts'
import { UsageError } from './usage-error.ts'

export interface PreviewOptions extends DatabaseOptions {
  from?: string
  to: string
  checkouts?: string
  account?: string
  policyRepository: string
  format: 'text' | 'json'
}

interface Given {
  policy?: Policy
  /** Under the paths they have in the policy repository. */
  files: PolicyFile[]
}

/** Says what a policy would change, from what the service stored or for a folder of working copies. 1: more newly fail than it allows. */
export async function previewPolicy(
  options: PreviewOptions,
  output: Output & { now: Date },
): Promise<0 | 1 | 2> {
  const to = await policyFrom(options.to, output.warn)
  const from = options.from === undefined ? { files: [] } : await policyFrom(options.from, output.warn)
  if (!to || !from) return 2
  return options.checkouts === undefined
    ? withStore(options, store => previewDatabase(store, from, to, options, output))
    : previewCheckouts(options.checkouts, from, to, options, output)
}

async function previewDatabase(
  store: Store,
  from: Given,
  to: Given,
  options: PreviewOptions,
  output: Output & { now: Date },
): Promise<0 | 1 | 2> {
  const owner = await ownerOf(store, options.account)
  const before = options.from === undefined ? await inForce(store, owner.id) : from.policy
  const ids = await store.repositories.idsOf(owner.id)
  return show({ pages: storedPages(store, ids), known: ids.length }, before, to, options, output)
}

async function previewCheckouts(
  directory: string,
  from: Given,
  to: Given,
  options: PreviewOptions,
  output: Output & { now: Date },
): Promise<0 | 1 | 2> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => undefined)
  if (!found)
    throw new UsageError(`There is no directory ${directory}. Expected one that holds working copies.`)
  const names = found.filter(entry => entry.isDirectory()).map(({ name }) => name)
  const plan = together([from, to].flatMap(({ policy }) => (policy ? [policyReads(policy)] : [])))
  async function* pages(): Pages {
    for (const name of names.sort())
      yield [await snapshotFromDirectory(join(directory, name), plan, output.now, { name })]
  }
  return show({ pages: pages(), known: names.length }, from.policy, to, options, output)
}

async function show(
  { pages, known }: { pages: Pages; known: number },
  before: Policy | undefined,
  to: Given,
  options: PreviewOptions,
  { write, now }: Output & { now: Date },
): Promise<0 | 1> {
  const isPolicyRepository = (name: string): boolean =>
    name.toLowerCase() === options.policyRepository.toLowerCase()
  const proposal = proposalOf(before, to.policy, { library: builtInControls, isPolicyRepository })
  const repositories: RepositoryJson[] = []
  const preview = await previewStored(pages, known, {
    subjectOf: stored =>
      proposal.subjectOf(
        stored,
        isPolicyRepository(stored.repository.name) ? withPolicyFiles(stored, to.files) : stored,
      ),
    after: to.policy,
    now,
    ...(options.format === 'json'
      ? { onChange: (change: RepositoryChange) => repositories.push(repositoryJson(change)) }
      : {}),
  })
  if (options.format === 'json')
    write(`${JSON.stringify(previewJson(preview, to.policy, repositories), undefined, 2)}\n`)
  else write(previewText(preview, to.policy, now))
  return isOverLimit(preview, to.policy) ? 1 : 0
}

const isOverLimit = (preview: Preview, policy: Policy | undefined): boolean =>
  policy?.preview.failAbove !== undefined && newlyFailing(preview) > policy.preview.failAbove

async function policyFrom(path: string, warn: Output['warn']): Promise<Given | undefined> {
  const files = await readPolicy(path)
  const parsed = parsePolicy(files, { version: versionOf(files), library: builtInControls })
  if (parsed.ok) return { policy: parsed.policy, files: files.map(asInRepository) }
  for (const { path: at, line, column, message } of parsed.problems)
    warn(`${plainLine(at)}:${line}:${column}: ${plainLine(message)}\n`)
  return undefined
}

const asInRepository = ({ path, text }: PolicyFile, index: number): PolicyFile => ({
  path: index === 0 ? mainPolicyFile : `golden-path/${basename(path)}`,
  text,
})

async function inForce(store: Store, ownerId: number): Promise<Policy | undefined> {
  const stored = await store.policies.inForce(ownerId)
  if (!stored || stored.files.length === 0) return undefined
  const parsed = parsePolicy(stored.files, { version: stored.version, library: builtInControls })
  if (parsed.ok) return parsed.policy
  throw new UsageError(
    `The policy in force, of ${stored.version}, no longer parses with this version of golden-path. Give the old one with --from.`,
  )
}

async function ownerOf(store: Store, account: string | undefined): Promise<{ id: number; name: string }> {
  const owners = await store.repositories.owners()
  const names = owners.map(({ name }) => plainLine(name)).join(', ')
  const found = account
    ? owners.find(({ name }) => name.toLowerCase() === account.toLowerCase())
    : owners.length === 1
      ? owners[0]
      : undefined
  if (found) return found
  if (owners.length === 0)
    throw new UsageError('The database holds no repository yet: there is nothing to preview for.')
  throw new UsageError(
    account
      ? `There is no account ${account}. Expected one of ${names}.`
      : `Whose? Give --account, one of ${names}.`,
  )
}

const together = (plans: readonly ReadPlan[]): ReadPlan => ({
  files: [...new Set(plans.flatMap(({ files }) => files))],
  facts: [...new Set(plans.flatMap(({ facts }) => facts))],
  entities: true,
  ...(plans.some(({ tree }) => tree) ? { tree: true } : {}),
})
