import type { GraphqlFault } from './graphql.ts'

export interface Fault {
  /** Found in, or a regular expression over, `METHOD /path`; the path with or without /api/v3. */
  match: string
  status?: number
  /** Share of the matching requests, 0 to 1; all of them unless said. */
  rate?: number
  /** Only so many times; for ever unless said. */
  count?: number
  /** Seconds, for the retry-after header. */
  retryAfter?: number
  delayMs?: number
  /** Do what was asked, then cut the connection without a word. */
  dropAfterWrite?: boolean
}

export function createFaults(random: () => number = Math.random) {
  let faults: Fault[] = []
  /** Fields of GraphQL answers: the request itself succeeds, so they are met by the executor, not by `strike`. */
  let graphql: GraphqlFault[] = []
  function hits(fault: Fault, lines: string[]): boolean {
    if (lines.some(line => line.includes(fault.match))) return true
    try {
      return lines.some(line => new RegExp(fault.match).test(line))
    } catch {
      return false
    }
  }
  return {
    add: (fault: Fault) => faults.push({ ...fault }),
    addGraphql: (fault: GraphqlFault) => graphql.push({ ...fault }),
    clear: () => {
      faults = []
      graphql = []
    },
    list: () => [...faults, ...graphql],
    graphql: () => graphql,
    /** The first that applies; one with a count is used up by it. */
    strike(method: string, ...paths: string[]): Fault | undefined {
      const lines = paths.map(path => `${method} ${path}`)
      const fault = faults.find(each => each.count !== 0 && hits(each, lines) && random() < (each.rate ?? 1))
      if (fault?.count !== undefined) fault.count -= 1
      return fault
    },
  }
}
export type Faults = ReturnType<typeof createFaults>
