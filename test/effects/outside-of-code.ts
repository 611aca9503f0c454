/** What is left of one line of markdown without its code spans, found as CommonMark finds them: equal runs of backticks. */
export function outsideOfCode(line: string): string {
  let outside = ''
  for (let at = 0; at < line.length; ) {
    const run = /^`+/.exec(line.slice(at))?.[0]
    if (!run) {
      outside += line[at]
      at += 1
      continue
    }
    const close = closing(line, at + run.length, run.length)
    if (close === undefined) {
      outside += run
      at += run.length
    } else at = close
  }
  return outside
}

function closing(line: string, from: number, length: number): number | undefined {
  for (const match of line.slice(from).matchAll(/`+/g))
    if (match[0].length === length) return from + match.index + length
  return undefined
}
