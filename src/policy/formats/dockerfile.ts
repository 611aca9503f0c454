import { DockerfileParser, type Instruction } from 'dockerfile-ast'

/** What a condition sees of a Dockerfile as `doc`. Text as written: variables are not filled in. */
export interface DockerfileDocument {
  instructions: {
    /** In capitals. */
    instruction: string
    /** All that follows it, on one line. */
    arguments: string
    line: bigint
  }[]
  /** The images it is built from; an earlier stage of its own is none. */
  from: { image: string; tag: string; digest: string; stage: string }[]
}

/** The lines of `from`, in its order. */
export interface ReadDockerfile {
  doc: DockerfileDocument
  fromLines: number[]
}

export const readDockerfile = (text: string): ReadDockerfile => {
  const parsed = DockerfileParser.parse(text)
  const lines = text.split('\n')
  const doc: DockerfileDocument = { instructions: [], from: [] }
  const fromLines: number[] = []
  const stages = new Set<string>()
  for (const each of parsed.getInstructions()) {
    const line = each.getRange().start.line + 1
    const instruction = each.getKeyword()
    const given = argumentsOf(each, lines, parsed.getEscapeCharacter())
    doc.instructions.push({ instruction, arguments: given, line: BigInt(line) })
    if (instruction !== 'FROM') continue
    const { image, stage } = imageOf(given)
    if (image !== '' && !stages.has(image.toLowerCase())) {
      doc.from.push({ ...partsOf(image), stage })
      fromLines.push(line)
    }
    if (stage !== '') stages.add(stage.toLowerCase())
  }
  return { doc, fromLines }
}

/** With its flags, which the parser leaves out. Continued lines are joined, comments between them left out. */
const argumentsOf = (instruction: Instruction, lines: readonly string[], continues: string): string => {
  const from = instruction.getInstructionRange().end
  const to = instruction.getRange().end
  const given = lines.slice(from.line, to.line + 1)
  given[given.length - 1] = given.at(-1)?.slice(0, to.character) ?? ''
  given[0] = given[0]?.slice(from.character) ?? ''
  const words = given.map((line, index) => {
    const isContinued = given[index - 1]?.trimEnd().endsWith(continues) === true
    if (isContinued && line.trimStart().startsWith('#')) return ''
    const trimmed = line.trimEnd()
    return index < given.length - 1 && trimmed.endsWith(continues) ? trimmed.slice(0, -1) : line
  })
  return words.join(' ').replaceAll(/\s+/g, ' ').trim()
}

/** Of `--platform=linux/amd64 node:24 AS build`. */
const imageOf = (given: string): { image: string; stage: string } => {
  const words = given.split(' ').filter(word => word !== '' && !word.startsWith('--'))
  const [image = '', as, stage = ''] = words
  return { image, stage: as?.toLowerCase() === 'as' ? stage : '' }
}

/** `ghcr.io/acme/node:24@sha256:…`; the colon of a port, `localhost:5000/node`, begins no tag. */
const partsOf = (written: string): { image: string; tag: string; digest: string } => {
  const [name = '', digest = ''] = written.split('@', 2)
  // A variable may hold colons and slashes of its own: `${BASE:-node}`.
  const plain = name.replaceAll(/\$\{[^}]*\}/g, variable => '_'.repeat(variable.length))
  const colon = plain.lastIndexOf(':')
  return colon > plain.lastIndexOf('/')
    ? { image: name.slice(0, colon), tag: name.slice(colon + 1), digest }
    : { image: name, tag: '', digest }
}
