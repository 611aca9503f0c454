import type { Control, Reads } from '../controls/control.ts'
import type { Level, RuleSource } from './verdict.ts'

/** A policy that parsed: immutable, and free of I/O. */
export interface Policy {
  /** The commit it was read at, `built-in`, or on the command line the hash of its text. */
  version: string
  rules: readonly Rule[]
  /** Every control a rule can name: the library's and the organisation's own, by id. */
  controls: ReadonlyMap<string, Control>
  waivers: readonly Waiver[]
  /** `max-waiver`: a waiver holds on its last so many days at most. */
  maxWaiverDays?: number
  /** `waiver-approvers`: who may approve a waiver, as handles in lower case; anybody of the organisation when absent. */
  approvers?: readonly string[]
  preview: { failAbove?: number }
  /** What fails a pull request: what it brings in, or also what was there before. */
  pullRequests: 'introduced' | 'all'
  /** Whether a pull request with the fixes is opened when somebody asks for it, or by itself. */
  fix: 'offered' | 'pull-request'
  issues: IssueSettings
}

/** How owners are told by an issue. */
export interface IssueSettings {
  /** One repository for all issues: `acme/compliance`. Absent: each in its own. */
  repository?: { owner: string; name: string }
  labels: readonly string[]
  /** When an issue may be opened or opened again; at any time when absent. Editing and closing are always allowed. */
  openOn?: {
    /** 1 is Monday, 7 Sunday; none left out: any day. */
    days: readonly number[]
    /** Minutes since midnight; `to` is the first minute that is too late. */
    from: number
    to: number
    /** IANA name. */
    timeZone: string
  }
  /** The owning team is mentioned in the issue, once, when it is opened. */
  mentionOwners: boolean
  /**
   * Issues of public repositories: `neutral` tells that something is to be done and leaves the details to the check run
   * of those who may see it; `full` tells all; `none` opens none.
   */
  publicRepositories: 'neutral' | 'full' | 'none'
}

export interface Rule {
  source: RuleSource
  selector: Selector
  /** What `require` names, then what `packs` bring in that `require` doesn't name. */
  require: readonly Requirement[]
}

export interface Requirement {
  control: string
  level: Level
  /** ISO date; before it an `enforce` is an `advise`. */
  from?: string
  /** Percent of repositories that the level has reached, by repository id; the others are at `observe`. */
  rollout?: number
  parameters: Readonly<Record<string, unknown>>
  /** Parameters that a repository may set in its own `.github/golden-path.yml`. */
  repositoriesMaySet: readonly string[]
  /** The pack that brought it in. */
  pack?: string
  line: number
}

/** All given keys must hold (`all`); an absent key holds for every repository. */
export interface Selector {
  any?: readonly Selector[]
  all?: readonly Selector[]
  not?: Selector
  names?: readonly string[]
  topics?: readonly string[]
  properties?: Readonly<Record<string, string | readonly string[]>>
  visibility?: readonly ('public' | 'private' | 'internal')[]
  templates?: readonly string[]
  language?: readonly string[]
  /** Teams by slug, or `@acme/payments`, that CODEOWNERS or an entity of the repository names as owner. */
  team?: readonly string[]
  /** Owners of its entities, by ref or as written; globs. */
  owner?: readonly string[]
  /** One and the same entity of it has all of these; globs. */
  entity?: {
    kind?: readonly string[]
    type?: readonly string[]
    lifecycle?: readonly string[]
    system?: readonly string[]
  }
  /** Days since the repository was created. */
  age?: { over?: number; under?: number }
  archived?: boolean
  fork?: boolean
  template?: boolean
}

export interface Waiver {
  /** Glob over repository names, without the owner. */
  repository: string
  control: string
  /** ISO date, the first day on which it holds. */
  from?: string
  /** ISO date, the last day on which it holds. */
  until: string
  reason: string
  approvedBy: string
  source: { path: string; line: number }
}

/** A mistake in a policy file. Lines and columns count from 1. */
export interface PolicyProblem {
  path: string
  line: number
  column: number
  /** What was found, what was expected, the nearest right word. */
  message: string
}

export type ParsedPolicy =
  | { ok: true; policy: Policy; problems: readonly [] }
  | { ok: false; problems: readonly PolicyProblem[] }

/** A policy file's text under its path in the policy repository. */
export interface PolicyFile {
  path: string
  text: string
}

/** What to read of a repository so that every rule of a policy can be decided. */
export type ReadPlan = Reads
