import type { Outside } from '../../effects/outside.ts'
import { renderNotLookedAt, renderPolicyUnseen, renderRefused } from '../../effects/reply/render-reply.ts'
import type { Command } from '../../intake/commands.ts'
import type { NewWaiver } from '../../policy/add-waiver.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { checkWaiver } from '../../policy/propose-waiver.ts'
import type { JobDependencies } from '../jobs.ts'
import { identityOf } from '../reply.ts'
import { answer, type Commanded } from './commanded.ts'
import { proposeInPolicy } from './waiver-pull-request.ts'

type Waive = Extract<Command, { name: 'waive' }>

/** Asks for a waiver by a pull request on the policy repository: one for a repository and control, changed when asked again. */
export async function askForWaiver(
  { control, until, reason }: Waive,
  commanded: Commanded,
  deps: JobDependencies,
): Promise<void> {
  const { subject, inForce } = commanded
  const { policy } = inForce
  const refuse = (why: string) => answer(commanded, deps, renderRefused(why))
  const snapshot = await deps.store.snapshots.latest(subject.id)
  const home = await deps.store.repositories.named(subject.ownerId, deps.policies.repositoryName)
  if (!snapshot) return answer(commanded, deps, renderNotLookedAt())
  if (!home || home.installationId !== subject.installationId)
    return answer(commanded, deps, renderPolicyUnseen())
  const today = deps.now().toISOString().slice(0, 10)
  const checked = checkWaiver(
    { control, until },
    { policy, today, verdict: evaluate(snapshot, policy, deps.now()) },
  )
  if (!checked.ok) return refuse(checked.why)
  const waiver: NewWaiver = { repository: subject.name, control, until: checked.until, reason }
  const outside: Outside = {
    github: await deps.github.asInstallation(home.installationId),
    app: deps.app,
    repository: identityOf(home),
  }
  const text = await deps.store.database.exclusively(home.id, () =>
    proposeInPolicy(waiver, commanded, home, outside, deps),
  )
  await answer(commanded, deps, text)
}
