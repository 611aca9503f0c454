/** The vocabulary of what is known of one repository at one instant. Plain JSON: a stored snapshot replays. */

export type Fact<T> = Known<T> | Unknown

export interface Known<T> {
  known: true
  value: T
  /** Who said so, for the person who asks why: `github`, `catalogue`, `directory`, `disk`. */
  source: string
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
export type WithheldReason = 'permission' | 'partial-answer' | 'unavailable' | 'offline' | 'not-configured'
export type UnreadableReason =
  | 'too-large'
  | 'binary'
  | 'lfs-pointer'
  | 'symbolic-link'
  | 'submodule'
  | 'directory'
  | 'outside-repository'

const unreadable: ReadonlySet<UnknownReason> = new Set<UnknownReason>([
  'too-large',
  'binary',
  'lfs-pointer',
  'symbolic-link',
  'submodule',
  'directory',
  'outside-repository',
])

export const isUnreadable = (fact: Unknown): boolean => unreadable.has(fact.reason)

export const known = <T>(value: T, source: string): Known<T> => ({ known: true, value, source })

export const unknown = (reason: UnknownReason, detail: string): Unknown => ({ known: false, reason, detail })

export interface Snapshot {
  /** Raised when the shape changes, so that an old stored snapshot is retaken instead of misread. */
  version: 1
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
}

export type FactName = keyof RepositoryFacts

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
      /** In the catalogue: the value of `backstage.io/managed-by-origin-location`. */
      origin?: string
      problem?: string
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
  /** As written in the file. */
  owner?: { text: string; ref?: string; location: Location }
  annotations: Record<string, string>
  /** The template that made it: `template:default/payments-service`. */
  template?: { ref: string; location: Location }
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
  snapshot.files[path] ?? unknown('partial-answer', `${path} was not read`)

export const absentFile = (source: string): Known<FileState> => known(absent, source)
