import type { CheckRunEffect, Published } from '../effect.ts'
import { hashOf, type Planned } from '../planned.ts'
import { code } from '../text/markdown.ts'
import { checkRunKey } from './plan-check-run.ts'

/** A commit that is waited for and was not judged. */
export interface GivenUp {
  sha: string
  /** ISO 8601, when it was asked for. */
  since: string
  /** Why it was not judged, a sentence of ours. */
  sentence: string
  /** It is not tried again unasked. */
  isDead: boolean
  tries: number
  /** Of the job, for whoever runs the service. */
  job: string
}

/**
 * The check run of a commit that could not be judged, concluded so that nobody waits for it. The truth takes its place when it
 * comes: it has the same key and another hash.
 */
export function planGivenUp(
  given: GivenUp,
  published: readonly Published[],
  now: Date,
): Planned<CheckRunEffect> | undefined {
  const key = checkRunKey(given.sha)
  const before = published.find(row => row.key === key)
  const rendered = renderGivenUp(given, now)
  const hash = hashOf({ givenUp: given.since, isDead: given.isDead })
  if (before?.state === 'done' && before.hash === hash) return undefined
  return {
    kind: 'check-run',
    key,
    action: before?.externalId ? 'update' : 'create',
    id: before?.externalId ? Number(before.externalId) : undefined,
    headSha: given.sha,
    conclusion: 'timed_out',
    ...rendered,
    annotations: [],
    hash,
    // The annotations of an earlier verdict stay at GitHub.
    detail: { ...(before?.state === 'done' ? before.detail : {}), givenUp: given.since },
    uncertain: before?.state === 'intended',
  }
}

/** Markdown. */
export function renderGivenUp(
  { since, sentence, isDead, tries, job }: GivenUp,
  now: Date,
): { title: string; summary: string } {
  const minutes = Math.max(1, Math.round((now.getTime() - Date.parse(since)) / 60_000))
  const waited = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  const next = isDead
    ? `It was tried ${tries} times and is not tried again by itself. Press *Re-run*, or push another commit. If it ends like this again, tell those who run Golden Path: they find it among the dead letters as ${code(job)}.`
    : 'It is tried again by itself, and the result takes the place of this one. To ask for it at once, press *Re-run*.'
  return {
    title: 'Not judged: this says nothing of the commit',
    summary: `**This commit was asked for ${waited} ago and has not been judged.** ${sentence}\n\n${next}\n`,
  }
}
