import { ageInDays } from '../controls/support/age.ts'
import {
  type Fact,
  type FactName,
  file,
  isUnreadable,
  known,
  type Metadata,
  type Snapshot,
  unknown,
} from '../snapshot/snapshot.ts'
import { celValue } from './cel-value.ts'

/** What an expression may say of a repository beside its files: GitHub's facts, as CEL values. */

interface FactVariable {
  type: string
  /** What must be read for it. */
  reads: readonly FactName[]
  /** The names that may follow its dot; absent where any may. */
  fields?: readonly string[]
}

const repositoryFields = [
  'name',
  'visibility',
  'archived',
  'fork',
  'template',
  'description',
  'createdAt',
  'language',
  'licence',
] as const

type RepositoryField = (typeof repositoryFields)[number]

const protectionFields = [
  'requiresPullRequest',
  'requiredApprovals',
  'requiresCodeOwnerReview',
  'blocksForcePush',
  'blocksDeletion',
  'requiredChecks',
  'dismissesStaleReviews',
  'requiresLastPushApproval',
  'sources',
]

export const factVariables: Readonly<Record<string, FactVariable>> = {
  repository: { type: 'dyn', reads: ['metadata'], fields: repositoryFields },
  topics: { type: 'list<string>', reads: ['topics'] },
  languages: { type: 'map<string, int>', reads: ['languages'] },
  properties: { type: 'map<string, dyn>', reads: ['properties'] },
  protection: { type: 'dyn', reads: ['protection'], fields: protectionFields },
  alerts: { type: 'list', reads: ['vulnerabilityAlerts'] },
  environments: { type: 'list', reads: ['environments'] },
  // Known with every snapshot.
  entities: { type: 'list', reads: [] },
}

/** A variable that an expression uses; with the field of it, where it has fields that are known one by one. */
export interface FactUse {
  variable: string
  /** Absent: all of it. */
  field?: string
}

export const readsOfFact = ({ variable, field }: FactUse): readonly FactName[] =>
  variable === 'repository' && field === 'name' ? [] : (factVariables[variable]?.reads ?? [])

/** Whether what it stands for grows older without anybody doing anything. */
export const dependsOnDay = ({ variable }: FactUse): boolean => variable === 'alerts'

/** The values of one snapshot, each made when it is first asked for. */
export interface FactValues {
  value: (variable: string) => Fact<unknown>
  /** Why what is used is not known; `undefined` when all of it is. */
  open: (uses: readonly FactUse[]) => string | undefined
}

export const factValues = (snapshot: Snapshot, today: string): FactValues => {
  const made = new Map<string, Fact<unknown>>()
  const value = (variable: string): Fact<unknown> => {
    const before = made.get(variable)
    if (before) return before
    const fact = factOf(variable, snapshot, today)
    made.set(variable, fact)
    return fact
  }
  const open = (uses: readonly FactUse[]): string | undefined => {
    for (const { variable, field } of uses) {
      const detail = variable === 'repository' ? openField(snapshot, field) : detailOf(value(variable))
      if (detail !== undefined) return detail
    }
    return undefined
  }
  return { value, open }
}

const detailOf = (fact: Fact<unknown>): string | undefined => (fact.known ? undefined : fact.detail)

const factOf = (variable: string, snapshot: Snapshot, today: string): Fact<unknown> => {
  const { facts } = snapshot
  if (variable === 'repository') return known(repositoryOf(snapshot), 'snapshot')
  if (variable === 'topics') return as(facts.topics, topics => topics)
  if (variable === 'languages') return as(facts.languages, celValue)
  if (variable === 'properties') return as(facts.properties, properties => properties)
  if (variable === 'protection') return as(facts.protection, celValue)
  if (variable === 'environments') return as(facts.environments, celValue)
  if (variable === 'entities') return entitiesOf(snapshot)
  if (variable === 'alerts')
    return as(facts.vulnerabilityAlerts, alerts =>
      alerts.map(({ severity, package: name, createdAt }) => {
        const age = ageInDays(createdAt, today)
        return { severity, package: name, ...(age === undefined ? {} : { ageDays: BigInt(age) }) }
      }),
    )
  return unknown('not-configured', `There is no fact ${variable}`)
}

const as = <T>(fact: Fact<T>, make: (value: T) => unknown): Fact<unknown> =>
  fact.known ? { ...fact, value: make(fact.value) } : fact

const repositoryOf = ({ repository, facts }: Snapshot): Record<RepositoryField, unknown> => {
  const metadata: Partial<Metadata> = facts.metadata.known ? facts.metadata.value : {}
  return {
    name: repository.name,
    visibility: metadata.visibility ?? '',
    archived: metadata.isArchived ?? false,
    fork: metadata.isFork ?? false,
    template: metadata.isTemplate ?? false,
    description: metadata.description ?? '',
    createdAt: metadata.createdAt ?? '',
    language: metadata.primaryLanguage ?? '',
    licence: metadata.licence ?? '',
  }
}

/** Fields for which a stand-in is kept where nobody told them: nothing is decided by that. */
const openField = ({ facts }: Snapshot, field: string | undefined): string | undefined => {
  if (field === 'name') return undefined
  if (!facts.metadata.known) return facts.metadata.detail
  const { untold, createdAt, licence } = facts.metadata.value
  const told: Record<string, boolean> = {
    visibility: !untold?.includes('visibility'),
    language: !untold?.includes('primaryLanguage'),
    createdAt: createdAt !== undefined,
    licence: licence !== undefined,
  }
  const open = field === undefined ? Object.keys(told).find(name => !told[name]) : field
  return open !== undefined && told[open] === false ? `repository.${open} was not told` : undefined
}

/** The entities of the repository, as its files say them; an owner as a reference where it is one. */
const entitiesOf = (snapshot: Snapshot): Fact<unknown> => {
  const fact = file(snapshot, 'catalog-info.yaml')
  // What nobody can read holds no entity for anybody; what is only withheld may.
  if (!fact.known && !isUnreadable(fact)) return fact
  const entities = snapshot.entities.filter(entity => entity.judgement !== 'skeleton')
  return known(entities.map(entityValue), 'snapshot')
}

export const entityFields = [
  'ref',
  'kind',
  'name',
  'type',
  'lifecycle',
  'system',
  'owner',
  'annotations',
] as const

export const entityValue = (
  entity: Snapshot['entities'][number],
): Record<(typeof entityFields)[number], unknown> => ({
  ref: entity.ref ?? '',
  kind: entity.kind ?? '',
  name: entity.name ?? '',
  type: entity.type ?? '',
  lifecycle: entity.lifecycle ?? '',
  system: entity.system ?? '',
  owner: entity.owner?.ref ?? entity.owner?.text ?? '',
  annotations: entity.annotations,
})
