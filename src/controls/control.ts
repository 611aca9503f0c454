import type { Guess } from '../proposal/proposal.ts'
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
  /** Asked along with another control or by a pack, it advises at most: it tells what nobody did wrong. */
  onlyAdvises?: boolean
  /** Decided by signs instead of facts; then it can't be enforced unless the policy says so by name. */
  heuristic?: boolean
  /** It asks `outcomeOf`, `outcomeOn` or `nearestControl`: what it says depends on other controls of the policy, too. */
  asksOthers?: true
  /** Names of the parameters it takes from a rule, each with its default. */
  parameters?: Record<string, Parameter>
  check: (snapshot: Snapshot, context: ControlContext) => Outcome
  /** What would repair a failure, where that can be written without asking anybody. Pure, and empty once repaired. */
  fix?: (snapshot: Snapshot, context: ControlContext) => Fix | undefined
}

/** What makes a control pass, to be offered; nothing of it is done without a person. One of the two lists is not empty. */
export interface Fix {
  /** What it does and why, one sentence, for the description of the pull request. Repository text in it is raw. */
  why: string
  edits: FileEdit[]
  /** What no file can change. */
  settings?: SettingStep[]
  /** Lines that only a person can fill in. The pull request is a draft then, and says which. */
  left?: LeftLine[]
  /** The edits with stand-ins in those lines, so that everything else can be proven. */
  proof?: FileEdit[]
  /** Owners that `edits` and `proof` name, as the snapshot would hold them; a stand-in counts as there. */
  accounts?: Snapshot['accounts']
  /** More has to be read before it can be written. Then `edits` name the paths, with empty texts, and nothing may be made of them. */
  unread?: true
  /** What each line of a proposed catalogue file was guessed from. */
  guesses?: Guess[]
}

/** A line of an edit that is left for a person, since nothing there tells enough. */
export interface LeftLine {
  path: string
  line: number
  /** `spec.owner` */
  field: string
  /** What it could be, the likeliest first; may be empty. */
  candidates: string[]
}

/** Something to be clicked by somebody who may. */
export interface SettingStep {
  /** An instruction: `Require a pull request before merging`. */
  change: string
  /** The way through GitHub's menus, in GitHub's words: `['Settings', 'Rules', 'Rulesets']`. */
  path: string[]
  /** The page below the repository's URL, or with `of: 'organisation'` below the organisation's: `settings/rules`. */
  page: string
  of?: 'organisation'
}

export interface FileEdit {
  path: string
  /** The whole new text. */
  text: string
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
  /** Reads the list of all files, not what is in them: a request when the root tree changed, so that any push costs one. */
  tree?: boolean
}

export interface Parameter {
  default: unknown
  /** What it may be, for the reference and for the message when it isn't. */
  expects: string
  accepts: (value: unknown) => boolean
}

export interface ControlContext {
  parameters: Readonly<Record<string, unknown>>
  /** The day that is judged for, UTC: `2026-11-22`. For what has an age; everything else is the same on any day. */
  today: string
  /** The outcome of another control on the same snapshot; `undefined` when no control has that id. For `template-controls`. */
  outcomeOf: (id: string) => Outcome | undefined
  /** The same for another snapshot than the one at hand: what a template makes. */
  outcomeOn: (snapshot: Snapshot, id: string) => Outcome | undefined
  /** The id most likely meant by one that no control has. Only after `outcomeOf` or `outcomeOn` said so. */
  nearestControl?: (id: string) => string | undefined
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
  /** What would have to change, as a unified difference of at most 40 lines: shown in a block of its own. */
  diff?: string
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
