/** A file with more of them was rewritten: where in it nobody needs to be told. */
const mostRanges = 500

/**
 * Which lines of the head a patch adds or changes, as GitHub shows it: unified, without a header. Ranges count from 1, both
 * ends included. `undefined` where the patch can't be read. Pure.
 */
export function changedLines(patch: string): [first: number, last: number][] | undefined {
  const ranges: [number, number][] = []
  let at: number | undefined
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@/.exec(line)
    if (hunk) {
      at = Number(hunk[1])
      continue
    }
    if (at === undefined) return undefined
    if (line.startsWith('+')) {
      const last = ranges.at(-1)
      if (last && last[1] === at - 1) last[1] = at
      else if (ranges.length === mostRanges) return undefined
      else ranges.push([at, at])
      at++
    } else if (line.startsWith(' ') || line === '') at++
  }
  return ranges
}
