import type { Account, Fact, FactName } from '../snapshot/snapshot.ts'

/** A first catalogue file for a repository that has none, with what each line of it was guessed from. */
export interface CatalogInfoProposal {
  /**
   * `catalog-info.yaml` at the root; in a monorepo one beside each component as well, and a Location at the root that
   * leads to them: Backstage finds each component's sources and documentation by where its file lies.
   */
  edits: ProposedFile[]
  /** In the order of the files, then of their lines. */
  guesses: Guess[]
  /** Lines that nothing there tells enough for. They are empty in `edits`, with a comment that names the candidates. */
  left: LeftLine[]
  /** The edits with stand-ins in those lines: valid for Backstage. The edits themselves where nothing is left. */
  proof: ProposedFile[]
  /** The owners that `edits` and `proof` name, by ref, as `Snapshot.accounts` would hold them; a stand-in counts as there. */
  accounts: Record<string, Fact<Account>>
}

/** The same shape as a control's `FileEdit`. */
export interface ProposedFile {
  path: string
  /** The whole new text. */
  text: string
}

export interface Guess {
  /** Of the proposed file. */
  path: string
  /** Of the component, `metadata.name`: a file may hold a component and a Location. */
  component: string
  field: GuessedField
  /** As the file writes it; absent when the line is left. */
  value?: string
  /** How sure it is, 0 to 1: at 0.6 and above the line is written, below it is left. */
  confidence: number
  /** What it was guessed from, a sentence. Repository text in it is raw and bounded. */
  evidence: string
  /** Other values for it, the likeliest first; the guessed one is not among them. */
  candidates: string[]
}

export type GuessedField =
  | 'metadata.name'
  | 'metadata.title'
  | 'metadata.description'
  | 'metadata.tags'
  | 'spec.type'
  | 'spec.lifecycle'
  | 'spec.owner'
  | 'spec.system'

/** The same shape as a control's `LeftLine`. */
export interface LeftLine {
  path: string
  line: number
  /** `spec.owner` */
  field: string
  /** What it could be, the likeliest first; may be empty. */
  candidates: string[]
}

/** The same shape as a control's `Reads`. */
export interface ProposalReads {
  files: string[]
  facts: FactName[]
  entities?: boolean
  tree?: boolean
}

/** From here on a guess is written; below, a person decides. */
export const sureEnough = 0.6
