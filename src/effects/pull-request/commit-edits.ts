import { z } from 'zod'
import type { FileEdit } from '../../controls/control.ts'
import { type Outside, ownerAndRepo } from '../outside.ts'

/** The tree that edits make of a commit's; a sentence where they can't be made. */
export type EditedTree = { sha: string; baseSha: string } | { refused: string }

/** Writes a tree: the base's, with these files as they are to be. A file that is there keeps its mode. */
export async function writeTree(
  base: string,
  edits: readonly FileEdit[],
  outside: Outside,
): Promise<EditedTree> {
  const { data } = await outside.github.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...ownerAndRepo(outside),
    commit_sha: base,
  })
  const baseSha = z.object({ tree: shaShape }).parse(data).tree.sha
  const entryAt = entriesOf(baseSha, outside)
  const tree: { path: string; mode: string; type: 'blob'; content: string }[] = []
  for (const { path, text } of edits) {
    const mode = await modeOf(path, entryAt)
    if ('refused' in mode) return mode
    tree.push({ path, mode: mode.mode, type: 'blob', content: text })
  }
  const written = await outside.github.request('POST /repos/{owner}/{repo}/git/trees', {
    ...ownerAndRepo(outside),
    base_tree: baseSha,
    tree,
  })
  return { sha: shaShape.parse(written.data).sha, baseSha }
}

/** Without author and committer: it is the app's own then, and GitHub signs it. */
export async function writeCommit(
  commit: { message: string; tree: string; parents: string[] },
  outside: Outside,
): Promise<string> {
  const { data } = await outside.github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...ownerAndRepo(outside),
    ...commit,
  })
  return shaShape.parse(data).sha
}

type EntryAt = (folder: string, name: string) => Promise<Listed>
type Listed = Entry | undefined | 'not all listed'

/** GitHub would put a folder in place of a link that lies on the way, and text in place of the link itself. */
async function modeOf(path: string, entryAt: EntryAt): Promise<{ mode: string } | { refused: string }> {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git'))
    return { refused: `"${path}" is no path that a repository can have.` }
  for (const [index, name] of parts.entries()) {
    const here = parts.slice(0, index + 1).join('/')
    const entry = await entryAt(parts.slice(0, index).join('/'), name)
    if (entry === 'not all listed')
      return {
        refused: `GitHub does not list all files beside "${here}", so that it can't be changed safely.`,
      }
    if (!entry) return { mode: '100644' }
    const isLast = index === parts.length - 1
    const fits = isLast ? ['100644', '100755'].includes(entry.mode) : entry.type === 'tree'
    if (!fits)
      return {
        refused: `"${here}" is ${kindOf(entry)}; ${isLast ? 'a plain file' : 'a folder'} was expected there, so "${path}" is not changed.`,
      }
    if (isLast) return { mode: entry.mode }
  }
  return { mode: '100644' }
}

const kindOf = ({ mode, type }: Entry): string =>
  mode === '120000'
    ? 'a symbolic link'
    : type === 'commit'
      ? 'a submodule'
      : type === 'tree'
        ? 'a folder'
        : 'a file'

/** Each folder is read once. */
function entriesOf(root: string, outside: Outside): EntryAt {
  const folders = new Map<string, Promise<{ tree: Entry[]; truncated?: boolean | null }>>()
  const read = async (sha: string) => {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
      ...ownerAndRepo(outside),
      tree_sha: sha,
    })
    return treeShape.parse(data)
  }
  return async function entryAt(folder, name): Promise<Listed> {
    const parent = folder.split('/')
    const last = parent.pop() ?? ''
    if (!folders.has(folder)) {
      const found: Listed | { sha: string } =
        folder === '' ? { sha: root } : await entryAt(parent.join('/'), last)
      if (!found || found === 'not all listed') return found
      folders.set(folder, read(found.sha))
    }
    const listed = await folders.get(folder)
    const entry = listed?.tree.find(each => each.path === name)
    return entry ?? (listed?.truncated ? 'not all listed' : undefined)
  }
}

type Entry = z.infer<typeof entryShape>
const shaShape = z.object({ sha: z.string() })
const entryShape = z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })
const treeShape = z.object({ tree: z.array(entryShape), truncated: z.boolean().nullish() })
