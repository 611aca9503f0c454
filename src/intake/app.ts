import type { ApplicationFunction } from 'probot'
import type { Incoming } from './to-jobs.ts'

/**
 * The Probot app: every event goes one way. Probot has verified the signature; its webhook middleware answers GitHub
 * after this function has resolved, 200, or rejected, 500, by which GitHub lists the delivery as failed.
 */
export const createApp =
  (accept: (incoming: Incoming) => Promise<void>): ApplicationFunction =>
  app => {
    app.onAny(async ({ id, name, payload }) => accept({ guid: id, event: name, payload }))
  }
