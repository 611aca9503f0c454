/**
 * Whether something holds for a repository, in three values: what is unknown decides nothing, what is certain still does.
 * `undecided` is a sentence's end without a full stop: which fact is missing and why.
 */
export type Selection = true | false | { undecided: string }

export const every = <T>(list: readonly T[], decide: (each: T) => Selection): Selection => {
  let result: Selection = true
  for (const each of list) {
    const decided = decide(each)
    if (decided === false) return false
    if (decided !== true && result === true) result = decided
  }
  return result
}

export const some = <T>(list: readonly T[], decide: (each: T) => Selection): Selection =>
  negated(every(list, each => negated(decide(each))))

export const negated = (selection: Selection): Selection =>
  typeof selection === 'boolean' ? !selection : selection
