import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problemsOf } from './openapi.ts'
import { type Ask, asking, base64, openStage, type Payload, type Stage } from './support.ts'

let stage: Stage
let app: Ask
let person: Ask
let zoe: Ask

beforeEach(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['ada', 'zoe'],
      repositories: {
        web: { files: { 'a.txt': 'one\ntwo\nthree\n' } },
        attic: { files: { 'b.txt': 'b\n' } },
      },
    },
  })
  app = await stage.installation()
  person = stage.person
  zoe = asking(stage.github.url, stage.github.tokenFor('zoe'))
})
afterEach(() => stage.stop())

const ask = (by: Ask, method: string, path: string, body?: unknown) =>
  by(method, `/repos/acme/web${path}`, body)
const actions = async (event: string) =>
  (await stage.heard(event)).map(each => `${each.action} by ${each.sender.login}`)
const newIssue = async (more: object = {}): Promise<number> =>
  (await ask(app, 'POST', '/issues', { title: 'Two things', body: 'x', ...more })).body.number

/** A branch of the app's with one changed line, and its pull request. */
async function newPull(branch: string, text = 'one\nTWO\nthree\n', more: object = {}): Promise<Payload> {
  const main = (await ask(app, 'GET', '/git/ref/heads/main')).body.object.sha
  await ask(app, 'POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: main })
  const { sha } = (await ask(app, 'GET', `/contents/a.txt?ref=${branch}`)).body
  await ask(app, 'PUT', '/contents/a.txt', { message: 'Fix', content: base64(text), branch, sha })
  return (await ask(app, 'POST', '/pulls', { title: 'Fix', head: branch, base: 'main', ...more })).body
}

describe('an issue', () => {
  it('is opened with labels, edited, closed by somebody, reopened', async () => {
    const number = await newIssue({ labels: ['golden-path'] })
    await ask(app, 'PATCH', `/issues/${number}`, { title: 'One thing', body: 'y' })
    const closed = await ask(person, 'PATCH', `/issues/${number}`, {
      state: 'closed',
      state_reason: 'not_planned',
    })
    expect(problemsOf('PATCH /repos/{owner}/{repo}/issues/{issue_number}', 200, closed.body)).toEqual([])
    const seen = await ask(app, 'GET', `/issues/${number}`)
    expect(problemsOf('GET /repos/{owner}/{repo}/issues/{issue_number}', 200, seen.body)).toEqual([])
    expect(seen.body).toMatchObject({
      state: 'closed',
      state_reason: 'not_planned',
      closed_by: { type: 'User' },
    })
    await ask(app, 'PATCH', `/issues/${number}`, { state: 'open' })
    expect((await ask(app, 'GET', `/issues/${number}`)).body).toMatchObject({
      state: 'open',
      closed_by: null,
    })
    const owner = seen.body.closed_by.login
    expect(await actions('issues')).toEqual([
      'opened by golden-path[bot]',
      'labeled by golden-path[bot]',
      'edited by golden-path[bot]',
      `closed by ${owner}`,
      'reopened by golden-path[bot]',
    ])
  })

  it('hears nobody but those who may write while it is locked', async () => {
    const number = await newIssue()
    expect((await ask(zoe, 'PUT', `/issues/${number}/lock`)).status).toBe(403)
    expect((await ask(person, 'PUT', `/issues/${number}/lock`, { lock_reason: 'resolved' })).status).toBe(204)
    const comment = { body: 'Hello' }
    const refused = await ask(app, 'POST', `/issues/${number}/comments`, comment)
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'Unable to create comment because issue is locked.',
    ])
    expect((await ask(zoe, 'POST', `/issues/${number}/comments`, comment)).status).toBe(403)
    expect((await ask(person, 'POST', `/issues/${number}/comments`, comment)).status).toBe(201)
    expect((await ask(app, 'PATCH', `/issues/${number}`, { body: 'still mine' })).status).toBe(200)
    expect((await stage.control('GET', '/state')).repositories['acme/web'].issues[0]).toMatchObject({
      locked: true,
    })
    await ask(person, 'DELETE', `/issues/${number}/lock`)
    expect((await ask(app, 'POST', `/issues/${number}/comments`, comment)).status).toBe(201)
    expect((await actions('issues')).map(each => each.split(' ')[0])).toEqual([
      'opened',
      'locked',
      'edited',
      'unlocked',
    ])
  })

  it('is gone when somebody deletes it, with a number that is not given again', async () => {
    const number = await newIssue()
    await stage.control('POST', '/delete-issue', { repository: 'acme/web', number, by: 'ada' })
    expect((await ask(app, 'GET', `/issues/${number}`)).status).toBe(410)
    expect((await ask(app, 'PATCH', `/issues/${number}`, { state: 'closed' })).status).toBe(410)
    expect((await ask(app, 'POST', `/issues/${number}/comments`, { body: 'x' })).status).toBe(410)
    expect(await newIssue()).toBe(number + 1)
    expect(await actions('issues')).toEqual([
      'opened by golden-path[bot]',
      'deleted by ada',
      'opened by golden-path[bot]',
    ])
  })

  it('is somewhere else when somebody transfers it', async () => {
    const number = await newIssue()
    await ask(person, 'POST', `/issues/${number}/comments`, { body: 'Take it along' })
    await stage.control('POST', '/transfer-issue', {
      repository: 'acme/web',
      number,
      to: 'acme/attic',
      by: 'ada',
    })
    const here = await ask(app, 'GET', `/issues/${number}`)
    expect(here.status).toBe(301)
    expect(here.headers.get('location')).toContain('/issues/1')
    expect((await app('GET', '/repos/acme/attic/issues/1/comments')).body).toHaveLength(1)
    const heard = await stage.heard('issues')
    const transferred = heard.find(each => each.action === 'transferred')
    const opened = heard.find(each => each.repository.name === 'attic')
    expect(transferred).toMatchObject({
      action: 'transferred',
      repository: { name: 'web' },
      changes: { new_repository: { name: 'attic' }, new_issue: { number: 1 } },
      sender: { login: 'ada' },
    })
    expect(opened).toMatchObject({ action: 'opened', repository: { name: 'attic' }, issue: { number: 1 } })
    await app('PATCH', '/repos/acme/attic/issues/1', { state: 'closed' })
    expect((await actions('issues')).at(-1)).toBe('closed by golden-path[bot]')
  })

  it('is refused where issues are switched off, and when it says too much', async () => {
    const number = await newIssue()
    const long = await ask(app, 'PATCH', `/issues/${number}`, { body: 'x'.repeat(65_537) })
    expect(long.status).toBe(422)
    expect((await ask(app, 'POST', '/issues', { title: 'x'.repeat(257) })).status).toBe(422)
    await ask(person, 'PATCH', '', { has_issues: false })
    expect((await ask(app, 'POST', '/issues', { title: 'No' })).status).toBe(410)
    expect((await ask(app, 'GET', `/issues/${number}`)).status).toBe(410)
    expect((await ask(app, 'PATCH', `/issues/${number}`, { title: 'No' })).status).toBe(410)
    expect((await ask(app, 'GET', '/issues')).status).toBe(410)
  })
})

