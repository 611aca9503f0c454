import { type Outcome, undecided, unreadableFile } from '../controls/control.ts'
import { expandBraces, glob, isTrueGlob } from '../snapshot/files/linear-glob.ts'
import {
  absentFile,
  type Fact,
  type FileContent,
  type FileState,
  file,
  isUnreadable,
  type Known,
  type Snapshot,
  type TreeEntry,
} from '../snapshot/snapshot.ts'
import { type Component, componentsOf } from './components.ts'

// 0.2 µs each, for one pattern. Components beside each other look at each path once; only those that lie within each other multiply them.
const mostLooks = 1_000_000
const tooNested: Outcome = {
  status: 'fail',
  findings: [
    {
      message:
        'The Components of this repository lie within each other, with more than 1,000,000 paths to look through. Expected them beside each other.',
    },
  ],
}

interface FoundFiles {
  files: [string, FileContent][]
  /** Of those that can't be looked at, and of none being there. */
  outcomes: Outcome[]
}

interface FoundPaths {
  paths: string[]
  open?: Outcome
}

/** Every path that a pattern may mean. */
interface Meant {
  /** Files: those that need not be there, and those of the tree. */
  paths: string[]
  /** Of the tree; for what must not be there a directory is as much as a file. */
  directories: string[]
  open?: Outcome
}

/** What conditions ask of the files of one snapshot. */
export interface Files {
  snapshot: Snapshot
  files: (pattern: string, component: Component | undefined) => FoundFiles
  paths: (pattern: string, component: Component | undefined) => FoundPaths
  components: () => Fact<Component[]>
}

export const filesOf = (snapshot: Snapshot): Files => {
  let components: Fact<Component[]> | undefined
  let paths: Set<string> | undefined
  let sorted: TreeEntry[] | undefined

  const tree = snapshot.tree.known && snapshot.whole ? withDirectories(snapshot.tree) : snapshot.tree

  const isInTree = (path: string): boolean => {
    if (!tree.known) return false
    paths ??= new Set(tree.value.map(entry => entry.path))
    return paths.has(path)
  }

  /** Found by halving: a thousand components among 100,000 paths would otherwise be a hundred million comparisons. */
  const entriesIn = (all: readonly TreeEntry[], directory: string): readonly TreeEntry[] => {
    if (directory === '') return all
    sorted ??= all.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const first = firstFrom(sorted, directory)
    let after = first
    while (sorted[after]?.path.startsWith(directory)) after += 1
    return sorted.slice(first, after)
  }

  // By directory and pattern: many components may lie in one directory.
  const before = new Map<string, Meant>()
  const looks = new Map<string, number>()

  /** A component's files are read by a glob: one that the tree does not have was not asked for, and is not there. */
  const fileAt = (path: string, ofComponent: boolean): Fact<FileState> =>
    ofComponent && tree.known && !snapshot.files[path] && !isInTree(path)
      ? absentFile(tree.source)
      : file(snapshot, path)

  const meant = (pattern: string, directory: string): Meant => {
    const key = `${directory} ${pattern}`
    const made = before.get(key) ?? look(pattern, directory)
    before.set(key, made)
    return made
  }

  const look = (pattern: string, directory: string): Meant => {
    const found: string[] = []
    const directories: string[] = []
    for (const alternative of expandBraces(pattern)) {
      if (!isTrueGlob(alternative)) {
        found.push(directory + alternative)
        continue
      }
      if (!tree.known) {
        const open = undecided(`Which files match ${pattern} can't be known: ${tree.detail}.`)
        return { paths: found, directories, open }
      }
      const looked = looks.get(pattern) ?? 0
      if (directory !== '' && looked > mostLooks) return { paths: found, directories, open: tooNested }
      const entries = entriesIn(tree.value, directory)
      if (directory !== '') looks.set(pattern, looked + entries.length)
      const matches = glob(alternative)
      for (const { path, type } of entries)
        if (matches(path.slice(directory.length))) (type === 'tree' ? directories : found).push(path)
    }
    return { paths: [...new Set(found)], directories }
  }

  return {
    snapshot,
    components: () => {
      components ??= componentsOf(snapshot)
      return components
    },
    files: (pattern, component) => {
      const { paths: wanted, open } = meant(pattern, component?.directory ?? '')
      const files: [string, FileContent][] = []
      const outcomes: Outcome[] = open ? [open] : []
      for (const path of wanted) {
        const fact = fileAt(path, component !== undefined)
        if (!fact.known) outcomes.push(unreadableFile(path, fact))
        else if (fact.value.exists) files.push([path, fact.value])
      }
      return { files, outcomes }
    },
    paths: (pattern, component) => {
      const { paths: wanted, directories, open } = meant(pattern, component?.directory ?? '')
      const there = [...directories]
      const unclear: Outcome[] = open ? [open] : []
      for (const path of wanted) {
        const fact = fileAt(path, component !== undefined)
        // Whatever makes it unreadable, it is there; and what the tree has is there though nobody read it.
        const isThere = fact.known
          ? fact.value.exists || (snapshot.whole === true && isInTree(path))
          : isUnreadable(fact) || isInTree(path)
        if (isThere) there.push(path)
        else if (!fact.known) unclear.push(unreadableFile(path, fact))
      }
      const [first] = unclear
      return { paths: there, ...(first ? { open: first } : {}) }
    },
  }
}

/** As GitHub and the disk list them; what is only told is told without. */
const withDirectories = (tree: Known<TreeEntry[]>): Known<TreeEntry[]> => {
  const directories = new Set<string>()
  for (const { path } of tree.value)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      directories.add(path.slice(0, end))
  for (const { path, type } of tree.value) if (type === 'tree') directories.delete(path)
  const made = [...directories].map((path): TreeEntry => ({ path, type: 'tree', mode: '040000' }))
  return { ...tree, value: [...tree.value, ...made] }
}

const firstFrom = (sorted: readonly TreeEntry[], path: string): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle]?.path ?? '') < path) low = middle + 1
    else high = middle
  }
  return low
}
