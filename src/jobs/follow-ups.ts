import type { Looked } from '../assess.ts'
import { builtInControls } from '../controls/index.ts'
import { type Job, jobKey } from '../intake/job.ts'
import type { PolicyBook } from '../policy-book.ts'
import { requiredControls } from '../snapshot/catalogue.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { contractsOf } from '../snapshot/templates/templates.ts'
import type { Transaction } from '../store/database.ts'
import type { Store } from '../store/store.ts'
import { sweepJob } from './look.ts'
import { onboardJob } from './onboard.ts'
import { previewJobs } from './preview.ts'

/**
 * What a look at one repository makes to be done elsewhere: registering it, judging everybody by a new policy, judging
 * what was made from a template whose contract changed.
 */
export const followUpsOf =
  (deps: { store: Store; policies: PolicyBook; backstage: { configured: boolean }; now: () => Date }) =>
  async (looked: Looked, tx: Transaction): Promise<Job[]> => {
    const { snapshot } = looked
    if (snapshot.target.kind === 'pull-request') return previewJobs(snapshot, deps, tx)
    if (snapshot.target.kind !== 'default-branch') return []
    const { id, installationId, ownerId } = snapshot.repository
    const { registered, issue, fix } = ofRepository(id, installationId)
    const jobs: Job[] = [
      ...(looked.registrations || (deps.backstage.configured && isCatalogueAway(snapshot))
        ? [registered]
        : []),
      ...(looked.issue ? [issue] : []),
      ...(looked.fix ? [fix] : []),
    ]
    if (await deps.policies.adopt(snapshot, deps.now(), tx)) {
      const all = await deps.store.repositories.ofInstallation(installationId, {}, tx)
      // The policy's own last: what its waivers excuse is known when the others have been judged.
      const inOrder = [...all.filter(each => each.id !== id), ...all.filter(each => each.id === id)]
      jobs.push(...inOrder.map(repository => sweepJob(repository, { why: 'policy-changed' })))
    }
    // There is a place for a policy from now on.
    const isFirstCommit = snapshot.target.sha !== '' && !looked.before?.target.sha
    if (isFirstCommit && deps.policies.isPolicyRepository(snapshot.repository.name))
      jobs.push(onboardJob(installationId, deps.now()))
    const changed = [
      ...changedTemplates(looked.before, snapshot),
      ...(await keepContracts(looked, deps.store, tx)),
    ]
    if (await isTemplateNews(snapshot, deps.store, tx))
      jobs.push(sweepJob(snapshot.repository, { why: 'template-changed' }))
    for (const ref of new Set(changed))
      for (const dependent of await deps.store.snapshots.madeFrom(ownerId, ref, tx))
        jobs.push(sweepJob(dependent, { why: 'template-changed' }))
    return jobs
  }

/** What keeps true outside what was found inside. */
const ofRepository = (repositoryId: number, installationId: number) => {
  const common = { repositoryId, installationId, priority: 'push' } as const
  return {
    registered: {
      kind: 'confirm-registration',
      key: jobKey.confirmRegistration(repositoryId),
      reason: { why: 'registered' },
      ...common,
    },
    issue: { kind: 'keep-issue', key: jobKey.keepIssue(repositoryId), reason: { why: 'judged' }, ...common },
    fix: { kind: 'keep-fix', key: jobKey.keepFix(repositoryId), reason: { why: 'judged' }, ...common },
  } as const
}

/** Remembers what the repository's templates ask for and make, for the services that came from them; answers which changed. */
async function keepContracts(
  { snapshot, controls = builtInControls }: Looked,
  store: Store,
  tx: Transaction,
): Promise<string[]> {
  const changed: string[] = []
  for (const own of contractsOf(snapshot, id => controls.get(id)?.reads.files))
    if (await store.templates.keep(snapshot.repository.id, own, tx)) changed.push(own.ref)
  return changed
}

/**
 * Whether a template of this repository has been looked at since its look began: when both are looked at for the first time
 * at once, neither knows of the other, and nobody would tell this one before the next sweep.
 */
async function isTemplateNews(snapshot: Snapshot, store: Store, tx: Transaction): Promise<boolean> {
  const lacking = Object.entries(snapshot.templates).flatMap(([ref, fact]) =>
    fact.known && fact.value.exists ? [] : ref,
  )
  const own = (snapshot.entities ?? []).flatMap(({ kind, ref }) =>
    kind?.toLowerCase() === 'template' && ref ? ref : [],
  )
  await store.templates.oneAfterTheOther([...lacking, ...own], tx)
  for (const ref of lacking) {
    const holders = await store.snapshots.entities(snapshot.repository.ownerId, ref, tx)
    if (holders.some(({ entity }) => entity.judgement === 'valid')) return true
  }
  return false
}

export const isCatalogueAway = (snapshot: Snapshot): boolean =>
  [
    ...Object.values(snapshot.catalogue),
    ...Object.values(snapshot.templates),
    ...Object.values(snapshot.accounts),
  ].some(fact => !fact.known && fact.reason === 'unavailable')

/** Templates whose contract appeared, changed or went with this look. */
function changedTemplates(before: Snapshot | undefined, after: Snapshot): string[] {
  const contracts = (snapshot: Snapshot | undefined): Map<string, string> =>
    new Map(
      (snapshot?.entities ?? []).flatMap(entity =>
        entity.kind?.toLowerCase() === 'template' && entity.ref
          ? [[entity.ref, `${entity.judgement} ${requiredControls(entity.annotations).join()}`]]
          : [],
      ),
    )
  const [was, is] = [contracts(before), contracts(after)]
  return [...new Set([...was.keys(), ...is.keys()])].filter(ref => was.get(ref) !== is.get(ref))
}
