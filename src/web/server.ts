import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Onboarding } from '../onboarding.ts'

export interface PageSources {
  /** Resolves to what keeps the service from working; empty when it can take deliveries and do jobs. */
  problems: () => Promise<string[]>
  metrics: () => Promise<{ contentType: string; body: string }>
  /** How far each account is on its way to a policy. */
  onboarding: () => Promise<Onboarding[]>
}

const paths = ['/healthz', '/readyz', '/metrics', '/api/onboarding']

/** Pages and probes over the store; never asks GitHub. */
export function createPages(sources: PageSources): Hono {
  const pages = new Hono()
  pages.get('/healthz', context => context.text('ok\n'))
  pages.get('/readyz', async context => {
    const problems = await sources.problems()
    return problems.length === 0
      ? context.json({ ready: true })
      : context.json({ ready: false, problems }, 503)
  })
  pages.get('/metrics', async context => {
    const { contentType, body } = await sources.metrics()
    return context.body(body, 200, { 'content-type': contentType })
  })
  pages.get('/api/onboarding', async context => context.json({ installations: await sources.onboarding() }))
  return pages
}

/** As Probot's server takes it: `false` for what is not ours, so that the next handler answers. */
export function asProbotHandler(
  pages: Hono,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const listener = getRequestListener(pages.fetch)
  return async (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (!paths.includes(path)) return false
    await listener(request, response)
    return true
  }
}
