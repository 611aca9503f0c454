import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { base64, openStage, type Payload, type Stage } from './support.ts'

const ZERO = '0'.repeat(40)
let stage: Stage
beforeEach(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['mona'],
      outsiders: ['sam'],
      teams: [{ slug: 'web', members: ['mona'], repositories: { site: 'push' } }],
      repositories: {
        site: { files: { 'README.md': '# site\n', 'src/a.ts': 'a', 'src/b.ts': 'b' } },
        other: { private: true, files: { a: 'a' } },
      },
    },
  })
})
afterEach(() => stage.stop())

const tip = async (branch = 'main') =>
  (await stage.person('GET', `/repos/acme/site/git/ref/heads/${branch}`)).body.object.sha as string
const put = (path: string, branch = 'main', text = path) =>
  stage.person('PUT', `/repos/acme/site/contents/${path}`, {
    message: `Write ${path}`,
    content: base64(text),
    branch,
  })

test('a delivery is signed over the exact bytes and names itself, its event and its hook', async () => {
  await put('snow ☃.txt')
  await stage.github.deliveries.settled()
  const [push] = stage.receiver.received
  const expected = createHmac('sha256', stage.github.webhookSecret)
    .update(push?.raw ?? '')
    .digest('hex')
  expect(push?.headers['x-hub-signature-256']).toBe(`sha256=${expected}`)
  expect(push?.guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(push?.headers['x-github-event']).toBe('push')
  expect(push?.headers['x-github-hook-id']).toMatch(/^\d+$/)
  expect(push?.headers['x-github-hook-installation-target-type']).toBe('integration')
  expect(push?.headers['x-github-hook-installation-target-id']).toBe(`${stage.github.appId}`)
})

test('a push by the contents API tells before, after and the changed paths', async () => {
  const before = await tip()
  const sha = (await stage.person('GET', '/repos/acme/site/contents/src/a.ts')).body.sha
  await stage.person('PUT', '/repos/acme/site/contents/src/a.ts', {
    message: 'Change',
    content: base64('A'),
    sha,
  })
  await stage.person('DELETE', '/repos/acme/site/contents/src/b.ts', {
    message: 'Remove',
    sha: (await stage.person('GET', '/repos/acme/site/contents/src/b.ts')).body.sha,
  })
  const [changed, removed] = await stage.heard('push')
  expect(changed).toMatchObject({
    ref: 'refs/heads/main',
    before,
    forced: false,
    created: false,
    deleted: false,
  })
  expect(changed?.commits[0]).toMatchObject({ added: [], modified: ['src/a.ts'], removed: [] })
  expect(changed?.head_commit.id).toBe(changed?.after)
  expect(removed?.before).toBe(changed?.after)
  expect(removed?.commits[0]).toMatchObject({ added: [], modified: [], removed: ['src/b.ts'] })
  expect(changed?.installation.id).toBe(stage.github.installations[0]?.id)
})

test('a push by refs tells each commit, and whether it was forced, made or removed a branch', async () => {
  const base = await tip()
  await put('one.txt')
  await put('docs/two.txt')
  const ahead = await tip()
  await stage.person('POST', '/repos/acme/site/git/refs', { ref: 'refs/heads/old', sha: base })
  await stage.person('PATCH', '/repos/acme/site/git/refs/heads/old', { sha: ahead })
  await stage.person('PATCH', '/repos/acme/site/git/refs/heads/old', { sha: base, force: true })
  await stage.person('DELETE', '/repos/acme/site/git/refs/heads/old')
  const [, , created, moved, forced, deleted] = await stage.heard('push')
  expect(created).toMatchObject({
    ref: 'refs/heads/old',
    before: ZERO,
    after: base,
    created: true,
    commits: [],
  })
  expect(moved).toMatchObject({ before: base, after: ahead, forced: false })
  expect(moved?.commits.map((commit: Payload) => commit.added)).toEqual([['one.txt'], ['docs/two.txt']])
  expect(forced).toMatchObject({ before: ahead, after: base, forced: true, commits: [] })
  expect(deleted).toMatchObject({ before: base, after: ZERO, deleted: true, head_commit: null })
})

test('a push to the head of a pull request synchronizes it, and merging pushes the merge', async () => {
  const sha = await tip()
  await stage.person('POST', '/repos/acme/site/git/refs', { ref: 'refs/heads/change', sha })
  await put('new.txt', 'change')
  await stage.person('POST', '/repos/acme/site/pulls', { title: 'Change', head: 'change', base: 'main' })
  await put('newer.txt', 'change')
  await put('beside.txt', 'main')
  await stage.person('PATCH', '/repos/acme/site/pulls/1', { state: 'closed' })
  await stage.person('PATCH', '/repos/acme/site/pulls/1', { state: 'open' })
  const merge = await stage.person('PUT', '/repos/acme/site/pulls/1/merge', {})
  const events = await stage.heard('pull_request')
  expect(events.map(event => event.action)).toEqual(['opened', 'synchronize', 'closed', 'reopened', 'closed'])
  expect(events[1]?.after).toBe(events[1]?.pull_request.head.sha)
  expect(events[4]?.pull_request).toMatchObject({ merged: true, merge_commit_sha: merge.body.sha })
  const pushes = await stage.heard('push')
  expect(pushes.at(-1)).toMatchObject({ ref: 'refs/heads/main', after: merge.body.sha })
  // What the base gained meanwhile is kept: a merge is no overwrite.
  const names = (await stage.person('GET', '/repos/acme/site/contents')).body.map(
    (file: Payload) => file.name,
  )
  expect(names).toEqual(expect.arrayContaining(['beside.txt', 'new.txt', 'newer.txt']))
})

test("a fork's pull request is told to the base, with its head readable there", async () => {
  const sam = (path: string, method: string, body?: object) =>
    fetch(`${stage.github.url}/api/v3${path}`, {
      method,
      headers: { authorization: `token ${samToken}` },
      body: body && JSON.stringify(body),
    }).then(response => response.json() as Promise<Payload>)
  const samToken = stage.github.tokenFor('sam')
  expect((await sam('/repos/acme/site/forks', 'POST', {})).full_name).toBe('sam/site')
  const content = { message: 'Fix', content: base64('fix'), branch: 'main' }
  const { commit } = await sam('/repos/sam/site/contents/fix.txt', 'PUT', content)
  const pull = await sam('/repos/acme/site/pulls', 'POST', { title: 'Fix', head: 'sam:main', base: 'main' })
  expect(pull.head).toMatchObject({ sha: commit.sha, repo: { full_name: 'sam/site', fork: true } })
  await sam('/repos/sam/site/contents/more.txt', 'PUT', { ...content, message: 'More' })
  const events = await stage.heard('pull_request')
  expect(events.map(event => [event.action, event.repository.full_name])).toEqual([
    ['opened', 'acme/site'],
    ['synchronize', 'acme/site'],
  ])
  // Nothing is told of what happens in the fork itself: the app is not installed there.
  expect(await stage.heard('push')).toEqual([])
  const installation = await stage.installation()
  const file = await installation('GET', `/repos/acme/site/contents/more.txt?ref=${events[1]?.after}`)
  expect(file.status).toBe(200)
})

test('what happens to repositories, teams and settings is told', async () => {
  const { person } = stage
  await person('PATCH', '/repos/acme/site', { description: 'New' })
  await person('PUT', '/repos/acme/site/topics', { names: ['pci'] })
  await person('PATCH', '/repos/acme/site', { private: true })
  await person('PATCH', '/repos/acme/site', { name: 'web' })
  await person('PATCH', '/repos/acme/web', { archived: true })
  await person('PATCH', '/repos/acme/web', { archived: false })
  await person('PATCH', '/orgs/acme/properties/values', {
    repository_names: ['web'],
    properties: [{ property_name: 'data-class', value: 'cardholder' }],
  })
  await person('PUT', '/repos/acme/web/branches/main/protection', { required_pull_request_reviews: {} })
  await person('POST', '/repos/acme/web/rulesets', { name: 'r', rules: [{ type: 'deletion' }] })
  await stage.control('POST', '/alerts', { repository: 'acme/web', alert: { package: 'x', severity: 'low' } })
  await person('PUT', '/orgs/acme/teams/web/repos/acme/other', { permission: 'push' })
  await person('DELETE', '/orgs/acme/teams/web/memberships/mona')
  await person('POST', '/orgs/acme/repos', { name: 'fresh' })
  await person('POST', '/repos/acme/other/transfer', { new_owner: 'sam' })
  await person('DELETE', '/repos/acme/fresh')
  await stage.github.deliveries.settled()
  const heard = stage.receiver.received.map(({ event, payload }) => `${event}.${payload.action}`)
  for (const name of [
    ...['edited', 'privatized', 'renamed', 'archived', 'unarchived', 'created', 'transferred', 'deleted'].map(
      action => `repository.${action}`,
    ),
    'custom_property_values.updated',
    'branch_protection_rule.created',
    'repository_ruleset.created',
    'dependabot_alert.created',
    'repository_vulnerability_alert.create',
    'team.added_to_repository',
    'team_add.undefined',
    'membership.removed',
    'installation_repositories.added',
    'installation_repositories.removed',
  ])
    expect(heard).toContain(name)
  const renamed = (await stage.heard('repository')).find(event => event.action === 'renamed')
  expect(renamed).toMatchObject({
    changes: { repository: { name: { from: 'site' } } },
    repository: { full_name: 'acme/web' },
  })
  for (const { payload } of stage.receiver.received) {
    expect(payload.installation.id).toBe(1001)
    expect(payload.sender.login).toBe('olivia-owner')
  }
})

test('payloads have what GitHub shows in its examples', async () => {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string
    examples: Payload[]
  }[]
  const installation = await stage.installation()
  const sha = await tip()
  await stage.person('POST', '/repos/acme/site/git/refs', { ref: 'refs/heads/change', sha })
  await put('new.txt', 'change')
  await stage.person('POST', '/repos/acme/site/pulls', { title: 'Change', head: 'change', base: 'main' })
  await installation('POST', '/repos/acme/site/check-runs', { name: 'golden-path', head_sha: sha })
  await stage.person('POST', '/repos/acme/site/issues', { title: 'Issue' })
  await stage.person('POST', '/repos/acme/site/issues/2/comments', { body: '/recheck' })
  await stage.person('PATCH', '/repos/acme/site', { name: 'web' })
  await stage.github.deliveries.settled()
  const events = ['push', 'pull_request', 'check_suite', 'check_run', 'issues', 'issue_comment', 'repository']
  for (const name of events) {
    const payload = stage.receiver.received.find(each => each.event === name)?.payload
    const known = examples.find(each => each.name === name)?.examples ?? []
    const example = known.find(each => each.action === payload?.action) ?? known[0] ?? {}
    const subject =
      name === 'repository'
        ? 'repository'
        : name === 'issue_comment'
          ? 'comment'
          : name === 'issues'
            ? 'issue'
            : name
    const missing = (of: Payload, inside: Payload) =>
      Object.keys(of ?? {}).filter(key => !(key in (inside ?? {})))
    // Examples of hooks of a repository lack the installation; ours never may.
    expect(
      missing(example, payload ?? {}).filter(key => key !== 'changes'),
      name,
    ).toEqual([])
    // Of GitHub Enterprise Server; of runs that are part of a deployment; of pull requests shown as issues.
    const elsewhere = ['anonymous_access_enabled', 'deployment', 'draft']
    const lacking = missing(example[subject], payload?.[subject]).filter(key => !elsewhere.includes(key))
    expect(lacking, `${name}: ${subject}`).toEqual([])
  }
})

