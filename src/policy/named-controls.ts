import type { Policy } from './policy.ts'

/** Ids of the controls that rules name, themselves or by a pack. Kept: it is asked for each repository. */
export const namedControls = (policy: Policy): ReadonlySet<string> => {
  const before = kept.get(policy.rules)
  if (before) return before
  const named = new Set(policy.rules.flatMap(rule => rule.require.map(requirement => requirement.control)))
  kept.set(policy.rules, named)
  return named
}

const kept = new WeakMap<Policy['rules'], ReadonlySet<string>>()

/** Those, and what they bring along: everything that the policy can ask of anybody. Kept: each waiver asks. */
export const askableControls = (policy: Policy): ReadonlySet<string> => {
  const before = keptAskable.get(policy)
  if (before) return before
  const askable = new Set(
    [...namedControls(policy)].flatMap(id => [id, ...(policy.controls.get(id)?.implies ?? [])]),
  )
  keptAskable.set(policy, askable)
  return askable
}

const keptAskable = new WeakMap<Policy, ReadonlySet<string>>()
