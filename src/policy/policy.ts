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
}

export interface Rule {
  source: RuleSource
  selector: Selector
  require: readonly Requirement[]
}

export interface Requirement {
  control: string
  level: Level
  /** ISO date; before it an `enforce` is an `advise`. */
  from?: string
  parameters: Readonly<Record<string, unknown>>
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
  archived?: boolean
  fork?: boolean
  template?: boolean
}

export interface Waiver {
  /** Glob over repository names, without the owner. */
  repository: string
  control: string
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