test('failures are listed with their status, never sent again by themselves, and can be redelivered', async () => {
  stage.receiver.state.status = 500
  await put('a.txt')
  await stage.github.deliveries.settled()
  const listed = (await stage.app('GET', '/app/hook/deliveries')).body as unknown as Payload[]
  const failed = listed.find(each => each.event === 'push')
  expect(failed).toMatchObject({ status_code: 500, redelivery: false })
  stage.receiver.state.status = 200
  expect((await stage.app('POST', `/app/hook/deliveries/${failed?.id}/attempts`)).status).toBe(202)
  await stage.control('POST', `/redeliver/${failed?.guid}`)
  await stage.github.deliveries.settled()
  const pushes = stage.receiver.received.filter(each => each.event === 'push')
  expect(new Set(pushes.map(each => each.guid))).toEqual(new Set([failed?.guid]))
  expect(pushes).toHaveLength(3)
  expect(pushes[1]?.raw.equals(pushes[0]?.raw ?? Buffer.alloc(0))).toBe(true)
})

test('a receiver that is gone is listed as such', async () => {
  await stage.receiver.stop()
  await put('a.txt')
  await stage.github.deliveries.settled()
  const [failed] = (await stage.control('GET', '/deliveries')) as Payload[]
  expect(failed).toMatchObject({ status_code: 502, status: 'failed to connect to host' })
})

