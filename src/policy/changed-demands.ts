import type { Snapshot } from '../snapshot/snapshot.ts'
import { asked, type Demanded, everyDemand } from './asked.ts'
import { identityOf } from './judge.ts'
import type { Policy } from './policy.ts'
import { repositorySettings } from './repository-settings.ts'
import type { Verdict } from './verdict.ts'

/** Of two policies over one repository: what they may differ in, and how much the rest can weigh. */
export interface ChangedDemands {
  /** Controls that are asked otherwise, that a waiver names, that a date is set for, or that depend on others. */
  controls: ReadonlySet<string>
  /** The worst conclusion that the other controls can come to; it is the same under both policies. */
  restAtWorst: Verdict['conclusion']
}

/**
 * `undefined` where a repository's own settings bear on it: then everything is to be compared. Worked out once for each
 * pair of answers to "what is asked", of which thousands of repositories share a few.
 */
export const changedDemands = (
  snapshot: Snapshot,
  before: Policy,
  after: Policy,
  today: string,
): ChangedDemands | undefined => {
  const settings = repositorySettings(after, snapshot)
  if (settings.settings.size > 0 || repositorySettings(before, snapshot).settings.size > 0) return undefined
  const was = asked(everyDemand(before, snapshot, today))
  const is = asked(everyDemand(after, snapshot, today))
  const ofWas = compared.get(was) ?? new WeakMap<Asked, ChangedDemands>()
  compared.set(was, ofWas)
  const known = ofWas.get(is)
  if (known) return known
  const answer = compare({ policy: before, asked: was }, { policy: after, asked: is })
  ofWas.set(is, answer)
  return answer
}

type Asked = ReadonlyMap<string, readonly Demanded[]>

const compared = new WeakMap<Asked, WeakMap<Asked, ChangedDemands>>()

interface Side {
  policy: Policy
  asked: Asked
}

const compare = (before: Side, after: Side): ChangedDemands => {
  const waived = new Set([...before.policy.waivers, ...after.policy.waivers].map(({ control }) => control))
  const ids = [...new Set([...before.asked.keys(), ...after.asked.keys()])]
  const controls = new Set(
    ids.filter(
      id => waived.has(id) || mayDiffer(id, before) || mayDiffer(id, after) || !isSame(id, before, after),
    ),
  )
  const rest = ids.filter(id => !controls.has(id)).flatMap(id => after.asked.get(id) ?? [])
  return {
    controls,
    restAtWorst: rest.some(({ level }) => level === 'enforce')
      ? 'failure'
      : rest.some(({ level }) => level === 'advise')
        ? 'neutral'
        : 'success',
  }
}

const mayDiffer = (id: string, { policy, asked }: Side): boolean =>
  policy.controls.get(id)?.asksOthers === true || (asked.get(id) ?? []).some(demand => demand.enforcedFrom)

const isSame = (id: string, before: Side, after: Side): boolean => {
  const was = before.policy.controls.get(id)
  const is = after.policy.controls.get(id)
  return (
    was !== undefined &&
    is !== undefined &&
    identityOf(was) === identityOf(is) &&
    wordsOf(id, before) === wordsOf(id, after)
  )
}

/** All of a demand that bears on an outcome: not the place where it stands. */
const wordsOf = (id: string, { asked }: Side): string =>
  JSON.stringify(
    (asked.get(id) ?? []).map(({ level, heldBack, parameters, undecided }) => [
      level,
      heldBack,
      parameters,
      undecided,
    ]),
  )