describe('a comment', () => {
  it('is written, edited and deleted, and names the app that wrote it', async () => {
    const number = await newIssue()
    const made = await ask(app, 'POST', `/issues/${number}/comments`, { body: 'Done' })
    expect(problemsOf('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', 201, made.body)).toEqual(
      [],
    )
    expect(made.body).toMatchObject({
      user: { login: 'golden-path[bot]' },
      performed_via_github_app: { slug: 'golden-path' },
    })
    const path = `/issues/comments/${made.body.id}`
    expect((await ask(app, 'PATCH', path, { body: 'Done, too' })).status).toBe(200)
    expect((await ask(zoe, 'PATCH', path, { body: 'mine now' })).status).toBe(403)
    expect((await ask(app, 'GET', `/issues/${number}/comments`)).body).toMatchObject([{ body: 'Done, too' }])
    expect((await ask(app, 'DELETE', path)).status).toBe(204)
    expect((await ask(app, 'GET', path)).status).toBe(404)
    await ask(zoe, 'POST', `/issues/${number}/comments`, { body: '/golden-path help' })
    const heard = await stage.heard('issue_comment')
    expect(heard.map(each => each.action)).toEqual(['created', 'edited', 'deleted', 'created'])
    expect(heard[1]?.changes).toEqual({ body: { from: 'Done' } })
    expect(heard[3]).toMatchObject({ comment: { performed_via_github_app: null }, sender: { login: 'zoe' } })
  })

  it('can be made on a pull request, which is an issue too', async () => {
    const { number } = await newPull('fix')
    await ask(person, 'PATCH', '', { has_issues: false })
    expect((await ask(app, 'POST', `/issues/${number}/comments`, { body: 'Hi' })).status).toBe(201)
    expect((await ask(app, 'GET', `/issues/${number}`)).body.pull_request.merged_at).toBeNull()
    expect((await stage.heard('issue_comment'))[0]?.issue.pull_request.url).toContain(`/pulls/${number}`)
  })
})

