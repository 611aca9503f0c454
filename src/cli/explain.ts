import { stat } from 'node:fs/promises'
import { builtInControls } from '../controls/index.ts'
import { evaluate } from '../policy/evaluate.ts'
import { type Explanation, explain } from '../policy/explain.ts'
import { hint } from '../policy/nearest.ts'
import type { Policy } from '../policy/policy.ts'
import { policyReads } from '../policy/reads.ts'
import { policyValid } from '../policy/reserved.ts'
import type { Verdict } from '../policy/verdict.ts'
import { programVersion } from '../program-version.ts'
import { evidenceOf, replay } from '../replay.ts'
import { snapshotFromDirectory } from '../snapshot/from-directory.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import { standingSince } from '../store/standing.ts'
import type { Store } from '../store/store.ts'
import type { StoredVerdict } from '../store/verdicts.ts'
import { type GivenOptions, given, type Output, policyOf } from './check.ts'
import { explanationText, replayText, type StoredAt } from './explanation-text.ts'
import { type DatabaseOptions, withStore } from './open-database.ts'
import { UsageError } from './usage-error.ts'

export interface ExplainOptions extends DatabaseOptions, GivenOptions {
  /** Of a directory: the policy to judge it by. */
  policy?: string
  /** The first digits of a commit. */
  at?: string
  /** ISO date: the verdict that held at its end. */
  on?: string
  format: 'text' | 'json'
  replay: boolean
}

const ofDirectories = ['policy', 'name', 'topic', 'property', 'visibility'] as const

type Told = Output & { now: Date }

/** Says why a repository's verdict is what it is, from what the service stored or, offline, of a directory. */
export async function explainRepository(
  repository: string,
  control: string | undefined,
  options: ExplainOptions,
  output: Told,
): Promise<0 | 1 | 2> {
  if (options.on !== undefined && !isDate(options.on))
    throw new UsageError(`--on ${options.on} is no date. Expected one as 2026-11-22.`)
  const [ofDirectory] = ofDirectories.filter(option => options[option] !== undefined)
  if (ofDirectory && (options.databaseUrl || options.dataDir))
    throw new UsageError(
      `--${ofDirectory} is for a directory: a stored verdict is explained by the policy and the facts that decided it.`,
    )
  if (options.databaseUrl || options.dataDir)
    return withStore(options, store => explainStored(store, repository, control, options, output))
  if (!(await isDirectory(repository)))
    throw new UsageError(
      `${repository} is no directory here. Give one, or ask for a repository of the service with --database-url (as its DATABASE_URL) or --data-dir (as its DATA_DIR).`,
    )
  const [only] = (['replay', 'at', 'on'] as const).filter(option => options[option])
  if (only) throw new UsageError(`--${only} is for a stored verdict: give --database-url or --data-dir, too.`)
  return explainDirectory(repository, control, options, output)
}

async function explainDirectory(
  directory: string,
  control: string | undefined,
  options: ExplainOptions,
  { write, warn, now }: Told,
): Promise<0 | 2> {
  const policy = await policyOf(options.policy, warn)
  if (!policy) return 2
  const snapshot = await snapshotFromDirectory(directory, policyReads(policy), now, given(options))
  const verdict = evaluate(snapshot, policy, now)
  show(explainedBy(explain(snapshot, policy, verdict, control), control, policy), {}, options, { write, now })
  return 0
}

async function explainStored(
  store: Store,
  name: string,
  control: string | undefined,
  options: ExplainOptions,
  { write, now }: Told,
): Promise<0 | 1> {
  const repository = await repositoryNamed(store, name)
  const stored = await storedVerdict(store, repository, options)
  const evidence = await evidenceOf(stored, store, builtInControls)
  const at = `The verdict on ${fullName(repository)} at ${stored.verdict.sha.slice(0, 7)} of ${stored.verdict.decidedAt}`
  if ('why' in evidence)
    throw new UsageError(
      `${at} was ${stored.verdict.conclusion} and can't be explained any more. ${evidence.why}`,
    )
  if (options.replay) {
    const differences = replay(stored, evidence)
    write(replayText(at, differences, { by: stored.program, now: programVersion }))
    return differences.length === 0 ? 0 : 1
  }
  const { snapshot, policy } = evidence
  const explanation = explainedBy(explain(snapshot, policy, stored.verdict, control), control, policy)
  const { confirmedAt, program } = stored
  const since = await standingSince(store.database, stored.id)
  const isNewest = options.at === undefined && options.on === undefined
  const outdated = isNewest ? await outdatedBy(store, snapshot, stored.verdict) : undefined
  show(explanation, { confirmedAt, program, since, outdated }, options, { write, now })
  return 0
}

/** What is in force instead of the policy that decided; absent when that is still in force. */
async function outdatedBy(
  store: Store,
  { repository }: Snapshot,
  { policy, controls }: Verdict,
): Promise<string | undefined> {
  const inForce = await store.policies.inForce(repository.ownerId)
  const isPolicyRepository = controls.some(({ id }) => id === policyValid)
  const version = inForce?.files.length ? inForce.version : isPolicyRepository ? 'built-in' : 'none'
  return version === policy ? undefined : version
}

const show = (
  explanation: Explanation,
  stored: Omit<StoredAt, 'now'>,
  { format }: ExplainOptions,
  { write, now }: Pick<Told, 'write' | 'now'>,
): void => {
  if (format === 'json')
    write(
      `${JSON.stringify({ ...explanation, ...stored, ...(stored.since ? { since: Object.fromEntries(stored.since) } : {}) }, undefined, 2)}\n`,
    )
  else write(explanationText(explanation, { ...stored, now }))
}

const explainedBy = (
  explanation: Explanation,
  control: string | undefined,
  { controls }: Policy,
): Explanation => {
  if (control === undefined || explanation.controls.length > 0) return explanation
  throw new UsageError(
    `There is no control ${control}${hint(control, [...controls.keys()])}. golden-path controls lists them.`,
  )
}

async function repositoryNamed(store: Store, text: string): Promise<Repository> {
  const [name = '', owner] = text.split('/').reverse()
  const found = await store.repositories.withName(name, owner)
  const present = found.filter(repository => repository.goneAt === undefined)
  const [first, ...others] = present.length > 0 ? present : found
  if (!first)
    throw new UsageError(
      `The service knows no repository ${text}. Expected OWNER/NAME, or NAME, of one that the app is installed on.`,
    )
  if (others.length > 0 && present.length > 0)
    throw new UsageError(`Which one? ${present.map(fullName).join(', ')} have that name.`)
  return first
}

const fullName = ({ owner, name }: Repository): string => `${owner}/${name}`

async function storedVerdict(
  store: Store,
  repository: Repository,
  { at, on }: Pick<ExplainOptions, 'at' | 'on'>,
): Promise<StoredVerdict> {
  if (at !== undefined && !/^[0-9a-f]{4,40}$/.test(at))
    throw new UsageError(`--at ${at} is no commit. Expected the first digits of one, at least 4.`)
  const stored = await store.verdicts.stored(repository.id, {
    ...(at === undefined ? {} : { commit: at }),
    ...(on === undefined ? {} : { before: endOf(on) }),
  })
  if (stored) return stored
  const what =
    at === undefined
      ? `The default branch of ${fullName(repository)} was not judged`
      : `No commit of ${fullName(repository)} that begins with ${at} was judged`
  const until = on === undefined ? '' : ` by the end of ${on}`
  const hint =
    at === undefined && on === undefined ? ': no policy has been in force when it was looked at' : ''
  throw new UsageError(`${what}${until}${hint}.`)
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

const endOf = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString()

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false
