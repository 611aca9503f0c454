import { expect, it } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { followUpsOf } from '../../src/jobs/follow-ups.ts'
import { openPolicyBook } from '../../src/policy-book.ts'
import type { Snapshot } from '../../src/snapshot/snapshot.ts'
import { openStore } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

const ref = 'template:default/service-template'

const service = (
  known: Snapshot['templates'][string] = { known: true, value: { exists: false }, source: 'catalogue' },
) =>
  snapshotOf({
    repository: { id: 2, name: 'orders' },
    files: {
      'catalog-info.yaml': component(
        'orders',
        'payments',
        `  annotations:\n    backstage.io/source-template: ${ref}`,
      ),
    },
    templates: { [ref]: known },
  })

const template = () =>
  snapshotOf({
    repository: { id: 1, name: 'service-template' },
    files: {
      'catalog-info.yaml': `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service-template
  annotations:
    golden-path.dev/requires: techdocs
spec:
  type: service
  owner: payments
  parameters: []
  steps: []
`,
    },
  })

describeOnEachDatabase('a template and a service of it, looked at for the first time at once', database => {
  const opened = () => {
    const store = openStore(database())
    const policies = openPolicyBook(store, { library: builtInControls, policyRepository: '.github' })
    const followUps = followUpsOf({
      store,
      policies,
      backstage: { configured: false },
      now: () => new Date(),
    })
    return {
      store,
      /** As a look ends: the snapshot and what follows from it, in one transaction. */
      looked: (snapshot: Snapshot) =>
        database().transaction(async tx => {
          await store.snapshots.put(snapshot, tx)
          const jobs = await followUps({ snapshot, registrations: false, issue: false }, tx)
          return jobs.map(job =>
            'repositoryId' in job ? `${job.kind} ${job.repositoryId} ${job.reason.why}` : job.kind,
          )
        }),
    }
  }

  it('tell each other, whichever ends first', async () => {
    const { store, looked } = opened()
    const [made, makes] = [await service(), await template()]
    const rows = [made, makes].map(({ repository }) => ({ ...repository, defaultBranch: 'main' }))
    await store.repositories.upsert(rows)
    expect(await looked(made)).toEqual([])
    expect(await looked(makes)).toEqual(['assess 2 template-changed'])
    await store.snapshots.forget(1)
    await store.snapshots.forget(2)
    expect(await looked(makes)).toEqual([])
    expect(await looked(made)).toEqual(['assess 2 template-changed'])
  })

  it('come to an end: what the service knows of its template is not news', async () => {
    const { looked } = opened()
    const made = await service({
      known: true,
      value: { exists: true, title: 'Service', requires: ['techdocs'] },
      source: 'snapshot',
    })
    expect(await looked(made)).toEqual([])
  })
})
