import type { FileEdit } from '../controls/control.ts'
import { ownersToldBy } from './accounts-told.ts'
import { completeFiles, type Files } from './complete.ts'
import { fileFact } from './files/file-fact.ts'
import { codeownersErrorsAfter } from './github/codeowners-errors.ts'
import type { Directory } from './github/directory.ts'
import { ownerMentions } from './ownership.ts'
import { absentFile, type Fact, type FileContent, isUnreadable, type Snapshot, unknown } from './snapshot.ts'

export interface PatchOptions {
  /** Who there is in the organisation; without it only owners that the snapshot tells of are known. */
  directory?: Fact<Directory>
  /** Owners known otherwise, by ref or handle: the stand-ins of a proposal. */
  accounts?: Snapshot['accounts']
}

/**
 * The snapshot as it would be with these files in the repository: its entities judged anew, the owners they name looked up, what
 * GitHub said of unchanged lines of CODEOWNERS kept. Asks nobody. What the catalogue has under a new name is unknown, unless
 * the snapshot tells. Paths that `mayBeEdited` refuses must not be among the edits.
 */
export async function patched(
  snapshot: Snapshot,
  edits: readonly FileEdit[],
  options: PatchOptions = {},
): Promise<Snapshot> {
  if (edits.length === 0) return snapshot
  const source = 'proposal'
  const first: Files = { ...snapshot.files }
  for (const { path, text } of edits)
    first[path] = fileFact(path, { kind: 'file', text, bytes: Buffer.byteLength(text) }, source)
  const tree = withPaths(snapshot.tree, edits)
  const listed = tree.known ? new Set(tree.value.map(({ path }) => path)) : undefined
  const isAbsent = (path: string): boolean => snapshot.whole === true || listed?.has(path) === false
  const { files, entities } = await completeFiles(
    first,
    snapshot.repository.url,
    async paths =>
      Object.fromEntries(
        paths.map(path => [
          path,
          isAbsent(path) ? absentFile(source) : unknown('partial-answer', `${path} was not read`),
        ]),
      ),
    async () => tree,
  )
  const before = { ...snapshot.accounts, ...options.accounts }
  const named = ownerMentions(entities, files)
  const isNew = (name: string): boolean => before[name]?.known !== true
  const accounts = ownersToldBy(
    before,
    { refs: named.refs.filter(isNew), handles: named.handles.filter(isNew) },
    options.directory,
  )
  return {
    ...snapshot,
    treeOid: undefined,
    files,
    tree,
    entities,
    facts: {
      ...snapshot.facts,
      codeownersErrors: codeownersErrorsAfter(snapshot, files, { ...before, ...accounts }),
    },
    accounts: { ...before, ...accounts },
    catalogue: {
      ...Object.fromEntries(
        entities.flatMap(({ ref }) =>
          ref
            ? [
                [
                  ref,
                  unknown(
                    'not-configured',
                    `What the catalogue has under ${ref} was not asked for a proposal`,
                  ),
                ],
              ]
            : [],
        ),
      ),
      ...snapshot.catalogue,
    },
    templates: {
      ...Object.fromEntries(
        entities.flatMap(({ template }) =>
          template
            ? [[template.ref, unknown('not-configured', `${template.ref} was not asked for a proposal`)]]
            : [],
        ),
      ),
      ...snapshot.templates,
    },
  }
}

const withPaths = (tree: Snapshot['tree'], edits: readonly FileEdit[]): Snapshot['tree'] => {
  if (!tree.known) return tree
  const before = new Set(tree.value.map(({ path }) => path))
  const added = edits.flatMap(({ path }) =>
    before.has(path) ? [] : [{ path, type: 'blob' as const, mode: '100644' }],
  )
  return added.length === 0 ? tree : { ...tree, value: [...tree.value, ...added] }
}

/**
 * Whether a proposal may write there: a plain path below the root, outside .git, where a text file is or may be made. A link, a
 * submodule, a directory or a file that can't be read is nobody's to overwrite.
 */
export const mayBeEdited = (snapshot: Snapshot, path: string): boolean => {
  const segments = path.split('/')
  if (path.length > 1_024 || segments.some(each => each === '' || each === '.' || each === '..')) return false
  if (segments.some(each => /^\.git$/i.test(each)) || /[\\\p{Cc}]/u.test(path)) return false
  const fact = snapshot.files[path]
  if (fact && !fact.known) return false
  if (fact?.known && fact.value.exists && !isWholeText(fact.value)) return false
  // What is there and was not read would be lost.
  if (!snapshot.tree.known) return fact !== undefined && !isBelowAFile(snapshot, segments)
  const above = new Set(segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/')))
  return snapshot.tree.value.every(entry => {
    if (entry.path === path) return fact !== undefined && entry.type === 'blob' && entry.mode !== '120000'
    return entry.type === 'tree' || !above.has(entry.path)
  })
}

/** Of a file in another encoding than UTF-8 GitHub tells a text that differs from it: written back, it would change lines that nobody edits. */
const isWholeText = ({ text, bytes }: FileContent): boolean => bytes === Buffer.byteLength(text)

/** What was read may tell as much: a path through a file, or through a link, leads nowhere. */
const isBelowAFile = (snapshot: Snapshot, segments: readonly string[]): boolean =>
  segments.slice(1).some((_, index) => {
    const fact = snapshot.files[segments.slice(0, index + 1).join('/')]
    if (!fact) return false
    return fact.known ? fact.value.exists : isUnreadable(fact) && fact.reason !== 'directory'
  })
