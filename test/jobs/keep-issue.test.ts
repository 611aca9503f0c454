import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { type IssueTouch, jobKey } from '../../src/intake/job.ts'
import { keepIssue } from '../../src/jobs/keep-issue.ts'
import { sweepJob } from '../../src/jobs/look.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import type { Work } from '../../src/store/work.ts'
import { startJobsAt } from '../support/in-process.ts'
import { person } from '../support/person.ts'
import { createPostgresDatabase } from '../support/postgres.ts'

/** People and settings change an issue behind the app's back; the real jobs against the emulated GitHub. */

const policy = (issues = '') => `version: 1
rules:
  - name: Everybody is in the catalogue
    for: { not: { names: [.github, compliance] } }
    require:
      catalog-info-valid: enforce
      readme-present: enforce
${issues}`

const names = ['closed', 'reopened', 'deleted', 'transferred', 'missed', 'locked', 'moved', 'waiting', 'open']
let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>
let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let database: Database
let jane: ReturnType<typeof person>

beforeAll(async () => {
  const repository = { private: true, files: { 'README.md': '# Here' } }
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      repositories: {
        '.github': { private: true, files: { 'golden-path.yml': policy() } },
        compliance: repository,
        ...Object.fromEntries(names.map(name => [name, repository])),
      },
    },
  })
  jane = person(github)
  postgres = await createPostgresDatabase()
  database = await openDatabase(postgres)
  jobs = await startJobsAt(github, '2026-11-23T09:00:00Z', {
    unlimited: true,
    database,
  })
  await jobs.sweep()
}, 60_000)

afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
  await database?.close()
  await postgres?.drop()
})

const rowOf = (name: string) => {
  const found = github.world.repository('acme', name)
  if (!found) throw new Error(`There is no ${name}`)
  return found
}
const issuesOf = (name: string) =>
  github.world.db.issues.findBy('repo_id', rowOf(name).databaseId).filter(each => !each.is_pull_request)
