import type { FileEdit } from '../controls/control.ts'

/** What is to be changed outside. Planned as data, applied elsewhere; each is safe to apply twice. */
export type Effect =
  | CheckRunEffect
  | IssueEffect
  | PullRequestEffect
  | ReviewEffect
  | ReplyEffect
  | RegistrationEffect

export interface CheckRunEffect {
  kind: 'check-run'
  /** Same head, same check run: `check-run:<sha>`. Unique within a repository; what the record of it is kept under. */
  key: string
  /** As GitHub shows it; `Golden Path` when absent. */
  name?: string
  action: 'create' | 'update'
  /** GitHub's id, for an update. */
  id?: number
  headSha: string
  /** `timed_out`: it was not judged, and nobody is to wait for it any longer. */
  conclusion: 'success' | 'neutral' | 'failure' | 'timed_out'
  /** Markdown where GitHub renders it; at most 65,535 characters each. */
  title: string
  summary: string
  text?: string
  /** Any number; applied in requests of 50. */
  annotations: Annotation[]
  /** Buttons; at most 3. Pressing one sends `check_run.requested_action` with its identifier. */
  actions?: CheckRunAction[]
}

export interface CheckRunAction {
  /** At most 20 characters. */
  label: string
  /** At most 40 characters. */
  description: string
  /** At most 20 characters. */
  identifier: 'fix'
}

export interface Annotation {
  path: string
  startLine: number
  endLine: number
  level: 'notice' | 'warning' | 'failure'
  title: string
  /** Plain text: GitHub does not render markdown here. */
  message: string
}

export interface IssueEffect {
  kind: 'issue'
  /** Always `issue`: one a repository. */
  key: 'issue'
  action: 'open' | 'edit' | 'close' | 'reopen'
  number?: number
  /** Where it lies, when that is another repository than the one it is about. */
  home?: { id: number; owner: string; name: string }
  title: string
  body: string
  /** On opening. */
  labels?: readonly string[]
  /** Written after the edit, only when what fails has changed while the issue stays open. */
  comment?: string
  /** What the record holds when all but the comment was written: it is still due. */
  commentDue?: PublishedDetail
  /** What the record of it holds until it is done, where that differs from what it holds afterwards. */
  pending?: PublishedDetail
  /** What the record holds when it shows that somebody had closed the issue, or made it disappear. */
  endedByPerson?: PublishedDetail
  /** It can't be written where the policy wants it: why, a sentence. Nothing is sent. */
  refused?: string
}

/** One pull request of ours, on a branch of ours: a repository's fixes, a waiver that was asked for, a starter policy. */
export interface PullRequestEffect {
  kind: 'pull-request'
  /** `fix`, `starter-policy`, or `waiver:<repository id>:<control>`. Unique within the repository it is opened in. */
  key: string
  /** `update`: the branch is moved to a new commit on top of `base`, and the texts are written. */
  action: 'open' | 'update' | 'close'
  number?: number
  /** Without `refs/heads/`. */
  branch: string
  /** What the one commit of the branch is made on. */
  base: { branch: string; sha: string }
  /**
   * The commit that we left the branch at. It is moved only from there, in one step that GitHub refuses otherwise: a person's
   * commit is never lost. Absent when the branch is not there yet.
   */
  leftAt?: string
  edits: FileEdit[]
  /** Something in it is left for a person. */
  draft?: true
  commitMessage: string
  title: string
  body: string
  /** With `close`: why. */
  comment?: string
}

/** Suggestions on lines of somebody's pull request, as one review that neither approves nor refuses it. */
export interface ReviewEffect {
  kind: 'review'
  /** `suggest:<number of the pull request>` */
  key: string
  action: 'create'
  pullRequest: number
  headSha: string
  body: string
  /** On lines of the head that the pull request adds or changes. */
  comments: { path: string; line: number; body: string }[]
}

