import type { Annotation, CheckStatus, ObjectType, OwnerType, TeamPermission, Visibility } from './rows.ts'

/** What the emulated GitHub is made of, in plain values. REST and GraphQL both speak of these. */
export interface Account {
  type: OwnerType | 'Bot'
  databaseId: number
  nodeId: string
  login: string
  name?: string
  email?: string
  description?: string
  createdAt: string
}
export interface Repository {
  databaseId: number
  nodeId: string
  name: string
  nameWithOwner: string
  owner: Account
  visibility: Visibility
  isPrivate: boolean
  isArchived: boolean
  isFork: boolean
  isTemplate: boolean
  /** No branch has a commit yet. */
  isEmpty: boolean
  hasIssues: boolean
  description?: string
  homepage?: string
  topics: string[]
  primaryLanguage?: string
  languages: { name: string; size: number }[]
  /** The branch's name; GitHub names one even for an empty repository, where no ref bears it. */
  defaultBranch: string
  license?: { key: string; name: string; spdxId: string }
  parentId?: number
  createdAt: string
  updatedAt: string
  pushedAt?: string
  /** Kilobytes. */
  diskUsage: number
}
export interface Ref {
  nodeId: string
  /** refs/heads/main */
  qualifiedName: string
  /** main */
  name: string
  sha: string
}
export interface GitIdentity {
  name: string
  email: string
  date: string
}
export interface Commit {
  kind: 'commit'
  sha: string
  nodeId: string
  message: string
  author: GitIdentity
  committer: GitIdentity
  /** Whose token made it, where one did. */
  authorLogin?: string
  treeSha: string
  parents: string[]
}
export interface TreeEntry {
  name: string
  path: string
  /** 100644, 100755, 040000 for a folder, 120000 for a symlink, 160000 for a submodule. */
  mode: string
  type: ObjectType
  sha: string
  size?: number
}
export interface Tree {
  kind: 'tree'
  sha: string
  nodeId: string
  entries: TreeEntry[]
}
export interface Blob {
  kind: 'blob'
  sha: string
  nodeId: string
  byteSize: number
  isBinary: boolean
  /** 100644 or 120000 and so on when it was found by a path: a symlink's bytes are its target. */
  mode?: string
  bytes(): Buffer
}
export type GitObject = Commit | Tree | Blob

