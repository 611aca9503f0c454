import { createHash } from 'node:crypto'
import type { BlobRow, CommitRow, ObjectType, TreeRow, TreeRowEntry } from './rows.ts'
import { insertNode, type Tables } from './store.ts'

/** Git objects over emulate's rows. The ids are git's own, byte for byte, so they agree with what emulate writes. */
export const ZERO_SHA = '0'.repeat(40)

export interface File {
  mode: string
  type: ObjectType
  sha: string
  size?: number
}
export type Files = Map<string, File>

const objectSha = (type: string, content: Buffer): string =>
  createHash('sha1').update(`${type} ${content.byteLength}\0`).update(content).digest('hex')

export function blobBytes(blob: BlobRow): Buffer {
  return Buffer.from(blob.content, blob.encoding === 'base64' ? 'base64' : 'utf8')
}

export function writeBlob(db: Tables, repositoryId: number, bytes: Buffer): BlobRow {
  const sha = objectSha('blob', bytes)
  const existing = db.blobs.findBySha(repositoryId, sha)
  if (existing) return existing
  const text = bytes.toString('utf8')
  const isText = !bytes.includes(0) && Buffer.from(text, 'utf8').equals(bytes)
  return insertNode(db.blobs, 'Blob', {
    repo_id: repositoryId,
    sha,
    content: isText ? text : bytes.toString('base64'),
    encoding: isText ? 'utf-8' : 'base64',
    size: bytes.byteLength,
  })
}

/** Git sorts a directory as if its name ended in a slash. */
const gitOrder = (a: TreeRowEntry, b: TreeRowEntry): number =>
  Buffer.compare(
    Buffer.from(a.type === 'tree' ? `${a.path}/` : a.path),
    Buffer.from(b.type === 'tree' ? `${b.path}/` : b.path),
  )

export function writeTree(db: Tables, repositoryId: number, files: Files): TreeRow {
  const entries: TreeRowEntry[] = []
  const folders = new Map<string, Files>()
  for (const [path, file] of files) {
    const slash = path.indexOf('/')
    if (slash === -1) {
      entries.push({ path, ...file })
      continue
    }
    const folder = folders.get(path.slice(0, slash)) ?? new Map()
    folder.set(path.slice(slash + 1), file)
    folders.set(path.slice(0, slash), folder)
  }
  for (const [path, inside] of folders)
    entries.push({ path, mode: '040000', type: 'tree', sha: writeTree(db, repositoryId, inside).sha })
  entries.sort(gitOrder)
  const content = Buffer.concat(
    entries.flatMap(entry => [
      Buffer.from(`${entry.mode.replace(/^0+/, '')} ${entry.path}\0`),
      Buffer.from(entry.sha, 'hex'),
    ]),
  )
  const sha = objectSha('tree', content)
  return (
    db.trees.findBySha(repositoryId, sha) ??
    insertNode(db.trees, 'Tree', { repo_id: repositoryId, sha, tree: entries, truncated: false })
  )
}

export interface Identity {
  name: string
  email: string
  date: string
}

export function writeCommit(
  db: Tables,
  repositoryId: number,
  data: {
    message: string
    tree: string
    parents: string[]
    author: Identity
    committer?: Identity
    userId?: number
    /** By GitHub; a signature is part of what the id is drawn from. */
    isSigned?: boolean
  },
): CommitRow {
  const committer = data.committer ?? data.author
  const line = (who: Identity) =>
    `${who.name} <${who.email}> ${Math.floor(Date.parse(who.date) / 1000)} +0000`
  const head = [
    `tree ${data.tree}`,
    ...data.parents.map(parent => `parent ${parent}`),
    `author ${line(data.author)}`,
    `committer ${line(committer)}`,
    ...(data.isSigned ? ['gpgsig emulated'] : []),
  ]
  const message = data.message.endsWith('\n') ? data.message : `${data.message}\n`
  const sha = objectSha('commit', Buffer.from(`${head.join('\n')}\n\n${message}`))
  return (
    db.commits.findBySha(repositoryId, sha) ??
    insertNode(db.commits, 'Commit', {
      repo_id: repositoryId,
      sha,
      message: data.message,
      author_name: data.author.name,
      author_email: data.author.email,
      author_date: data.author.date,
      committer_name: committer.name,
      committer_email: committer.email,
      committer_date: committer.date,
      tree_sha: data.tree,
      parent_shas: data.parents,
      user_id: data.userId ?? null,
      ...(data.isSigned ? { verified: true } : {}),
    })
  )
}

/** Every file under a tree by its path; folders themselves are left out. */
export function flatten(db: Tables, repositoryId: number, treeSha: string, prefix = ''): Files {
  const files: Files = new Map()
  for (const entry of db.trees.findBySha(repositoryId, treeSha)?.tree ?? []) {
    const path = prefix + entry.path
    if (entry.type !== 'tree')
      files.set(path, { mode: entry.mode, type: entry.type, sha: entry.sha, size: entry.size })
    else
      for (const [inside, file] of flatten(db, repositoryId, entry.sha, `${path}/`)) files.set(inside, file)
  }
  return files
}

export interface ChangedPaths {
  added: string[]
  modified: string[]
  removed: string[]
}

