import type { Published } from '../effects/effect.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type AuditEntry, audit } from './audit.ts'
import type { Database, Transaction } from './database.ts'
import { deliveries } from './deliveries.ts'
import { directory } from './directory.ts'
import { installations } from './installations.ts'
import { policies } from './policies.ts'
import { published } from './published.ts'
import { refKey } from './ref-key.ts'
import { repositories } from './repositories.ts'
import { snapshots } from './snapshots.ts'
import { verdicts } from './verdicts.ts'

/** What one assessment leaves behind. */
export interface Recording {
  snapshot: Snapshot
  verdict: Verdict
  /** The effects about to be applied. */
  intended: Omit<Published, 'state'>[]
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
    published: published(database),
    policies: policies(database),
    directory: directory(database),
    audit: audit(database),
  }
  return {
    ...store,
    /** Verdict, snapshot, intended effects and audit commit together, before anything is changed outside. */
    record: async (recording: Recording, tx?: Transaction): Promise<void> => {
      const write = async (on: Transaction) => {
        const { snapshot, verdict } = recording
        await store.snapshots.put(snapshot, on)
        await store.verdicts.append(verdict, refKey(snapshot.target), on)
        await store.published.intend(snapshot.repository.id, recording.intended, on)
        await store.audit.append(recording.audit, on)
      }
      await (tx ? write(tx) : database.transaction(write))
    },
  }
}