export interface PullRequest {
  databaseId: number
  nodeId: string
  repositoryId: number
  number: number
  title: string
  body?: string
  state: 'open' | 'closed' | 'merged'
  isDraft: boolean
  author?: Account
  headRefName: string
  headSha: string
  /** Absent when the fork is gone. Its commits stay readable through the base repository. */
  headRepositoryId?: number
  baseRefName: string
  baseSha: string
  isCrossRepository: boolean
  mergeCommitSha?: string
  labels: string[]
  createdAt: string
  updatedAt: string
  closedAt?: string
  mergedAt?: string
}
export interface Issue {
  databaseId: number
  nodeId: string
  repositoryId: number
  number: number
  title: string
  body?: string
  state: 'open' | 'closed'
  stateReason?: string
  isLocked: boolean
  author?: Account
  labels: string[]
  comments: number
  createdAt: string
  updatedAt: string
  closedAt?: string
}
export interface CheckRun {
  databaseId: number
  nodeId: string
  repositoryId: number
  checkSuiteId: number
  headSha: string
  name: string
  status: CheckStatus
  conclusion?: string
  title?: string
  summary?: string
  text?: string
  annotations: Annotation[]
  externalId?: string
  detailsUrl?: string
  appId?: number
  startedAt?: string
  completedAt?: string
}
export interface BranchProtection {
  databaseId: number
  nodeId: string
  pattern: string
  requiresPullRequest: boolean
  /** 0 when no review is asked for. */
  approvals: number
  requiresCodeOwnerReviews: boolean
  dismissesStaleReviews: boolean
  requiresStatusChecks: boolean
  requiresStrictStatusChecks: boolean
  statusChecks: string[]
  isAdminEnforced: boolean
  restrictsPushes: boolean
  requiresLinearHistory: boolean
  requiresCommitSignatures: boolean
  allowsForcePushes: boolean
  allowsDeletions: boolean
  requiresLastPushApproval: boolean
  /** Of the request for reviews. */
  bypass: BypassActor[]
}
export interface RulesetRule {
  /** pull_request, required_status_checks, non_fast_forward, deletion, required_signatures, … as REST names them. */
  type: string
  parameters?: Record<string, unknown>
}
export interface Ruleset {
  databaseId: number
  nodeId: string
  name: string
  target: 'branch' | 'tag' | 'push'
  enforcement: 'active' | 'evaluate' | 'disabled'
  sourceType: 'Repository' | 'Organization'
  /** OWNER/NAME or the organisation's login, as REST gives it. */
  source: string
  /** Absent for an organisation's. */
  repositoryId?: number
  /** `~ALL`, `~DEFAULT_BRANCH` or refs/heads/PATTERN. */
  refNames: { include: string[]; exclude: string[] }
  /** An organisation's ruleset names repositories; a repository's own has none. */
  repositoryNames?: { include: string[]; exclude: string[] }
  rules: RulesetRule[]
  bypass?: BypassActor[]
  createdAt: string
  updatedAt: string
}
export type Severity = 'low' | 'medium' | 'high' | 'critical'
export interface DependabotAlert {
  number: number
  nodeId: string
  repositoryId: number
  state: 'open' | 'fixed' | 'dismissed' | 'auto_dismissed'
  severity: Severity
  /** npm, pip, maven, …, as REST has it. */
  ecosystem: string
  package: string
  manifestPath: string
  scope: 'runtime' | 'development'
  ghsaId: string
  cveId?: string
  summary: string
  vulnerableVersionRange: string
  firstPatchedVersion?: string
  createdAt: string
  updatedAt: string
  fixedAt?: string
  dismissedAt?: string
  dismissedReason?: string
  dismissedComment?: string
  /** A login. */
  dismissedBy?: string
}
/** What the pages Settings > Advanced Security and Settings > Actions say of one repository, and what came of it. */
export interface SecuritySettings {
  /** GitHub Advanced Security, which a public repository has for nothing. Without it GitHub refuses to scan. */
  advancedSecurity: boolean
  secretScanning: boolean
  pushProtection: boolean
  secretAlerts: SecretAlert[]
  codeScanning: {
    setUp: 'default' | 'uploaded' | 'none'
    languages: string[]
    /** Of the newest analysis of the default branch; absent before the first. */
    analysedAt?: string
    openAlerts: number
  }
  privateReporting: boolean
  workflowToken: { permissions: 'read' | 'write'; canApprovePullRequests: boolean }
  /** Names of packages; absent where the dependency graph is switched off. */
  dependencies?: string[]
}
export interface SecretAlert {
  number: number
  /** `aws_access_key_id` */
  kind: string
  state: 'open' | 'resolved'
  createdAt: string
}
export interface Environment {
  name: string
  /** `ada`, or `acme/payments` for a team. */
  reviewers: string[]
  preventsSelfReview: boolean
  branches: 'all' | 'protected' | 'selected'
}
/** Who may pass by a rule, by pull request alone or at all. */
export interface BypassActor {
  kind: 'app' | 'team' | 'user' | 'role' | 'organization-admin' | 'deploy-key'
  /** Slug, login or role; empty where the kind says all. */
  name: string
  onlyByPullRequest: boolean
}
export type CodeownersErrorKind = 'Invalid pattern' | 'Unknown owner' | 'Invalid owner'
export interface CodeownersError {
  line: number
  column: number
  kind: CodeownersErrorKind
  source: string
  suggestion?: string
  message: string
  path: string
}
export interface Team {
  databaseId: number
  nodeId: string
  organisation: string
  slug: string
  name: string
  description?: string
  privacy: 'closed' | 'secret'
  parentId?: number
  members: Account[]
}
export interface TeamAccess {
  team: Team
  permission: TeamPermission
}
export type PropertyValue = string | string[] | null
export type Level = 'read' | 'write' | 'admin'
/** Who asks. An installation may do what its token was given, in the repositories it was given. */
export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'person'; login: string }
  | { kind: 'app'; appId: number }
  | {
      kind: 'installation'
      appId: number
      installationId: number
      account: string
      permissions: Record<string, string>
      repositoryIds: number[] | 'all'
    }
