import type { Published } from '../effects/effect.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { archive } from './archive.ts'
import { type AuditEntry, audit } from './audit.ts'
import { content } from './content.ts'
import type { Database, Transaction } from './database.ts'
import { deliveries } from './deliveries.ts'
import { directory } from './directory.ts'
import { installations } from './installations.ts'
import { policies } from './policies.ts'
import { published } from './published.ts'
import { repositories } from './repositories.ts'
import { snapshots } from './snapshots.ts'
import { templates } from './templates.ts'
import { verdicts } from './verdicts.ts'

/** What one assessment leaves behind. */
export interface Recording {
  snapshot: Snapshot
  verdict: Verdict
  /** The effects about to be applied. */
  intended: Omit<Published, 'state'>[]
  /** Written when the verdict is news or something is about to be done: what a sweep confirms needs no line each time. */
  audit: AuditEntry[]
}

export type Store = ReturnType<typeof openStore>

/** Everything remembered, a noun each. The last argument of most functions is a transaction to take part in. */
export const openStore = (database: Database) => {
  const store = {
    database,
    installations: installations(database),
    repositories: repositories(database),
    deliveries: deliveries(database),
    snapshots: snapshots(database),
    verdicts: verdicts(database),
    archive: archive(database),
    published: published(database),
    policies: policies(database),
    directory: directory(database),
    templates: templates(database),
    audit: audit(database),
    content: content(database),
  }
  return {
    ...store,
    /** Verdict, snapshot, intended effects and audit commit together, before anything is changed outside. */
    record: async (recording: Recording, tx?: Transaction): Promise<void> => {
      const write = async (on: Transaction) => {
        const { snapshot, verdict } = recording
        await store.snapshots.put(snapshot, on)
        const isNews = await store.verdicts.record(verdict, snapshot, on)
        await store.published.intend(snapshot.repository.id, recording.intended, on)
        if (isNews || recording.intended.length > 0) await store.audit.append(recording.audit, on)
      }
      await (tx ? write(tx) : database.transaction(write))
    },
  }
}
