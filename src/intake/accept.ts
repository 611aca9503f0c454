import { deliveriesTotal } from '../metrics.ts'
import type { Transaction } from '../store/database.ts'
import type { Queue } from '../store/queue.ts'
import type { Store } from '../store/store.ts'
import { forgetJob, type IntakeContext } from './event.ts'
import { eventNames, type Incoming, type Intake, toJobs } from './to-jobs.ts'

/** Under GitHub's 10 s and under the 9 s after which Probot answers 202 by itself, stored or not. */
const patienceMs = 8_000
const mostAtOnce = 100

interface Waiting {
  intake: Intake
  /** It was answered without having been stored: nobody waits for it any more. */
  late: boolean
  stored: () => void
  refused: (error: unknown) => void
}

/**
 * Answers with a function that resolves when a delivery and its jobs are committed, and rejects when they are not. A
 * GUID that was stored before commits nothing. Deliveries that arrive while a commit is under way share the next one, up
 * to 100 (group commit): on PostgreSQL that is several times the deliveries a second.
 */
export const createAccept = (store: Store, queue: Queue, context: IntakeContext) => {
  let waiting: Waiting[] = []
  let committing = false

  const commitAll = async () => {
    if (committing) return
    committing = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostAtOnce)
      waiting = waiting.slice(mostAtOnce)
      await commitBatch(
        store,
        queue,
        batch.filter(({ late }) => !late),
      )
    }
    committing = false
  }

  return async function accept(incoming: Incoming): Promise<void> {
    const intake = toJobs(incoming, context)
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((stored, refused) => {
      const entry: Waiting = { intake, late: false, stored, refused }
      timer = setTimeout(() => {
        entry.late = true
        refused(new Error(`The store did not commit within ${patienceMs / 1000} s.`))
      }, patienceMs)
      waiting.push(entry)
      // After what else has arrived in this turn of the event loop.
      setImmediate(() => void commitAll())
    })
      .finally(() => clearTimeout(timer))
      .then(
        () => count(intake, intake.delivery.ignored === undefined ? 'accepted' : 'ignored'),
        error => {
          count(intake, 'refused')
          throw error
        },
      )
  }
}

const count = ({ delivery: { event } }: Intake, outcome: 'accepted' | 'ignored' | 'refused'): void =>
  deliveriesTotal.inc({ event: eventNames.includes(event) ? event : 'other', outcome })

/** Never rejects: each delivery learns its own fate. When a batch fails, each is tried alone, so that one does not take the others along. */
const commitBatch = async (store: Store, queue: Queue, batch: readonly Waiting[]): Promise<void> => {
  if (batch.length === 0) return
  try {
    await commit(
      store,
      queue,
      batch.map(({ intake }) => intake),
    )
    for (const { stored } of batch) stored()
  } catch (error) {
    if (batch.length === 1) batch[0]?.refused(error)
    else for (const one of batch) await commitBatch(store, queue, [one])
  }
}

const commit = (store: Store, queue: Queue, intakes: readonly Intake[]): Promise<void> =>
  store.database.transaction(async tx => {
    const byGuid = new Map(intakes.map(intake => [intake.delivery.guid, intake]))
    const fresh = await store.deliveries.insert(
      [...byGuid.values()].map(({ delivery }) => delivery),
      tx,
    )
    const news = [...byGuid.values()].filter(({ delivery }) => fresh.has(delivery.guid))
    const left = []
    // In their order: what one delivery adds another may take away.
    for (const intake of news) left.push(...(await remember(store, intake, tx)))
    await queue.enqueue([...news.flatMap(({ jobs }) => jobs), ...left], { tx })
  })

/** Answers with the jobs that only the store could name: to forget each repository of an installation that is left. */
const remember = async (store: Store, { delivery, changes }: Intake, tx: Transaction) => {
  if (changes.installation) await store.installations.upsert(changes.installation, tx)
  await store.repositories.upsert(changes.repositories, tx)
  await store.repositories.remove(changes.gone, delivery.installationId, tx)
  if (changes.properties) {
    const { repositoryId, set, unset } = changes.properties
    await store.directory.changeProperties(repositoryId, set, unset, tx)
  }
  if (!changes.left) return []
  const { installationId, how } = changes.left
  // Suspended is for a while: nothing is looked at and nothing is taken back.
  if (how === 'suspended') {
    await store.installations.suspend(installationId, tx)
    return []
  }
  const ids = (await store.repositories.ofInstallation(installationId, {}, tx)).map(({ id }) => id)
  await store.repositories.remove(ids, installationId, tx)
  await store.installations.remove(installationId, tx)
  return ids.map(id => forgetJob(id, installationId, { why: 'removed', delivery: delivery.guid }))
}
