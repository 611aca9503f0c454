import * as git from '../git.ts'
import type * as Rows from '../rows.ts'
import type { Tables } from '../store.ts'
import type * as V from '../vocabulary.ts'

/** Refs and objects as GitHub finds them: by revision expressions, and across a network of forks. */
export function gitObjectsIn(db: Tables, userById: (id: number | null) => V.Account | undefined) {
  function refs(repositoryId: number, prefix = 'refs/heads/'): V.Ref[] {
    return db.refs
      .findBy('repo_id', repositoryId)
      .filter(row => row.ref.startsWith(prefix))
      .map(refView)
  }
  const refView = (row: Rows.RefRow): V.Ref => ({
    nodeId: row.node_id,
    qualifiedName: row.ref,
    name: row.ref.replace(/^refs\/(heads|tags)\//, ''),
    sha: row.sha,
  })
  /** By `refs/heads/main`, `heads/main` or `main`, a branch before a tag. */
  function ref(repositoryId: number, name: string): V.Ref | undefined {
    const rows = db.refs.findBy('repo_id', repositoryId)
    for (const candidate of [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`]) {
      const row = rows.find(found => found.ref === candidate)
      if (row) return refView(row)
    }
    return undefined
  }
  /** Forks and their parent share one store of objects: a commit of any of them is readable through each. */
  function network(repositoryId: number): number[] {
    let root = repositoryId
    for (let parent = db.repos.get(root)?.forked_from_id; parent; parent = db.repos.get(root)?.forked_from_id)
      root = parent
    const found = [root]
    for (const id of found)
      found.push(...db.repos.findBy('forked_from_id', id).map(candidate => candidate.id))
    return [repositoryId, ...found.filter(id => id !== repositoryId)]
  }
  function inNetwork<T>(repositoryId: number, find: (id: number) => T | undefined): T | undefined {
    const own = find(repositoryId)
    if (own !== undefined) return own
    const row = db.repos.get(repositoryId)
    if (!row || (!row.forked_from_id && row.forks_count === 0)) return undefined
    for (const id of network(repositoryId)) {
      const found = find(id)
      if (found !== undefined) return found
    }
    return undefined
  }
  function commit(repositoryId: number, sha: string): V.Commit | undefined {
    const row = commitRow(repositoryId, sha)
    return (
      row && {
        kind: 'commit',
        sha: row.sha,
        nodeId: row.node_id,
        message: row.message,
        author: { name: row.author_name, email: row.author_email, date: row.author_date },
        committer: { name: row.committer_name, email: row.committer_email, date: row.committer_date },
        authorLogin: userById(row.user_id)?.login,
        treeSha: row.tree_sha,
        parents: row.parent_shas,
      }
    )
  }
  function tree(repositoryId: number, sha: string, prefix = ''): V.Tree | undefined {
    const row = inNetwork(repositoryId, id => db.trees.findBySha(id, sha))
    const entries = row?.tree.map(({ path, ...rest }) => ({ name: path, path: prefix + path, ...rest }))
    return row && entries && { kind: 'tree', sha: row.sha, nodeId: row.node_id, entries }
  }
  function blob(repositoryId: number, sha: string, mode?: string): V.Blob | undefined {
    const row = inNetwork(repositoryId, id => db.blobs.findBySha(id, sha))
    return (
      row && {
        kind: 'blob',
        sha: row.sha,
        nodeId: row.node_id,
        byteSize: row.size,
        isBinary: row.encoding === 'base64',
        mode,
        bytes: () => git.blobBytes(row),
      }
    )
  }
  const commitRow = (repositoryId: number, sha: string): Rows.CommitRow | undefined =>
    inNetwork(repositoryId, id => db.commits.findBySha(id, sha))
  function commitSha(repositoryId: number, revision: string): string | undefined {
    if (/^[0-9a-f]{40}$/.test(revision)) return commitRow(repositoryId, revision)?.sha
    const branch = revision === 'HEAD' ? db.repos.get(repositoryId)?.default_branch : undefined
    const found = ref(repositoryId, branch ?? revision)
    if (found) return found.sha
    if (/^[0-9a-f]{7,39}$/.test(revision))
      return db.commits.findBy('repo_id', repositoryId).find(row => row.sha.startsWith(revision))?.sha
    return undefined
  }
  /**
   * What `object(expression:)` finds: REVISION, REVISION:PATH or REVISION: for the root; REVISION is a sha, a short
   * sha, a branch, a tag or HEAD. A bare sha may name a tree or a blob. A symlink is given as itself, not followed.
   * A submodule is a commit of another repository: GitHub answers null and so do we.
   */
  function object(repositoryId: number, expression: string): V.GitObject | undefined {
    const colon = expression.indexOf(':')
    const revision = colon === -1 ? expression : expression.slice(0, colon)
    const sha = commitSha(repositoryId, revision)
    if (colon === -1)
      return sha
        ? commit(repositoryId, sha)
        : (tree(repositoryId, expression) ?? blob(repositoryId, expression))
    const names = expression
      .slice(colon + 1)
      .split('/')
      .filter(name => name !== '')
    // Down the rows themselves: a query reads hundreds of paths, and a view of every folder on the way is dear.
    let here = sha ? (commitRow(repositoryId, sha)?.tree_sha ?? '') : revision
    for (const [index, name] of names.entries()) {
      const row = inNetwork(repositoryId, id => db.trees.findBySha(id, here))
      const entry = row?.tree.find(candidate => candidate.path === name)
      if (!entry || entry.type === 'commit') return undefined
      if (entry.type === 'blob')
        return index === names.length - 1 ? blob(repositoryId, entry.sha, entry.mode) : undefined
      here = entry.sha
    }
    return tree(repositoryId, here, names.map(name => `${name}/`).join(''))
  }
  /** Nearest first. */
  function history(repositoryId: number, sha: string): V.Commit[] {
    return git.history(db, repositoryId, sha).flatMap(row => commit(repositoryId, row.sha) ?? [])
  }

  return { refs, ref, commit, tree, blob, commitSha, object, history }
}