/** What a push says of each commit. Compared tree by tree: folders with the same id are not opened. */
export function changedPaths(
  db: Tables,
  repositoryId: number,
  before: string | undefined,
  after: string,
): ChangedPaths {
  const changes: ChangedPaths = { added: [], modified: [], removed: [] }
  const entriesOf = (sha: string | undefined): Map<string, TreeRowEntry> => {
    const tree = sha ? db.trees.findBySha(repositoryId, sha) : undefined
    return new Map(tree?.tree.map(entry => [entry.path, entry]))
  }
  const list = (into: string[], entry: TreeRowEntry, path: string) => {
    if (entry.type !== 'tree') into.push(path)
    else into.push(...flatten(db, repositoryId, entry.sha, `${path}/`).keys())
  }
  const walk = (left: string | undefined, right: string | undefined, prefix: string) => {
    const old = entriesOf(left)
    for (const [name, entry] of entriesOf(right)) {
      const was = old.get(name)
      old.delete(name)
      const path = prefix + name
      if (!was) list(changes.added, entry, path)
      else if (was.sha === entry.sha && was.mode === entry.mode) continue
      else if (was.type === 'tree' && entry.type === 'tree') walk(was.sha, entry.sha, `${path}/`)
      else if (was.type !== 'tree' && entry.type !== 'tree') changes.modified.push(path)
      else {
        list(changes.removed, was, path)
        list(changes.added, entry, path)
      }
    }
    for (const [name, entry] of old) list(changes.removed, entry, prefix + name)
  }
  walk(before, after, '')
  return changes
}

/** A commit and all before it, nearest first. */
export function history(db: Tables, repositoryId: number, sha: string): CommitRow[] {
  const seen = new Set<string>()
  const found: CommitRow[] = []
  let wave = [sha]
  while (wave.length) {
    const next: string[] = []
    for (const id of wave) {
      if (seen.has(id)) continue
      seen.add(id)
      const commit = db.commits.findBySha(repositoryId, id)
      if (!commit) continue
      found.push(commit)
      next.push(...commit.parent_shas)
    }
    wave = next
  }
  return found
}

/** What a push brings: commits reachable from `after` and not from `before`, oldest first. */
export function commitsBetween(
  db: Tables,
  repositoryId: number,
  before: string | undefined,
  after: string,
): CommitRow[] {
  const known = new Set(before ? history(db, repositoryId, before).map(commit => commit.sha) : [])
  return history(db, repositoryId, after)
    .filter(commit => !known.has(commit.sha))
    .reverse()
}

export function mergeBase(db: Tables, repositoryId: number, left: string, right: string): string | undefined {
  const reachable = new Set(history(db, repositoryId, left).map(commit => commit.sha))
  return history(db, repositoryId, right).find(commit => reachable.has(commit.sha))?.sha
}

/** File by file, as git does for files that only one side changed; a file both changed is a conflict: undefined. */
export function mergeFiles(base: Files, ours: Files, theirs: Files): Files | undefined {
  const merged: Files = new Map(ours)
  for (const path of new Set([...base.keys(), ...theirs.keys()])) {
    const [was, our, their] = [base.get(path), ours.get(path), theirs.get(path)]
    if (their?.sha === was?.sha && their?.mode === was?.mode) continue
    if (our?.sha !== was?.sha && our?.sha !== their?.sha) return undefined
    if (their) merged.set(path, their)
    else merged.delete(path)
  }
  return merged
}

/** A fork shares the objects of its parent: what one has is copied to the other when a pull request joins them. */
export function copyHistory(db: Tables, from: number, to: number, sha: string): void {
  if (from === to) return
  const copyTree = (treeSha: string) => {
    const tree = db.trees.findBySha(from, treeSha)
    if (!tree || db.trees.findBySha(to, treeSha)) return
    for (const entry of tree.tree) {
      if (entry.type === 'tree') copyTree(entry.sha)
      const blob = entry.type === 'blob' ? db.blobs.findBySha(from, entry.sha) : undefined
      if (blob && !db.blobs.findBySha(to, entry.sha)) {
        const { id: _id, node_id: _node, ...data } = blob
        insertNode(db.blobs, 'Blob', { ...data, repo_id: to })
      }
    }
    const { id: _id, node_id: _node, ...data } = tree
    insertNode(db.trees, 'Tree', { ...data, repo_id: to })
  }
  for (const commit of history(db, from, sha)) {
    if (db.commits.findBySha(to, commit.sha)) continue
    copyTree(commit.tree_sha)
    const { id: _id, node_id: _node, ...data } = commit
    insertNode(db.commits, 'Commit', { ...data, repo_id: to })
  }
}

/** Point a ref at a commit, or remove it. emulate keeps branches twice: both must say the same. */
export function setRef(db: Tables, repositoryId: number, ref: string, sha: string | undefined): void {
  const row = db.refs.findBy('repo_id', repositoryId).find(candidate => candidate.ref === ref)
  if (row && sha) db.refs.update(row.id, { sha })
  else if (row) db.refs.delete(row.id)
  else if (sha) insertNode(db.refs, 'Ref', { repo_id: repositoryId, ref, sha })
  if (!ref.startsWith('refs/heads/')) return
  const name = ref.slice('refs/heads/'.length)
  const branch = db.branches.findBy('repo_id', repositoryId).find(candidate => candidate.name === name)
  if (branch && sha) db.branches.update(branch.id, { sha })
  else if (branch) db.branches.delete(branch.id)
  else if (sha) db.branches.insert({ repo_id: repositoryId, name, sha, protected: false })
}