test('what the app does is its bot’s doing, and a person may ask for a run again', async () => {
  const installation = await stage.installation()
  const sha = await tip()
  const { body: run } = await installation('POST', '/repos/acme/site/check-runs', {
    name: 'golden-path',
    head_sha: sha,
    conclusion: 'success',
    output: { title: 'Fine', summary: 'All is well' },
  })
  const { body: issue } = await installation('POST', '/repos/acme/site/issues', { title: 'By app' })
  expect(issue).toMatchObject({
    user: { login: 'golden-path[bot]', type: 'Bot' },
    performed_via_github_app: { slug: 'golden-path', id: stage.github.appId },
  })
  await stage.person('POST', `/repos/acme/site/check-runs/${run.id}/rerequest`)
  const runs = await stage.heard('check_run')
  expect(runs.map(each => [each.action, each.sender.login])).toEqual([
    ['created', 'golden-path[bot]'],
    ['completed', 'golden-path[bot]'],
    ['rerequested', 'olivia-owner'],
  ])
  expect(runs[0]?.check_run.app).toMatchObject({ id: stage.github.appId, slug: 'golden-path' })
  expect((await stage.heard('issues'))[0]?.issue.performed_via_github_app.slug).toBe('golden-path')
  expect((await stage.control('GET', '/state')).repositories['acme/site']).toMatchObject({
    checkRuns: [
      { headSha: sha, name: 'golden-path', status: 'completed', conclusion: 'success', title: 'Fine' },
    ],
    issues: [{ number: 1, title: 'By app', state: 'open', byApp: true }],
    pullRequests: [],
  })
})

