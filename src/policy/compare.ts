import type { Finding } from '../controls/control.ts'
import { leftOut } from '../controls/support/bounded.ts'
import type { ChangedFile, Fact } from '../snapshot/snapshot.ts'
import { type Comparable, comparable, isNoWorse, isSameMatter } from './same-finding.ts'
import type { ControlVerdict, JudgedFinding, Level, Since } from './verdict.ts'

/**
 * The head's controls, each of its findings with whether it was there where the changes begin, and with what is gone. What
 * cannot be known counts as introduced. Pure.
 */
export const compareControls = (
  head: readonly ControlVerdict[],
  base: readonly ControlVerdict[],
  changes: Fact<readonly ChangedFile[]>,
): ControlVerdict[] => {
  const was = Map.groupBy(base, ({ id }) => id)
  const moves = movesOf(changes)
  return head.map(control => compared(control, asBefore(control, was.get(control.id) ?? []), moves))
}

/** Of several answers to one control, because rules ask it with different parameters, that to the same rule. */
const asBefore = ({ rule }: ControlVerdict, before: readonly ControlVerdict[]): ControlVerdict | undefined =>
  before.find(each => each.rule.path === rule.path && each.rule.line === rule.line) ??
  before.find(({ status }) => status === 'fail') ??
  before[0]

/** Everything is introduced: nothing is known of what was there before. */
export const allIntroduced = (head: readonly ControlVerdict[]): ControlVerdict[] =>
  head.map(control => withSince(control, () => 'introduced'))

const compared = (
  control: ControlVerdict,
  before: ControlVerdict | undefined,
  moves: Moves,
): ControlVerdict => {
  // Not asked there, or asked less: whoever makes a rule apply brings in what it finds.
  if (!before || ranks[before.level] < ranks[control.level]) return withSince(control, () => 'introduced')
  if (before.status === 'unknown')
    return control.status === 'fail'
      ? { ...withSince(control, () => 'introduced'), uncompared: before.message }
      : control
  const { since, gone } = match(control.findings, before.findings, moves)
  const judged = withSince(control, index => since[index] ?? 'introduced')
  // While it is waived or can't be decided, nobody knows whether it is gone.
  const isTold = before.status === 'fail' && control.status !== 'waived' && control.status !== 'unknown'
  return isTold && gone.length > 0 ? { ...judged, fixed: gone } : judged
}

const ranks: Record<Level, number> = { observe: 0, advise: 1, enforce: 2 }

const withSince = (control: ControlVerdict, since: (index: number) => Since): ControlVerdict =>
  control.status === 'fail'
    ? {
        ...control,
        findings: control.findings.map(
          (finding, index): JudgedFinding => ({ ...finding, since: since(index) }),
        ),
      }
    : control

interface Moves {
  /** Path at the head by path at the base. */
  renamed: ReadonlyMap<string, string>
  added: ReadonlySet<string>
  removed: ReadonlySet<string>
  isTouched: (path: string) => boolean
  /** Whether the line was written by the changes; `undefined` where that can't be told. */
  isChanged: (path: string, line: number | undefined) => boolean | undefined
}

const movesOf = (changes: Fact<readonly ChangedFile[]>): Moves => {
  const files = changes.known ? changes.value : []
  const byPath = new Map(files.map(file => [file.path, file]))
  const of = (status: ChangedFile['status']) =>
    new Set(files.flatMap(file => (file.status === status ? [file.path] : [])))
  return {
    renamed: new Map(files.flatMap(({ path, before }) => (before === undefined ? [] : [[before, path]]))),
    added: of('added'),
    removed: of('removed'),
    isTouched: path => byPath.has(path),
    isChanged: (path, line) => {
      if (!changes.known) return undefined
      const file = byPath.get(path)
      if (!file) return false
      return line === undefined || !file.lines
        ? undefined
        : file.lines.some(([first, last]) => first <= line && line <= last)
    },
  }
}

/** Pairs beyond are not looked for: so many that changed alike are a file written anew. */
const mostPaired = 200

