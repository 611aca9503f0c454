import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../../demo/github/start.ts'
import { repositoryQuery } from '../../../src/snapshot/github/query.ts'
import { installation } from './small-world.ts'

let github: EmulatedGitHub

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      teams: [{ slug: 'platform', members: ['ada'], repositories: { web: 'push' } }],
      repositories: {
        web: {
          private: true,
          topics: ['pci'],
          files: {
            'catalog-info.yaml': 'kind: Component\n',
            '.github/CODEOWNERS': '* @acme/platform\n* @acme/gone\n',
          },
        },
      },
    },
  })
  github.world.extras.tokens.set('ghs_app', {
    caller: { ...installation(), appId: github.appId } as ReturnType<typeof installation>,
  })
})
afterAll(() => github.stop())

async function ask(query: string, variables: Record<string, unknown> = {}, token = 'ghs_app') {
  const response = await fetch(`${github.url}/api/graphql`, {
    method: 'POST',
    headers: token ? { authorization: `bearer ${token}` } : {},
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as {
    data?: Record<string, unknown>
    errors?: unknown[]
    message?: string
  }
  return { ...body, status: response.status, headers: response.headers }
}

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${github.url}/_emulator/${path}`, { method, body: body ? JSON.stringify(body) : undefined })

describe('GraphQL of a started emulated GitHub', () => {
  it("answers the app's own query of a repository", async () => {
    const { query, variables } = repositoryQuery({
      nodeId: github.world.repository('acme', 'web')?.nodeId ?? '',
      at: 'HEAD',
      files: ['catalog-info.yaml', 'docs/index.md'],
      directories: ['', '.github'],
      facts: ['metadata', 'topics', 'protection', 'codeownersErrors', 'vulnerabilityAlerts'],
    })
    const { status, data, errors } = await ask(query, variables)
    expect(status).toBe(200)
    expect(errors).toBeUndefined()
    expect(data?.repository).toMatchObject({
      name: 'web',
      owner: { __typename: 'Organization', login: 'acme' },
      repositoryTopics: { nodes: [{ topic: { name: 'pci' } }] },
      codeowners: { errors: [{ line: 2, kind: 'Unknown owner' }] },
      vulnerabilityAlerts: { totalCount: 0 },
      file0: { text: 'kind: Component\n' },
      file1: null,
      directory1: { entries: [{ name: 'CODEOWNERS', mode: 0o100644 }] },
    })
  })

  it('says the same of the budget as the headers do, and charges what a query costs', async () => {
    const cheap = await ask('{ rateLimit { cost remaining used } }')
    expect(cheap.data?.rateLimit).toMatchObject({
      cost: 1,
      remaining: Number(cheap.headers.get('x-ratelimit-remaining')),
      used: Number(cheap.headers.get('x-ratelimit-used')),
    })
    const dear = await ask(
      '{ rateLimit { cost used } organization(login: "acme") { repositories(first: 100) { nodes { issues(first: 50) { nodes { labels(first: 60) { totalCount } } } } } } }',
    )
    expect(dear.data?.rateLimit).toEqual({
      cost: 51,
      used: Number(cheap.headers.get('x-ratelimit-used')) + 51,
    })
  })

  it('answers a forced fault in part until faults are cleared', async () => {
    const query = '{ repository(owner: "acme", name: "web") { name codeowners { errors { line } } } }'
    const fault = { graphqlPath: 'repository.codeowners', type: 'SERVICE_UNAVAILABLE', message: 'Try again.' }
    expect((await control('POST', 'faults', fault)).status).toBe(201)
    const broken = await ask(query)
    expect(broken.status).toBe(200)
    expect(broken.data).toEqual({ repository: { name: 'web', codeowners: null } })
    expect(broken.errors).toMatchObject([{ type: 'SERVICE_UNAVAILABLE', path: ['repository', 'codeowners'] }])
    await control('DELETE', 'faults')
    expect((await ask(query)).errors).toBeUndefined()
  })

  it('asks for a token, and takes a person for one who sees what that person sees', async () => {
    expect((await ask('{ viewer { login } }', {}, '')).status).toBe(401)
    const owner = await ask(
      '{ viewer { login } repository(owner: "acme", name: "web") { name } }',
      {},
      github.userToken,
    )
    expect(owner.data?.repository).toEqual({ name: 'web' })
    const stranger = await ask(
      '{ repository(owner: "acme", name: "web") { name } }',
      {},
      github.tokenFor('mallory'),
    )
    expect(stranger).toMatchObject({ data: { repository: null }, errors: [{ type: 'NOT_FOUND' }] })
  })
})