test('a merge group gets a branch of its own with the merge, and asks for checks', async () => {
  const sha = await tip()
  await stage.person('POST', '/repos/acme/site/git/refs', { ref: 'refs/heads/change', sha })
  await put('new.txt', 'change')
  await stage.person('POST', '/repos/acme/site/pulls', { title: 'Change', head: 'change', base: 'main' })
  const group = await stage.control('POST', '/merge-group', { repository: 'acme/site', pullRequests: [1] })
  expect(group.head_ref).toBe(`refs/heads/gh-readonly-queue/main/pr-1-${sha}`)
  const [event] = await stage.heard('merge_group')
  expect(event).toMatchObject({
    action: 'checks_requested',
    merge_group: { base_sha: sha, head_sha: group.head_sha },
  })
  const file = await stage.person('GET', `/repos/acme/site/contents/new.txt?ref=${group.head_sha}`)
  expect(file.status).toBe(200)
})

test('a receiver that is too slow is listed as timed out', async () => {
  const hasty = await openStage({
    org: { login: 'acme', repositories: { site: { files: { a: 'a' } } } },
    deliveryTimeoutMs: 50,
  })
  hasty.receiver.state.delayMs = 400
  await hasty.person('POST', '/repos/acme/site/issues', { title: 'x' })
  await hasty.github.deliveries.settled()
  const [late] = (await hasty.control('GET', '/deliveries')) as Payload[]
  expect(late).toMatchObject({ event: 'issues', status_code: 504, status: 'timed out' })
  await hasty.stop()
})
