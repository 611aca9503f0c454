import type { FileEdit, Fix, Outcome } from '../controls/control.ts'
import { type Setting, setValues } from '../snapshot/files/set-values.ts'
import { listed } from '../snapshot/quoted-text.ts'
import { type FileState, file, known, type Snapshot } from '../snapshot/snapshot.ts'
import { componentsOf } from './components.ts'
import { formatOf } from './formats/format.ts'

/** What would repair a control, as declared under `fix:`; paths lie within the repository. */
export type Repair = (CopyRepair | WriteRepair | SetRepair) & {
  /** Once for each component, with paths relative to its directory. */
  forEach?: 'component'
}

interface CopyRepair {
  /** A file of the policy repository. Whoever makes the change reads it. */
  copy: string
  to: string
}

interface WriteRepair {
  write: string
  to: string
}

interface SetRepair {
  set: readonly Setting[]
  in: string
}

/** The file that it changes. */
export const targetOf = (repair: Repair): string => ('in' in repair ? repair.in : repair.to)

/**
 * The edits that make a failing control pass, proven by `check` on a snapshot that has them; nothing less is offered. What a
 * file of the policy repository would repair can't be told from here.
 */
export const fixOf = (
  control: { title: string; why: string },
  repair: Repair,
  snapshot: Snapshot,
  check: (snapshot: Snapshot) => Outcome,
): Fix | undefined => {
  if (check(snapshot).status !== 'fail') return undefined
  const [first, ...rest] = directoriesOf(repair, snapshot).flatMap(directory => {
    const edit = editIn(directory, repair, snapshot)
    return edit ? [edit] : []
  })
  if (!first) return undefined
  const edits: Fix['edits'] = [first, ...rest]
  if (check(withEdits(snapshot, edits)).status !== 'pass') return undefined
  return { why: `${doing(repair, edits)}: ${control.why}`, edits }
}

/** The same for a file of the policy repository, whose text whoever makes the change has read. */
export const copyOf = (
  control: { title: string; why: string },
  repair: CopyRepair & Repair,
  snapshot: Snapshot,
  copies: Readonly<Record<string, string>>,
  check: (snapshot: Snapshot) => Outcome,
): Fix | undefined => {
  const text = Object.hasOwn(copies, repair.copy) ? copies[repair.copy] : undefined
  if (text === undefined) return undefined
  const { copy: _, ...rest } = repair
  return fixOf(control, { ...rest, write: text }, snapshot, check)
}

const directoriesOf = (repair: Repair, snapshot: Snapshot): string[] => {
  if (!repair.forEach) return ['']
  const components = componentsOf(snapshot)
  return components.known ? [...new Set(components.value.map(({ directory }) => directory))] : []
}

const editIn = (directory: string, repair: Repair, snapshot: Snapshot): FileEdit | undefined => {
  const path = directory + targetOf(repair)
  const fact = fileOf(snapshot, path)
  if (!fact) return undefined
  if ('write' in repair) {
    // What somebody wrote there is not replaced by something else.
    return fact.exists ? undefined : { path, text: repair.write.replace(/\n?$/, '\n') }
  }
  if (!('set' in repair) || !fact.exists) return undefined
  const text = setValues(fact.text, repair.set, formatOf(path) === 'json')
  return text === undefined || text === fact.text ? undefined : { path, text }
}

/** `undefined` while it is not known what is there. */
const fileOf = (snapshot: Snapshot, path: string): FileState | undefined => {
  const fact = file(snapshot, path)
  if (fact.known) return fact.value
  const isAbsent = snapshot.tree.known && !snapshot.tree.value.some(entry => entry.path === path)
  return isAbsent && !snapshot.files[path] ? { exists: false } : undefined
}

const withEdits = (snapshot: Snapshot, edits: readonly FileEdit[]): Snapshot => {
  const files = edits.map(
    ({ path, text }) =>
      [path, known({ exists: true as const, oid: '', bytes: text.length, text }, 'fix')] as const,
  )
  const { tree } = snapshot
  const added = edits.map(({ path }) => ({ path, type: 'blob' as const, mode: '100644' }))
  return {
    ...snapshot,
    files: { ...snapshot.files, ...Object.fromEntries(files) },
    tree: tree.known ? { ...tree, value: [...tree.value, ...added] } : tree,
  }
}

const doing = (repair: Repair, edits: readonly FileEdit[]): string => {
  const paths = listed(edits.map(({ path }) => path))
  return 'set' in repair
    ? `Sets ${listed(repair.set.map(({ path }) => path.join('.')))} in ${paths}`
    : `Adds ${paths}`
}
