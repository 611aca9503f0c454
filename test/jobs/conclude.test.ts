import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { type AssessJob, jobKey } from '../../src/intake/job.ts'
import { startCatchUp } from '../../src/jobs/catch-up.ts'
import { concludeWhatWaits } from '../../src/jobs/conclude.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'
import { policyOf } from '../support/stage.ts'

/** The watchdog: nobody waits for a check run that does not come. The real jobs in this process, against the emulated GitHub. */

let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>
let jane: ReturnType<typeof person>
let seen: ReturnType<typeof observer>

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': { files: { 'golden-path.yml': policyOf('catalog-info-valid: enforce') } },
        shop: { files: { 'catalog-info.yaml': component('shop') } },
      },
    },
  })
  jane = person(github)
  seen = observer(github.url)
  jobs = await startJobsAt(github, new Date().toISOString(), { unlimited: true })
  await jobs.sweep()
}, 120_000)
afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
})
beforeEach(async () => {
  await seen.control('DELETE', 'faults')
  jobs.setClock(new Date().toISOString())
})

const later = (minutes: number): void => jobs.setClock(new Date(Date.now() + minutes * 60_000).toISOString())
const failReading = () =>
  seen.control('POST', 'faults', { match: '/(graphql|repos/acme/shop/compare)', status: 502 })
const heal = () => seen.control('DELETE', 'faults')
const database = () => jobs.store.database

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 15_000
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(
        `Waited in vain until ${what}: ${JSON.stringify(await database().query("select singleton_key, state, output from pgboss.job where state < 'completed'"))}`,
      )
    await new Promise(resolve => setTimeout(resolve, 30))
  }
}

/** The next try at once, instead of after its pause; or its last one. */
const hurry = (key: string, isLast = false) =>
  database().query(
    `update pgboss.job set start_after = now(), retry_count = case when $2 then retry_limit - 1 else retry_count end
     where singleton_key = $1 and state = 'retry' and (not $2 or retry_count < retry_limit - 1)`,
    [key, isLast],
  )

let pulls = 0
/** A pull request that the service has heard of, and can't read. */
const unread = async (): Promise<{ number: number; sha: string; key: string; repositoryId: number }> => {
  pulls += 1
  const branch = `change-${pulls}`
  await jane.branch('shop', branch)
  const sha = await jane.commit('shop', { 'catalog-info.yaml': `${component('shop')}# ${pulls}\n` }, branch)
  const number = await jane.openPullRequest('shop', branch)
  const { id } = z.object({ id: z.number() }).parse(await jane.ask('GET', '/repos/acme/shop'))
  await failReading()
  const target = { kind: 'pull-request' as const, pullRequest: number, sha, base: 'main' }
  const key = jobKey.assess(id, target)
  await jobs.deps.queue.enqueue([assess(id, target, { why: 'pull-request' })])
  await until(
    'the first try failed',
    async () =>
      (await database().query(`select 1 from pgboss.job where singleton_key = $1 and state = 'retry'`, [key]))
        .length > 0,
  )
  return { number, sha, key, repositoryId: id }
}

const assess = (
  repositoryId: number,
  target: AssessJob['target'],
  reason: AssessJob['reason'],
): AssessJob => ({
  kind: 'assess',
  key: jobKey.assess(repositoryId, target),
  installationId: github.installations[0]?.id ?? 0,
  repositoryId,
  target,
  priority: 'pull-request',
  reason,
})

const die = async (key: string): Promise<void> => {
  await hurry(key, true)
  await until('it is a dead letter', async () => {
    await hurry(key)
    return (await jobs.deps.queue.deadLetters()).some(letter => letter.key === key)
  })
}

/** One round of the watchdog, and what comes of it. */
const watch = async (): Promise<void> => {
  await concludeWhatWaits(jobs.deps)
  await until(
    'nothing is to be concluded',
    async () =>
      (
        await database().query(
          `select 1 from pgboss.job where data->>'kind' = 'conclude' and state <= 'active'`,
        )
      ).length === 0,
  )
}

const runs = async (sha: string) =>
  z
    .object({
      check_runs: z.array(
        z.object({
          id: z.number(),
          status: z.string(),
          conclusion: z.string().nullable(),
          output: z.object({ title: z.string(), summary: z.string() }),
        }),
      ),
    })
    .parse(await jane.ask('GET', `/repos/acme/shop/commits/${sha}/check-runs?check_name=Golden%20Path`))
    .check_runs

it('concludes what was waited for, says why, and gives way to the verdict', async () => {
  const { sha, key } = await unread()
  await watch()
  expect(await runs(sha)).toEqual([])

  later(12)
  await watch()
  const [given, ...others] = await runs(sha)
  expect(others).toEqual([])
  expect(given).toMatchObject({
    status: 'completed',
    conclusion: 'timed_out',
    output: { title: 'Not judged: this says nothing of the commit' },
  })
  expect(given?.output.summary).toBe(
    '**This commit was asked for 12 minutes ago and has not been judged.** GitHub did not answer as it should.\n\nIt is tried again by itself, and the result takes the place of this one. To ask for it at once, press *Re-run*.\n',
  )

  await seen.resetRequests()
  later(30)
  await watch()
  expect((await seen.requests()).byRoute).not.toHaveProperty('POST /repos/:owner/:repo/check-runs')
  expect(await runs(sha)).toEqual([given])

  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
  expect((await runs(sha)).map(({ id }) => id)).toEqual([given?.id])
})

