import type { Blob, Commit, GitObject, Repository, Tree, TreeEntry } from '../world.ts'
import { accountOrNull } from './accounts.ts'
import { checkSuites } from './check-runs.ts'
import { connection, type Page } from './connection.ts'
import { type GraphqlNode, permitted, type Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'

/** GitHub cuts a blob's text here and says `isTruncated`; `byteSize` still counts all. */
const TEXT_LIMIT = 512 * 1024

/** Git's own guess, which GitHub follows: a zero byte near the start means binary. */
const BINARY_SAMPLE = 8_000

/** `object(expression:, oid:)`. What does not resolve is null, not an error. */
export function objectAt(
  reading: Reading,
  repository: Repository,
  { expression, oid }: { expression?: string | null; oid?: string | null },
): GraphqlNode | null {
  const wanted = oid ?? expression
  if (!wanted) return null
  reading.countObject()
  return permitted(reading, repository, 'contents', () => {
    const found = reading.world.object(repository.databaseId, wanted)
    return found ? objectNode(reading, repository, found) : null
  })
}

export function objectNode(reading: Reading, repository: Repository, object: GitObject): GraphqlNode {
  if (object.kind === 'commit') return commitNode(reading, repository, object)
  return object.kind === 'tree'
    ? treeNode(reading, repository, object)
    : blobNode(reading, repository, object)
}

function gitObject(reading: Reading, repository: Repository, object: GitObject) {
  const path = `/${repository.nameWithOwner}/commit/${object.sha}`
  return {
    id: object.nodeId,
    oid: object.sha,
    abbreviatedOid: object.sha.slice(0, 7),
    commitResourcePath: path,
    commitUrl: reading.world.url + path,
    repository: () => repositoryNode(reading, repository),
  }
}

/** A symbolic link is a blob whose text is its target; whoever needs to know reads the mode in the tree. */
function blobNode(reading: Reading, repository: Repository, blob: Blob): GraphqlNode {
  let read: Buffer | undefined
  const bytes = () => {
    read ??= blob.bytes()
    return read
  }
  const isBinary = () => bytes().subarray(0, BINARY_SAMPLE).includes(0)
  return {
    __typename: 'Blob',
    ...gitObject(reading, repository, blob),
    byteSize: blob.byteSize,
    isBinary,
    isTruncated: () => blob.byteSize > TEXT_LIMIT && !isBinary(),
    text: () => (isBinary() ? null : textOf(bytes())),
  }
}

/** Text that is not UTF-8 is still text on GitHub. A cut in the middle of a character loses that character. */
function textOf(bytes: Buffer): string {
  const text = bytes.subarray(0, TEXT_LIMIT).toString('utf8')
  if (!text.includes('\ufffd')) return text
  const whole = bytes.byteLength > TEXT_LIMIT ? text.replace(/\ufffd+$/, '') : text
  return whole.includes('\ufffd') ? bytes.subarray(0, TEXT_LIMIT).toString('latin1') : whole
}

function treeNode(reading: Reading, repository: Repository, tree: Tree): GraphqlNode {
  return {
    __typename: 'Tree',
    ...gitObject(reading, repository, tree),
    entries: () => tree.entries.map(entry => entryNode(reading, repository, entry)),
  }
}

function entryNode(reading: Reading, repository: Repository, entry: TreeEntry): GraphqlNode {
  const { world } = reading
  const { databaseId } = repository
  const dot = entry.name.lastIndexOf('.')
  return {
    __typename: 'TreeEntry',
    name: entry.name,
    nameRaw: Buffer.from(entry.name).toString('base64'),
    path: entry.path,
    pathRaw: Buffer.from(entry.path).toString('base64'),
    extension: entry.type === 'blob' && dot > -1 ? entry.name.slice(dot) : '',
    type: entry.type,
    // The octal of git as a plain number: 33188 is 100644, 40960 a symbolic link, 57344 a submodule.
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.sha,
    size: () =>
      entry.type === 'blob' ? (entry.size ?? world.blob(databaseId, entry.sha)?.byteSize ?? 0) : 0,
    isGenerated: false,
    object: () => {
      reading.countObject()
      if (entry.type === 'blob') {
        const blob = world.blob(databaseId, entry.sha, entry.mode)
        return blob ? blobNode(reading, repository, blob) : null
      }
      // A submodule's commit lives in another repository: GitHub answers null.
      const tree = entry.type === 'tree' ? world.tree(databaseId, entry.sha, `${entry.path}/`) : undefined
      return tree ? treeNode(reading, repository, tree) : null
    },
    repository: () => repositoryNode(reading, repository),
  }
}

export function commitNode(reading: Reading, repository: Repository, commit: Commit): GraphqlNode {
  const { world } = reading
  const { databaseId } = repository
  const [headline = '', ...rest] = commit.message.split('\n')
  const path = `/${repository.nameWithOwner}/commit/${commit.sha}`
  const byAuthor = () =>
    accountOrNull(reading, commit.authorLogin ? world.account(commit.authorLogin) : undefined)
  return {
    __typename: 'Commit',
    ...gitObject(reading, repository, commit),
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    author: { __typename: 'GitActor', ...commit.author, user: byAuthor },
    committer: { __typename: 'GitActor', ...commit.committer, user: byAuthor },
    url: world.url + path,
    resourcePath: path,
    tree: () => {
      const tree = world.tree(databaseId, commit.treeSha)
      return tree ? treeNode(reading, repository, tree) : null
    },
    file: ({ path }: { path: string }) => {
      const folder = world.object(databaseId, `${commit.sha}:${path.split('/').slice(0, -1).join('/')}`)
      const entry =
        folder?.kind === 'tree'
          ? folder.entries.find(each => each.name === path.split('/').at(-1))
          : undefined
      return entry ? entryNode(reading, repository, entry) : null
    },
    parents: (page: Page) =>
      connection(commit.parents, page, sha => {
        const parent = world.commit(databaseId, sha)
        return parent ? commitNode(reading, repository, parent) : null
      }),
    history: (page: Page) =>
      connection(world.history(databaseId, commit.sha), page, each => commitNode(reading, repository, each)),
    checkSuites: (args: Page & { filterBy?: { appId?: number; checkName?: string } | null }) =>
      permitted(reading, repository, 'checks', () => checkSuites(reading, repository, commit.sha, args)),
  }
}
