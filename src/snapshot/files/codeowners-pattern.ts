/**
 * A CODEOWNERS pattern, matched by hand: a regular expression made from a hostile pattern can take exponential time,
 * this takes at most pattern times path.
 */
export interface PathPattern {
  /** Each without slashes, escapes kept; `**` stands for any number of directories, none included. */
  segments: readonly string[]
  /** Also covers what lies below what it matches. `docs/*` does not, `docs/` and `docs` do. */
  covers: 'itself' | 'below' | 'itself-and-below'
}

/** By the rules of .gitignore that GitHub keeps: a slash anywhere but at the end ties the pattern to the root. */
export const parsePattern = (text: string): PathPattern => {
  const anchored = text.slice(0, -1).includes('/')
  const directory = text.endsWith('/')
  const named = text.split('/').filter(segment => segment !== '')
  const segments = collapse(anchored ? named : ['**', ...named])
  const last = segments.at(-1)
  if (last === '**') return { segments, covers: 'below' }
  if (directory) return { segments, covers: 'below' }
  // `*` alone, or `**/*`, is every file; `docs/*` is only what lies directly in docs.
  if (last === '*' && anchored && segments.at(-2) !== '**') return { segments, covers: 'itself' }
  return { segments, covers: 'itself-and-below' }
}

const collapse = (segments: readonly string[]): string[] =>
  segments.filter((segment, index) => segment !== '**' || segments[index - 1] !== '**')

/** @param path from the root, without a leading slash. */
export const matchesPattern = (pattern: PathPattern, path: string): boolean =>
  matchesParts(pattern, path.split('/'))

/** The same for a path that is split already. */
export const matchesParts = (pattern: PathPattern, parts: readonly string[]): boolean => {
  const { segments, covers } = pattern
  if (covers === 'itself') return matchesFrom(segments, parts, parts.length, false)
  if (covers === 'below') return matchesFrom(segments, parts, parts.length - 1, true)
  return matchesFrom(segments, parts, parts.length, true)
}

/** Whether the segments match a beginning of the parts; the whole of the first `most` when `open` is false. */
const matchesFrom = (
  segments: readonly string[],
  parts: readonly string[],
  most: number,
  open: boolean,
): boolean => {
  // Where a match of the segments so far may end. Few parts: a path has some ten of them.
  let ends = new Set([0])
  for (const segment of segments) {
    const next = new Set<number>()
    for (const end of ends) {
      if (segment === '**') for (let to = end; to <= most; to += 1) next.add(to)
      else if (end < most && matchesSegment(segment, parts[end] ?? '')) next.add(end + 1)
    }
    if (next.size === 0) return false
    ends = next
  }
  return open ? true : ends.has(most)
}

/** `*`, `?` and backslash escapes, within one name. Falls back to the last star only, as no other can help. */
export const matchesSegment = (pattern: string, name: string): boolean => {
  let at = 0
  let in_ = 0
  let star = -1
  let mark = 0
  while (in_ < name.length) {
    const character = pattern[at]
    if (character === '*') {
      star = at
      mark = in_
      at += 1
      continue
    }
    const escaped = character === '\\' && at + 1 < pattern.length
    const literal = escaped ? pattern[at + 1] : character
    if (literal !== undefined && ((character === '?' && !escaped) || literal === name[in_])) {
      at += escaped ? 2 : 1
      in_ += 1
      continue
    }
    if (star === -1) return false
    at = star + 1
    mark += 1
    in_ = mark
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
