import type { Command } from './commands.ts'

/** What is to be looked at, because of what. Made by `to-jobs.ts`, kept by the store, carried out by `worker.ts`. */
export type Job =
  | AssessJob
  | SyncInstallationJob
  | SyncDirectoryJob
  | ForgetRepositoryJob
  | ConfirmRegistrationJob
  | PreviewJob
  | ReadForPreviewJob
  | KeepIssueJob
  | KeepFixJob
  | SuggestJob
  | CommandJob
  | OnboardJob
  | ConcludeJob

export type JobKind = Job['kind']

/** A pull request's author waits for the answer, a push's less so, a sweep's not at all. */
export type Priority = 'pull-request' | 'push' | 'sweep'

interface JobBase {
  /** Jobs with the same key coalesce while they wait, and never run twice at once. */
  key: string
  installationId: number
  priority: Priority
  reason: Reason
}

/** Look at this repository at this ref. */
export interface AssessJob extends JobBase {
  kind: 'assess'
  repositoryId: number
  target:
    | { kind: 'default-branch' }
    /** `base`: the branch it is to be merged into; looked up where it is not told. */
    | { kind: 'pull-request'; pullRequest: number; sha: string; base?: string }
    /** `base`: the branch it is to be merged into, or the commit it stands on. */
    | { kind: 'merge-group'; ref: string; sha: string; base?: string }
    /** A re-run of a head whose ref the event does not tell: the store knows which it was. */
    | { kind: 'commit'; sha: string }
}

/** Read which repositories an installation has, its policy, teams and property values; then assess each. */
export interface SyncInstallationJob extends JobBase {
  kind: 'sync-installation'
}

/** Read teams, members and property values of the installation's account again, and assess whom the change concerns. */
export interface SyncDirectoryJob extends JobBase {
  kind: 'sync-directory'
}

/** The repository is deleted, transferred away or no longer ours to see: take back what was registered. */
export interface ForgetRepositoryJob extends JobBase {
  kind: 'forget-repository'
  repositoryId: number
}

/** See whether what was registered is in the catalogue and comes from this repository. Asks Backstage only. */
export interface ConfirmRegistrationJob extends JobBase {
  kind: 'confirm-registration'
  repositoryId: number
}

/** Say what a pull request that changes the policy or a template would do, from what is stored. Asks GitHub nothing. */
export interface PreviewJob extends JobBase {
  kind: 'preview'
  repositoryId: number
  pullRequest: number
  /** The head it was asked for; at a newer one it is outdated. */
  sha: string
  /** Of what was missing; absent where it was not asked for yet. */
  reading?: 'under way' | 'done'
  /** In so many repositories something was read for it. */
  read?: number
}

/** Read what the policy of a pull request needs and stored snapshots don't have: slice after slice, then preview again. */
export interface ReadForPreviewJob extends JobBase {
  kind: 'read-for-preview'
  repositoryId: number
  pullRequest: number
  sha: string
  /** Repositories up to this id are done. */
  after: number
  /** In so many repositories something was read. */
  read: number
  /** When the preview was last written. ISO 8601. */
  shownAt: string
}

/** Open, edit or close a repository's tracking issue, from what is stored. Reads nothing of the repository. */
export interface KeepIssueJob extends JobBase {
  kind: 'keep-issue'
  repositoryId: number
  /** Somebody else did this to the issue. */
  touched?: IssueTouch
}

export interface IssueTouch {
  number: number
  /** Id of the repository it lies in, when that is another than the job's. */
  home?: number
  action: 'closed' | 'reopened' | 'deleted' | 'transferred' | 'locked' | 'unlocked' | 'converted'
  /** Login. */
  by: string
}

/** Open, move or close a repository's pull request of fixes. */
export interface KeepFixJob extends JobBase {
  kind: 'keep-fix'
  repositoryId: number
  /** Somebody asked for it; absent when the repository, or the pull request, changed. */
  asked?: {
    /** Login. */
    by: string
    /** As `/golden-path owner TEAM` named it. */
    owner?: string
    /** By the button of the check run at this commit, which may be a pull request's: a fork's is not named by the event. */
    sha?: string
    /** The reply to be kept up to date: the comment that asked. */
    comment?: AskedComment
  }
}

