import { z } from 'zod'
import type { GraphqlAnswer } from '../../github.ts'
import { fileFact } from '../files/file-fact.ts'
import { type Fact, type FileState, known, type RepositoryFacts, type Unknown, unknown } from '../snapshot.ts'
import { problemAt, readCodeownersErrors, readFacts } from './answer-facts.ts'
import { blobShape, type entryShape, repositoryShape, treeShape } from './answer-shape.ts'
import type { RepositoryQuery } from './query.ts'

/** Reads the answer to `repositoryQuery` into facts. What GitHub did not say, or said with an error, is unknown. */
export interface RepositoryAnswer {
  id: number
  name: string
  owner: string
  ownerId: number
  url: string
  /** Of the default branch; absent while there is no commit. */
  head?: string
  /** The commit that was read and its root tree; absent when it does not exist. */
  commit?: { oid: string; treeOid: string }
  /** Why `commit` or `head` may be missing although they exist. */
  commitProblem?: Unknown
  pullRequest?: { state: string; headOid: string; base?: string }
  /** Those that were asked for, and the metadata. */
  facts: Partial<RepositoryFacts> & Pick<RepositoryFacts, 'metadata'>
  files: Map<string, Fact<FileState>>
  directories: Map<string, Fact<DirectoryEntry[]>>
  /** Of the second commit, where one was asked for. */
  base?: Objects & { codeownersErrors?: RepositoryFacts['codeownersErrors'] }
}

type Objects = Pick<RepositoryAnswer, 'files' | 'directories'>

export interface DirectoryEntry {
  name: string
  type: string
  /** As git writes it: `100644`, `120000` (symbolic link), `160000` (submodule), `040000` (directory). */
  mode: string
  oid: string
  bytes: number
}

/** The repository does not exist, or the installation may not see it: GitHub does not tell which. */
export class RepositoryNotVisible extends Error {
  override name = 'RepositoryNotVisible'
}

/** The commit that was to be judged is not there any more: a merge group that was dissolved, a branch pushed over. */
export class CommitGone extends Error {
  override name = 'CommitGone'
}

const source = 'github'

/** `earlier`: directories that were listed before at the same commit; they tell a file from a symbolic link. */
export function readAnswer(
  asked: RepositoryQuery,
  answer: GraphqlAnswer,
  earlier: ReadonlyMap<string, Fact<DirectoryEntry[]>> = new Map(),
): RepositoryAnswer {
  const { errors } = answer
  const envelope = z.object({ repository: z.unknown() }).nullable().parse(answer.data)
  if (envelope?.repository === null || envelope?.repository === undefined) {
    if (errors.some(error => error.type === 'NOT_FOUND' && error.path?.[0] === 'repository'))
      throw new RepositoryNotVisible(errors[0]?.message ?? 'Not found')
    throw new Error(
      `GitHub did not answer for the repository: ${errors[0]?.message ?? 'no reason given'}. It is asked again later.`,
    )
  }
  const repository = repositoryShape.parse(envelope.repository)
  const raw = envelope.repository as Record<string, unknown>
  const { files, directories } = readObjects(asked, raw, errors, earlier)
  return {
    id: repository.databaseId,
    name: repository.name,
    owner: repository.owner.login,
    ownerId: repository.owner.databaseId ?? 0,
    url: repository.url,
    head: repository.defaultBranchRef?.target?.oid,
    commit: repository.commit?.oid
      ? { oid: repository.commit.oid, treeOid: repository.commit.tree?.oid ?? '' }
      : undefined,
    commitProblem: problemAt(errors, ['commit']) ?? problemAt(errors, ['defaultBranchRef', 'target']),
    pullRequest: repository.pullRequest
      ? {
          state: repository.pullRequest.state,
          headOid: repository.pullRequest.headRefOid,
          base: repository.pullRequest.baseRefName,
        }
      : undefined,
    facts: readFacts(asked.facts, repository, errors),
    files,
    directories,
    ...(asked.base
      ? {
          base: {
            ...readObjects(asked.base, raw, errors, new Map()),
            ...(asked.base.codeowners
              ? {
                  codeownersErrors: readCodeownersErrors('baseCodeowners', repository.baseCodeowners, errors),
                }
              : {}),
          },
        }
      : {}),
  }
}

function readObjects(
  asked: Pick<RepositoryQuery, 'files' | 'directories'>,
  raw: Record<string, unknown>,
  errors: GraphqlAnswer['errors'],
  earlier: ReadonlyMap<string, Fact<DirectoryEntry[]>>,
): Objects {
  const directories = new Map([
    ...earlier,
    ...[...asked.directories].map(
      ([path, alias]) =>
        [
          path,
          problemAt(errors, [alias], path || 'the root') ??
            known(treeShape.parse(raw[alias] ?? undefined)?.entries?.map(directoryEntry) ?? [], source),
        ] as const,
    ),
  ])
  const files = new Map(
    [...asked.files].map(([path, alias]) => [
      path,
      problemAt(errors, [alias], path) ?? readFile(path, raw[alias], directories),
    ]),
  )
  return { files, directories }
}

function readFile(
  path: string,
  object: unknown,
  directories: ReadonlyMap<string, Fact<DirectoryEntry[]>>,
): Fact<FileState> {
  const slash = path.lastIndexOf('/')
  const parent = directories.get(slash < 0 ? '' : path.slice(0, slash))
  if (parent && !parent.known) return parent
  const entry = parent?.value.find(each => each.name === path.slice(slash + 1))
  if (entry?.mode === '120000') return fileFact(path, { kind: 'symbolic-link' }, source)
  if (entry?.mode === '160000') return fileFact(path, { kind: 'submodule' }, source)
  const blob = blobShape.parse(object ?? undefined)
  if (!blob)
    return entry
      ? unknown('partial-answer', `GitHub lists ${path} and did not hand it out`)
      : fileFact(path, { kind: 'absent' }, source)
  if (blob.__typename !== 'Blob')
    return fileFact(path, { kind: blob.__typename === 'Tree' ? 'directory' : 'submodule' }, source)
  return fileFact(
    path,
    {
      kind: 'file',
      oid: blob.oid,
      bytes: blob.byteSize,
      isBinary: blob.isBinary ?? undefined,
      isCut: blob.isTruncated,
      text: blob.text ?? undefined,
    },
    source,
  )
}

function directoryEntry(entry: z.infer<typeof entryShape>): DirectoryEntry {
  return {
    name: entry.name,
    type: entry.type,
    mode: entry.mode.toString(8).padStart(6, '0'),
    oid: entry.oid,
    bytes: entry.size,
  }
}
