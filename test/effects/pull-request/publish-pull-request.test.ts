import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type EmulatedGitHub, startGitHub } from '../../../demo/github/start.ts'
import { apply } from '../../../src/effects/apply.ts'
import type { Published, PullRequestEffect } from '../../../src/effects/effect.ts'
import type { Outside } from '../../../src/effects/outside.ts'
import { hashOf, intended, type Planned } from '../../../src/effects/planned.ts'
import { readPullRequest } from '../../../src/effects/pull-request/read-pull-request.ts'
import { AppOctokit } from '../../../src/github.ts'
import { observer, person } from '../../support/person.ts'
import { snapshotOf } from '../situation.ts'

/** The real publisher against the emulated GitHub, over HTTP, as the app's installation. */

let github: EmulatedGitHub
let jane: ReturnType<typeof person>
let seen: ReturnType<typeof observer>
let outside: Outside
let base: string
let row: Published | undefined
let name = ''
let numbered = 0

beforeAll(async () => {
  github = await startGitHub({ org: { login: 'acme', users: ['jane'], repositories: {} } })
  jane = person(github)
  seen = observer(github.url)
})
afterAll(() => github.stop())

const permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  workflows: 'write',
}

/** A repository of its own for each case. */
beforeEach(async () => {
  await seen.control('DELETE', 'faults')
  await seen.control('POST', 'permissions', { permissions })
  name = `service-${++numbered}`
  const made = z
    .object({ id: z.number(), node_id: z.string() })
    .parse(await jane.ask('POST', '/orgs/acme/repos', { name, private: true, auto_init: true }))
  base = await jane.commit(name, { 'catalog-info.yaml': 'kind: Component\n', 'README.md': 'Hello\n' })
  row = undefined
  outside = {
    github: await installation(),
    app: { id: github.appId, slug: github.slug },
    repository: { ...snapshotOf().repository, id: made.id, nodeId: made.node_id, name },
  }
})

const calls = {
  'the tree': 'POST /repos/.*/git/trees',
  'the commit': 'POST /repos/.*/git/commits',
  'the branch': 'POST /repos/.*/git/refs',
  'the pull request': 'POST /repos/.*/pulls$',
  'the move': 'POST /graphql',
  'the texts': 'PATCH /repos/.*/pulls',
}