/** Offer what one line repairs as suggestions on a pull request. */
export interface SuggestJob extends JobBase {
  kind: 'suggest'
  repositoryId: number
  pullRequest: number
  sha: string
  asked: { by: string; comment?: AskedComment }
}

/** The comment that commands, and what it stands under. */
export interface AskedComment {
  /** Number of the issue or pull request. */
  issue: number
  /** GitHub's id of the comment. */
  id: number
  /** The repository it stands in, when that is another than the one it is about: a central one for issues. */
  repositoryId?: number
}

/** Carry out what a comment commands, and answer it. */
export interface CommandJob extends JobBase {
  kind: 'command'
  repositoryId: number
  /** Number of the issue or pull request. */
  issue: number
  isPullRequest: boolean
  comment: number
  author: { login: string; id: number }
  command: Command
}

/** Propose a first policy from what was seen; or say where its repository is to be made. */
export interface OnboardJob extends JobBase {
  kind: 'onboard'
  /** ISO 8601, when the repositories began to be looked at: not all are waited for without an end. */
  since: string
}

/** A look was given up: conclude its check run and say why, so that nobody waits for it. */
export interface ConcludeJob extends JobBase {
  kind: 'conclude'
  repositoryId: number
  sha: string
  /** What the person is told, a sentence. */
  sentence: string
}

export interface Reason {
  why:
    | 'push'
    | 'pull-request'
    | 'merge-group'
    | 're-run'
    | 'settings-changed'
    | 'directory-changed'
    | 'policy-changed'
    | 'template-changed'
    | 'installed'
    | 'removed'
    | 'registered'
    | 'sweep'
    | 'issue-changed'
    | 'pull-request-changed'
    | 'comment'
    | 'button'
    | 'judged'
    | 'given-up'
  /** GUID of the delivery that woke us; absent for what we asked of ourselves. */
  delivery?: string
  /** Push: the commit before and after; 40 zeroes for none. */
  before?: string
  after?: string
  /** Push: every path it added, changed or removed; absent when GitHub did not tell all (truncated, forced, new branch). */
  changed?: string[]
  /** Push: none of these was added or removed. */
  samePaths?: boolean
}

/** Keys, in one place, because coalescing depends on two writers agreeing. */
export const jobKey = {
  assess: (repositoryId: number, target: AssessJob['target']): string => {
    switch (target.kind) {
      case 'default-branch':
        return `assess:${repositoryId}:default-branch`
      case 'pull-request':
        return `assess:${repositoryId}:pull:${target.pullRequest}`
      case 'merge-group':
        return `assess:${repositoryId}:${target.ref}`
      case 'commit':
        return `assess:${repositoryId}:commit:${target.sha}`
    }
  },
  syncInstallation: (installationId: number): string => `sync-installation:${installationId}`,
  syncDirectory: (installationId: number): string => `sync-directory:${installationId}`,
  forget: (repositoryId: number): string => `forget:${repositoryId}`,
  preview: (repositoryId: number, pullRequest: number): string => `preview:${repositoryId}:${pullRequest}`,
  readForPreview: (repositoryId: number, pullRequest: number): string =>
    `read-for-preview:${repositoryId}:${pullRequest}`,
  keepIssue: (repositoryId: number): string => `keep-issue:${repositoryId}`,
  keepFix: (repositoryId: number): string => `keep-fix:${repositoryId}`,
  suggest: (repositoryId: number, pullRequest: number): string => `suggest:${repositoryId}:${pullRequest}`,
  /** A comment commands once. */
  command: (repositoryId: number, comment: number): string => `command:${repositoryId}:${comment}`,
  onboard: (installationId: number): string => `onboard:${installationId}`,
  conclude: (repositoryId: number, sha: string): string => `conclude:${repositoryId}:${sha}`,
  confirmRegistration: (repositoryId: number): string => `confirm-registration:${repositoryId}`,
}
