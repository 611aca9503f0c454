/** The vocabulary of what is known of one repository at one instant. Plain JSON: a stored snapshot replays. */

export type Fact<T> = Known<T> | Unknown

export interface Known<T> {
  known: true
  value: T
  /** Who said so, for the person who asks why: `github`, `catalogue`, `directory`, `disk`. */
  source: string
  /** ISO 8601, when it was read, where that was not when the snapshot was taken. */
  at?: string
}

export interface Unknown {
  known: false
  reason: UnknownReason
  /** A sentence that ends without a full stop: what could not be known, and what would make it known. */
  detail: string
}

/**
 * Why a fact is not known. *Withheld* reasons lie outside the repository (a permission, an outage) and never block;
 * *unreadable* ones are the repository's own doing, so a control may hold them against it: otherwise a
 * 20 MB file would be a way around an enforced control.
 */
export type UnknownReason = WithheldReason | UnreadableReason
export type WithheldReason =
  | 'permission'
  /** GitHub offers it only with a plan or product that the account does not have. */
  | 'licence'
  | 'partial-answer'
  | 'unavailable'
  | 'offline'
  | 'not-configured'
export type UnreadableReason =
  | 'too-large'
  | 'binary'
  | 'lfs-pointer'
  | 'symbolic-link'
  | 'submodule'
  | 'directory'
  | 'outside-repository'
  /** A skeleton that its own template can't be filled in from. */
  | 'unrenderable'

const unreadable: ReadonlySet<UnknownReason> = new Set<UnknownReason>([
  'too-large',
  'binary',
  'lfs-pointer',
  'symbolic-link',
  'submodule',
  'directory',
  'outside-repository',
  'unrenderable',
])

export const isUnreadable = (fact: Unknown): boolean => unreadable.has(fact.reason)

export const known = <T>(value: T, source: string): Known<T> => ({ known: true, value, source })

export const unknown = (reason: UnknownReason, detail: string): Unknown => ({ known: false, reason, detail })

export const snapshotVersion = 2

export interface Snapshot {
  /** Raised when the shape changes, so that an old stored snapshot is retaken instead of misread. */
  version: typeof snapshotVersion
  repository: RepositoryIdentity
  target: Target
  /** ISO 8601, UTC. */
  takenAt: string
  facts: RepositoryFacts
  /**
   * By path from the repository's root. A path that is not here was not asked for; `file()` answers for it.
   */
  files: Record<string, Fact<FileState>>
  /** Every path of the tree with its mode; asked for only where a control reads by a true glob. */
  tree: Fact<TreeEntry[]>
  /** Object id of the root tree: an equal one means that no path and no file changed. */
  treeOid?: string
  /** Set where pushes were carried over since the tree was read: the globs that they did not touch. For others it is stale. */
  treeGlobs?: string[]
  /** What the entity files hold, judged as Backstage judges it. In the order of files, then documents. */
  entities: EntityDocument[]
  /** Who the files name as owner, by `entityRef` (`group:default/payments`) or CODEOWNERS handle (`@acme/payments`, lower case). */
  accounts: Record<string, Fact<Account>>
  /** What the catalogue holds under the entity refs of this repository, by ref. */
  catalogue: Record<string, Fact<CatalogueEntry>>
  /** What is registered in the catalogue for this repository, under whatever name it had: URLs of entity files. */
  registered?: string[]
  /** The Software Templates that made this repository's entities, by ref. */
  templates: Record<string, Fact<TemplateEntry>>
  /** What the Software Templates of this repository make, rendered; absent where there is no Template. */
  skeletons?: Skeleton[]
  /** What the organisation looks like to its policy; only of the policy repository. */
  organisation?: Organisation
  /** Its files are all there is: a path that is not among them does not exist. Of what a template makes. */
  whole?: true
  /** Of a pull request or a merge group: the commit that its changes begin at, judged by the same policy as the head. */
  base?: Fact<Base>
  /** Who works here: read only when an owner is to be proposed. */
  activity?: Fact<Activity>
}

/** Where the changes of a pull request begin: the merge base, which need not be the base branch's head. */
export interface Base {
  /** Without a `base` of its own. */
  snapshot: Snapshot
  /** What lies between it and the head; unknown where GitHub does not list all (more than 300 files). */
  changes: Fact<ChangedFile[]>
}

