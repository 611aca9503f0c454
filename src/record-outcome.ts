import type { Applied } from './effects/applied.ts'
import type { Planned } from './effects/planned.ts'
import type { Store } from './store/store.ts'

/** Writes down what became of one effect, as soon as it is known. */
export async function recordOutcome(
  effect: Planned,
  applied: Applied,
  repositoryId: number,
  deps: { store: Store; now: () => Date },
): Promise<void> {
  const { store } = deps
  await store.database.transaction(async tx => {
    if (applied.row === 'drop') await store.published.remove(repositoryId, effect.key, tx)
    else if (applied.row !== 'keep') await store.published.done(repositoryId, applied.row, tx)
    await store.audit.append(
      [
        {
          at: deps.now().toISOString(),
          repositoryId,
          what: `${effect.kind}-${applied.outcome}`,
          detail: {
            key: effect.key,
            action: effect.action,
            ...(applied.outcome === 'done' ? { note: applied.note } : { sentence: applied.sentence }),
          },
        },
      ],
      tx,
    )
  })
}
