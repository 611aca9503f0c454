import type { Logger } from 'pino'
import { z } from 'zod'
import type { GitHub } from '../github.ts'

/** GitHub keeps deliveries for three days; what failed longer ago than a day is left to the sweep. */
const oldestMilliseconds = 24 * 3_600_000
/** A delivery that was refused so often is not refused by chance. */
const mostAttempts = 4
const mostPages = 10

/**
 * Asks GitHub to send again what we did not acknowledge: it never does so by itself. Answers with how many it asked for.
 * Listed newest first; a repeat of what arrived after all is passed over by its GUID.
 */
export async function redeliverFailed(github: GitHub, now: Date, log: Logger): Promise<number> {
  const attempts = new Map<string, z.infer<typeof deliveries>>()
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const answer = await github.request('GET /app/hook/deliveries', { per_page: 100, cursor })
    const listed = deliveries.parse(answer.data)
    const recent = listed.filter(each => now.getTime() - Date.parse(each.delivered_at) < oldestMilliseconds)
    for (const each of recent) attempts.set(each.guid, [...(attempts.get(each.guid) ?? []), each])
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1]
    if (!cursor || recent.length < listed.length) break
  }
  const failed = [...attempts.values()].filter(
    each => each.length < mostAttempts && !each.some(({ status }) => status === 'OK'),
  )
  // Oldest first, so that what one delivery made another finds. Without a status it is still under way.
  const asked = failed.reverse().flatMap(([latest]) => (latest?.status ? [latest.id] : []))
  for (const id of asked)
    await github.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id })
  if (asked.length > 0)
    log.info({ deliveries: asked.length }, 'GitHub was asked to send failed deliveries again.')
  return asked.length
}

const deliveries = z.array(
  z.object({ id: z.number(), guid: z.string(), delivered_at: z.string(), status: z.string().nullish() }),
)