export interface ChangedFile {
  /** At the head; of a removed one the path it had. */
  path: string
  status: 'added' | 'modified' | 'removed' | 'renamed'
  /** It may be a file and have been a link or a submodule: GitHub says so, or shows no difference that would tell. */
  mayBeRetyped?: true
  /** Of a renamed one: the path at the base. */
  before?: string
  /** Ranges of lines of the head that are new or different, counted from 1, both ends included; absent where GitHub shows no difference. */
  lines?: [first: number, last: number][]
}

/** People and teams that an owner can be guessed from. */
export interface Activity {
  /** Teams with direct access. */
  teams: { slug: string; permission: Collaborator['permission'] }[]
  /** Who wrote and reviewed the newest merged pull requests, the busiest first; bots are left out. */
  people: { login: string; authored: number; reviewed: number; teams: string[] }[]
  /** How many pull requests that is. */
  pullRequests: number
}

/** Keyed by GitHub's numeric ids; the names are what they were when the snapshot was taken. */
export interface RepositoryIdentity {
  id: number
  nodeId: string
  name: string
  owner: string
  ownerId: number
  /** 0 on the command line. */
  installationId: number
  /** `https://github.com/acme/payments-api`, without a trailing slash; empty on the command line. */
  url: string
}

export interface Target {
  kind: 'default-branch' | 'pull-request' | 'merge-group' | 'directory'
  /** `refs/heads/main`, `refs/pull/7/head`, … */
  ref: string
  /** 40 hex digits; empty when there is no commit. */
  sha: string
  pullRequest?: number
  /** Of a pull request or a merge group: the branch that it is to be merged into, or a commit. */
  base?: string
}

export interface RepositoryFacts {
  metadata: Fact<Metadata>
  topics: Fact<string[]>
  /** Custom property values by name. */
  properties: Fact<Record<string, string | string[]>>
  protection: Fact<Protection>
  /** GitHub's own findings on the CODEOWNERS file it honours. */
  codeownersErrors: Fact<CodeownersError[]>
  /** Open Dependabot alerts. */
  vulnerabilityAlerts: Fact<VulnerabilityAlert[]>
  /** Dependabot alerts that somebody dismissed, the newest first; at most 100. */
  dismissedAlerts: Fact<DismissedAlert[]>
  /** Bytes by language, as GitHub counts them. */
  languages: Fact<Record<string, number>>
  /** What GitHub calls the latest: neither a draft nor a prerelease; `exists: false` where there is none. */
  latestRelease: Fact<{ exists: false } | Release>
  /** Deployment environments with what guards them. */
  environments: Fact<Environment[]>
  /** People with direct access, by GitHub's permission names. Teams are not here. */
  collaborators: Fact<Collaborator[]>
  /** Secret scanning and its push protection, as GitHub says them. */
  secretScanning: Fact<{ enabled: boolean; pushProtection: boolean }>
  /** Open secret scanning alerts, the oldest first; at most 100. */
  secretAlerts: Fact<SecretAlert[]>
  codeScanning: Fact<CodeScanning>
  privateVulnerabilityReporting: Fact<boolean>
  /** What a workflow's token may do where the workflow does not say. */
  workflowToken: Fact<{ permissions: 'read' | 'write'; canApprovePullRequests: boolean }>
  /** GitHub's dependency graph as an SBOM: how many packages it names. */
  sbom: Fact<{ packages: number }>
  /** Of the organisation: members must have a second factor. */
  twoFactor: Fact<boolean>
}

export interface DismissedAlert {
  number: number
  severity: VulnerabilityAlert['severity']
  package: string
  /** GitHub's: `tolerable_risk`, `not_used`, … */
  reason?: string
  comment?: string
  dismissedBy?: string
}

export interface Release {
  exists: true
  tag: string
  publishedAt?: string
  /** The text of its notes; at most 1,000 characters are kept. */
  notes: string
  /** Names of its files; at most 100. */
  assets: string[]
}

export interface Environment {
  name: string
  requiredReviewers: number
  /** Whether the person who started a deployment may not approve it. */
  preventsSelfReview: boolean
  /** Which branches may deploy: `all` is any. */
  branches: 'all' | 'protected' | 'selected'
}

export interface Collaborator {
  login: string
  permission: 'read' | 'triage' | 'write' | 'maintain' | 'admin'
  /** Not a member of the organisation. */
  outside: boolean
}

export interface SecretAlert {
  number: number
  /** GitHub's name of the kind of secret. Never the secret. */
  kind: string
  createdAt: string
}

