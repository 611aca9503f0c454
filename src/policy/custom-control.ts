import { type Control, type Outcome, pass, type Satisfies, undecided } from '../controls/control.ts'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { asksTheDay, type Condition, readsOfConditions } from './conditions.ts'
import { type Answer, answer, together } from './judge-question.ts'
import { type Material, mayTakeLong, prepareQuestions, type Question } from './question.ts'
import { fixOf, type Repair } from './repair.ts'
import { withTimeLimit } from './time-limit.ts'

/** A control of the organisation's own, from the policy's `controls:`. */
export interface CustomControl extends Control {
  conditions: readonly Condition[]
  /** As declared under `fix:`. */
  repair?: Repair
  /** Another day may bring another outcome on the same snapshot. */
  asksTheDay: boolean
}

export const customControl = (definition: {
  id: string
  title: string
  why: string
  satisfies: Satisfies
  conditions: readonly Condition[]
  repair?: Repair
}): CustomControl => {
  const { conditions, repair } = definition
  const check = (snapshot: Snapshot, today: string): Outcome =>
    checkTogether([control], snapshot, today).get(control.id) ?? undecided('It was not checked.')
  const control: CustomControl = {
    ...definition,
    asksTheDay: asksTheDay(conditions),
    reads: readsOfConditions(conditions, repair),
    check: (snapshot, { today }) => check(snapshot, today),
    ...(repair && !('copy' in repair)
      ? { fix: (snapshot, { today }) => fixOf(control, repair, snapshot, changed => check(changed, today)) }
      : {}),
  }
  return control
}

export const isCustom = (control: Control): control is CustomControl => 'conditions' in control

/**
 * Checks an organisation's controls on one snapshot; the outcome of each by its id. Within one time limit: what runs away
 * is cut off and undecided, and takes none of the others with it.
 */
export const checkTogether = (
  controls: readonly CustomControl[],
  snapshot: Snapshot,
  today: string,
): Map<string, Outcome> => {
  const outcomes = new Map<string, Outcome>()
  const { questions, material } = prepareQuestions(
    controls.map(control => control.conditions),
    snapshot,
    today,
  )
  const tasks = controls.map(
    (control, index): Task => ({
      control,
      questions: questions[index] ?? [],
      run: () => outcomes.set(control.id, outcomeOf(control, questions[index] ?? [], material)),
      isDone: () => outcomes.has(control.id),
    }),
  )
  // The watchdog takes longer than all the rest where there is nothing that could run away.
  const [quick, watched] = [false, true].map(long =>
    tasks.filter(task => task.questions.some(mayTakeLong) === long),
  )
  for (const task of quick ?? []) task.run()
  cutOff(watched ?? [])
  return new Map(
    controls.map(control => [control.id, outcomes.get(control.id) ?? undecided(tooLong(control))]),
  )
}

interface Task {
  control: CustomControl
  questions: readonly Question[]
  run: () => void
  isDone: () => boolean
}

/** What the conditions of a repository have, in processor time. */
const milliseconds = 100
// A collection of garbage that another one left takes 5.
const leastMilliseconds = 10

/**
 * Runs all, and leaves undone what does not come to an end. All together first; each one that runs away is set aside and the
 * rest goes on, so that it harms nobody. Then each of those again, alone, for what it has left: the limit is of wall time, of
 * which a busy machine gives away a part. Every further one has half of the time that the one before had: 100 ms where one
 * runs away, 150 for two, and 20 for each beyond the third.
 */
const cutOff = (tasks: readonly Task[]): void => {
  const suspects: { task: Task; left: number }[] = []
  let time = milliseconds / 2
  let waiting = tasks
  while (waiting.length > 0) {
    const batch = waiting
    const limited = withTimeLimit(time, () => {
      for (const task of batch) task.run()
    })
    const [culprit, ...rest] = waiting.filter(task => !task.isDone())
    if (limited.ended || !culprit) break
    suspects.push({ task: culprit, left: Math.max(time, time * 2 - limited.used) })
    waiting = rest
    time = Math.max(leastMilliseconds, Math.ceil(time / 2))
  }
  for (const { task, left } of suspects) runAlone(task, left)
}

const runAlone = (task: Task, time: number): void => {
  let left = Math.ceil(time)
  while (left >= leastMilliseconds) {
    const limited = withTimeLimit(left, task.run)
    if (limited.ended) return
    // At least half, so that a machine that gives hardly any time is not asked for it forever.
    left = Math.floor(left - Math.max(limited.used, left / 2))
  }
}

const tooLong = ({ title }: CustomControl): string =>
  `${title}: its conditions were cut off, since they take longer than the 100 ms that those of a repository have.`

const outcomeOf = (control: CustomControl, questions: readonly Question[], material: Material): Outcome => {
  try {
    const answers = questions.map(question => answer(question, material))
    const outcome = together(answers.map(each => each.outcome))
    return outcome.status === 'pass' ? pass(asAsked(control, answers)) : outcome
  } catch (error) {
    // A defect of ours, which must not take the others of the batch with it.
    const reason = error instanceof Error ? error.message : String(error)
    return undecided(
      `${control.title} (${control.id}) broke while it was checked: ${reason.slice(0, 200)}. Please report it.`,
    )
  }
}

const asAsked = (control: CustomControl, answers: readonly Answer[]): string => {
  const files = [...new Set(answers.flatMap(each => each.files))]
  if (files.length === 0) return `${control.title}: every condition is kept.`
  return `${listed(files.map(plain))} ${files.length === 1 ? 'is' : 'are'} as asked.`
}
