import { describe, expect, it } from 'vitest'
import type { Control, Outcome } from '../../src/controls/control.ts'
import { mostFindings } from '../../src/controls/support/bounded.ts'
import { expandBraces, isTrueGlob, pathMatcher } from '../../src/snapshot/files/linear-glob.ts'
import type { Fact, Snapshot, TreeEntry } from '../../src/snapshot/snapshot.ts'
import { absentFile } from '../../src/snapshot/snapshot.ts'
import { checked, type SnapshotParts, snapshotOf, told } from './snapshot.ts'
import { faultsOf, mostWords, wordsIn } from './wording.ts'

/*
 * What a control says, as a table by status. Every control's test declares one, and test/controls/registry.test.ts holds
 * that it does:
 *
 *   controlTable(readmePresent, {
 *     pass: {
 *       'a README in the root': { files: { 'README.md': '# Payments\n' }, says: 'README.md is there.' },
 *     },
 *     fail: {
 *       'no README': {
 *         says: 'There is no README. Expected README.md in the root.',     // of several findings a list
 *         next: 'Add README.md',                                           // the first finding's, when given
 *       },
 *       'an empty one': { files: { 'README.md': '' }, says: 'README.md:1 README.md is empty. Expected …' }, // place first
 *     },
 *     unknown: {
 *       'a README that could not be read': {
 *         files: { 'README.md': unknown('partial-answer', 'GitHub did not send README.md') },
 *         says: 'GitHub did not send README.md.',
 *       },
 *     },
 *     'not-applicable': 'Any repository can have a README.',     // a status the control never has: the reason, a sentence
 *   })
 *
 * A case takes what `snapshotOf` takes (files, facts, tree, accounts, …) and `parameters`, `today`, `outcomes`, `outcomeOn`.
 * A path that the control reads and the case doesn't give is absent. For a control that reads by a true glob, or the tree, that is the
 * files given, unless the case has a `tree`: paths, or a fact. `with` changes the snapshot where nothing else can.
 *
 * Beyond what it says, each case is held to what every control owes: it looks only at what it declares to read, leaves the
 * snapshot as it was, says the same twice, in sentences, on one line, in at most 80 words a finding and none that no text of ours may
 * have; its findings are few enough and say what was expected or what to do next; and where it offers a fix, the fix repairs something.
 */

type Status = Outcome['status']

export interface ControlCase extends Omit<SnapshotParts, 'tree'> {
  /** The message; of a failure each finding's, behind its place: `catalog-info.yaml:12:10 "x" is …`. */
  says: string | readonly string[]
  /** What the first finding says to do next. */
  next?: string
  tree?: readonly string[] | Fact<TreeEntry[]>
  parameters?: Record<string, unknown>
  /** YYYY-MM-DD; 2026-11-22 unless given. */
  today?: string
  outcomes?: Record<string, Outcome>
  outcomeOn?: Parameters<Control['check']>[1]['outcomeOn']
  with?: (snapshot: Snapshot) => Snapshot
}

/** Cases by the sentence that names them, or why there can be none. */
export type ControlTable = Record<Status, Record<string, ControlCase> | string>

const statuses = ['pass', 'fail', 'unknown', 'not-applicable'] as const satisfies readonly Status[]

export const controlTable = (control: Control, table: ControlTable): void => {
  describe(`${control.id}, by status`, () => {
    for (const status of statuses) {
      const cases = table[status]
      if (typeof cases === 'string') {
        it(`is never ${status}, for a reason`, () => expect(cases).toMatch(/^[A-Z].{15,}\.$/))
        continue
      }
      it(`has a case of ${status}`, () => expect(Object.keys(cases)).not.toEqual([]))
      for (const [name, one] of Object.entries(cases))
        it(`${status}: ${name}`, async () => await holds(control, status, one))
    }
  })
}

const holds = async (control: Control, status: Status, one: ControlCase): Promise<void> => {
  const snapshot = frozen(await caseSnapshot(control, one))
  const outcome = checked(control, snapshot, one)
  const said = told(outcome)
  expect(said).toEqual([one.says].flat().map(line => `${status} ${line}`))
  const { seen, snapshot: again } = watched(snapshot)
  expect(checked(control, again, one)).toEqual(outcome)
  expect(undeclared(control, seen)).toEqual([])
  for (const line of said) expect(line).toMatch(/^[^\n\r]*[.?!]$/)
  expect([one.says].flat().flatMap(faultsOf)).toEqual([])
  if (outcome.status !== 'fail') return
  for (const { message, next } of outcome.findings) {
    expect(faultsOf(next ?? '')).toEqual([])
    expect(wordsIn(`${message} ${next ?? ''}`)).toBeLessThanOrEqual(mostWords)
    expect(next ?? message).toMatch(next ? /^\S/ : /Expected |, which (?:fails|the template requires): /)
  }
  expect(outcome.findings.length).toBeLessThanOrEqual(mostFindings)
  for (const { next } of outcome.findings) expect(next ?? 'To do').toMatch(/^\S[^\n\r]*\S$/)
  if (one.next !== undefined) expect(outcome.findings[0].next).toBe(one.next)
  await repairs(control, one, outcome.findings.length)
}