/** The one answer to a command, edited in place. */
export interface ReplyEffect {
  kind: 'reply'
  /** `reply:<id of the comment that commands>` */
  key: string
  action: 'create' | 'update'
  /** Of the issue or pull request. */
  issue: number
  /** GitHub's id of our comment, for an update. */
  id?: number
  body: string
}

export interface RegistrationEffect {
  kind: 'registration'
  /** `registration:<target>` */
  key: string
  action: 'register' | 'unregister'
  /** The URL Backstage is to read: `https://github.com/acme/payments-api/blob/main/catalog-info.yaml`. */
  target: string
  /** Backstage's location id, for `unregister`. */
  locationId?: string
  /** The entity refs the target holds, to be seen in the catalogue afterwards. */
  refs: string[]
  /** Targets of this repository that the new one takes the place of, after a rename: what they hold is no conflict. */
  replaces?: string[]
}

/** What stands outside because of us, one row an effect key. Kept by the store, compared by the planner. */
export interface Published {
  key: string
  kind: Effect['kind']
  /**
   * `intended`: the call was about to be made and its answer was not recorded; the outside must be asked before it is made again.
   * `done`: as recorded.
   */
  state: 'intended' | 'done'
  /** Check run id, issue number or location id. */
  externalId?: string
  /** Hash of what was published; an equal one means nothing to do. */
  hash: string
  detail: PublishedDetail
}

/** What the planner must remember beside the hash. */
export interface PublishedDetail {
  /** Issues. */
  open?: boolean
  /** Ids of what failed at `enforce` and `advise` when the issue was last written. */
  failing?: string[]
  /** Issues: waivers whose end was announced, as `<control> <last day>`. */
  reminded?: string[]
  /** Issues: what it told of when it was last written while open, a finding each: a person who closes it has seen these. */
  told?: string[]
  /** Issues: a person closed it; it stays closed until something fails that is not in `told`. */
  closedBy?: 'person'
  /** Issues: a person opened it again though nothing was left to fix; it stays open until something was. */
  keptOpen?: true
  /** Issues: the record's number is none any more; another issue may be opened. */
  gone?: true
  /** Issues: it was about to be opened again. */
  reopens?: true
  /** Issues: id of the repository it lies in, when that is another than the one it is about. */
  home?: number
  /** Issues: the team that it mentions, `@acme/payments`, for good: a new mention would notify again. */
  mention?: string
  /** Issues: what changed last, markdown, and when. ISO 8601. */
  change?: { at: string; text: string }
  /** Issues: its last text names nothing that fails. */
  neutral?: true
  /** Issues: the repository in which the policy wants it and where it can't be. */
  refused?: string
  /** Check runs: the look asked for then was given up, or its check run was found concluded; ISO 8601, gone with the next verdict. */
  givenUp?: string
  /** Check runs: hashes of the annotations that GitHub has; it never takes one away, so they are not sent twice. */
  annotations?: string[]
  /** Replies: it says that a result follows. */
  underWay?: true
  /** Pull requests: the commit that we left the branch at. */
  head?: string
  /** Pull requests: the commit that ours was made on. */
  base?: string
  /** Pull requests: name of the branch that we let it go to; a person may have given it another since. */
  into?: string
  /**
   * Pull requests: who ended it. `person`: somebody closed it, and it stays closed until `hash` changes; `taken-over`: somebody
   * pushed to it, and it is left alone.
   */
  ended?: 'merged' | 'person' | 'us' | 'taken-over'
  /** Pull requests: it was about to be opened; what is recorded under its number is an earlier one. */
  opening?: true
  /** Pull requests: hashes of what it changes, with the files that it is changed in, and of what it says. */
  edits?: string
  texts?: string
  /** Pull requests: the owner that somebody named for it, as it was written. */
  owner?: string
  /** Registrations. */
  target?: string
  refs?: string[]
  /** Registrations: all refs have been seen in the catalogue, coming from this target. */
  seen?: boolean
  /** Registrations: when they were. ISO 8601; a snapshot from before says nothing of their absence. */
  seenAt?: string
}
