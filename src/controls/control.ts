import type { Fact, FactName, Location, Snapshot, Unknown } from '../snapshot/snapshot.ts'
import { isUnreadable } from '../snapshot/snapshot.ts'

/** A check with an id. Pure: a snapshot in, an outcome out; the same every time. */
export interface Control {
  /** Kebab case; names the control's file, its page in docs/controls and its row in a policy. */
  id: string
  /** Reads as the good state, in two to five words: `Owner exists`. */
  title: string
  /** One sentence for the person who asks why this is asked of them. */
  why: string
  /** Which requirements a pass is evidence for, by framework and its version. Never a claim of compliance. */
  satisfies: Satisfies
  reads: Reads
  /** Ids of controls that are asked along with it at the same level, where no rule of the policy names them. */
  implies?: readonly string[]
  /** Decided by signs instead of facts; then it can't be enforced unless the policy says so by name. */
  heuristic?: boolean
  /** Names of the parameters it takes from a rule, each with its default. */
  parameters?: Record<string, Parameter>
  check: (snapshot: Snapshot, context: ControlContext) => Outcome
}

/** `{ 'pci-dss-4.0.1': ['6.3.2'] }` */
export type Satisfies = Record<string, string[]>

/** What a control looks at; a push that touches none of it costs no read. */
export interface Reads {
  /** Exact paths, or globs; `{a,b}` alone is expanded to paths, `*`, `?`, `[` or `**` make a true glob and cost a tree read. */
  files: string[]
  facts: FactName[]
  /** Reads the entities of catalog-info.yaml, with the Location targets and placeholders they lead to. */
  entities?: boolean
}

export interface Parameter {
  default: unknown
  /** What it may be, for the reference and for the message when it isn't. */
  expects: string
  accepts: (value: unknown) => boolean
}

export interface ControlContext {
  parameters: Readonly<Record<string, unknown>>
  /** The outcome of another control on the same snapshot; `undefined` when no control has that id. For `template-controls`. */
  outcomeOf: (id: string) => Outcome | undefined
}

export type Outcome =
  | { status: 'pass'; message: string }
  | { status: 'fail'; findings: [Finding, ...Finding[]] }
  | { status: 'unknown'; message: string }
  | { status: 'not-applicable'; message: string }

export interface Finding {
  /** One or two sentences: what was found, what was expected. Repository text in it is raw: effects escape it where it is shown. */
  message: string
  location?: Location
  /** What to do next, as an instruction: `Change line 12 to owner: payments`. */
  next?: string
}

export const pass = (message: string): Outcome => ({ status: 'pass', message })
export const notApplicable = (message: string): Outcome => ({ status: 'not-applicable', message })
export const undecided = (message: string): Outcome => ({ status: 'unknown', message })
export const fail = (first: Finding, ...rest: Finding[]): Outcome => ({
  status: 'fail',
  findings: [first, ...rest],
})

/** `fail` when there are findings, otherwise what `orElse` says. */
export const failIfAny = (findings: Finding[], orElse: () => Outcome): Outcome => {
  const [first, ...rest] = findings
  return first ? fail(first, ...rest) : orElse()
}

/** An unknown file as an outcome: the repository's own doing fails, anything else can't be decided. */
export const unreadableFile = (path: string, fact: Unknown): Outcome =>
  isUnreadable(fact)
    ? fail({
        message: `${fact.detail}.`,
        location: { path },
        next: `Make ${path} a plain text file that can be read`,
      })
    : undecided(`${fact.detail}.`)

export const isKnown = <T>(fact: Fact<T>): fact is Extract<Fact<T>, { known: true }> => fact.known
