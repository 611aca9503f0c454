/** What start.ts and server.ts tell each other; plain JSON over the channel between the two processes. */

export interface BackstageSettings {
  /** `http://127.0.0.1:4010`, without a path. */
  githubUrl: string
  githubToken: string
  /** Of the service that may use the API. */
  token: string
  port: number
  processingSeconds: number
  postgres: { url: string } | { directory: string }
}

export type FromServer =
  /** Sent as soon as it runs, so that it can be ended when the server can't do it any more. */
  { postgresPid: number } | { ready: true; url: string } | { failed: string }
