import type { Caller } from './vocabulary.ts'

export interface Counts {
  /** Reads and writes together, without the requests for tokens. */
  total: number
  read: number
  write: number
  token: number
  byRoute: Record<string, number>
}

/** What the app asked. People's tokens are the test's own doing and Backstage's: never counted. */
export function createCounters() {
  let counts = empty()
  function empty(): Counts {
    return { total: 0, read: 0, write: 0, token: 0, byRoute: {} }
  }
  function count(caller: Caller, method: string, path: string, graphql?: string): void {
    if (caller.kind !== 'app' && caller.kind !== 'installation') return
    const route = graphql === undefined ? `${method} ${routeOf(path)}` : `POST /graphql ${graphql}`
    counts.byRoute[route] = (counts.byRoute[route] ?? 0) + 1
    if (path.endsWith('/access_tokens')) {
      counts.token += 1
      return
    }
    const isRead = graphql === undefined ? method === 'GET' || method === 'HEAD' : graphql.startsWith('query')
    counts.total += 1
    if (isRead) counts.read += 1
    else counts.write += 1
  }
  return {
    count,
    read: () => counts,
    reset: () => {
      counts = empty()
    },
  }
}

/** `/repos/acme/web/contents/src/a.ts` is one of `/repos/:owner/:repo/contents/:path`. */
export function routeOf(path: string): string {
  return path
    .replace(/^\/repos\/[^/]+\/[^/]+/, '/repos/:owner/:repo')
    .replace(/^\/(orgs|users)\/[^/]+/, '/$1/:login')
    .replace(/\/contents\/.+$/, '/contents/:path')
    .replace(/\/commits\/(?:[^/]+)(?=\/|$)/, '/commits/:ref')
    .replace(/\/(branches)\/(.+?)(?=\/protection|$)/, '/$1/:branch')
    .replace(/\/git\/(refs|ref|matching-refs)\/.+$/, '/git/$1/:ref')
    .replace(/\/compare\/.+$/, '/compare/:basehead')
    .replace(/\/(teams|members|memberships|labels)\/[^/]+/g, '/$1/:name')
    .replace(/\/[0-9a-f]{40}(?=\/|$)/g, '/:sha')
    .replace(/\/\d+(?=\/|$)/g, '/:number')
}

/** `query Name` or `mutation Name`, as far as can be told without parsing: the executor refuses nonsense anyway. */
export function operationOf(query: string, name: string | undefined): string {
  const stripped = query.replace(/#.*$/gm, '')
  const found = [...stripped.matchAll(/\b(query|mutation)\b\s*([_A-Za-z]\w*)?\s*[({@]/g)]
  const chosen = found.find(match => name !== undefined && match[2] === name) ?? found[0]
  return `${chosen?.[1] ?? 'query'} ${chosen?.[2] ?? ''}`.trim()
}