it('tells of a dead letter, leaves it to the operator, and Re-run has it judged', async () => {
  const { sha, key, number, repositoryId } = await unread()
  await die(key)
  later(40)
  await watch()
  expect((await runs(sha))[0]).toMatchObject({ conclusion: 'timed_out' })
  expect((await runs(sha))[0]?.output.summary).toContain(
    `is not tried again by itself. Press *Re-run*, or push another commit. If it ends like this again, tell those who run Golden Path: they find it among the dead letters as \`${key}\`.`,
  )
  expect((await jobs.deps.queue.deadLetters()).map(letter => letter.key)).toEqual([key])

  await heal()
  await jobs.deps.queue.enqueue([
    assess(repositoryId, { kind: 'pull-request', pullRequest: number, sha }, { why: 're-run', after: sha }),
  ])
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
  await until('the letter is gone', async () => (await jobs.deps.queue.deadLetters()).length === 0)
})

it('finds the look of a commit that was never judged, whose ref the re-run does not name', async () => {
  const { sha, key, repositoryId } = await unread()
  await die(key)
  await heal()
  await jobs.deps.queue.enqueue([
    assess(repositoryId, { kind: 'commit', sha }, { why: 're-run', after: sha }),
  ])
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
  await until('the letter is gone', async () => (await jobs.deps.queue.deadLetters()).length === 0)
})

it('never writes over a concluded check run, and does not ask for it again', async () => {
  const { sha, key, number, repositoryId } = await unread()
  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
  await failReading()
  await jobs.deps.queue.enqueue([
    assess(repositoryId, { kind: 'pull-request', pullRequest: number, sha }, { why: 're-run', after: sha }),
  ])
  later(12)
  await seen.resetRequests()
  await watch()
  await watch()
  expect((await runs(sha)).map(({ conclusion }) => conclusion)).toEqual(['success'])
  expect(
    (await seen.requests()).byRoute['GET /repos/:owner/:repo/commits/:ref/check-runs'] ?? 0,
  ).toBeLessThanOrEqual(2)
  await heal()
  await hurry(key)
  await until(
    'the look has come',
    async () =>
      (await database().query('select 1 from job_reasons where key = $1 and settled_at is null', [key]))
        .length === 0,
  )
})

it('makes no dead letter of its own while GitHub is away, and writes at a later round', async () => {
  const { sha, key } = await unread()
  await seen.control('POST', 'faults', { match: '/check-runs', status: 503 })
  later(12)
  await watch()
  expect(await jobs.deps.queue.deadLetters()).toEqual([])
  await heal()
  await failReading()
  await watch()
  expect((await runs(sha)).map(({ conclusion }) => conclusion)).toEqual(['timed_out'])
  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
})

it('makes no second one when its process died between the call and its record', async () => {
  const { sha, key } = await unread()
  later(12)
  await seen.control('POST', 'faults', { match: 'POST .*/check-runs', dropAfterWrite: true, count: 1 })
  await watch()
  expect(await runs(sha)).toHaveLength(1)
  await watch()
  await watch()
  expect((await runs(sha)).map(({ conclusion }) => conclusion)).toEqual(['timed_out'])
  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
  expect(await runs(sha)).toHaveLength(1)
})

it('leaves sweeps and the commits before the newest alone, and writes nothing in a dry run', async () => {
  const { sha, key, number, repositoryId } = await unread()
  const newer = await jane.commit(
    'shop',
    { 'catalog-info.yaml': `${component('shop')}# newer\n` },
    `change-${pulls}`,
  )
  await jobs.deps.queue.enqueue([
    assess(repositoryId, { kind: 'pull-request', pullRequest: number, sha: newer }, { why: 'pull-request' }),
    assess(repositoryId, { kind: 'default-branch' }, { why: 'sweep' }),
  ])
  later(12)
  await concludeWhatWaits({ ...jobs.deps, dryRun: true })
  await watch()
  expect(await runs(sha)).toEqual([])
  expect((await runs(newer)).map(({ conclusion }) => conclusion)).toEqual(['timed_out'])
  expect(
    await database().query(`select 1 from job_reasons where kind = 'conclude' and settled_at is null`),
  ).toEqual([])
  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(newer))[0]?.conclusion === 'success')
})

it('looks by itself, also while what comes before the catching-up fails', async () => {
  const { sha, key } = await unread()
  later(12)
  const stop = startCatchUp(jobs.deps, {
    sweepHours: 24,
    first: async () => {
      throw new Error('GitHub is away')
    },
  })
  await until('it is concluded', async () => (await runs(sha))[0]?.conclusion === 'timed_out')
  stop()
  await heal()
  await hurry(key)
  await until('it is judged', async () => (await runs(sha))[0]?.conclusion === 'success')
})