export interface CodeScanning {
  /** Set up by GitHub's default, or by an analysis that was uploaded; `none` when neither. */
  setUp: 'default' | 'uploaded' | 'none'
  /** Of the default set-up; what is uploaded does not say. */
  languages: string[]
  /** ISO 8601, of the newest analysis of the default branch. */
  analysedAt?: string
  /** Of the default branch, counted to 100. Absent before the first analysis. */
  openAlerts?: number
}

/** One template of this repository, rendered with one set of parameters. */
export interface Skeleton {
  /** `template:default/payments-service` */
  template: string
  /** The Template entity's file and first line. */
  location: Location
  /** `the defaults`, or the name of the example given beside it. */
  example: string
  /** What it asks of what it makes: ids of controls. */
  requires: string[]
  version?: string
  /** Directories and files of this repository that it is made of: a push below one of them makes it another. */
  reads?: string[]
  /** Parameters that nobody gave a value: something of the right shape stands in for it. */
  standIns?: string[]
  /** Steps whose files only a real run would show: `zip (acme:zip)`. */
  opaque?: string[]
  /** What is wrong with the template or its examples, each at its place. */
  problems?: EntityError[]
  /** The rendered repository, judged like a real one; or why it can't be rendered. */
  rendered: Fact<RenderedRepository>
}

export interface RenderedRepository {
  files: Record<string, Fact<FileState>>
  entities: EntityDocument[]
  /** By path of the rendered file: the file of the skeleton that it was made from. */
  from?: Record<string, string>
}

/** What a policy's waivers are held against. From the store, as of the last look at each repository. */
export interface Organisation {
  /** Names of the repositories that are looked at, without the owner. */
  repositories: Fact<string[]>
  /** Handles as a policy writes them, lower case: `@acme/security`, `@jane`. */
  handles: Fact<string[]>
  /** For each control that a waiver names: how the repositories stand to it. */
  standing: Record<string, { repository: string; status: string; level: string }[]>
}

export type FactName = keyof RepositoryFacts

export const factNames = [
  'metadata',
  'topics',
  'properties',
  'protection',
  'codeownersErrors',
  'vulnerabilityAlerts',
  'dismissedAlerts',
  'languages',
  'latestRelease',
  'environments',
  'collaborators',
  'secretScanning',
  'secretAlerts',
  'codeScanning',
  'privateVulnerabilityReporting',
  'workflowToken',
  'sbom',
  'twoFactor',
] as const satisfies readonly FactName[]

/** Every fact as unknown for one reason: what a reader fills in stands over it. */
export const nothingKnown = (why: (name: FactName) => Unknown): RepositoryFacts =>
  Object.fromEntries(factNames.map(name => [name, why(name)])) as Record<FactName, Unknown>

export interface Metadata {
  /** Fields that nobody told and that hold a stand-in: a working copy has no visibility. Decide nothing by them. */
  untold?: readonly ('visibility' | 'primaryLanguage')[]
  visibility: 'public' | 'private' | 'internal'
  isArchived: boolean
  isFork: boolean
  isTemplate: boolean
  isEmpty: boolean
  hasIssuesEnabled: boolean
  description: string
  /** Absent when the repository has no commit yet. */
  defaultBranch?: string
  primaryLanguage?: string
  /** SPDX id, or `NOASSERTION` for a text GitHub does not recognise; '' for none. Absent when nobody told. */
  licence?: string
  /** SECURITY.md, here or in the organisation's `.github`. Absent when nobody told. */
  hasSecurityPolicy?: boolean
  /** Dependabot alerts are switched on. Absent when nobody told. */
  hasDependencyAlerts?: boolean
  createdAt?: string
  pushedAt?: string
}

export type FileState = { exists: false } | FileContent

export interface FileContent {
  exists: true
  /** Git object id of the blob; empty on the command line. */
  oid: string
  bytes: number
  text: string
}

export interface TreeEntry {
  path: string
  type: 'blob' | 'tree' | 'commit'
  mode: string
  bytes?: number
}

