import type { Reads } from '../controls/control.ts'
import { expandBraces } from '../snapshot/files/linear-glob.ts'
import type { FactName } from '../snapshot/snapshot.ts'
import type { Expression } from './cel.ts'
import { dependsOnDay, type FactUse, readsOfFact } from './fact-variables.ts'
import { expressionsIn, type Message } from './message.ts'
import { type Repair, targetOf } from './repair.ts'

/** What a control of the organisation's own requires, compiled. Plain data. */
export type Condition = FileCondition | AbsentCondition | RepositoryCondition | GroupCondition

/** Asked once for each Component of the repository, with paths relative to its directory. */
interface ForEach {
  forEach?: 'component'
}

export interface FileCondition extends ForEach {
  kind: 'file'
  /** As written: `config/logging.{yaml,yml}`. */
  file: string
  /** Without any of the three the file only has to be there. */
  where?: Expression
  matches: readonly string[]
  notMatches: readonly string[]
  message: Message
}

export interface AbsentCondition extends ForEach {
  kind: 'absent'
  absent: string
  message: Message
}

export interface RepositoryCondition extends ForEach {
  kind: 'repository'
  repository: Expression
  message: Message
}

export interface GroupCondition extends ForEach {
  kind: 'any-of' | 'all-of'
  conditions: readonly Condition[]
  /** Absent: what its conditions say. */
  message?: Message
}

/** Each condition with those within it. */
export const everyCondition = (conditions: readonly Condition[]): Condition[] =>
  conditions.flatMap(condition =>
    isGroup(condition) ? [condition, ...everyCondition(condition.conditions)] : [condition],
  )

export const isGroup = (condition: Condition): condition is GroupCondition =>
  condition.kind === 'any-of' || condition.kind === 'all-of'

/** In the condition itself, not in those within it. */
export const expressionsOf = (condition: Condition): Expression[] => {
  const words = condition.message ? expressionsIn(condition.message) : []
  if (condition.kind === 'file') return [...(condition.where ? [condition.where] : []), ...words]
  return condition.kind === 'repository' ? [condition.repository, ...words] : words
}

const factsOf = (conditions: readonly Condition[]): FactUse[] =>
  everyCondition(conditions)
    .flatMap(expressionsOf)
    .flatMap(expression => expression.facts)

/** Whether another day may bring another answer on the same snapshot. */
export const asksTheDay = (conditions: readonly Condition[]): boolean =>
  factsOf(conditions).some(dependsOnDay)

export const readsOfConditions = (conditions: readonly Condition[], repair?: Repair): Reads => {
  const facts = factsOf(conditions)
  const reads: FactName[] = facts.flatMap(readsOfFact)
  const entities =
    everyCondition(conditions).some(condition => condition.forEach !== undefined) ||
    facts.some(({ variable }) => variable === 'entities')
  const repaired = repair ? [repair.forEach ? `**/${targetOf(repair)}` : targetOf(repair)] : []
  return {
    files: [...new Set([...pathsOf(conditions, false), ...repaired])],
    facts: [...new Set(reads)],
    ...(entities ? { entities: true } : {}),
  }
}

const pathsOf = (conditions: readonly Condition[], inComponent: boolean): string[] =>
  conditions.flatMap(condition => {
    const relative = inComponent || condition.forEach !== undefined
    if (isGroup(condition)) return pathsOf(condition.conditions, relative)
    if (condition.kind === 'repository') return []
    const path = condition.kind === 'file' ? condition.file : condition.absent
    // Where the components are is known only once the repository is: the path anywhere.
    return relative ? expandBraces(path).map(alternative => `**/${alternative}`) : [path]
  })
