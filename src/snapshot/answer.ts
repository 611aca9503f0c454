import { z } from 'zod'
import type { GraphqlAnswer, GraphqlError } from '../github.ts'
import {
  blobShape,
  type entryShape,
  type RepositoryShape,
  repositoryShape,
  treeShape,
} from './answer-shape.ts'
import { fileFact } from './file-fact.ts'
import type { RepositoryQuery } from './query.ts'
import {
  type CodeownersError,
  type Fact,
  type FileState,
  known,
  type Metadata,
  type Protection,
  type Unknown,
  unknown,
  type VulnerabilityAlert,
} from './snapshot.ts'

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
  pullRequest?: { state: string; headOid: string }
  metadata: Fact<Metadata>
  topics: Fact<string[]>
  protection: Fact<Protection>
  codeownersErrors: Fact<CodeownersError[]>
  vulnerabilityAlerts: Fact<VulnerabilityAlert[]>
  files: Map<string, Fact<FileState>>
  directories: Map<string, Fact<DirectoryEntry[]>>
}

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
  const fact = <T>(field: string, read: () => T): Fact<T> => problemAt(errors, field) ?? known(read(), source)

  const directories = new Map([
    ...earlier,
    ...[...asked.directories].map(
      ([path, alias]) =>
        [
          path,
          fact(alias, () => treeShape.parse(raw[alias] ?? undefined)?.entries?.map(directoryEntry) ?? []),
        ] as const,
    ),
  ])
  const files = new Map(
    [...asked.files].map(([path, alias]) => [
      path,
      problemAt(errors, alias) ?? readFile(path, raw[alias], directories),
    ]),
  )
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
    commitProblem: problemAt(errors, 'commit') ?? problemAt(errors, 'defaultBranchRef', 'target'),
    pullRequest: repository.pullRequest
      ? { state: repository.pullRequest.state, headOid: repository.pullRequest.headRefOid }
      : undefined,
    metadata: known(readMetadata(repository), source),
    topics: repository.repositoryTopics
      ? fact(
          'repositoryTopics',
          () => repository.repositoryTopics?.nodes.flatMap(node => (node ? [node.topic.name] : [])) ?? [],
        )
      : (problemAt(errors, 'repositoryTopics') ?? notAsked('topics')),
    protection: readProtection(repository, errors),
    codeownersErrors:
      'codeowners' in raw || problemAt(errors, 'codeowners')
        ? fact('codeowners', () => (repository.codeowners?.errors ?? []).map(codeownersError))
        : notAsked('CODEOWNERS errors'),
    vulnerabilityAlerts: readAlerts(repository, errors),
    files,
    directories,
  }
}

const notAsked = (what: string): Unknown =>
  unknown('partial-answer', `${what} were not asked for, because no control in force reads them`)

