import { applyRecorded } from '../apply-recorded.ts'
import {
  lineChanges,
  planSuggestions,
  type Suggestions,
  suggestionsFor,
} from '../effects/pull-request/plan-suggestions.ts'
import { renderSuggestAnswer } from '../effects/pull-request/render-suggestions.ts'
import { renderHeadUnseen, renderNoPolicy } from '../effects/reply/render-reply.ts'
import type { SuggestJob } from '../intake/job.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { PolicyInForce } from '../policy-book.ts'
import { patched } from '../snapshot/patched.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Repository } from '../store/repositories.ts'
import type { Work } from '../store/work.ts'
import { tryAgain } from '../try-again.ts'
import type { JobDependencies } from './jobs.ts'
import { headOf } from './preview-head.ts'
import { propose } from './propose-fixes.ts'
import { reply } from './reply.ts'

/** `suggest`: offers on a pull request what single lines of it repair, once a head, and answers who asked by a comment. */
export async function suggest(work: Work<'suggest'>, deps: JobDependencies): Promise<void> {
  if (deps.dryRun) return
  const repository = await deps.store.repositories.get(work.jobs[0]?.repositoryId ?? 0)
  if (!repository || repository.goneAt) return
  const answer = await offer(repository, work.jobs, deps)
  for (const comment of work.jobs.flatMap(({ asked }) => asked.comment ?? []))
    await reply(deps, repository, comment, answer)
}

async function offer(
  repository: Repository,
  jobs: readonly SuggestJob[],
  deps: JobDependencies,
): Promise<string> {
  const head = await headOf(jobs, deps)
  if (!head) return renderHeadUnseen()
  const inForce = await deps.policies.inForce(repository)
  if (!inForce) return renderNoPolicy()
  const { snapshot } = head
  const found = await suggestable(snapshot, repository, inForce, deps)
  return deps.store.database.exclusively(repository.id, async () => {
    const key = `suggest:${head.job.pullRequest}`
    const effect = planSuggestions(found, snapshot, await deps.store.published.get(repository.id, key))
    if (!effect) return renderSuggestAnswer(found, found.suggestions.length > 0 ? 'stands' : 'none')
    const github = await deps.github.asInstallation(repository.installationId)
    const outcome = await applyRecorded(
      effect,
      { github, app: deps.app, repository: snapshot.repository },
      deps,
    )
    if (outcome.outcome === 'retry') throw tryAgain(outcome)
    if (outcome.outcome === 'done') return renderSuggestAnswer(found, 'written')
    deps.log.warn({ repository: repository.id, effect: key }, outcome.sentence)
    return `Nothing was suggested. ${outcome.sentence}`
  })
}

/** The single lines of what can be repaired, judged as if they alone were taken. */
async function suggestable(
  head: Snapshot,
  repository: Repository,
  { policy, plan }: PolicyInForce,
  deps: JobDependencies,
): Promise<Suggestions> {
  const { snapshot, proposal } = await propose(head, repository, { policy, plan }, deps)
  const { changes, edits } = lineChanges(proposal, snapshot)
  const { directory } = await deps.sources(repository)
  const after = evaluate(await patched(snapshot, edits, { directory }), policy, deps.now())
  return suggestionsFor(proposal, changes, after)
}
