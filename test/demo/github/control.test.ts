import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Ask, openStage, type Stage } from './support.ts'

let stage: Stage
let installation: Ask
beforeEach(async () => {
  stage = await openStage({
    org: { login: 'acme', repositories: { site: { private: true, files: { a: 'a' } } } },
  })
  installation = await stage.installation()
  await stage.control('DELETE', '/requests')
})
afterEach(() => stage.stop())
const issue = { title: 'One' }

test('what the app asks is counted by kind and route; what people ask is not', async () => {
  await installation('GET', '/repos/acme/site')
  await installation('GET', '/repos/acme/site/contents/a')
  await installation('GET', '/repos/acme/nothing')
  await installation('POST', '/repos/acme/site/issues', issue)
  await stage.app('GET', '/app')
  await stage.installation()
  await stage.person('GET', '/repos/acme/site')
  await installation('POST', '/repos/acme/site/issues/1/comments', { body: 'x' })
  const { token } = (await stage.app('POST', '/app/installations/1001/access_tokens')).body
  await fetch(`${stage.github.url}/api/graphql`, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query: 'query Names { viewer { login } }' }),
  })
  expect(await stage.control('GET', '/requests')).toEqual({
    total: 7,
    read: 5,
    write: 2,
    token: 2,
    byRoute: {
      'GET /repos/:owner/:repo': 2,
      'GET /repos/:owner/:repo/contents/:path': 1,
      'POST /repos/:owner/:repo/issues': 1,
      'POST /repos/:owner/:repo/issues/:number/comments': 1,
      'GET /app': 1,
      'POST /app/installations/:number/access_tokens': 2,
      'POST /graphql query Names': 1,
    },
  })
  await stage.control('DELETE', '/requests')
  expect(await stage.control('GET', '/requests')).toMatchObject({ total: 0, token: 0, byRoute: {} })
})

test('faults answer, delay and last as they are told, for the app alone', async () => {
  await stage.control('POST', '/faults', { match: 'GET /repos/acme/site/contents', status: 502, count: 1 })
  expect((await installation('GET', '/repos/acme/site/contents/a')).status).toBe(502)
  expect((await installation('GET', '/repos/acme/site/contents/a')).status).toBe(200)
  await stage.control('POST', '/faults', { match: '^GET .*/contents/.+$', status: 403, retryAfter: 7 })
  const limited = await installation('GET', '/repos/acme/site/contents/a')
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([403, '7'])
  expect(limited.body.message).toContain('secondary rate limit')
  expect((await stage.person('GET', '/repos/acme/site/contents/a')).status).toBe(200)
  await stage.control('DELETE', '/faults')
  await stage.control('POST', '/faults', { match: 'GET', delayMs: 120 })
  const started = performance.now()
  expect((await installation('GET', '/repos/acme/site')).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(110)
  await stage.control('POST', '/faults', { match: 'POST', status: 500, rate: 0 })
  expect((await installation('POST', '/repos/acme/site/issues', issue)).status).toBe(201)
})

test('an answer can be lost after the write: the connection breaks and the issue is there', async () => {
  await stage.control('POST', '/faults', {
    match: 'POST /repos/acme/site/issues',
    dropAfterWrite: true,
    count: 1,
  })
  await expect(installation('POST', '/repos/acme/site/issues', issue)).rejects.toThrow()
  const { repositories } = await stage.control('GET', '/state')
  expect(repositories['acme/site'].issues).toMatchObject([
    { number: 1, title: 'One', state: 'open', byApp: true },
  ])
  expect((await stage.heard('issues')).map(event => event.action)).toEqual(['opened'])
})

test('every answer says what is left of the hour, and an empty hour refuses', async () => {
  const first = await installation('GET', '/repos/acme/site')
  expect(first.headers.get('x-ratelimit-limit')).toBe('5000')
  await stage.control('POST', '/limits', { primary: { remaining: 2, resetInSeconds: 60 } })
  const answers = []
  for (let turn = 0; turn < 3; turn += 1) answers.push(await installation('GET', '/repos/acme/site'))
  expect(answers.map(each => [each.status, each.headers.get('x-ratelimit-remaining')])).toEqual([
    [200, '1'],
    [200, '0'],
    [403, '0'],
  ])
  expect(answers[2]?.body.message).toContain('API rate limit exceeded')
  expect((await stage.person('GET', '/repos/acme/site')).status).toBe(200)
  await stage.control('DELETE', '/limits')
  expect((await installation('GET', '/repos/acme/site')).status).toBe(200)
})

test('secondary limits hold by count, by points and by what is created', async () => {
  await stage.control('POST', '/limits', { secondary: { count: 1, retryAfter: 3, status: 429 } })
  const refused = await installation('GET', '/repos/acme/site')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3'])
  await stage.control('POST', '/limits', { pointsAMinute: 6 })
  const statuses = []
  for (const method of ['GET', 'POST', 'GET'])
    statuses.push(
      (await installation(method, '/repos/acme/site/issues', method === 'POST' ? issue : undefined)).status,
    )
  expect(statuses).toEqual([200, 201, 403])
  await stage.control('POST', '/limits', { content: { minute: 1, hour: 500 } })
  const created = []
  for (let turn = 0; turn < 2; turn += 1)
    created.push((await installation('POST', '/repos/acme/site/issues', issue)).status)
  expect(created).toEqual([201, 403])
})

test('permissions can be taken away, and what needs them is refused and no longer told', async () => {
  await stage.control('POST', '/permissions', { permissions: { metadata: 'read', contents: 'read' } })
  // The token given out before is bound by it at once.
  expect((await installation('POST', '/repos/acme/site/issues', issue)).status).toBe(403)
  await stage.person('POST', '/repos/acme/site/issues', issue)
  expect(await stage.heard('issues')).toEqual([])
  const [event] = await stage.heard('installation')
  expect(event).toMatchObject({ action: 'new_permissions_accepted', installation: { id: 1001 } })
})

test('an installation can lose repositories and be suspended', async () => {
  await stage.control('POST', '/permissions', { repositories: [] })
  expect((await installation('GET', '/repos/acme/site')).status).toBe(404)
  const [event] = await stage.heard('installation_repositories')
  expect(event?.repositories_removed).toMatchObject([{ full_name: 'acme/site' }])
  await stage.control('POST', '/permissions', { suspended: true })
  expect((await installation('GET', '/installation/repositories')).body.message).toContain('suspended')
})