/** What guards the default branch, classic protection and rulesets taken together: the strictest of each. */
export interface Protection {
  requiresPullRequest: boolean
  requiredApprovals: number
  requiresCodeOwnerReview: boolean
  blocksForcePush: boolean
  blocksDeletion: boolean
  requiredChecks: { context: string; appId?: number }[]
  /** Paths of workflows that a ruleset has run and pass on every pull request. Absent in older snapshots. */
  requiredWorkflows?: string[]
  /** A push takes earlier approvals away. */
  dismissesStaleReviews: boolean
  /** Somebody else than the last to push must approve. */
  requiresLastPushApproval: boolean
  /** Who may pass by the rules, as GitHub names them (`role admin`, `app renovate`); absent when that can't be seen. */
  bypass?: string[]
  /** `branch protection of main`, `ruleset "baseline"`: where it comes from, for the evidence. */
  sources: string[]
}

export interface CodeownersError {
  line: number
  column: number
  kind: string
  source: string
  suggestion?: string
  path: string
  message: string
}

export interface VulnerabilityAlert {
  number: number
  severity: 'low' | 'moderate' | 'high' | 'critical'
  package: string
  createdAt: string
}

/** A team, user or catalogue owner that a file names. */
export interface Account {
  exists: boolean
  /** Where it was found: `team @acme/payments`, `user jane`, `group:default/payments in the catalogue`. */
  as?: string
  /** When it does not exist: the likeliest one meant, written as the file would write it. */
  nearest?: string
}

export type CatalogueEntry =
  | { registered: false }
  | {
      registered: true
      /** The value of `backstage.io/managed-by-origin-location`. */
      origin: string
      /** Backstage's processing error, when it keeps the last good content instead of the present one. */
      error?: string
    }

export type TemplateEntry =
  | { exists: false }
  | {
      exists: true
      title: string
      requires: string[]
      version?: string
      /** In the catalogue: the value of `backstage.io/managed-by-location`. */
      location?: string
      /** Why it can't be told which template bears the name: `a and b both claim its name`. */
      problem?: string
      /** The contract as it is now and as it was, the newest first; absent where only the catalogue knows the template. */
      contracts?: TemplateContract[]
    }

/** What a template asked for at one version of it, and the files by which its own skeleton kept that. */
export interface TemplateContract {
  version?: string
  /** The template repository's commit. */
  commit: string
  /** ISO 8601, when it was first seen. */
  since: string
  requires: string[]
  /** Rendered text by path, of the files that the required controls read; at most 64 KiB together. */
  files: Record<string, string>
  /** Those for which there was no room. */
  left?: string[]
  /** What the required controls read then, as paths and globs: a file beyond that may have been there all the same. */
  reads?: string[]
  /** What stands in those files for the service's own name and owner; absent where they hold no entity. */
  example?: { name?: string; owner?: string }
}

export interface EntityDocument {
  path: string
  /** Counted from 0 within its file, empty documents skipped. */
  document: number
  /** First line of the document, counted from 1. */
  line: number
  judgement: 'valid' | 'invalid' | 'unsupported-kind' | 'skeleton' | 'undecided'
  errors: EntityError[]
  /** Legal in Backstage and most likely not what was meant. */
  hints: EntityError[]
  /** Normalised, lower case: `component:default/payments-api`. Absent while kind or name can't be read. */
  ref?: string
  kind?: string
  name?: string
  namespace?: string
  type?: string
  lifecycle?: string
  /** As written: `spec.system`. */
  system?: string
  /** As written in the file. */
  owner?: { text: string; ref?: string; location: Location }
  annotations: Record<string, string>
  /** The template that made it: `template:default/payments-service`, and the version of it where the file says so. */
  template?: { ref: string; version?: string; location: Location }
  /** Location entities only: what they point to. */
  targets: LocationTarget[]
  /** Files that `$text`, `$json` and `$yaml` name in this repository, in the order of the document. */
  placeholders?: string[]
}

export interface LocationTarget {
  text: string
  /** A path in this repository, perhaps with a glob; absent when the target lies elsewhere. */
  path?: string
  /** Why nobody will follow it, to stand after its text: `leads out of the repository`. */
  problem?: string
  location: Location
}

export interface EntityError {
  message: string
  /** Dotted: `spec.owner`. Absent for a YAML error. */
  field?: string
  location: Location
}

/** Lines and columns count from 1. */
export interface Location {
  path: string
  line?: number
  column?: number
  endLine?: number
}

const absent: FileState = { exists: false }

/** The file at `path`; a path nobody asked for is unknown, never absent. */
export const file = (snapshot: Snapshot, path: string): Fact<FileState> =>
  snapshot.files[path] ??
  (snapshot.whole ? absentFile('skeleton') : unknown('partial-answer', `${path} was not read`))

export const absentFile = (source: string): Known<FileState> => known(absent, source)