describe('a pull request', () => {
  it('is a draft, one a branch, and tells all that happens to it', async () => {
    const pull = await newPull('fix', undefined, { draft: true })
    expect(pull).toMatchObject({ draft: true, user: { login: 'golden-path[bot]' }, mergeable: true })
    const second = await ask(app, 'POST', '/pulls', { title: 'Again', head: 'fix', base: 'main' })
    expect([second.status, second.body.errors[0].message]).toEqual([
      422,
      'A pull request already exists for acme:fix.',
    ])
    const main = (await ask(app, 'GET', '/git/ref/heads/main')).body.object.sha
    await ask(app, 'POST', '/git/refs', { ref: 'refs/heads/empty', sha: main })
    const empty = await ask(app, 'POST', '/pulls', { title: 'Empty', head: 'empty', base: 'main' })
    expect([empty.status, empty.body.errors[0].message]).toEqual([422, 'No commits between main and empty'])
    const path = `/pulls/${pull.number}`
    expect((await ask(person, 'PUT', `${path}/merge`)).status).toBe(405)
    await stage.control('POST', '/draft', {
      repository: 'acme/web',
      number: pull.number,
      draft: false,
      by: 'ada',
    })
    await ask(app, 'PATCH', path, { title: 'Name an owner', body: 'Why' })
    await ask(person, 'PATCH', path, { state: 'closed' })
    const closed = await ask(app, 'GET', `/issues/${pull.number}`)
    expect(closed.body.closed_by).toMatchObject({ type: 'User' })
    await ask(app, 'PATCH', path, { state: 'open' })
    await ask(person, 'PUT', `${path}/merge`)
    const merged = (await ask(app, 'GET', path)).body
    expect(merged).toMatchObject({ merged: true, state: 'closed', merged_by: { type: 'User' } })
    expect((await ask(app, 'GET', '/pulls?head=acme:fix&state=all')).body).toHaveLength(1)
    expect((await ask(app, 'PATCH', path, { state: 'open' })).status).toBe(422)
    const heard = await stage.heard('pull_request')
    expect(heard.map(each => each.action)).toEqual([
      'opened',
      'ready_for_review',
      'edited',
      'closed',
      'reopened',
      'closed',
    ])
    expect(heard.filter(each => each.action === 'closed').map(each => each.pull_request.merged)).toEqual([
      false,
      true,
    ])
    expect(heard[2]?.sender.login).toBe('golden-path[bot]')
    expect((await stage.control('GET', '/state')).repositories['acme/web'].pullRequests).toMatchObject([
      { branch: 'fix', draft: false, merged: true, state: 'merged', byApp: true },
    ])
  })

  it('stays closed once its branch is gone or was pushed over', async () => {
    const { number } = await newPull('fix')
    await ask(person, 'PATCH', `/pulls/${number}`, { state: 'closed' })
    await ask(person, 'DELETE', '/git/refs/heads/fix')
    const gone = await ask(app, 'PATCH', `/pulls/${number}`, { state: 'open' })
    expect([gone.status, gone.body.errors[0].message]).toEqual([422, 'The fix branch has been deleted.'])
    await newPull('fix', 'one\n2\nthree\n')
    const again = await ask(app, 'PATCH', `/pulls/${number}`, { state: 'open' })
    expect(again.body.errors[0].message).toBe('A pull request already exists for acme:fix.')
  })

  it('is merged when somebody pushes its commits to the base', async () => {
    const { number, head } = await newPull('fix')
    await ask(person, 'PATCH', '/git/refs/heads/main', { sha: head.sha })
    expect((await ask(app, 'GET', `/pulls/${number}`)).body).toMatchObject({ merged: true, state: 'closed' })
  })

  it('takes a review whose comments hang on lines of its diff', async () => {
    const { number, head } = await newPull('fix')
    const path = `/pulls/${number}`
    const suggestion = { path: 'a.txt', line: 2, side: 'RIGHT', body: '```suggestion\ntwo\n```' }
    const made = await ask(person, 'POST', `${path}/reviews`, {
      event: 'COMMENT',
      body: 'See',
      comments: [suggestion],
    })
    expect(made.status).toBe(200)
    expect(problemsOf('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', 200, made.body)).toEqual([])
    const comments = await ask(app, 'GET', `${path}/comments`)
    expect(problemsOf('GET /repos/{owner}/{repo}/pulls/{pull_number}/comments', 200, comments.body)).toEqual(
      [],
    )
    expect(comments.body).toMatchObject([{ path: 'a.txt', line: 2, side: 'RIGHT', commit_id: head.sha }])
    for (const wrong of [
      { path: 'b.txt' },
      { line: 40 },
      { side: 'LEFT', line: 9 },
      { line: 2, start_line: 3 },
    ]) {
      const refused = await ask(app, 'POST', `${path}/reviews`, {
        event: 'COMMENT',
        comments: [{ ...suggestion, ...wrong }],
      })
      expect(refused.status, JSON.stringify(wrong)).toBe(422)
    }
    expect((await ask(app, 'POST', `${path}/reviews`, { event: 'APPROVE' })).status).toBe(422)
    expect((await ask(person, 'POST', `${path}/reviews`, { event: 'APPROVE' })).body.state).toBe('APPROVED')
    const reviews = await ask(app, 'GET', `${path}/reviews`)
    expect(reviews.body.map((each: Payload) => each.state)).toEqual(['COMMENTED', 'APPROVED'])
    expect((await stage.heard('pull_request_review')).map(each => each.review.state)).toEqual([
      'commented',
      'approved',
    ])
    expect(await stage.heard('pull_request_review_comment')).toHaveLength(1)
    const id = stage.github.installations[0]?.id
    const { token } = (await stage.app('POST', `/app/installations/${id}/access_tokens`)).body
    const response = await fetch(`${stage.github.url}/api/graphql`, {
      method: 'POST',
      headers: { authorization: `bearer ${token}` },
      body: JSON.stringify({
        query: `{ repository(owner: "acme", name: "web") { pullRequests(first: 1, states: OPEN, orderBy: {field: UPDATED_AT, direction: DESC}) {
          nodes { author { login } mergedAt reviews(first: 5, states: APPROVED) { nodes { author { login } state submittedAt } } } } } }`,
      }),
    })
    const { data, errors } = (await response.json()) as Payload
    expect(errors).toBeUndefined()
    expect(data.repository.pullRequests.nodes).toMatchObject([
      { author: { login: 'golden-path' }, mergedAt: null, reviews: { nodes: [{ state: 'APPROVED' }] } },
    ])
  })
})

