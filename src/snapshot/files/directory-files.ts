import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Fact, type FileState, known, type TreeEntry, unknown } from '../snapshot.ts'
import { fileFact, maximumFileBytes } from './file-fact.ts'
import { type IgnoreRule, ignoreRules, isIgnored } from './git-ignore.ts'

/** A directory read as GitHub would show it: no link is followed, nothing outside is opened. */
export interface DirectoryFiles {
  read: (path: string) => Promise<Fact<FileState>>
  /**
   * Every path below the root, without `.git`, `node_modules` and what a .gitignore leaves out: what was built or is
   * secret on this machine is no part of the repository. A file that is committed and ignored is left out with it.
   */
  list: () => Promise<Fact<TreeEntry[]>>
}

// As many as GitHub lists in one answer.
const mostEntries = 100_000
const leftOut = new Set(['.git', 'node_modules'])

/** Throws when `root` is no directory. */
export async function openDirectory(root: string): Promise<DirectoryFiles> {
  const state = await lstat(root).catch(() => undefined)
  if (!state) throw new Error(`There is no directory ${root}. Expected a working copy of a repository.`)
  // A link given by name on the command line is meant; below it none is followed.
  if (!state.isDirectory() && !state.isSymbolicLink()) throw new Error(`${root} is not a directory.`)
  return { read: path => read(root, path), list: () => list(root) }
}

async function read(root: string, path: string): Promise<Fact<FileState>> {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '..' || part === '.') || path.includes('\0')) {
    return unknown('outside-repository', `${path} is no path within the repository`)
  }
  // Each directory on the way is looked at, since one that is a link may lead anywhere.
  for (const [index, part] of parts.entries()) {
    const here = join(root, ...parts.slice(0, index), part)
    const shown = parts.slice(0, index + 1).join('/')
    const state = await lstat(here).catch(() => undefined)
    if (!state) return fileFact(path, { kind: 'absent' }, 'disk')
    const last = index === parts.length - 1
    if (state.isSymbolicLink()) return fileFact(last ? path : shown, { kind: 'symbolic-link' }, 'disk')
    if (state.isDirectory()) {
      if (!last && (await isSubmodule(here))) return fileFact(shown, { kind: 'submodule' }, 'disk')
      if (last) return fileFact(path, { kind: (await isSubmodule(here)) ? 'submodule' : 'directory' }, 'disk')
    } else if (!last) return fileFact(path, { kind: 'absent' }, 'disk')
    // A pipe or a device would block or never end.
    else if (!state.isFile()) return unknown('binary', `${path} is no regular file`)
    else return content(here, path, state.size)
  }
  return fileFact(path, { kind: 'absent' }, 'disk')
}

async function content(file: string, path: string, bytes: number): Promise<Fact<FileState>> {
  if (bytes > maximumFileBytes) return fileFact(path, { kind: 'file', bytes, isCut: true }, 'disk')
  try {
    const handle = await open(file, 'r')
    try {
      const buffer = await handle.readFile()
      return fileFact(path, { kind: 'file', bytes: buffer.length, text: buffer.toString('utf8') }, 'disk')
    } finally {
      await handle.close()
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'an error'
    return unknown('permission', `${path} can't be opened (${reason})`)
  }
}

const isSubmodule = async (directory: string): Promise<boolean> =>
  (await lstat(join(directory, '.git')).catch(() => undefined)) !== undefined

async function list(root: string): Promise<Fact<TreeEntry[]>> {
  const entries: TreeEntry[] = []
  const open: { at: string; rules: readonly IgnoreRule[] }[] = [{ at: '', rules: [] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at } = next
    const found = await readdir(join(root, at), { withFileTypes: true }).catch(() => [])
    const own = found.some(entry => entry.name === '.gitignore' && entry.isFile())
      ? await rulesIn(root, at)
      : []
    const rules = own.length > 0 ? [...next.rules, ...own] : next.rules
    for (const entry of found) {
      if (leftOut.has(entry.name)) continue
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (isIgnored(path, entry.isDirectory(), rules)) continue
      if (entry.isDirectory()) {
        open.push({ at: path, rules })
        entries.push({ path, type: 'tree', mode: '040000' })
      } else entries.push({ path, type: 'blob', mode: entry.isSymbolicLink() ? '120000' : '100644' })
      if (entries.length > mostEntries) {
        return unknown('partial-answer', `The directory has more than ${mostEntries} files`)
      }
    }
  }
  return known(
    entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
    'disk',
  )
}

const rulesIn = async (root: string, at: string): Promise<IgnoreRule[]> => {
  const path = at === '' ? '.gitignore' : `${at}/.gitignore`
  const fact = await read(root, path)
  return fact.known && fact.value.exists ? ignoreRules(fact.value.text, at === '' ? '' : `${at}/`) : []
}