/** The same snapshot, and the names of what is taken out of it from now on. */
const watched = (snapshot: Snapshot): { snapshot: Snapshot; seen: Set<string> } => {
  const seen = new Set<string>()
  const noting = <T extends object>(of: string, target: T): T =>
    new Proxy(target, {
      get: (from, name) => {
        if (typeof name === 'string') seen.add(`${of} ${name}`)
        return Reflect.get(from, name)
      },
    })
  const facts = noting('fact', snapshot.facts)
  const files = noting('file', snapshot.files)
  const entities = noting('entities', snapshot.entities)
  return { snapshot: { ...snapshot, facts, files, entities }, seen }
}

/** A push that touches nothing of what a control reads does not look again: what it does not declare grows stale. */
const undeclared = ({ reads }: Control, seen: ReadonlySet<string>): string[] => {
  const paths = new Set(reads.files.flatMap(expandBraces))
  const matches = pathMatcher(reads.files)
  return [...seen].filter(each => {
    const [of = '', name = ''] = each.split(/ (.*)/s)
    if (of === 'fact') return !reads.facts.some(fact => fact === name)
    // With the entities come the files that their Locations and placeholders lead to.
    if (of === 'file') return !reads.entities && !paths.has(name) && !matches(name)
    return !reads.entities
  })
}

/** The fix, put in place, leaves fewer findings; where none is left, it offers nothing more. */
const repairs = async (control: Control, one: ControlCase, before: number): Promise<void> => {
  const snapshot = frozen(await caseSnapshot(control, one))
  const fix = fixOf(control, snapshot, one)
  if (!fix) return
  expect(fix.why).toMatch(/^[A-Z].*\.$/)
  expect(fixOf(control, snapshot, one)).toEqual(fix)
  for (const { change, path, page } of fix.settings ?? []) {
    expect(change).toMatch(/^[A-Z][^\n]*[^\s.]$/)
    expect(path[0]).toBe('Settings')
    expect(page).toMatch(/^settings\/\w+$/)
  }
  // What only a click repairs fails until somebody clicks.
  if (fix.edits.length === 0) return expect(fix.settings).not.toEqual([])
  // It is drawn from what no control reads: test/fix-proposal.test.ts.
  if (fix.unread) return expect(fix.edits.every(({ text }) => text === '')).toBe(true)
  const edited = Object.fromEntries((fix.proof ?? fix.edits).map(({ path, text }) => [path, text]))
  const tree = Array.isArray(one.tree) ? [...new Set([...one.tree, ...Object.keys(edited)])] : one.tree
  const repaired = await caseSnapshot(control, {
    ...one,
    files: { ...one.files, ...edited },
    ...(tree ? { tree } : {}),
  })
  const after = checked(control, repaired, one)
  expect(after.status === 'fail' ? after.findings.length : 0).toBeLessThan(before)
  if (after.status !== 'fail') expect(fixOf(control, repaired, one)).toBeUndefined()
}

const fixOf = (control: Control, snapshot: Snapshot, one: ControlCase) =>
  control.fix?.(snapshot, {
    parameters: {
      ...Object.fromEntries(
        Object.entries(control.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]),
      ),
      ...one.parameters,
    },
    today: one.today ?? '2026-11-22',
    outcomeOf: id => one.outcomes?.[id],
    outcomeOn: one.outcomeOn ?? (() => undefined),
  })

const caseSnapshot = async (control: Control, one: ControlCase): Promise<Snapshot> => {
  const { tree, with: change = (snapshot: Snapshot) => snapshot, ...parts } = one
  const read = control.reads.files.flatMap(expandBraces).filter(path => !isTrueGlob(path))
  const files = { ...Object.fromEntries(read.map(path => [path, absentFile('test')])), ...parts.files }
  const byGlob = control.reads.tree || control.reads.files.some(isTrueGlob)
  const paths = isPaths(tree) ? tree : byGlob ? Object.keys(parts.files ?? {}) : undefined
  const snapshot = await snapshotOf({ ...parts, files, ...(paths ? { tree: paths } : {}) })
  return change(tree && !isPaths(tree) ? { ...snapshot, tree } : snapshot)
}

const isPaths = (tree: ControlCase['tree']): tree is readonly string[] => Array.isArray(tree)

/** All the way down: a control that writes into what it is given throws. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) frozen(each)
  }
  return value
}
