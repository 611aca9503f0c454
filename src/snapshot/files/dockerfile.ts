import { DockerfileParser } from 'dockerfile-ast'

/** A stage of a Dockerfile: what it begins from. */
export interface BaseImage {
  /** As written: `node:22`, `$BASE`. */
  image: string
  /** The name that later stages may use. */
  stage?: string
  line: number
}

export interface Dockerfile {
  from: BaseImage[]
  /** Of the ARGs before the first FROM, with their defaults. */
  arguments: ReadonlyMap<string, string | undefined>
}

/** Takes some 1.2 ms for a KiB of the slowest text found; the caller bounds how much. Never throws. */
export const readDockerfile = (text: string): Dockerfile | undefined => {
  try {
    const parsed = DockerfileParser.parse(text)
    const from = parsed.getFROMs().map((instruction): BaseImage => {
      const stage = instruction.getBuildStage()
      return {
        image: instruction.getImage() ?? '',
        ...(stage === null ? {} : { stage }),
        line: instruction.getRange().start.line + 1,
      }
    })
    const named = parsed.getInitialARGs().flatMap(argument => {
      const property = argument.getProperty()
      return property ? [[property.getName(), property.getValue() ?? undefined] as const] : []
    })
    return { from, arguments: new Map(named) }
  } catch {
    return undefined
  }
}
