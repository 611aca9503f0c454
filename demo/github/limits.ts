import { Refusal } from './auth.ts'
import type { Caller } from './vocabulary.ts'

export interface Limits {
  /** Requests an hour; refuses only when `enforce` says so, so that a benchmark is not stopped by the clock. */
  primary?: { limit?: number; remaining?: number; resetInSeconds?: number; enforce?: boolean }
  /** Points a minute: a read is 1, a write 5. GitHub allows 900. */
  pointsAMinute?: number
  /** Content-creating requests. GitHub allows about 80 a minute and 500 an hour. */
  content?: { minute: number; hour: number }
  /** Refuse the next requests this often with the secondary limit's answer. */
  secondary?: { count: number; retryAfter: number; status?: 403 | 429 }
}

/** 5,000 an hour, and 50 more for each repository above 20, up to 12,500. */
export const hourlyLimit = (repositories: number): number =>
  Math.min(12_500, 5000 + 50 * Math.max(0, repositories - 20))

/** REST and GraphQL are counted apart, each with an hour of its own. */
export type Resource = 'core' | 'graphql'
const CREATES = /\/(check-runs|issues|comments|pulls|reviews|labels|dispatches|refs|commits|contents\/.*)$/

export function createLimits(now: () => number = Date.now) {
  let limits: Limits = {}
  /** Requests that met a secondary limit: what a well-behaved app has none of. */
  let refused = 0
  const buckets = new Map<string, { used: number; reset: number; points: number[]; created: number[] }>()
  const seconds = () => Math.floor(now() / 1000)

  function bucketOf(caller: Caller, resource: Resource) {
    const name =
      caller.kind === 'installation'
        ? `installation ${caller.installationId}`
        : caller.kind === 'person'
          ? `person ${caller.login}`
          : caller.kind
    const key = `${resource} ${name}`
    let bucket = buckets.get(key)
    if (!bucket || bucket.reset <= seconds()) {
      const reset = seconds() + (limits.primary?.resetInSeconds ?? 3600)
      bucket = { used: 0, reset, points: bucket?.points ?? [], created: bucket?.created ?? [] }
      buckets.set(key, bucket)
    }
    return bucket
  }
  function headersFor(caller: Caller, repositories: number, resource: Resource): Record<string, string> {
    const bucket = bucketOf(caller, resource)
    const limit = limits.primary?.limit ?? (caller.kind === 'person' ? 5000 : hourlyLimit(repositories))
    return {
      'x-ratelimit-limit': `${limit}`,
      'x-ratelimit-remaining': `${Math.max(0, limit - bucket.used)}`,
      'x-ratelimit-used': `${bucket.used}`,
      'x-ratelimit-reset': `${bucket.reset}`,
      'x-ratelimit-resource': resource,
    }
  }
  /** Counts the request, or throws what GitHub would answer. Only installations are ever refused. */
  function admit(caller: Caller, repositories: number, method: string, path: string, isRead: boolean): void {
    const resource = path === '/graphql' ? 'graphql' : 'core'
    const bucket = bucketOf(caller, resource)
    if (caller.kind === 'installation') {
      const headers = headersFor(caller, repositories, resource)
      if (limits.primary?.enforce && headers['x-ratelimit-remaining'] === '0')
        throw new Refusal(403, `API rate limit exceeded for installation ID ${caller.installationId}.`, {
          headers,
        })
      // Secondary limits watch the caller, whichever of the two it asks.
      try {
        secondary(bucketOf(caller, 'core'), method, path, isRead)
      } catch (error) {
        refused += 1
        throw error
      }
    }
    // A query's cost is known once it is judged: `charge` adds it.
    if (resource === 'core') bucket.used += 1
  }
  function charge(caller: Caller, points: number): void {
    bucketOf(caller, 'graphql').used += points
  }
  function secondary(
    bucket: { points: number[]; created: number[] },
    method: string,
    path: string,
    isRead: boolean,
  ): void {
    if (limits.secondary && limits.secondary.count > 0) {
      limits.secondary.count -= 1
      refuseSecondary(limits.secondary.retryAfter, limits.secondary.status)
    }
    const at = now()
    if (limits.pointsAMinute !== undefined) {
      bucket.points = bucket.points.filter(time => time > at - 60_000)
      if (bucket.points.length >= limits.pointsAMinute) refuseSecondary(60)
      for (let point = 0; point < (isRead ? 1 : 5); point += 1) bucket.points.push(at)
    }
    if (limits.content && method === 'POST' && CREATES.test(path)) {
      bucket.created = bucket.created.filter(time => time > at - 3_600_000)
      const lastMinute = bucket.created.filter(time => time > at - 60_000).length
      if (lastMinute >= limits.content.minute) refuseSecondary(60)
      if (bucket.created.length >= limits.content.hour) refuseSecondary(3600)
      bucket.created.push(at)
    }
  }
  return {
    admit,
    charge,
    headersFor,
    read: () => limits,
    /** How often a secondary limit was met since the limits were set. */
    refused: () => refused,
    set(next: Limits): void {
      limits = next
      refused = 0
      buckets.clear()
      const { limit, remaining } = next.primary ?? {}
      if (remaining === undefined) return
      // "Remaining" is said of every installation: its bucket starts that far along.
      limits.primary = { enforce: true, ...next.primary, limit: remaining }
      if (limit !== undefined && limit < remaining) limits.primary.limit = limit
    },
  }
}
export type LimitsInForce = ReturnType<typeof createLimits>

function refuseSecondary(retryAfter: number, status: 403 | 429 = 403): never {
  throw new Refusal(
    status,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    { headers: { 'retry-after': `${retryAfter}` } },
  )
}
