/** Lines and columns count from 1. */
export interface Position {
  line: number
  column: number
}

export const start: Position = { line: 1, column: 1 }

/** Where the character at `offset` stands. Walks the text: for findings, of which there are few. */
export const positionAt = (text: string, offset: number): Position => {
  let line = 1
  let begin = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1
    begin = next + 1
  }
  return { line, column: offset - begin + 1 }
}
