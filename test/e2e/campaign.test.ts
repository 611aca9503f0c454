import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import type { Campaign } from './campaign-child.ts'

const repositories = 2_000
/** Milliseconds: how far time has leapt, for both sides. The child says so. */
let leapt = 0
let github: EmulatedGitHub
let database: Awaited<ReturnType<typeof createPostgresDatabase>>

beforeAll(async () => {
  database = await createPostgresDatabase()
  github = await startGitHub({
    now: () => Date.now() + leapt,
    org: {
      login: 'acme',
      repositories: Object.fromEntries(
        Array.from({ length: repositories }, (_, index) => [
          `service-${index}`,
          { private: true, files: {} },
        ]),
      ),
    },
  })
  await fetch(`${github.url}/_emulator/limits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: { minute: 80, hour: 500 }, pointsAMinute: 900 }),
  })
})

afterAll(async () => {
  await github?.stop()
  await database?.drop()
})

describe('a campaign of 2,000 issues', { timeout: 600_000 }, () => {
  it('meets no limit of GitHub’s, and a kill in the middle doubles nothing', async () => {
    const killed = await work({
      seed: seedOf(github),
      until: () => github.world.db.issues.count() >= repositories * 0.4,
    })
    expect(killed).toBe('killed')
    const before = issues().length
    expect(before).toBeLessThan(repositories)

    expect(await work({})).toEqual({ deadLetters: 0, runs: expect.any(Number) })
    const opened = issues()
    expect(opened).toHaveLength(repositories)
    expect(new Set(opened.map(issue => issue.repo_id)).size).toBe(repositories)
    for (const issue of opened) expect(issue.body).toContain(`<!-- golden-path:issue:${issue.repo_id} -->`)
    expect(await refusals()).toBe(0)
  })
})

const issues = () => github.world.db.issues.all()

/** How often the emulated GitHub said that a secondary limit was met. */
const refusals = async (): Promise<number> =>
  ((await (await fetch(`${github.url}/_emulator/limits`)).json()) as { refused: number }).refused

const seedOf = ({ world }: EmulatedGitHub): Campaign['seed'] => ({
  ids: Array.from(
    { length: repositories },
    (_, index) => world.repository('acme', `service-${index}`)?.databaseId ?? 0,
  ),
  ownerId: world.organisation('acme')?.databaseId ?? 0,
})

/** Runs the service's jobs until they are done, or until it is time to kill them. */
async function work({ seed, until }: { seed?: Campaign['seed']; until?: () => boolean }): Promise<unknown> {
  const [installation] = github.installations
  const campaign: Campaign = {
    database: { url: database.url },
    github: {
      url: github.url,
      appId: github.appId,
      privateKeyPath: github.privateKeyPath,
      installationId: installation?.id ?? 0,
    },
    leapt,
    ...(seed ? { seed } : {}),
  }
  const child = fork(join(import.meta.dirname, 'campaign-child.ts'), [JSON.stringify(campaign)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let outcome: unknown = 'died'
  const watch = until
    ? setInterval(() => {
        if (!until()) return
        clearInterval(watch)
        outcome = 'killed'
        child.kill('SIGKILL')
      }, 20)
    : undefined
  child.on('message', (message: { leapt?: number; done?: unknown }) => {
    leapt = message.leapt ?? leapt
    outcome = message.done ?? outcome
    child.send('heard')
  })
  await once(child, 'exit')
  clearInterval(watch)
  return outcome
}