const only = (name: string) => {
  const [first, ...more] = issuesOf(name)
  expect(more).toEqual([])
  if (!first) throw new Error(`${name} has no issue`)
  return first
}
const edit = (name: string, change: object) => jane.ask('PATCH', `/repos/acme/${name}/issues/1`, change)
const control = (path: string, body: object) =>
  fetch(`${github.url}/_emulator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
/** As its webhook would. */
const touched = (name: string, action: IssueTouch['action'], number = 1) => {
  const { databaseId: repositoryId } = rowOf(name)
  return jobs.enqueue([
    {
      kind: 'keep-issue',
      key: jobKey.keepIssue(repositoryId),
      installationId: github.installations[0]?.id ?? 0,
      repositoryId,
      priority: 'push',
      reason: { why: 'issue-changed' },
      touched: { number, action, by: 'jane' },
    },
  ])
}
const look = (name: string) => {
  const repository = { id: rowOf(name).databaseId, installationId: github.installations[0]?.id ?? 0 }
  return jobs.enqueue([sweepJob(repository, { why: 'sweep' })])
}
const breakReadme = async (name: string) => {
  await jane.commit(name, { 'README.md': undefined, 'a.txt': name })
  await look(name)
}
const record = (name: string) => jobs.store.published.get(rowOf(name).databaseId, 'issue')
const writes = async (): Promise<number> =>
  ((await (await fetch(`${github.url}/_emulator/requests`)).json()) as { write: number }).write

describe('an issue that a person', () => {
  it('closed stays closed and says so; another sweep writes nothing; something new opens it', async () => {
    await edit('closed', { state: 'closed' })
    await touched('closed', 'closed')
    expect(only('closed')).toMatchObject({ state: 'closed', comments: 0 })
    expect(only('closed').body).toContain('A person closed this issue, with 1 thing still to fix.')
    const before = await writes()
    await touched('closed', 'closed')
    await look('closed')
    expect(await writes()).toBe(before)
    await breakReadme('closed')
    expect(only('closed')).toMatchObject({ state: 'open' })
    expect(only('closed').body).toMatch(/^\*\*Open again:\*\*/)
  })

  it('opened again though nothing is left stays open until something was fixed', async () => {
    const catalog =
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: reopened\nspec:\n  type: service\n  lifecycle: production\n  owner: jane\n'
    await jane.commit('reopened', { 'catalog-info.yaml': catalog })
    await look('reopened')
    expect(only('reopened')).toMatchObject({ state: 'closed' })
    await edit('reopened', { state: 'open' })
    await touched('reopened', 'reopened')
    await look('reopened')
    expect(only('reopened')).toMatchObject({ state: 'open' })
    await breakReadme('reopened')
    await jane.commit('reopened', { 'README.md': '# Back' })
    await look('reopened')
    expect(only('reopened')).toMatchObject({ state: 'closed' })
  })

  it('closed while the event was lost is found out by the next write', async () => {
    await edit('missed', { state: 'closed' })
    await breakReadme('missed')
    expect(only('missed')).toMatchObject({ state: 'open' })
    expect((await record('missed'))?.detail).toMatchObject({ open: true })
  })

  it.each(['deleted', 'transferred'] as const)(
    '%s is followed by another only when something else fails',
    async how => {
      const repository = `acme/${how}`
      const answer =
        how === 'deleted'
          ? await control('delete-issue', { repository, number: 1, by: 'jane' })
          : await control('transfer-issue', { repository, number: 1, to: 'acme/compliance', by: 'jane' })
      expect(answer.ok).toBe(true)
      await touched(how, how)
      await look(how)
      expect(issuesOf(how)).toEqual([])
      await breakReadme(how)
      expect(only(how)).toMatchObject({ state: 'open' })
      expect((await record(how))?.detail).not.toHaveProperty('gone')
    },
  )

  it('locked is edited all the same', async () => {
    await jane.ask('PUT', '/repos/acme/locked/issues/1/lock', {})
    await breakReadme('locked')
    expect(only('locked').title).toBe('Golden path: 2 things to fix in locked')
  })
})

describe('an event that lies', () => {
  it('of a closing changes nothing where the issue stands open', async () => {
    const before = await writes()
    await touched('open', 'closed')
    await touched('open', 'closed', 99)
    expect(await writes()).toBe(before)
    expect((await record('open'))?.detail).toMatchObject({ open: true })
  })
})

describe('outside of the hours in which issues may be opened', () => {
  it('a job comes back when they begin; nothing is written, here or there', async () => {
    const { databaseId: repositoryId } = rowOf('waiting')
    // As though it were to be opened for the first time.
    const row = await record('waiting')
    await jobs.store.published.remove(repositoryId, 'issue')
    const before = await writes()
    const { policies } = jobs.deps
    const openOn = { days: [1], from: 10 * 60, to: 11 * 60, timeZone: 'UTC' }
    const work: Work<'keep-issue'> = {
      kind: 'keep-issue',
      key: jobKey.keepIssue(repositoryId),
      installationId: 1001,
      jobs: [
        {
          kind: 'keep-issue',
          key: jobKey.keepIssue(repositoryId),
          installationId: 1001,
          repositoryId,
          priority: 'push',
          reason: { why: 'judged' },
        },
      ],
      settle: async () => {},
      signal: new AbortController().signal,
    }
    const inForce: typeof policies.inForce = async repository => {
      const found = await policies.inForce(repository)
      return found && { ...found, policy: { ...found.policy, issues: { ...found.policy.issues, openOn } } }
    }
    const late = keepIssue(work, { ...jobs.deps, policies: { ...policies, inForce } })
    await expect(late).rejects.toMatchObject({ name: 'RetryLater', afterSeconds: 3_600 })
    expect(await writes()).toBe(before)
    expect(await record('waiting')).toBeUndefined()
    if (row) await jobs.store.published.done(repositoryId, row)
  })
})

describe('the policy', () => {
  const setPolicy = async (issues: string) => {
    await jane.commit('.github', { 'golden-path.yml': policy(issues) })
    await jobs.sweep()
  }

  it('moves all issues to a repository of their own: the old are closed with a line, one is opened for each', async () => {
    // One that can't be closed where it lies is opened where it is wanted all the same.
    await jane.ask('PATCH', '/repos/acme/open', { has_issues: false })
    await look('open')
    await setPolicy('issues: { repository: acme/compliance, labels: [compliance] }\n')
    const of = (name: string) =>
      issuesOf('compliance').filter(each => each.body?.includes(`issue:${rowOf(name).databaseId} `))
    expect(of('open')).toMatchObject([{ state: 'open' }])
    const old = only('moved')
    expect(old.state).toBe('closed')
    expect(old.body).toContain('This issue goes on in `acme/compliance`')
    const there = of('moved')
    expect(there).toMatchObject([{ state: 'open', title: 'Golden path: 1 thing to fix in moved' }])

    // What a person does there is told to the repository that it is about.
    const number = there[0]?.number ?? 0
    await jane.ask('PATCH', `/repos/acme/compliance/issues/${number}`, { state: 'closed' })
    await touched('compliance', 'closed', number)
    expect((await record('moved'))?.detail).toMatchObject({ closedBy: 'person' })
    const before = await writes()
    await jobs.sweep()
    expect(await writes()).toBe(before)
  })

  it('names a repository that the app does not see: told once in the audit, and nothing is sent', async () => {
    await setPolicy('issues: { repository: acme/nowhere }\n')
    await jobs.sweep()
    const audit = await jobs.store.audit.list({ repositoryId: rowOf('waiting').databaseId })
    expect(audit.filter(({ what }) => what === 'issue-refused')).toHaveLength(1)
    // Nothing is uncertain: an opening there would look through 3,000 issues otherwise.
    expect(await record('waiting')).toMatchObject({ state: 'done' })
  })
})
