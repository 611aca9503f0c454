import { generateKeyPairSync, sign } from 'node:crypto'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asking, openStage, type Stage } from './support.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({
    org: [
      {
        login: 'acme',
        repositories: {
          site: { private: true, files: { a: 'a' } },
          hidden: { private: true, files: { a: 'a' } },
          open: { files: { a: 'a' } },
        },
      },
      { login: 'other', owner: 'olga', repositories: { theirs: { private: true, files: { a: 'a' } } } },
    ],
    permissions: { metadata: 'read', contents: 'read', checks: 'write' },
    selected: ['site', 'theirs'],
  })
})
afterAll(() => stage.stop())

function jwt(claims: object, key = stage.github.privateKey, algorithm = 'RS256'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`
}
const now = () => Math.floor(Date.now() / 1000)

test('a JWT is taken only when signed by the app, current and short', async () => {
  const iss = stage.github.appId
  const stranger = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey
  const good = { iat: now() - 30, exp: now() + 300, iss }
  const rows: [string, string, number][] = [
    ['good', jwt(good), 200],
    ['the number as text', jwt({ ...good, iss: `${iss}` }), 200],
    ['expired', jwt({ ...good, exp: now() - 1 }), 401],
    ['living longer than ten minutes', jwt({ ...good, exp: now() + 900 }), 401],
    ['of another app', jwt({ ...good, iss: 1 }), 401],
    ['signed by somebody else', jwt(good, stranger), 401],
    ['of another algorithm', jwt(good, undefined, 'none'), 401],
    [
      'tampered with',
      jwt(good)
        .replace(/.$/, last => (last === 'A' ? 'B' : 'A'))
        .replace('.ey', '.fy'),
      401,
    ],
  ]
  for (const [what, token, status] of rows)
    expect((await asking(stage.github.url, token, 'Bearer')('GET', '/app')).status, what).toBe(status)
})

test('app routes want the app, all others its installation', async () => {
  const installation = await stage.installation()
  expect((await installation('GET', '/app')).status).toBe(401)
  expect((await stage.person('GET', '/app/installations')).status).toBe(401)
  expect((await stage.app('GET', '/repos/acme/site')).status).toBe(403)
  expect((await asking(stage.github.url, 'ghs_unknown')('GET', '/repos/acme/site')).body.message).toBe(
    'Bad credentials',
  )
  expect((await asking(stage.github.url)('GET', '/repos/acme/site')).status).toBe(404)
})

test('an installation sees its own repositories and does what it was granted', async () => {
  const installation = await stage.installation()
  const { body } = await installation('GET', '/installation/repositories')
  expect(body).toMatchObject({ total_count: 1, repository_selection: 'selected' })
  expect((await installation('GET', '/repos/acme/site/contents/a')).status).toBe(200)
  expect((await installation('GET', '/repos/acme/hidden')).status).toBe(404)
  expect((await installation('GET', '/repos/other/theirs')).status).toBe(404)
  expect((await installation('GET', '/repos/acme/open/contents/a')).status).toBe(200)
  expect((await installation('POST', '/repos/acme/open/check-runs', {})).status).toBe(403)
  const refused = await installation('POST', '/repos/acme/site/issues', { title: 'x' })
  expect(refused.status).toBe(403)
  expect(refused.body.message).toBe('Resource not accessible by integration')
  expect(refused.headers.get('x-accepted-github-permissions')).toBe('issues=write; pull_requests=write')
  for (const path of [
    '/repos/acme/site/branches/main/protection',
    '/orgs/acme/teams',
    '/repos/acme/site/dependabot/alerts',
  ])
    expect((await installation('GET', path)).status, path).toBe(403)
})

test('a token may be asked for with less than all, never with more', async () => {
  const less = await stage.installation({ permissions: { metadata: 'read' } })
  expect((await less('GET', '/repos/acme/site/contents/a')).status).toBe(403)
  const more = await stage.app('POST', '/app/installations/1001/access_tokens', {
    permissions: { contents: 'write' },
  })
  expect(more.status).toBe(422)
  const outside = await stage.app('POST', '/app/installations/1001/access_tokens', {
    repositories: ['hidden'],
  })
  expect(outside.status).toBe(422)
  const { expires_at } = (await stage.app('POST', '/app/installations/1001/access_tokens')).body
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(59 * 60 * 1000)
})

test('only an app makes check runs, and only who may administer changes a repository', async () => {
  const { body } = await stage.person('GET', '/repos/acme/site/git/ref/heads/main')
  const run = { name: 'x', head_sha: body.object.sha }
  expect((await stage.person('POST', '/repos/acme/site/check-runs', run)).status).toBe(403)
  const stranger = asking(stage.github.url, stage.github.tokenFor('sam'))
  expect((await stranger('GET', '/repos/acme/site')).status).toBe(404)
  expect((await stranger('PATCH', '/repos/acme/open', { archived: true })).status).toBe(403)
})

test("GitHub's own client signs in as the app and works as its installation", async () => {
  const baseUrl = `${stage.github.url}/api/v3`
  const { appId, privateKey } = stage.github
  const app = new Octokit({ authStrategy: createAppAuth, auth: { appId, privateKey }, baseUrl })
  const { data: installations } = await app.request('GET /app/installations')
  const installationId = installations.find(
    each => each.account && 'login' in each.account && each.account.login === 'acme',
  )?.id
  const octokit = new Octokit({
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
    baseUrl,
  })
  const repository = { owner: 'acme', repo: 'site' }
  const { data: ref } = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...repository,
    ref: 'heads/main',
  })
  const { data: run } = await octokit.request('POST /repos/{owner}/{repo}/check-runs', {
    ...repository,
    name: 'golden-path',
    head_sha: ref.object.sha,
    conclusion: 'success',
  })
  expect(run.app?.slug).toBe('golden-path')
  const { data: listed } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...repository,
    ref: 'main',
    check_name: 'golden-path',
    app_id: appId,
  })
  expect(listed.check_runs.map(each => each.id)).toEqual([run.id])
  const raw = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
    ...repository,
    path: 'a',
    mediaType: { format: 'raw' },
  })
  expect(Buffer.from(raw.data as unknown as ArrayBuffer).toString()).toBe('a')
})
