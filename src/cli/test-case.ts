import { resolve } from 'node:path'
import type { Outcome } from '../controls/control.ts'
import type { CaseShape, TestCase } from '../policy/case-file.ts'
import { shiftDays } from '../policy/days.ts'
import { judgeOf } from '../policy/judge.ts'
import type { Policy } from '../policy/policy.ts'
import { readsOf } from '../policy/reads.ts'
import { type Given, snapshotFromDirectory } from '../snapshot/from-directory.ts'
import { snapshotFromFiles } from '../snapshot/from-files.ts'
import { type Fact, known, type Metadata, type RepositoryFacts, type Snapshot } from '../snapshot/snapshot.ts'

/** What a control says of the repository that a case tells. */
export const outcomeOfCase = async (
  { control, case: given }: TestCase,
  directory: string,
  policy: Policy,
  now: Date,
): Promise<Outcome> => {
  const today = given.today ?? now.toISOString().slice(0, 10)
  const snapshot = await snapshotOf(given, directory, policy, now, today)
  const parameters = given.parameters ?? {}
  const judge = judgeOf(policy, snapshot, today, new Set([control.id]), () => ({}))
  return judge(control.id, parameters)
}

const snapshotOf = async (
  given: CaseShape,
  directory: string,
  policy: Policy,
  now: Date,
  today: string,
): Promise<Snapshot> => {
  const facts = factsOf(given, today)
  const name = given.repository?.name ?? 'repository'
  if (given.directory === undefined) {
    const accounts = given.accounts?.map(each => each.toLowerCase())
    const files = given.files ?? {}
    return snapshotFromFiles({ name, files, facts, ...(accounts ? { accounts } : {}) }, now)
  }
  const told: Given = { name, ...(given.topics ? { topics: given.topics } : {}) }
  // A control may ask another one, so whatever any of them reads is read.
  const reads = readsOf([...policy.controls.values()])
  const snapshot = await snapshotFromDirectory(resolve(directory, given.directory), reads, now, told)
  const accounts = Object.entries(snapshot.accounts).map(([account, fact]) => [
    account,
    given.accounts
      ? known({ exists: given.accounts.some(each => each.toLowerCase() === account) }, 'told')
      : fact,
  ])
  return { ...snapshot, facts: { ...snapshot.facts, ...facts }, accounts: Object.fromEntries(accounts) }
}

/** What the case tells is known; whatever else stays unknown. */
const factsOf = (given: CaseShape, today: string): Partial<RepositoryFacts> => {
  const { topics, properties, languages, protection, alerts, environments } = given
  return {
    metadata: told(metadataOf(given.repository ?? {})),
    ...(topics ? { topics: told(topics) } : {}),
    ...(properties ? { properties: told(properties) } : {}),
    ...(languages ? { languages: told(languages) } : {}),
    ...(protection
      ? { protection: told({ ...unprotected, ...withoutAbsent(protection), ...checks(protection) }) }
      : {}),
    ...(alerts
      ? { vulnerabilityAlerts: told(alerts.map((alert, index) => alertOf(alert, index, today))) }
      : {}),
    ...(environments
      ? {
          environments: told(
            environments.map(each => ({ ...environment, ...withoutAbsent(each), name: each.name })),
          ),
        }
      : {}),
    ...Object.fromEntries(Object.entries(given.facts ?? {}).map(([name, value]) => [name, told(value)])),
  }
}

const told = <T>(value: T): Fact<T> => known(value, 'told')

/** Without the keys that the schema left undefined. */
const withoutAbsent = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

const metadataOf = (given: NonNullable<CaseShape['repository']>): Metadata => ({
  untold: [
    ...(given.visibility ? [] : (['visibility'] as const)),
    ...(given.language === undefined ? (['primaryLanguage'] as const) : []),
  ],
  visibility: given.visibility ?? 'private',
  isArchived: given.archived ?? false,
  isFork: given.fork ?? false,
  isTemplate: given.template ?? false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: given.description ?? '',
  defaultBranch: 'main',
  ...(given.language === undefined ? {} : { primaryLanguage: given.language }),
  ...(given.licence === undefined ? {} : { licence: given.licence }),
  ...(given.createdAt === undefined ? {} : { createdAt: given.createdAt }),
})

const unprotected = {
  requiresPullRequest: false,
  requiredApprovals: 0,
  requiresCodeOwnerReview: false,
  blocksForcePush: false,
  blocksDeletion: false,
  requiredChecks: [],
  dismissesStaleReviews: false,
  requiresLastPushApproval: false,
  bypass: [],
  sources: ['the case'],
}

const checks = ({ requiredChecks }: NonNullable<CaseShape['protection']>) => ({
  requiredChecks: (requiredChecks ?? []).map(context => ({ context })),
})

const environment = { requiredReviewers: 0, preventsSelfReview: false, branches: 'all' as const }

const alertOf = (
  { severity, package: name, ageDays }: NonNullable<CaseShape['alerts']>[number],
  index: number,
  today: string,
) => ({ number: index + 1, severity, package: name, createdAt: shiftDays(today, -ageDays) })
