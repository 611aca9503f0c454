import type { Control } from './controls/control.ts'
import { evaluate } from './policy/evaluate.ts'
import type { Policy } from './policy/policy.ts'
import { policyValid } from './policy/reserved.ts'
import type { Verdict } from './policy/verdict.ts'
import { policyAt } from './policy-book.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import type { Store } from './store/store.ts'
import type { StoredVerdict } from './store/verdicts.ts'

/** All that a stored verdict was decided from. */
export interface Evidence {
  snapshot: Snapshot
  policy: Policy
}

/** What a stored verdict was decided from, or a sentence that says what of it is no longer there. */
export async function evidenceOf(
  stored: StoredVerdict,
  store: Store,
  library: ReadonlyMap<string, Control>,
): Promise<Evidence | { why: string }> {
  const { verdict, snapshot } = stored
  if (!snapshot)
    return {
      why: stored.program
        ? 'What it was judged on is no longer kept: of pull requests it is for 90 days.'
        : 'It was judged by a version of Golden Path that did not keep yet what it judged on; a re-run of its check judges it anew.',
    }
  const found = await policyAt(
    store,
    {
      ownerId: snapshot.repository.ownerId,
      version: verdict.policy,
      onPolicyRepository: verdict.controls.some(control => control.id === policyValid),
    },
    library,
  )
  return 'why' in found ? found : { snapshot, policy: found.policy }
}

/** Where a stored verdict and the same judged again differ: nowhere, when what is stored explains it. */
export function replay({ verdict, text }: StoredVerdict, { snapshot, policy }: Evidence): string[] {
  const again = evaluate(snapshot, policy, new Date(verdict.decidedAt))
  if (JSON.stringify(again) === text) return []
  const found = differences(withControlsById(verdict), withControlsById(again), '')
  return found.length > 0 ? found : ['The order of controls or fields is another one.']
}

/** So that one control more or less does not make all that follow differ. */
const withControlsById = ({ controls, ...rest }: Verdict): unknown =>
  // Through JSON, as the stored one went.
  JSON.parse(JSON.stringify({ ...rest, controls: Object.fromEntries(controls.map(each => [each.id, each])) }))

const mostShown = 20
const longestShown = 120

/** `controls.owner-exists.status: "fail" is stored, "pass" is what comes out now`, a line each. */
const differences = (before: unknown, now: unknown, path: string): string[] => {
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)])
    return [...keys]
      .flatMap(key => differences(before[key], now[key], path === '' ? key : `${path}.${key}`))
      .slice(0, mostShown)
  }
  return JSON.stringify(before) === JSON.stringify(now)
    ? []
    : [`${path}: ${shown(before)} is stored, ${shown(now)} is what comes out now`]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, longestShown)
