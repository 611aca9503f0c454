import type { Looked } from '../assess.ts'
import { type Job, jobKey } from '../intake/job.ts'
import type { PolicyBook } from '../policy-book.ts'
import { requiredControls } from '../snapshot/catalogue.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Transaction } from '../store/database.ts'
import type { Store } from '../store/store.ts'
import { sweepJob } from './look.ts'

/**
 * What a look at one repository makes to be done elsewhere: registering it, judging everybody by a new policy, judging
 * what was made from a template whose contract changed.
 */
export const followUpsOf =
  (deps: { store: Store; policies: PolicyBook; backstage: { configured: boolean }; now: () => Date }) =>
  async (looked: Looked, tx: Transaction): Promise<Job[]> => {
    const { snapshot } = looked
    if (snapshot.target.kind !== 'default-branch') return []
    const { id, installationId, ownerId } = snapshot.repository
    const jobs: Job[] = []
    if (looked.registrations || (deps.backstage.configured && isCatalogueAway(snapshot)))
      jobs.push({
        kind: 'confirm-registration',
        key: jobKey.confirmRegistration(id),
        installationId,
        repositoryId: id,
        priority: 'push',
        reason: { why: 'registered' },
      })
    if (await deps.policies.adopt(snapshot, deps.now(), tx)) {
      const all = await deps.store.repositories.ofInstallation(installationId, {}, tx)
      jobs.push(...all.map(repository => sweepJob(repository, { why: 'policy-changed' })))
    }
    for (const ref of changedTemplates(looked.before, snapshot))
      for (const dependent of await deps.store.snapshots.madeFrom(ownerId, ref, tx))
        jobs.push(sweepJob(dependent, { why: 'settings-changed' }))
    return jobs
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
