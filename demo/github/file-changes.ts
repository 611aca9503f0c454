import { structuredPatch } from 'diff'
import * as git from './git.ts'
import type { World } from './world.ts'

/** One file of a comparison, as the lists of comparisons and of pull requests give it. */
export interface FileChange {
  filename: string
  /** Where a rename came from. */
  previous?: string
  status: 'added' | 'removed' | 'modified' | 'renamed'
  /** The blob after the change, or before it when the file is gone. */
  sha: string
  additions: number
  deletions: number
  /** Hunks without the lines that name the files; undefined for what is binary, too long or only renamed. */
  patch?: string
}

/** GitHub leaves a patch out when it is long. Its own bounds are 3,000 lines to draw and 20,000 to load; the first is ours. */
const MAXIMUM_PATCH_LINES = 3000
/** Beyond this many edits two files are called wholly different, or comparing them would take minutes. */
const MAXIMUM_EDITS = 5000
/** As git: a file is the other one renamed when at least half of it is the same. */
const SIMILAR = 0.5
/** Removed times added files that are compared for renames; git stops at 1,000 by 1,000. */
const MAXIMUM_PAIRS = 2500

/** What leads from one tree to another, sorted by path. Without the first, everything is new. */
export function fileChanges(
  world: World,
  repositoryId: number,
  before: string | undefined,
  after: string,
): FileChange[] {
  const { db } = world
  const changes = git.changedPaths(db, repositoryId, before, after)
  const old = before ? git.flatten(db, repositoryId, before) : new Map<string, git.File>()
  const now = git.flatten(db, repositoryId, after)
  const textOf = (file: git.File | undefined) => contentOf(world, repositoryId, file)
  const renames = findRenames(changes, old, now, textOf)
  const gone = new Set(renames.values())
  const change = (filename: string, status: FileChange['status'], previous = filename): FileChange => {
    const [was, is] = [old.get(previous), now.get(filename)]
    return {
      filename,
      status,
      sha: (is ?? was)?.sha ?? '',
      ...(previous === filename ? {} : { previous }),
      ...compareTexts(textOf(was), textOf(is)),
    }
  }
  return [
    ...changes.added.map(path =>
      change(path, renames.has(path) ? 'renamed' : 'added', renames.get(path) ?? path),
    ),
    ...changes.modified.map(path => change(path, 'modified')),
    ...changes.removed.filter(path => !gone.has(path)).map(path => change(path, 'removed')),
  ].sort((left, right) => (left.filename < right.filename ? -1 : 1))
}

/** Undefined for what is binary; a submodule reads as the one line that git shows for it. */
function contentOf(world: World, repositoryId: number, file: git.File | undefined): string | undefined {
  if (!file) return ''
  if (file.type === 'commit') return `Subproject commit ${file.sha}\n`
  const blob = world.blob(repositoryId, file.sha)
  return blob && !blob.isBinary ? blob.bytes().toString('utf8') : undefined
}

/** New path to the path it had. The same bytes first, then what is alike; an empty file is nobody's rename. */
function findRenames(
  changes: git.ChangedPaths,
  old: git.Files,
  now: git.Files,
  textOf: (file: git.File | undefined) => string | undefined,
): Map<string, string> {
  const found = new Map<string, string>()
  const left = new Set(changes.removed)
  const take = (path: string, previous: string) => {
    found.set(path, previous)
    left.delete(previous)
  }
  for (const path of changes.added) {
    const file = now.get(path)
    const same = [...left].find(each => old.get(each)?.sha === file?.sha)
    if (same && textOf(file) !== '') take(path, same)
  }
  const open = changes.added.filter(path => !found.has(path))
  if (open.length * left.size > MAXIMUM_PAIRS) return found
  for (const path of open) {
    const text = textOf(now.get(path))
    if (!text) continue
    const [best] = [...left]
      .map(previous => ({ previous, share: likeness(textOf(old.get(previous)), text) }))
      .filter(({ share }) => share >= SIMILAR)
      .sort((one, other) => other.share - one.share)
    if (best) take(path, best.previous)
  }
  return found
}

/** The share of the longer text that both have, by lines whatever their order, as git's own estimate is. */
function likeness(left: string | undefined, right: string): number {
  if (!left) return 0
  const counts = new Map<string, number>()
  for (const line of left.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1)
  let shared = 0
  for (const line of right.split('\n')) {
    const count = counts.get(line) ?? 0
    if (count === 0) continue
    counts.set(line, count - 1)
    shared += line.length + 1
  }
  return shared / (Math.max(left.length, right.length) + 1)
}

function compareTexts(
  before: string | undefined,
  after: string | undefined,
): { additions: number; deletions: number; patch?: string } {
  if (before === undefined || after === undefined || before === after) return { additions: 0, deletions: 0 }
  const options = { context: 3, maxEditLength: MAXIMUM_EDITS }
  const found = structuredPatch('', '', before, after, '', '', options)
  if (!found) return { additions: linesOf(after), deletions: linesOf(before) }
  const lines = found.hunks.flatMap(hunk => hunk.lines)
  const additions = lines.filter(line => line.startsWith('+')).length
  const deletions = lines.filter(line => line.startsWith('-')).length
  if (lines.length > MAXIMUM_PATCH_LINES) return { additions, deletions }
  const patch = found.hunks
    .flatMap(hunk => [
      `@@ -${span(hunk.oldStart, hunk.oldLines)} +${span(hunk.newStart, hunk.newLines)} @@`,
      ...hunk.lines,
    ])
    .join('\n')
  return { additions, deletions, patch }
}

const linesOf = (text: string): number =>
  text === '' ? 0 : text.split('\n').length - Number(text.endsWith('\n'))

/** Git leaves a count of one out, and starts a side without lines at the line before it. */
const span = (start: number, lines: number): string =>
  lines === 1 ? `${start}` : `${lines === 0 ? start - 1 : start},${lines}`

/** The lines of a patch that a comment can hang on: those it shows, by the side they are on. */
export function linesOfPatch(patch: string | undefined): { left: Set<number>; right: Set<number> } {
  const shown = { left: new Set<number>(), right: new Set<number>() }
  let [left, right] = [0, 0]
  for (const line of (patch ?? '').split('\n')) {
    const [, from, to] = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line) ?? []
    if (from && to) {
      left = Number(from)
      right = Number(to)
    } else if (line.startsWith('-')) shown.left.add(left++)
    else if (line.startsWith('+')) shown.right.add(right++)
    else if (!line.startsWith('\\')) {
      shown.left.add(left++)
      shown.right.add(right++)
    }
  }
  return shown
}