/** Each finding of the head has at most one of the base, and the other way round: of two alike where there was one, one is new. */
function match(
  head: readonly Finding[],
  base: readonly Finding[],
  moves: Moves,
): { since: Since[]; gone: Finding[] } {
  const since: (Since | undefined)[] = head.map(() => undefined)
  const nothing = new Map<string, string>()
  const heads = head.map(finding => comparable(finding, nothing))
  const bases = base.map(finding => comparable(finding, moves.renamed))
  const taken = new Set<number>()

  // A list that was cut ends with how many it does not name: those are compared by their number.
  const [unnamed, unnamedBefore] = [leftOut(head.at(-1)), leftOut(base.at(-1))]
  if (unnamed !== undefined) since[head.length - 1] = 'introduced'
  if (unnamedBefore !== undefined) taken.add(base.length - 1)

  const pairSame = (
    keyOfHead: (each: Comparable) => string | undefined,
    keyOfBase: (each: Comparable) => string | undefined,
  ): void => {
    const waiting = new Map<string, number[]>()
    for (const [index, each] of bases.entries()) {
      const key = taken.has(index) ? undefined : keyOfBase(each)
      if (key === undefined) continue
      const alike = waiting.get(key)
      if (alike) alike.push(index)
      else waiting.set(key, [index])
    }
    for (const alike of waiting.values()) alike.reverse()
    // One at a line that the changes did not write was there before the one that they wrote.
    for (const isWritten of [false, true])
      for (const [index, each] of heads.entries()) {
        if (since[index] || isWrittenBy(moves, head[index]) !== isWritten) continue
        const key = keyOfHead(each)
        const found = key === undefined ? undefined : waiting.get(key)?.pop()
        if (found === undefined) continue
        taken.add(found)
        since[index] = 'inherited'
      }
  }

  const sameWords = (each: Comparable): string => JSON.stringify([each.path, each.text])
  pairSame(sameWords, sameWords)
  // A file that was written anew elsewhere, with the same in it.
  const elsewhere = (paths: ReadonlySet<string>) => (each: Comparable) =>
    paths.has(each.path) ? each.text.replaceAll(each.path, '') : undefined
  pairSame(elsewhere(moves.added), elsewhere(moves.removed))

  const open = heads.flatMap((_, index) => (since[index] ? [] : [index])).slice(0, mostPaired)
  const unpaired = bases.flatMap((_, index) => (taken.has(index) ? [] : [index]))
  const left = unpaired.slice(0, mostPaired)
  const unlooked = new Set(open.length > 0 ? unpaired.slice(mostPaired) : [])
  for (const index of open) {
    const is = heads[index]
    const found = left.find(each => {
      const was = bases[each]
      return !taken.has(each) && is && was && isSameMatter(is, was)
    })
    const was = found === undefined ? undefined : bases[found]
    if (!is || !was || found === undefined) continue
    // The same place still has something wrong: whether more than before, it is not gone.
    taken.add(found)
    const isTouched = isWrittenBy(moves, head[index])
    since[index] = !isTouched && isNoWorse(is, was) ? 'inherited' : 'introduced'
  }
  // One that was repaired makes room for one that was not named: it was there where nobody wrote its line.
  let hidden = unnamedBefore ?? 0
  for (const [index, { location }] of head.entries()) {
    if (since[index] || hidden === 0 || !location) continue
    if (moves.isChanged(location.path, location.line) !== false) continue
    since[index] = 'inherited'
    hidden--
  }
  // One that was added pushes another one out of the list: that is gone only where something was done to its file.
  const missed = base.flatMap((_, index) => (taken.has(index) || unlooked.has(index) ? [] : [index]))
  const gone = missed.filter(index => unnamed === undefined || moves.isTouched(bases[index]?.path ?? ''))
  hidden += missed.length - gone.length
  if (unnamed !== undefined && unnamedBefore !== undefined && unnamed <= hidden)
    since[head.length - 1] = 'inherited'
  return {
    since: since.map(each => each ?? 'introduced'),
    gone: gone.flatMap(index => base[index] ?? []),
  }
}

const isWrittenBy = (moves: Moves, finding: Finding | undefined): boolean =>
  finding?.location ? moves.isChanged(finding.location.path, finding.location.line) === true : false
