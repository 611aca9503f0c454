import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_PERMISSIONS } from '../../../demo/github/start.ts'
import { AppOctokit, createGitHubClients, type GitHub } from '../../../src/github.ts'
import { readActivity } from '../../../src/snapshot/github/activity.ts'
import type { Directory } from '../../../src/snapshot/github/directory.ts'
import { type Fact, known, unknown } from '../../../src/snapshot/snapshot.ts'
import { asking, openStage, type Stage } from '../../demo/github/support.ts'

const directory: Fact<Directory> = known(
  { owner: 'acme', teams: [{ id: 1, slug: 'payments' }], members: ['ada', 'bob', 'eve'] },
  'test',
)
const repository = { owner: 'acme', name: 'shop' }

let stage: Stage
const clientWithout = async (...withheld: string[]): Promise<GitHub> => {
  const permissions = Object.fromEntries(
    Object.entries(DEFAULT_PERMISSIONS).filter(([name]) => !withheld.includes(name)),
  )
  const { body } = await stage.app('POST', '/app/installations/1001/access_tokens', { permissions })
  const octokit = new AppOctokit({ auth: { token: body.token }, baseUrl: `${stage.github.url}/api/v3` })
  return createGitHubClients({ auth: async () => octokit, dryRun: true }).asInstallation(1001)
}

const personCalled = async (login: string) =>
  asking(stage.github.url, (await stage.control('POST', '/tokens', { login })).token)

/** A pull request by one, approved by another, merged. */
const merge = async (branch: string, author: string, reviewer: string): Promise<void> => {
  const ask = await personCalled(author)
  const { body: head } = await ask('GET', '/repos/acme/shop/git/ref/heads/main')
  await ask('POST', '/repos/acme/shop/git/refs', { ref: `refs/heads/${branch}`, sha: head.object.sha })
  await ask('PUT', `/repos/acme/shop/contents/${branch}.md`, {
    message: 'More',
    content: Buffer.from('text').toString('base64'),
    branch,
  })
  const { body: pull } = await ask('POST', '/repos/acme/shop/pulls', {
    title: 'More',
    head: branch,
    base: 'main',
  })
  const review = await (await personCalled(reviewer))(
    'POST',
    `/repos/acme/shop/pulls/${pull.number}/reviews`,
    {
      event: 'APPROVE',
    },
  )
  const merged = await ask('PUT', `/repos/acme/shop/pulls/${pull.number}/merge`, {})
  if (review.status !== 200 || merged.status !== 200)
    throw new Error(`Not merged: ${review.status}, ${merged.status}`)
}

beforeAll(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['ada', 'bob', 'eve'],
      teams: [
        { slug: 'payments', members: ['ada', 'bob'], repositories: { shop: 'maintain' } },
        { slug: 'platform', members: ['eve'], repositories: { shop: 'admin' } },
        { slug: 'search', members: ['bob'], repositories: {} },
      ],
      repositories: {
        shop: { files: { 'README.md': '# Shop\n' } },
        quiet: { files: { 'README.md': '# Quiet\n' } },
      },
    },
  })
  await merge('one', 'ada', 'bob')
  await merge('two', 'ada', 'eve')
  await merge('three', 'bob', 'ada')
})
afterAll(() => stage.stop())
beforeEach(() => stage.control('DELETE', '/faults'))

describe('who works on a repository', () => {
  it('are its teams, and who wrote and reviewed with the teams of each', async () => {
    expect(await readActivity(await clientWithout(), repository, directory)).toEqual({
      known: true,
      source: 'github',
      value: {
        teams: [
          { slug: 'payments', permission: 'maintain' },
          { slug: 'platform', permission: 'admin' },
        ],
        people: [
          { login: 'ada', authored: 2, reviewed: 1, teams: ['payments'] },
          { login: 'bob', authored: 1, reviewed: 1, teams: ['payments', 'search'] },
          { login: 'eve', authored: 0, reviewed: 1, teams: ['platform'] },
        ],
        pullRequests: 3,
      },
    })
  })

  it('costs three requests, none of them a write', async () => {
    const github = await clientWithout()
    await stage.control('DELETE', '/requests')
    await readActivity(github, repository, directory)
    expect(await stage.control('GET', '/requests')).toMatchObject({ total: 3, write: 0 })
  })

  it('is nobody where nothing was merged', async () => {
    expect(
      await readActivity(await clientWithout(), { owner: 'acme', name: 'quiet' }, directory),
    ).toMatchObject({
      value: { teams: [], people: [], pullRequests: 0 },
    })
  })

  it.each([
    [
      'pull_requests',
      'permission',
      'The app may not read the pull requests of shop. Grant it the permission "Pull requests: read"',
    ],
    [
      'administration',
      'permission',
      'The teams with access to shop can\'t be read (403). Grant the app the repository permission "Administration: read"',
    ],
    [
      'members',
      'permission',
      'The app may not read the teams of acme. Grant it the permission "Members: read"',
    ],
  ])('is unknown without the permission %s', async (permission, reason, detail) => {
    expect(await readActivity(await clientWithout(permission), repository, directory)).toEqual({
      known: false,
      reason,
      detail,
    })
  })

  it('is unknown while nobody knows the organisation, and asks nothing', async () => {
    const github = await clientWithout()
    await stage.control('DELETE', '/requests')
    const nobody = unknown('permission', 'The teams have not been read')
    expect(await readActivity(github, repository, nobody)).toBe(nobody)
    expect(await stage.control('GET', '/requests')).toMatchObject({ total: 0 })
  })

  it('of an account without teams asks for none', async () => {
    const alone = known<Directory>({ owner: 'acme', teams: [], members: ['ada'] }, 'test')
    const activity = await readActivity(await clientWithout('administration', 'members'), repository, alone)
    expect(activity).toMatchObject({ known: true, value: { teams: [], pullRequests: 3 } })
  })

  it("is unknown after an outage, and the client's error where there is no answer", async () => {
    const github = await clientWithout()
    await stage.control('POST', '/faults', {
      graphqlPath: 'Repository.pullRequests',
      type: 'SERVICE_UNAVAILABLE',
      message: 'Try again',
    })
    expect(await readActivity(github, repository, directory)).toMatchObject({
      known: false,
      reason: 'unavailable',
    })
    await stage.control('DELETE', '/faults')
    await stage.control('POST', '/faults', { match: '/repos/acme/shop/teams', status: 502 })
    await expect(readActivity(github, repository, directory)).rejects.toMatchObject({ status: 502 })
  })
})
