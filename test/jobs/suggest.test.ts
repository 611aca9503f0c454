import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { jobKey } from '../../src/intake/job.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'
import { policyOf } from '../support/stage.ts'

/** "Fix this" on a pull request: the real jobs in this process, against the emulated GitHub. */

let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>
let jane: ReturnType<typeof person>
let seen: ReturnType<typeof observer>
let branches = 0

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': {
          files: { 'golden-path.yml': policyOf('catalog-info-valid: enforce', 'owner-exists: enforce') },
        },
        web: { files: { 'catalog-info.yaml': component('web', 'payments'), 'README.md': '# Web\n' } },
        worse: { files: { 'catalog-info.yaml': component('worse', 'paymnts') } },
      },
    },
  })
  jane = person(github)
  seen = observer(github.url)
  jobs = await startJobsAt(github, '2026-11-22T09:00:00Z', {
    unlimited: true,
    retry: { tries: 3, delaySeconds: 0, maxDelaySeconds: 0 },
  })
  await jobs.sweep()
}, 60_000)

afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
})

describe('on a pull request that breaks a line', () => {
  it('suggests the line as it should be, once', async () => {
    const { number, sha } = await propose('web', { 'catalog-info.yaml': component('web', 'paymnts') })
    await press('web', number, sha)
    const [line, ...more] = await suggestions('web', number)
    expect(more).toEqual([])
    expect(line?.path).toBe('catalog-info.yaml')
    expect(line?.body).toMatch(/^\*\*Owner exists\*\*: .*\n\n```suggestion\n {2}owner: payments\n```$/)
    expect(await reviews('web', number)).toMatchObject([
      { state: 'COMMENTED', body: expect.stringMatching(/^1 change is suggested at `[0-9a-f]{7}`\./) },
    ])
    await press('web', number, sha)
    expect(await reviews('web', number)).toHaveLength(1)
  })

  it('is one review when the answer to its writing was lost', async () => {
    const { number, sha } = await propose('web', { 'catalog-info.yaml': component('web', 'paymnts') })
    await seen.control('POST', 'faults', { match: 'POST /repos/.*/reviews', dropAfterWrite: true, count: 1 })
    await press('web', number, sha)
    expect(await reviews('web', number)).toHaveLength(1)
    await seen.control('DELETE', 'faults')
  })

  it('suggests anew at a newer head, and nothing at one that is gone by', async () => {
    const broken = component('web', 'paymnts')
    const { number, sha, branch } = await propose('web', { 'catalog-info.yaml': broken })
    const next = await jane.commit('web', { 'catalog-info.yaml': `# Ours\n${broken}` }, branch)
    await look('web', number, next)
    await press('web', number, sha)
    expect(await reviews('web', number)).toEqual([])
    await press('web', number, next)
    expect(await suggestions('web', number)).toMatchObject([{ commit_id: next }])
  })
})

it('makes no noise where a suggestion is not possible', async () => {
  const { number, sha } = await propose('worse', { 'README.md': '# Other words\n' })
  await press('worse', number, sha)
  expect(await reviews('worse', number)).toEqual([])
})

it('answers by a reply where a comment asked', async () => {
  const { number, sha } = await propose('worse', { 'README.md': '# More words\n' })
  const { id } = z
    .object({ id: z.number() })
    .parse(
      await jane.ask('POST', `/repos/acme/worse/issues/${number}/comments`, { body: '/golden-path fix' }),
    )
  await press('worse', number, sha, { issue: number, id })
  const answers = z
    .array(z.object({ body: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/worse/issues/${number}/comments`))
  expect(answers.at(-1)?.body).toContain('Nothing here can be repaired by a suggestion.')
  expect(answers.at(-1)?.body).toContain('**Owner exists** in `catalog-info.yaml`')
})

it('knows a pull request by its commit, where the event of the button does not name it', async () => {
  const { number, sha } = await propose('web', { 'catalog-info.yaml': component('web', 'paymnts') })
  const { id, installationId } = await repository('web')
  await jobs.enqueue([
    {
      kind: 'keep-fix',
      key: jobKey.keepFix(id),
      installationId,
      repositoryId: id,
      priority: 'pull-request',
      reason: { why: 'button' },
      asked: { by: 'jane', sha },
    },
  ])
  expect(await suggestions('web', number)).toHaveLength(1)
  expect((await seen.repository('web')).pullRequests.filter(each => each.byApp)).toEqual([])
})

async function repository(name: string) {
  const [found] = await jobs.store.repositories.withName(name)
  if (!found) throw new Error(`${name} is not known`)
  return found
}

/** A pull request of Jane's, looked at. */
async function propose(name: string, files: Record<string, string>) {
  const branch = `change-${++branches}`
  await jane.branch(name, branch)
  const sha = await jane.commit(name, files, branch)
  const number = await jane.openPullRequest(name, branch)
  await look(name, number, sha)
  return { number, sha, branch }
}

async function look(name: string, pullRequest: number, sha: string): Promise<void> {
  const { id, installationId } = await repository(name)
  const target = { kind: 'pull-request', pullRequest, sha } as const
  await jobs.enqueue([
    {
      kind: 'assess',
      key: jobKey.assess(id, target),
      installationId,
      repositoryId: id,
      priority: 'pull-request',
      reason: { why: 'pull-request', after: sha },
      target,
    },
  ])
}

async function press(
  name: string,
  pullRequest: number,
  sha: string,
  comment?: { issue: number; id: number },
): Promise<void> {
  const { id, installationId } = await repository(name)
  await jobs.enqueue([
    {
      kind: 'suggest',
      key: jobKey.suggest(id, pullRequest),
      installationId,
      repositoryId: id,
      priority: 'pull-request',
      reason: { why: 'button' },
      pullRequest,
      sha,
      asked: { by: 'jane', ...(comment ? { comment } : {}) },
    },
  ])
}

const reviews = async (name: string, number: number) =>
  z
    .array(z.object({ state: z.string(), body: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/${name}/pulls/${number}/reviews`))

const suggestions = async (name: string, number: number) =>
  z
    .array(z.object({ path: z.string(), body: z.string(), line: z.number(), commit_id: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/${name}/pulls/${number}/comments`))