describe('opening', () => {
  it('makes one signed commit on the base, a branch and a pull request that the app opened', async () => {
    expect(await carryOut(open())).toBe('done')
    expect(await pulls()).toMatchObject([{ number: 1, state: 'open', byApp: true, title: 'Repair it' }])
    expect(await text('golden-path/fix')).toBe('kind: Component\nspec: {}\n')
    const commit = await commitAt('golden-path/fix')
    expect(commit).toMatchObject({ verified: true, parents: [base], message: 'Repair it' })
    expect(row).toMatchObject({ state: 'done', externalId: '1', detail: { head: commit.sha, base } })
  })

  it.each(Object.entries(calls).slice(0, 4))(
    'is one pull request when the answer to the call for %s was lost',
    async (_, match) => {
      await fault({ match, dropAfterWrite: true, count: 1 })
      expect(await carryOut(open())).toBe('retry')
      expect(await carryOut(open())).toMatch(/^done/)
      expect(await pulls()).toMatchObject([{ number: 1, state: 'open', byApp: true }])
      expect(row).toMatchObject({ state: 'done', externalId: '1' })
      expect(await branches()).toEqual(['golden-path/fix', 'main'])
    },
  )

  it('is one pull request when it was opened and not recorded, and its record is lost altogether', async () => {
    await carryOut(open())
    row = undefined
    expect(await carryOut({ ...open(), uncertain: true })).toBe('done: adopted')
    expect(await pulls()).toHaveLength(1)
    expect(row).toMatchObject({ externalId: '1' })
  })

  it('records a pull request that a person closed before its opening was recorded, and opens no other', async () => {
    await fault({ match: calls['the pull request'], dropAfterWrite: true, count: 1 })
    await carryOut(open())
    await closeByJane(1)
    expect(await carryOut(open())).toBe('done: adopted')
    expect(await pulls()).toMatchObject([{ number: 1, state: 'closed' }])
    expect(row).toMatchObject({ externalId: '1', state: 'done' })
  })

  it('leaves one alone that a person pushed to before its opening was recorded', async () => {
    await fault({ match: calls['the pull request'], dropAfterWrite: true, count: 1 })
    await carryOut(open())
    const hers = await jane.commit(name, { 'more.txt': 'mine\n' }, 'golden-path/fix')
    expect(await carryOut(open())).toBe('done: adopted')
    expect(row).toMatchObject({ externalId: '1', detail: { ended: 'taken-over' } })
    expect(await jane.head(name, 'golden-path/fix')).toBe(hers)
  })

  it('takes another name where a person has a branch of that name', async () => {
    await jane.branch(name, 'golden-path/fix')
    expect(await carryOut(open())).toBe('done')
    expect(await branches()).toEqual(['golden-path/fix', 'golden-path/fix-2', 'main'])
    expect(await jane.head(name, 'golden-path/fix')).toBe(base)
  })

  it('finds its own under that other name after a crash, even when the first one is free by then', async () => {
    await jane.branch(name, 'golden-path/fix')
    await fault({ match: calls['the pull request'], dropAfterWrite: true, count: 1 })
    await carryOut(open())
    await jane.ask('DELETE', `/repos/acme/${name}/git/refs/heads/golden-path/fix`)
    expect(await carryOut(open())).toBe('done: adopted')
    expect(await pulls()).toHaveLength(1)
  })

  it('does not believe a commit that only says it is ours', async () => {
    await jane.branch(name, 'golden-path/fix')
    const forged = await forge('golden-path/fix')
    expect(await carryOut({ ...open(), uncertain: true })).toBe('done')
    expect(await jane.head(name, 'golden-path/fix')).toBe(forged)
    expect(await branches()).toContain('golden-path/fix-2')
  })

  it('does not believe a commit of ours that a person amended and signed with their own key', async () => {
    await carryOut(open())
    const amended = await jane.head(name, 'golden-path/fix')
    const { github: real } = outside
    outside.github = {
      ...real,
      request: async (route, parameters) => {
        const answer = await real.request(route, parameters)
        if (!route.endsWith('/commits/{ref}')) return answer
        const data = z.looseObject({}).parse(answer.data)
        return { ...answer, data: { ...data, committer: { login: 'jane' } } }
      },
    }
    expect(await carryOut({ ...update({ body: 'More.' }), leftAt: base })).toBe('skipped')
    row = undefined
    expect(await carryOut({ ...open(), uncertain: true })).toBe('done: adopted')
    expect(row).toMatchObject({ detail: { ended: 'taken-over' } })
    expect(await jane.head(name, 'golden-path/fix')).toBe(amended)
  })

  it('says so when every name is taken', async () => {
    for (const end of ['', '-2', '-3', '-4', '-5']) await jane.branch(name, `golden-path/fix${end}`)
    expect(await carryOut(open())).toBe('refused')
    expect(said).toContain('Delete or rename one of them')
  })

  it('keeps the mode of a file, and puts nothing in the place of a link', async () => {
    const path = `/repos/acme/${name}/git`
    const tree = z.object({ sha: z.string() }).parse(
      await jane.ask('POST', `${path}/trees`, {
        tree: [
          { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
          { path: 'docs', mode: '120000', type: 'blob', content: 'elsewhere' },
        ],
      }),
    )
    const commit = z
      .object({ sha: z.string() })
      .parse(await jane.ask('POST', `${path}/commits`, { message: 'Odd', tree: tree.sha, parents: [base] }))
    await jane.ask('PATCH', `${path}/refs/heads/main`, { sha: commit.sha })
    base = commit.sha
    expect(await carryOut(open({ edits: [{ path: 'docs/a.md', text: 'a\n' }] }))).toBe('refused')
    expect(said).toContain('"docs" is a symbolic link')
    row = undefined
    expect(await carryOut(open({ edits: [{ path: 'run.sh', text: '#!/bin/sh\nexit\n' }] }))).toBe('done')
    const made = z
      .object({ tree: z.array(z.object({ path: z.string(), mode: z.string() })) })
      .parse(await jane.ask('GET', `${path}/trees/${await jane.head(name, 'golden-path/fix')}`))
    expect(made.tree).toEqual([
      expect.objectContaining({ path: 'docs', mode: '120000' }),
      expect.objectContaining({ path: 'run.sh', mode: '100755' }),
    ])
  })

  it.each(['../x', '/x', 'a//b', '.git/config', 'a/.GIT/hooks/x'])('refuses to write to %s', async path => {
    expect(await carryOut(open({ edits: [{ path, text: 'x\n' }] }))).toBe('refused')
    expect(await branches()).toEqual(['main'])
  })

  it('opens no pull request that would change nothing', async () => {
    expect(await carryOut(open({ edits: [{ path: 'catalog-info.yaml', text: 'kind: Component\n' }] }))).toBe(
      'skipped',
    )
    expect(await branches()).toEqual(['main'])
  })

  it('is a draft where something is left for a person', async () => {
    await carryOut(open({ draft: true }))
    expect(await readPullRequest(1, outside)).toMatchObject({ draft: true, state: 'open' })
  })
})

describe('updating', () => {
  beforeEach(async () => {
    await carryOut(open())
  })
  const further = { edits: [{ path: 'catalog-info.yaml', text: 'kind: Component\nspec: { more: 1 }\n' }] }

  it('moves the branch from where we left it, and stays one pull request with one commit', async () => {
    base = await jane.commit(name, { 'README.md': 'Hello again\n' })
    expect(await carryOut(update(further))).toBe('done')
    expect(await commitAt('golden-path/fix')).toMatchObject({ parents: [base], verified: true })
    expect(await text('golden-path/fix')).toBe(further.edits[0]?.text)
    expect(await pulls()).toHaveLength(1)
  })

  it.each([
    ['the tree', calls['the tree']],
    ['the commit', calls['the commit']],
    ['the move', calls['the move']],
    ['the texts', calls['the texts']],
  ])('ends the same when the answer to the call for %s was lost', async (_, match) => {
    await fault({ match, dropAfterWrite: true, count: 1 })
    await carryOut(update(further))
    expect(await carryOut(update(further))).toBe('done')
    expect(await text('golden-path/fix')).toBe(further.edits[0]?.text)
    const commit = await commitAt('golden-path/fix')
    expect(commit.parents).toEqual([base])
    expect(row).toMatchObject({ state: 'done', externalId: '1', detail: { head: commit.sha } })
  })

  it('writes texts alone without touching the branch', async () => {
    const before = await jane.head(name, 'golden-path/fix')
    expect(await carryOut(update({ title: 'Repair it well' }))).toBe('done')
    expect(await jane.head(name, 'golden-path/fix')).toBe(before)
    expect(await pulls()).toMatchObject([{ title: 'Repair it well' }])
  })

  it('never moves over a commit of a person, who pushed since', async () => {
    const hers = await jane.commit(name, { 'more.txt': 'mine\n' }, 'golden-path/fix')
    expect(await carryOut(update(further))).toBe('skipped')
    expect(await jane.head(name, 'golden-path/fix')).toBe(hers)
  })

  it('never moves over a commit that comes between our look and our move', async () => {
    const real = outside.github
    let hers = ''
    outside.github = {
      ...real,
      mutate: async (mutation, variables) => {
        hers = await jane.commit(name, { 'more.txt': 'mine\n' }, 'golden-path/fix')
        return real.mutate(mutation, variables)
      },
    }
    expect(await carryOut(update(further))).toBe('skipped')
    expect(said).toContain('in this moment')
    expect(await jane.head(name, 'golden-path/fix')).toBe(hers)
  })

  it('leaves a branch alone that was deleted', async () => {
    await jane.ask('DELETE', `/repos/acme/${name}/git/refs/heads/golden-path/fix`)
    expect(await carryOut(update(further))).toBe('skipped')
    expect(await branches()).toEqual(['main'])
  })
})

describe('closing', () => {
  beforeEach(async () => {
    await carryOut(open())
  })

  it('says why, and takes the branch away', async () => {
    expect(await carryOut(close())).toBe('done')
    expect(await pulls()).toMatchObject([{ number: 1, state: 'closed' }])
    expect(await branches()).toEqual(['main'])
    expect(await comments(1)).toEqual(['No longer needed.'])
    expect(row).toMatchObject({ state: 'done', detail: { ended: 'us' } })
  })

  it.each([
    ['closing', 'PATCH /repos/.*/pulls'],
    ['its comment', 'POST /repos/.*/comments'],
    ["the branch's deletion", 'POST /graphql'],
  ])('comments at most once when the answer to %s was lost', async (_, match) => {
    await fault({ match, dropAfterWrite: true, count: 1 })
    await carryOut(close())
    await carryOut(close())
    expect(await pulls()).toMatchObject([{ state: 'closed' }])
    expect((await comments(1)).length).toBeLessThanOrEqual(1)
    expect((await readPullRequest(1, outside))?.body).toContain('No longer needed.')
    expect(await branches()).toEqual(['main'])
    expect(row).toMatchObject({ detail: { ended: 'us' } })
  })

  it.each([
    ['the branch', true],
    ['the pull request', false],
  ] as const)(
    'takes back what an opening made whose answer to the call for %s was lost',
    async (call, isBranch) => {
      await carryOut(close())
      row = undefined
      await fault({ match: calls[call], dropAfterWrite: true, count: 1 })
      await carryOut(open())
      expect(await branches()).toContain('golden-path/fix')
      expect(await carryOut(effect('close', { body: 'No longer needed.' }))).toBe('done')
      expect(await pulls()).toMatchObject(
        Array.from({ length: isBranch ? 1 : 2 }, () => ({ state: 'closed' })),
      )
      expect(await branches()).toEqual(['main'])
    },
  )

  it("leaves a branch that somebody's pull request goes to: GitHub would close that", async () => {
    await jane.branch(name, 'mine', await jane.head(name, 'golden-path/fix'))
    await jane.commit(name, { 'more.txt': 'mine\n' }, 'mine')
    await jane.ask('POST', `/repos/acme/${name}/pulls`, {
      title: 'On top',
      head: 'mine',
      base: 'golden-path/fix',
    })
    expect(await carryOut(close())).toBe('done')
    expect(await branches()).toEqual(['golden-path/fix', 'main', 'mine'])
  })

  it('leaves a branch with a commit of a person, and the pull request open', async () => {
    const hers = await jane.commit(name, { 'more.txt': 'mine\n' }, 'golden-path/fix')
    expect(await carryOut(close())).toBe('skipped')
    expect(await pulls()).toMatchObject([{ state: 'open' }])
    expect(await jane.head(name, 'golden-path/fix')).toBe(hers)
  })

  it.each([
    ['merged', async () => jane.merge(name, 1), 'merged'],
    ['closed by a person', () => closeByJane(1), 'person'],
  ] as const)('only records one that was %s meanwhile', async (_, act, ended) => {
    await act()
    expect(await carryOut(close())).toBe('done')
    expect(row).toMatchObject({ detail: { ended } })
    expect(await comments(1)).toEqual([])
  })
})

describe('what GitHub refuses', () => {
  it.each([
    ['contents', { ...permissions, contents: 'read' }, {}, 'contents: write'],
    ['pull requests', { ...permissions, pull_requests: 'read' }, {}, 'pull_requests: write'],
    [
      'workflows',
      { ...permissions, workflows: 'read' },
      { edits: [{ path: '.github/workflows/ci.yml', text: 'on: push\n' }] },
      'workflows: write',
    ],
  ])('without the permission for %s it is said which is missing', async (_, granted, more, expected) => {
    await seen.control('POST', 'permissions', { permissions: granted })
    outside.github = await installation()
    expect(await carryOut(open(more))).toBe('refused')
    expect(said).toContain(expected)
    expect(await branches()).toEqual(['main'])
  })

  it('an archived repository is left alone', async () => {
    await jane.ask('PATCH', `/repos/acme/${name}`, { archived: true })
    expect(await carryOut(open())).toBe('skipped')
    expect(said).toContain('archived')
  })

  it('a base branch that is gone is told', async () => {
    expect(await carryOut(open({ base: { branch: 'trunk', sha: base } }))).toBe('refused')
    expect(said).toContain('there is no branch trunk any more')
  })

  it('a rule that forbids the branch is told, with what helps', async () => {
    const { github: real } = outside
    const refusal = Object.assign(
      new Error('Repository rule violations found\n\nCannot create ref due to creations being restricted.'),
      { status: 422 },
    )
    outside.github = {
      ...real,
      request: (route, parameters) =>
        route.endsWith('/git/refs') ? Promise.reject(refusal) : real.request(route, parameters),
    }
    expect(await carryOut(open())).toBe('refused')
    expect(said).toContain('let the app bypass it')
  })

  it('nothing is tried before it is known who we are', async () => {
    outside.app = { id: github.appId }
    expect(await carryOut(open())).toBe('retry')
    expect(await branches()).toEqual(['main'])
  })
})

const open = (more: Partial<PullRequestEffect> = {}): Planned<PullRequestEffect> => effect('open', more)
const update = (more: Partial<PullRequestEffect> = {}) =>
  effect('update', { number: 1, leftAt: row?.detail.head, ...more })
const close = () =>
  effect('close', {
    number: 1,
    leftAt: row?.detail.head,
    body: 'No longer needed.',
    comment: 'No longer needed.',
  })

function effect(
  action: PullRequestEffect['action'],
  more: Partial<PullRequestEffect>,
): Planned<PullRequestEffect> {
  return {
    kind: 'pull-request',
    key: 'fix',
    action,
    branch: 'golden-path/fix',
    base: { branch: 'main', sha: base },
    edits: [{ path: 'catalog-info.yaml', text: 'kind: Component\nspec: {}\n' }],
    commitMessage: 'Repair it',
    title: 'Repair it',
    body: 'Why it is repaired.',
    ...more,
    hash: hashOf('what it repairs'),
    detail: action === 'open' ? {} : { head: row?.detail.head, base: row?.detail.base },
    uncertain: row?.state === 'intended',
  }
}

let said = ''

/** As the jobs do it: the intention is stored, the call made, the outcome stored. */
async function carryOut(planned: Planned<PullRequestEffect>): Promise<string> {
  row = { ...intended(planned), externalId: intended(planned).externalId ?? row?.externalId }
  const applied = await apply(planned, outside)
  if (applied.row === 'drop') row = undefined
  else if (applied.row !== 'keep') row = applied.row
  said = 'sentence' in applied ? applied.sentence : ''
  return applied.outcome === 'done' && applied.note?.startsWith('adopted') ? 'done: adopted' : applied.outcome
}

async function installation(): Promise<Outside['github']> {
  const octokit = new AppOctokit({
    auth: {
      appId: github.appId,
      privateKey: github.privateKey,
      installationId: github.installations[0]?.id,
    },
    baseUrl: `${github.url}/api/v3`,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    mutate: (mutation, variables) => octokit.graphql(mutation, variables),
  }
}

const fault = (body: object) => seen.control('POST', 'faults', body)
const pulls = async () => (await seen.repository(name)).pullRequests

async function branches(): Promise<string[]> {
  const listed = await jane.ask('GET', `/repos/acme/${name}/branches?per_page=100`)
  return z
    .array(z.object({ name: z.string() }))
    .parse(listed)
    .map(branch => branch.name)
    .sort()
}

async function text(branch: string): Promise<string> {
  const found = await jane.ask('GET', `/repos/acme/${name}/contents/catalog-info.yaml?ref=${branch}`)
  return Buffer.from(z.object({ content: z.string() }).parse(found).content, 'base64').toString()
}

async function commitAt(branch: string) {
  const sha = await jane.head(name, branch)
  const { commit, parents } = z
    .object({
      commit: z.object({ message: z.string(), verification: z.object({ verified: z.boolean() }) }),
      parents: z.array(z.object({ sha: z.string() })),
    })
    .parse(await jane.ask('GET', `/repos/acme/${name}/commits/${sha}`))
  return {
    sha,
    message: commit.message,
    verified: commit.verification.verified,
    parents: parents.map(parent => parent.sha),
  }
}

const closeByJane = (number: number) =>
  jane.ask('PATCH', `/repos/acme/${name}/pulls/${number}`, { state: 'closed' })

async function comments(number: number): Promise<string[]> {
  return z
    .array(z.object({ body: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/${name}/issues/${number}/comments`))
    .map(({ body }) => body)
}

/** Anybody can write our name and address into a commit; nobody else can have GitHub sign it for us. */
async function forge(branch: string): Promise<string> {
  const path = `/repos/acme/${name}/git`
  const { tree } = z
    .object({ tree: z.object({ sha: z.string() }) })
    .parse(await jane.ask('GET', `${path}/commits/${base}`))
  const author = {
    name: `${github.slug}[bot]`,
    email: `${github.slug}[bot]@users.noreply.github.com`,
  }
  const { sha } = z.object({ sha: z.string() }).parse(
    await jane.ask('POST', `${path}/commits`, {
      message: 'Repair it',
      tree: tree.sha,
      parents: [base],
      author,
      committer: author,
    }),
  )
  await jane.ask('PATCH', `${path}/refs/heads/${branch}`, { sha })
  return sha
}
