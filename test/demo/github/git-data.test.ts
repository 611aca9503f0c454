import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemsOf } from './openapi.ts'
import { type Ask, openStage, type Payload, type Stage } from './support.ts'

const ZERO = '0'.repeat(40)
let stage: Stage
let app: Ask
let person: Ask
let repositoryId: string

beforeAll(async () => {
  stage = await openStage({
    org: { login: 'acme', repositories: { web: { files: { 'a.txt': 'a\n', 'run.sh': '#!/bin/sh\n' } } } },
  })
  app = await stage.installation()
  person = stage.person
  repositoryId = (await app('GET', '/repos/acme/web')).body.node_id
})
afterAll(() => stage.stop())

const ask = (by: Ask, method: string, path: string, body?: unknown) =>
  by(method, `/repos/acme/web${path}`, body)
const tipOf = async (branch: string) =>
  (await ask(person, 'GET', `/git/ref/heads/${branch}`)).body.object?.sha
async function commitOf(
  by: Ask,
  files: Record<string, string>,
  more: object = {},
  on = 'main',
): Promise<Payload> {
  const parent = await tipOf(on)
  const base = (await ask(by, 'GET', `/git/commits/${parent}`)).body.tree.sha
  const tree = Object.entries(files).map(([path, content]) => ({
    path,
    mode: '100644',
    type: 'blob',
    content,
  }))
  const written = await ask(by, 'POST', '/git/trees', { base_tree: base, tree })
  expect(written.status).toBe(201)
  const made = await ask(by, 'POST', '/git/commits', {
    message: 'Fix',
    tree: written.body.sha,
    parents: [parent],
    ...more,
  })
  expect(made.status).toBe(201)
  return made.body
}
async function graphql(token: string, query: string, variables?: object): Promise<Payload> {
  const response = await fetch(`${stage.github.url}/api/graphql`, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as Payload
}
async function tokenWith(permissions?: Record<string, string>): Promise<string> {
  const id = stage.github.installations[0]?.id
  return (await stage.app('POST', `/app/installations/${id}/access_tokens`, permissions && { permissions }))
    .body.token
}
const MOVE = 'mutation Move($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
const move = async (refUpdates: object[], token?: string, id = repositoryId) =>
  graphql(token ?? (await tokenWith()), MOVE, { input: { repositoryId: id, refUpdates } })

describe('a commit of the app', () => {
  it('is its bot, signed by GitHub, unless it gives a name', async () => {
    const own = await commitOf(app, { 'b.txt': 'b\n' })
    expect(problemsOf('POST /repos/{owner}/{repo}/git/commits', 201, own)).toEqual([])
    expect(own).toMatchObject({
      author: { name: 'golden-path[bot]' },
      verification: { verified: true, reason: 'valid' },
    })
    const named = await commitOf(app, { 'b.txt': 'b\n' }, { author: { name: 'Ada', email: 'ada@acme.test' } })
    expect(named).toMatchObject({
      author: { name: 'Ada' },
      verification: { verified: false, reason: 'unsigned' },
    })
    expect((await commitOf(person, { 'b.txt': 'b\n' })).verification.verified).toBe(false)
  })

  it('keeps what the tree had, its modes too', async () => {
    const base = (await ask(app, 'GET', `/git/commits/${await tipOf('main')}`)).body.tree.sha
    const { body: blob } = await ask(app, 'POST', '/git/blobs', { content: 'echo\n', encoding: 'utf-8' })
    const made = await ask(app, 'POST', '/git/trees', {
      base_tree: base,
      tree: [
        { path: 'run.sh', mode: '100755', type: 'blob', sha: blob.sha },
        { path: 'deep/er/new.txt', mode: '100644', type: 'blob', content: 'n\n' },
      ],
    })
    const { body } = await ask(app, 'GET', `/git/trees/${made.body.sha}?recursive=1`)
    const files = body.tree.filter((each: Payload) => each.type === 'blob')
    expect(files.map((each: Payload) => `${each.mode} ${each.path}`)).toEqual([
      '100644 a.txt',
      '100644 deep/er/new.txt',
      '100755 run.sh',
    ])
  })

  it('needs contents: write', async () => {
    const reader = await stage.installation({ permissions: { contents: 'read', metadata: 'read' } })
    const sha = await tipOf('main')
    for (const [path, body] of [
      ['/git/blobs', { content: 'x' }],
      ['/git/trees', { tree: [] }],
      ['/git/commits', { message: 'x', tree: sha, parents: [] }],
      ['/git/refs', { ref: 'refs/heads/x', sha }],
    ] as const)
      expect((await ask(reader, 'POST', path, body)).status, path).toBe(403)
  })
})

describe('a ref', () => {
  it('is made once, moved forward, moved elsewhere only by force, and deleted', async () => {
    const { sha } = await commitOf(app, { 'c.txt': 'c\n' })
    const old = await tipOf('main')
    const made = await ask(app, 'POST', '/git/refs', { ref: 'refs/heads/golden-path/fix', sha: old })
    expect(made.status).toBe(201)
    expect(problemsOf('POST /repos/{owner}/{repo}/git/refs', 201, made.body)).toEqual([])
    const again = await ask(app, 'POST', '/git/refs', { ref: 'refs/heads/golden-path/fix', sha })
    expect([again.status, again.body.message]).toEqual([422, 'Reference already exists'])
    const path = '/git/refs/heads/golden-path/fix'
    expect((await ask(app, 'PATCH', path, { sha })).status).toBe(200)
    const back = await ask(app, 'PATCH', path, { sha: old })
    expect([back.status, back.body.message]).toEqual([422, 'Update is not a fast forward'])
    expect((await ask(app, 'PATCH', path, { sha: old, force: true })).status).toBe(200)
    expect((await ask(app, 'DELETE', path)).status).toBe(204)
    expect((await ask(app, 'DELETE', path)).status).toBe(422)
    expect((await ask(app, 'PATCH', path, { sha })).status).toBe(422)
  })

  it.each([
    ['heads/x', 'is not a valid ref name'],
    ['refs/heads/x..y', 'is not a valid ref name'],
    ['refs/heads/x y', 'is not a valid ref name'],
    ['refs/heads/main/below', 'Reference update failed'],
  ])('is refused as %s', async (ref, message) => {
    const answer = await ask(app, 'POST', '/git/refs', { ref, sha: await tipOf('main') })
    expect(answer.status).toBe(422)
    expect(answer.body.message).toContain(message)
  })

  it('does not bring a workflow without the permission', async () => {
    const without = { contents: 'write', metadata: 'read', pull_requests: 'write' }
    const poor = await stage.installation({ permissions: without })
    const { sha } = await commitOf(poor, { '.github/workflows/ci.yml': 'on: push\n' })
    const refused = await ask(poor, 'POST', '/git/refs', { ref: 'refs/heads/flow', sha })
    expect(refused.status).toBe(403)
    expect(refused.body.message).toBe(
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
    )
    const moved = await move([{ name: 'refs/heads/flow', afterOid: sha }], await tokenWith(without))
    expect(moved.errors[0].message).toContain('refusing to allow a GitHub App')
    expect(await tipOf('flow')).toBeUndefined()
    expect((await ask(app, 'POST', '/git/refs', { ref: 'refs/heads/flow', sha })).status).toBe(201)
    // What a branch has already is nobody's change.
    expect((await ask(poor, 'POST', '/git/refs', { ref: 'refs/heads/flow-again', sha })).status).toBe(201)
  })
})

describe('updateRefs', () => {
  it('moves a ref only from where it is said to stand', async () => {
    const [old, next] = [await tipOf('main'), (await commitOf(app, { 'd.txt': 'd\n' })).sha]
    const name = 'refs/heads/swap'
    const fresh = await move([{ name, beforeOid: ZERO, afterOid: old }])
    expect(fresh).toEqual({ data: { updateRefs: { clientMutationId: null } } })
    const there = await move([{ name, beforeOid: ZERO, afterOid: next }])
    expect(there).toMatchObject({
      data: { updateRefs: null },
      errors: [{ type: 'UNPROCESSABLE', path: ['updateRefs'] }],
    })
    expect((await move([{ name, beforeOid: next, afterOid: next, force: true }])).errors).toHaveLength(1)
    expect(await tipOf('swap')).toBe(old)
    expect((await move([{ name, beforeOid: old, afterOid: next }])).errors).toBeUndefined()
    expect((await move([{ name, beforeOid: next, afterOid: old }])).errors[0].message).toContain(
      'fast forward',
    )
    expect((await move([{ name, beforeOid: next, afterOid: old, force: true }])).errors).toBeUndefined()
    expect(await tipOf('swap')).toBe(old)
    expect((await move([{ name, beforeOid: old, afterOid: ZERO }])).errors).toBeUndefined()
    expect(await tipOf('swap')).toBeUndefined()
  })

  it('moves all of them or none', async () => {
    const sha = await tipOf('main')
    const answer = await move([
      { name: 'refs/heads/one', afterOid: sha },
      { name: 'refs/heads/two', beforeOid: sha, afterOid: sha },
    ])
    expect(answer.errors).toHaveLength(1)
    expect(await tipOf('one')).toBeUndefined()
  })

  it('asks for contents: write on a repository that the caller sees, and for a commit that is there', async () => {
    const update = [{ name: 'refs/heads/never', afterOid: await tipOf('main') }]
    const reader = await tokenWith({ contents: 'read', metadata: 'read' })
    expect((await move(update, reader)).errors[0]).toMatchObject({ type: 'FORBIDDEN' })
    expect((await move(update, undefined, 'MDA6Tm90aGluZzE')).errors[0]).toMatchObject({ type: 'NOT_FOUND' })
    expect((await move([{ name: 'refs/heads/never', afterOid: '1'.repeat(40) }])).errors[0].type).toBe(
      'UNPROCESSABLE',
    )
    expect((await move([{ name: 'refs/heads/main', afterOid: ZERO }])).errors[0].message).toContain(
      'default branch',
    )
    expect(await tipOf('never')).toBeUndefined()
  })

  it('counts as a write of five points, meets faults, and other mutations stay refused', async () => {
    await stage.control('DELETE', '/requests')
    const sha = await tipOf('main')
    await move([{ name: 'refs/heads/counted', afterOid: sha }])
    expect(await stage.control('GET', '/requests')).toMatchObject({
      write: 1,
      byRoute: { 'POST /graphql mutation Move': 1 },
    })
    await stage.control('POST', '/limits', { pointsAMinute: 5 })
    expect((await move([{ name: 'refs/heads/counted', afterOid: sha }])).errors).toBeUndefined()
    expect((await move([{ name: 'refs/heads/counted', afterOid: sha }])).message).toContain(
      'secondary rate limit',
    )
    await stage.control('DELETE', '/limits')
    await stage.control('POST', '/faults', {
      match: 'POST /graphql mutation',
      dropAfterWrite: true,
      count: 1,
    })
    await expect(move([{ name: 'refs/heads/dropped', afterOid: sha }])).rejects.toThrow()
    expect(await tipOf('dropped')).toBe(sha)
    const token = await tokenWith()
    expect((await graphql(token, '{ viewer { login } }')).errors).toBeUndefined()
    const other = 'mutation { createIssue(input: {repositoryId: "x", title: "y"}) { clientMutationId } }'
    expect((await graphql(token, other)).errors[0]).toMatchObject({ type: 'NOT_EMULATED' })
  })

  it('tells what was pushed, and the pull request that follows it', async () => {
    const [old, next] = [
      (await commitOf(app, { 'e.txt': 'e\n' })).sha,
      (await commitOf(app, { 'f.txt': 'f\n' })).sha,
    ]
    await move([{ name: 'refs/heads/told', beforeOid: ZERO, afterOid: old }])
    const { body: pull } = await ask(app, 'POST', '/pulls', { title: 'Told', head: 'told', base: 'main' })
    await move([{ name: 'refs/heads/told', beforeOid: old, afterOid: next, force: true }])
    const pushes = (await stage.heard('push')).filter(each => each.ref === 'refs/heads/told')
    expect(pushes.map(each => [each.before, each.after, each.forced, each.sender.login])).toEqual([
      [ZERO, old, false, 'golden-path[bot]'],
      [old, next, true, 'golden-path[bot]'],
    ])
    const heard = (await stage.heard('pull_request')).filter(each => each.number === pull.number)
    expect(heard.at(-1)).toMatchObject({
      action: 'synchronize',
      before: old,
      after: next,
      sender: { login: 'golden-path[bot]' },
      pull_request: { head: { sha: next } },
    })
    await move([{ name: 'refs/heads/told', afterOid: ZERO }])
    expect((await stage.heard('pull_request')).at(-1)).toMatchObject({
      action: 'closed',
      pull_request: { merged: false, state: 'closed' },
    })
  })
})