/** The error GitHub gave at this field or below it, as a reason. */
function problemAt(errors: readonly GraphqlError[], ...path: string[]): Unknown | undefined {
  const error = errors.find(each => {
    const at = (each.path ?? []).slice(1).map(String)
    return path.every((segment, index) => at[index] === segment || at[index] === undefined)
  })
  if (!error) return undefined
  if (error.type === 'FORBIDDEN')
    return unknown(
      'permission',
      `The app may not read ${path.at(-1)}: ${error.message.slice(0, 200)}. Grant it the permission in its settings`,
    )
  return unknown(
    'partial-answer',
    `GitHub left ${path.at(-1)} out of its answer: ${error.message.slice(0, 200)}`,
  )
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

function readMetadata(repository: RepositoryShape): Metadata {
  return {
    visibility: repository.visibility.toLowerCase() as Metadata['visibility'],
    isArchived: repository.isArchived,
    isFork: repository.isFork,
    isTemplate: repository.isTemplate,
    isEmpty: repository.isEmpty,
    hasIssuesEnabled: repository.hasIssuesEnabled,
    description: repository.description ?? '',
    defaultBranch: repository.defaultBranchRef?.name,
    primaryLanguage: repository.primaryLanguage?.name,
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt ?? undefined,
  }
}

/** Classic protection and rules are two answers; together they are known only when both are. */
function readProtection(repository: RepositoryShape, errors: readonly GraphqlError[]): Fact<Protection> {
  const branch = repository.defaultBranchRef
  const problem =
    problemAt(errors, 'defaultBranchRef', 'branchProtectionRule') ??
    problemAt(errors, 'defaultBranchRef', 'rules')
  if (problem) return { ...problem, detail: problem.detail.replace(/read \w+:/, 'read branch protection:') }
  if (!branch) return unknown('partial-answer', 'There is no default branch yet')
  if (!branch.rules) return notAsked('branch rules')
  if (branch.rules.totalCount > branch.rules.nodes.length)
    return unknown(
      'partial-answer',
      `The branch has ${branch.rules.totalCount} rules, of which GitHub listed ${branch.rules.nodes.length}`,
    )
  const rules = branch.rules.nodes.filter(rule => rule !== null)
  const classic = branch.branchProtectionRule
  const reviews = rules.filter(rule => rule.type === 'PULL_REQUEST')
  const checks = rules.flatMap(rule => rule.parameters?.requiredStatusChecks ?? [])
  return known(
    {
      requiresPullRequest: reviews.length > 0 || classic?.requiresApprovingReviews === true,
      requiredApprovals: Math.max(
        0,
        classic?.requiresApprovingReviews ? (classic.requiredApprovingReviewCount ?? 0) : 0,
        ...reviews.map(rule => rule.parameters?.requiredApprovingReviewCount ?? 0),
      ),
      requiresCodeOwnerReview:
        classic?.requiresCodeOwnerReviews === true ||
        reviews.some(rule => rule.parameters?.requireCodeOwnerReview === true),
      blocksForcePush:
        rules.some(rule => rule.type === 'NON_FAST_FORWARD') || classic?.allowsForcePushes === false,
      blocksDeletion: rules.some(rule => rule.type === 'DELETION') || classic?.allowsDeletions === false,
      requiredChecks: [
        ...checks.map(check => ({ context: check.context, appId: check.integrationId ?? undefined })),
        ...(classic?.requiresStatusChecks ? (classic.requiredStatusChecks ?? []) : []).map(check => ({
          context: check.context,
          appId: check.app?.databaseId ?? undefined,
        })),
      ],
      sources: [
        ...(classic ? [`branch protection of ${classic.pattern}`] : []),
        ...new Set(rules.map(rule => `ruleset ${rule.repositoryRuleset?.name ?? 'without a name'}`)),
      ],
    },
    source,
  )
}

function codeownersError(
  error: NonNullable<RepositoryShape['codeowners']>['errors'][number],
): CodeownersError {
  return { ...error, suggestion: error.suggestion ?? undefined }
}

function readAlerts(
  repository: RepositoryShape,
  errors: readonly GraphqlError[],
): Fact<VulnerabilityAlert[]> {
  const problem = problemAt(errors, 'vulnerabilityAlerts')
  if (problem) return problem
  const alerts = repository.vulnerabilityAlerts
  if (!alerts) return notAsked('Dependabot alerts')
  if (alerts.totalCount > alerts.nodes.length)
    return unknown(
      'partial-answer',
      `There are ${alerts.totalCount} open Dependabot alerts, of which GitHub listed ${alerts.nodes.length}`,
    )
  return known(
    alerts.nodes.flatMap(node =>
      node
        ? [
            {
              number: node.number,
              severity: (
                node.securityVulnerability?.severity ?? 'LOW'
              ).toLowerCase() as VulnerabilityAlert['severity'],
              package: node.securityVulnerability?.package.name ?? '',
              createdAt: node.createdAt,
            },
          ]
        : [],
    ),
    source,
  )
}
