import type { Applied } from './effects/applied.ts'
import { apply } from './effects/apply.ts'
import type { Outside } from './effects/outside.ts'
import { intended, type Planned } from './effects/planned.ts'
import { recordOutcome } from './record-outcome.ts'
import type { Store } from './store/store.ts'

/**
 * One change outside: stored as intended before the call, and what became of it after. So a crash in between is harmless, and no
 * job can forget one of the two.
 */
export async function applyRecorded(
  effect: Planned,
  outside: Outside,
  deps: { store: Store; now: () => Date },
): Promise<Applied> {
  const { id } = outside.repository
  await deps.store.published.intend(id, [intended(effect)])
  const applied = await apply(effect, outside)
  await recordOutcome(effect, applied, id, deps)
  return applied
}