it('says what a person may do, and which teams may do what, to an app that may read it', async () => {
  const { body } = await ask(app, 'GET', '/collaborators/zoe/permission')
  expect(body).toMatchObject({ permission: 'read', role_name: 'read' })
  expect((await ask(app, 'GET', '/teams')).status).toBe(200)
  const blind = await stage.installation({ permissions: { metadata: 'read' } })
  const refused = await ask(blind, 'GET', '/teams')
  expect([refused.status, refused.headers.get('x-accepted-github-permissions')]).toEqual([
    403,
    'administration=read',
  ])
})

it("a check run's button says who pressed it, on which pull request and branch", async () => {
  const { number, head } = await newPull('fix')
  const run = await ask(app, 'POST', '/check-runs', {
    name: 'Golden path',
    head_sha: head.sha,
    actions: [{ label: 'Fix this', description: 'Open a pull request', identifier: 'fix' }],
  })
  await stage.control('POST', '/requested-action', {
    repository: 'acme/web',
    checkRun: run.body.id,
    action: 'fix',
    by: 'ada',
  })
  const pressed = (await stage.heard('check_run')).at(-1)
  expect(pressed).toMatchObject({
    action: 'requested_action',
    requested_action: { identifier: 'fix' },
    sender: { login: 'ada' },
    check_run: { pull_requests: [{ number }], check_suite: { head_branch: 'fix' } },
  })
})
