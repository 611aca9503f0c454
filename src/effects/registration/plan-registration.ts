import { isKnown } from '../../controls/control.ts'
import type { Verdict } from '../../policy/verdict.ts'
import { file, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Published, RegistrationEffect } from '../effect.ts'
import type { PlanInput } from '../plan.ts'
import { hashOf, type Planned } from '../planned.ts'
import { urlPath } from '../text/markdown.ts'

const entityFile = 'catalog-info.yaml'

/** Backstage would refuse, misattribute or drop what these three have not let pass. */
const gates: readonly string[] = ['catalog-info-valid', 'owner-exists', 'entity-ref-free']

export const registrationKey = (target: string): string => `registration:${target}`

/**
 * One location a repository. A repository that stops complying keeps its registration, since Backstage keeps
 * the last good content; it gains no new one. A rename or another default branch is a new target: it is registered
 * first, and the old one taken back after it, so that the entities never leave the catalogue for long.
 */
export function planRegistration(input: PlanInput): Planned<RegistrationEffect>[] {
  const { snapshot, verdict, published, backstage } = input
  if (!backstage.configured || snapshot.target.kind !== 'default-branch') return []
  const { metadata } = snapshot.facts
  if (!isKnown(metadata) || metadata.value.isFork || metadata.value.isEmpty) return []
  const { defaultBranch } = metadata.value
  if (!defaultBranch || snapshot.repository.url === '') return []
  if (isRemovedOnPurpose(snapshot, verdict)) return planWithdrawal(published)
  if (!isCompliant(verdict)) return []

  const target = `${snapshot.repository.url}/blob/${urlPath(defaultBranch)}/${entityFile}`
  const rows = published.filter(row => row.kind === 'registration')
  const refs = refsToRegister(snapshot, [target, ...rows.map(row => row.detail.target ?? '')])
  if (!refs) return []
  const others = planWithdrawal(rows.filter(row => row.key !== registrationKey(target)))

  const hash = hashOf([target, refs])
  const before = rows.find(row => row.key === registrationKey(target))
  if (before?.state === 'done' && before.hash === hash && !isGone(before, snapshot)) return others
  return [
    {
      kind: 'registration',
      key: registrationKey(target),
      action: 'register',
      target,
      locationId: before?.externalId,
      refs,
      replaces: others.map(other => other.target),
      hash,
      detail: { target, refs, seen: false },
      uncertain: before?.state === 'intended',
    },
    ...others,
  ]
}

/** Takes back everything that was registered for a repository: archived, deleted, transferred away, uninstalled. */
export function planWithdrawal(published: readonly Published[]): Planned<RegistrationEffect>[] {
  return published
    .filter(row => row.kind === 'registration')
    .map(row => ({
      kind: 'registration',
      key: row.key,
      action: 'unregister',
      target: row.detail.target ?? row.key.slice('registration:'.length),
      locationId: row.externalId,
      refs: row.detail.refs ?? [],
      hash: row.hash,
      detail: row.detail,
      uncertain: row.state === 'intended',
    }))
}

/**
 * Everything enforced is known to be kept, and so are the three gates where they are advised: an unknown is no
 * compliance, since a template that has not been looked at yet may ask for what is missing. `observe` holds nothing back.
 */
function isCompliant(verdict: Verdict): boolean {
  return verdict.controls
    .filter(
      control => control.level === 'enforce' || (control.level === 'advise' && gates.includes(control.id)),
    )
    .every(control => ['pass', 'waived', 'not-applicable'].includes(control.status))
}

/** No file and nobody who misses it. Where the policy asks for the file, its absence is a failure to be mended instead. */
function isRemovedOnPurpose(snapshot: Snapshot, verdict: Verdict): boolean {
  const fact = file(snapshot, entityFile)
  if (!fact.known || fact.value.exists) return false
  return !verdict.controls.some(control => control.id === 'catalog-info-valid' && control.status === 'fail')
}

/**
 * The refs that the root file and what it points to will put into the catalogue; undefined when it holds none, one is
 * not valid or leads out of the repository, where Backstage would go and we don't, or one is in the catalogue from elsewhere. Elsewhere includes this repository by another way, such as
 * Backstage's own discovery: registered twice, an entity changes hands whenever one of the two goes.
 */
function refsToRegister(snapshot: Snapshot, ours: string[]): string[] | undefined {
  if (!snapshot.entities.some(entity => entity.path === entityFile)) return undefined
  const refs = new Set<string>()
  for (const entity of snapshot.entities) {
    if (entity.judgement === 'unsupported-kind') continue
    if (entity.judgement !== 'valid' || !entity.ref) return undefined
    if (entity.targets.some(target => target.problem !== undefined || target.path === undefined))
      return undefined
    const entry = snapshot.catalogue[entity.ref]
    if (entry?.known && entry.value.registered && !ours.includes(entry.value.origin.replace(/^url:/, '')))
      return undefined
    refs.add(entity.ref)
  }
  return refs.size > 0 ? [...refs].sort() : undefined
}

/** Once seen in the catalogue and now known to be absent: somebody deleted the location there. */
function isGone(before: Published, snapshot: Snapshot): boolean {
  const { seen, seenAt } = before.detail
  if (!seen || (seenAt !== undefined && snapshot.takenAt <= seenAt)) return false
  const entries = (before.detail.refs ?? []).flatMap(ref => snapshot.catalogue[ref] ?? [])
  return entries.length > 0 && entries.every(entry => entry.known && !entry.value.registered)
}
