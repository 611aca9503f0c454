/** What is to be changed outside. Planned as data, applied elsewhere; each is safe to apply twice. */
export type Effect = CheckRunEffect | IssueEffect | RegistrationEffect

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
  conclusion: 'success' | 'neutral' | 'failure'
  /** Markdown where GitHub renders it; at most 65,535 characters each. */
  title: string
  summary: string
  text?: string
  /** Any number; applied in requests of 50. */
  annotations: Annotation[]
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
  title: string
  body: string
  /** Written after the edit, only when what fails has changed while the issue stays open. */
  comment?: string
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
  /** Check runs: hashes of the annotations that GitHub has; it never takes one away, so they are not sent twice. */
  annotations?: string[]
  /** Registrations. */
  target?: string
  refs?: string[]
  /** Registrations: all refs have been seen in the catalogue, coming from this target. */
  seen?: boolean
  /** Registrations: when they were. ISO 8601; a snapshot from before says nothing of their absence. */
  seenAt?: string
}
