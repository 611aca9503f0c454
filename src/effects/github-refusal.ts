import type { NotApplied } from './applied.ts'
import { oneLine } from './text/markdown.ts'

/** `status` of an HTTP answer that was an error; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined
}

export const said = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error), 300)

/**
 * What an error of GitHub's means for the write that met it. `what` completes "could not …": `write the check run`;
 * `permission` is the one the write needs: `checks: write`.
 */
export function githubRefusal(error: unknown, what: string, permission: string, where: string): NotApplied {
  const status = statusOf(error)
  const retryAfter = retryAfterOf(error)
  const begins = `Could not ${what} in ${where}`
  if (retryAfter !== undefined || status === undefined || status >= 500 || status === 401 || status === 409)
    return {
      outcome: 'retry',
      row: 'keep',
      sentence: `${begins}: GitHub answered ${status ?? 'nothing'} (${said(error)}). It is tried again.`,
      afterSeconds: retryAfter,
    }
  if (status === 403 && /archived/i.test(said(error)))
    return {
      outcome: 'skipped',
      row: 'keep',
      sentence: `${begins}: it was archived meanwhile and is read-only.`,
    }
  if (status === 403 || status === 404)
    return {
      outcome: 'refused',
      row: 'keep',
      why: 'permission',
      sentence: `${begins}: GitHub answered ${status} (${said(error)}). Give the app the permission ${permission} and let the installation include the repository.`,
    }
  return {
    outcome: 'refused',
    row: 'keep',
    why: 'invalid',
    sentence: `${begins}: GitHub answered ${status} (${said(error)}). This is a defect of Golden Path: please report it.`,
  }
}

/** Seconds to wait, when GitHub or our own budget asks for it. A plain 403 asks for nothing. */
function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('retryAfter' in error && typeof error.retryAfter === 'number') return error.retryAfter
  const headers = headersOf(error)
  const retryAfter = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && Number.isFinite(retryAfter)) return Math.max(1, retryAfter)
  if (
    statusOf(error) === 429 ||
    headers['x-ratelimit-remaining'] === '0' ||
    /secondary rate/i.test(error.message)
  )
    return 60
  return undefined
}

function headersOf(error: Error): Record<string, unknown> {
  const response = 'response' in error ? error.response : undefined
  const headers =
    response && typeof response === 'object' && 'headers' in response ? response.headers : undefined
  return headers && typeof headers === 'object' ? (headers as Record<string, unknown>) : {}
}
