import { structuredPatch } from 'diff'
import type { FileEdit } from '../../controls/control.ts'
import type { FixPart, FixProposal } from '../../fix-proposal.ts'
import type { Verdict } from '../../policy/verdict.ts'
import { file, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Published, ReviewEffect } from '../effect.ts'
import { hashOf, type Planned } from '../planned.ts'
import { renderReview, renderSuggestion } from './render-suggestions.ts'

/** One line of a pull request's head, and what is to stand in its place: nothing, one line, or several. */
export interface Suggestion {
  path: string
  line: number
  lines: string[]
  /** Controls that it helps to pass. */
  parts: FixPart[]
}

export interface Suggestions {
  suggestions: Suggestion[]
  /** What is to be repaired and can't be by single lines of this pull request. */
  others: FixPart[]
}

/** A line that could be suggested, before it is known what it is good for. */
export type LineChange = Omit<Suggestion, 'parts'>

/** More than these on one pull request is no review any more. */
const mostSuggestions = 30
const mostLines = 20
/** Comparing texts costs as much as they are long, times what differs. */
const mostCharacters = 200_000
const mostDifferences = 200

/**
 * The changes of a proposal that are one line each, on lines that the pull request adds or changes: GitHub takes a suggestion
 * nowhere else. `edits`: the files with these changes alone, to be judged before anything is suggested.
 */
export function lineChanges(
  proposal: FixProposal,
  snapshot: Snapshot,
): { changes: LineChange[]; edits: FileEdit[] } {
  const unfinished = new Set(proposal.left.map(({ path }) => path))
  const changes: LineChange[] = []
  const edits: FileEdit[] = []
  for (const edit of proposal.edits) {
    if (unfinished.has(edit.path)) continue
    const { found, before } = changesIn(edit, snapshot)
    if (found.length === 0 || changes.length + found.length > mostSuggestions) continue
    changes.push(...found)
    const lines = before.split('\n')
    for (const { line, lines: instead } of found.toReversed()) lines.splice(line - 1, 1, ...instead)
    edits.push({ path: edit.path, text: lines.join('\n') })
  }
  return { changes, edits }
}

/** What is worth suggesting: `after` is the verdict with these lines alone. Half of a repair that breaks something is none. */
export function suggestionsFor(
  proposal: FixProposal,
  changes: readonly LineChange[],
  after: Pick<Verdict, 'controls'>,
): Suggestions {
  const statusAfter = new Map(after.controls.map(({ id, status }) => [id, status]))
  const breaks = proposal.before.controls.some(
    ({ id, status }) => status === 'pass' && statusAfter.get(id) === 'fail',
  )
  const passing = breaks ? [] : proposal.parts.filter(({ control }) => statusAfter.get(control) === 'pass')
  const suggestions = changes.flatMap(change => {
    const parts = passing.filter(({ paths }) => paths.includes(change.path))
    return parts.length > 0 ? [{ ...change, parts }] : []
  })
  const offered = new Set(suggestions.flatMap(({ parts }) => parts))
  return { suggestions, others: proposal.parts.filter(part => !offered.has(part)) }
}

function changesIn({ path, text }: FileEdit, snapshot: Snapshot): { found: LineChange[]; before: string } {
  const fact = file(snapshot, path)
  const ranges = changedRanges(snapshot, path)
  if (!fact.known || !fact.value.exists || !ranges) return { found: [], before: '' }
  const before = fact.value.text
  // A suggestion's lines end as GitHub ends them; where others are in use it would change them.
  if (before.length + text.length > mostCharacters || /\r/.test(before + text)) return { found: [], before }
  const patch = structuredPatch(path, path, before, text, '', '', {
    context: 0,
    maxEditLength: mostDifferences,
  })
  const found = (patch?.hunks ?? []).flatMap((hunk): LineChange[] => {
    const one = changeOf(hunk, before.split('\n'))
    if (!one || !ranges.some(([first, last]) => first <= one.line && one.line <= last)) return []
    return one.lines.length > mostLines || one.lines.some(isHidden) ? [] : [{ path, ...one }]
  })
  return { found, before }
}

/** A replaced line, a line taken away, or lines put in after another. */
function changeOf(
  { oldStart, oldLines, lines }: { oldStart: number; oldLines: number; lines: string[] },
  before: readonly string[],
): { line: number; lines: string[] } | undefined {
  // "\ No newline at end of file": a suggestion can't say so.
  if (lines.some(line => line.startsWith('\\'))) return undefined
  const added = lines.filter(line => line.startsWith('+')).map(line => line.slice(1))
  if (oldLines === 1) return { line: oldStart, lines: added }
  if (oldLines > 1) return undefined
  // The hunk begins where the lines are put in: at the line after them.
  const above = before[oldStart - 2]
  return above === undefined ? undefined : { line: oldStart - 1, lines: [above, ...added] }
}

/** Text that shows otherwise than it is must not be one click away. */
const isHidden = (line: string): boolean => /[^\P{C}\t]/u.test(line)

function changedRanges(snapshot: Snapshot, path: string): [number, number][] | undefined {
  if (!snapshot.base?.known || !snapshot.base.value.changes.known) return undefined
  return snapshot.base.value.changes.value.find(change => change.path === path)?.lines
}

/** The one review of a head, unless it was written with the same suggestions already. */
export function planSuggestions(
  found: Suggestions,
  snapshot: Snapshot,
  published: Pick<Published, 'hash' | 'state'> | undefined,
): Planned<ReviewEffect> | undefined {
  const { pullRequest, sha } = snapshot.target
  if (found.suggestions.length === 0 || pullRequest === undefined) return undefined
  const comments = found.suggestions.map(each => ({
    path: each.path,
    line: each.line,
    body: renderSuggestion(each),
  }))
  const hash = hashOf([sha, comments])
  if (published?.state === 'done' && published.hash === hash) return undefined
  return {
    kind: 'review',
    key: `suggest:${pullRequest}`,
    action: 'create',
    pullRequest,
    headSha: sha,
    body: renderReview(found, snapshot),
    comments,
    hash,
    detail: {},
    uncertain: published?.state === 'intended',
  }
}
