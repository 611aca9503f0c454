import { builtInControls } from '../../controls/index.ts'
import { renderNoControl, renderNotLookedAt } from '../../effects/reply/render-reply.ts'
import { renderExplained, renderExplainedNeutrally } from '../../effects/reply/render-reply-explain.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { explain } from '../../policy/explain.ts'
import { askableControls } from '../../policy/named-controls.ts'
import { hint } from '../../policy/nearest.ts'
import type { JobDependencies } from '../jobs.ts'
import { answer, type Commanded } from './commanded.ts'

/** From what is stored: asks GitHub nothing. */
export async function explainControl(
  control: string,
  commanded: Commanded,
  deps: JobDependencies,
): Promise<void> {
  const { job, subject, inForce, words } = commanded
  const { policy } = inForce
  const { snapshots } = deps.store
  const say = (text: string) => answer(commanded, deps, text)
  const snapshot =
    (job.isPullRequest ? await snapshots.latest(subject.id, `pull:${job.issue}`) : undefined) ??
    (await snapshots.latest(subject.id))
  if (!snapshot) return say(renderNotLookedAt())
  const verdict = evaluate(snapshot, policy, deps.now())
  const explanation = explain(snapshot, policy, verdict, control)
  const [explained] = explanation.controls
  // What the organisation asks of others is not for everybody.
  const isHidden = words.isNeutral && !explained?.verdict && !builtInControls.has(control)
  if (!explained || isHidden) {
    const known = words.isNeutral ? verdict.controls.map(({ id }) => id) : askableControls(policy)
    return say(renderNoControl(control, hint(control, known)))
  }
  const judgement = {
    snapshot,
    verdict,
    explanation,
    policyUrl: await deps.policies.url(snapshot.repository),
  }
  return say(
    words.isNeutral ? renderExplainedNeutrally(explained, judgement) : renderExplained(explained, judgement),
  )
}
