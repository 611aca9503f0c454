import { describe, expect, it } from 'vitest'
import type { GraphqlFault } from '../../../demo/github/graphql.ts'
import { asking, smallWorld } from './small-world.ts'

function web() {
  const acme = smallWorld()
  acme.addRepository('web', { 'README.md': 'hello', '.github/CODEOWNERS': '* @ada\n' })
  return acme.world
}

describe('a query that GitHub would refuse', () => {
  it.each([
    {
      name: 'an unknown field',
      query:
        'query Ask { repository(owner: "acme", name: "web") { owner { ... on Organization { nope } } } }',
      error: {
        path: ['query Ask', 'repository', 'owner', '... on Organization', 'nope'],
        extensions: { code: 'undefinedField', typeName: 'Organization', fieldName: 'nope' },
        locations: [{ line: 1, column: 84 }],
        message: "Field 'nope' doesn't exist on type 'Organization'",
      },
    },
    {
      name: 'an unknown argument',
      query: '{ organization(login: "acme", slug: "x") { login } }',
      error: {
        path: ['query', 'organization', 'slug'],
        extensions: {
          code: 'argumentNotAccepted',
          name: 'organization',
          typeName: 'Field',
          argumentName: 'slug',
        },
        message: "Field 'organization' doesn't accept argument 'slug'",
      },
    },
    {
      name: 'a missing argument',
      query: '{ repository(owner: "acme") { id } }',
      error: {
        extensions: {
          code: 'missingRequiredArguments',
          className: 'Field',
          name: 'repository',
          arguments: 'name',
        },
        message: "Field 'repository' is missing required arguments: name",
      },
    },
    {
      name: 'an object without a selection',
      query: '{ viewer }',
      error: { extensions: { code: 'selectionMismatch', nodeName: "field 'viewer'", typeName: 'User' } },
    },
    {
      name: 'a fragment on no type',
      query: '{ viewer { ... on Nobody { id } } }',
      error: { message: "No such type Nobody, so it can't be a fragment condition" },
    },
    {
      name: 'an unused variable',
      query: 'query Ask($x: Int) { viewer { login } }',
      error: {
        extensions: { code: 'variableNotUsed' },
        message: 'Variable $x is declared by Ask but not used',
      },
    },
    {
      name: 'a variable of the wrong type',
      query: 'query Ask($x: Int!) { organization(login: $x) { id } }',
      error: { message: 'Type mismatch on variable $x and argument login (Int! / String!)' },
    },
    {
      name: 'a word where a number belongs',
      query: '{ organization(login: "acme") { teams(first: "ten") { totalCount } } }',
      error: { extensions: { code: 'argumentLiteralsIncompatible', argumentName: 'first' } },
    },
    {
      name: 'what is no GraphQL',
      query: '{ viewer ',
      error: { message: expect.stringContaining('Syntax Error') },
    },
    {
      name: 'an empty text',
      query: '',
      error: { message: 'A query attribute must be specified and must be a string.' },
    },
  ])('$name: refused whole, without data', async ({ query, error }) => {
    const answer = await asking(web())(query)
    expect(answer).not.toHaveProperty('data')
    expect(answer.errors).toMatchObject([error])
  })

  it('a variable that is missing', async () => {
    const answer = await asking(web())('query ($login: String!) { organization(login: $login) { id } }')
    expect(answer).not.toHaveProperty('data')
    expect(answer.errors?.[0]?.message).toContain('$login')
  })

  it('more than 500,000 possible nodes', async () => {
    const answer = await asking(web())(`{ organization(login: "acme") { repositories(first: 100) { nodes {
      issues(first: 100) { nodes { comments(first: 100) { nodes { id } } } } } } } }`)
    expect(answer.errors).toMatchObject([
      {
        type: 'MAX_NODE_LIMIT_EXCEEDED',
        message:
          'This query requests up to 1,010,100 possible nodes which exceeds the maximum limit of 500,000.',
      },
    ])
  })

  it('a mutation, even one that GitHub knows: nothing must seem to have changed', async () => {
    const answer = await asking(web())(
      'mutation { addStar(input: { starrableId: "x" }) { clientMutationId } }',
    )
    expect(answer).toMatchObject({ errors: [{ type: 'NOT_EMULATED' }] })
  })
})

describe('a query that is answered in part', () => {
  it.each([
    {
      args: '(first: 101)',
      type: 'EXCESSIVE_PAGINATION',
      message: 'Requesting 101 records on the `teams` connection exceeds the `first` limit of 100 records.',
    },
    {
      args: '',
      type: 'MISSING_PAGINATION_BOUNDARIES',
      message: 'You must provide a `first` or `last` value to properly paginate the `teams` connection.',
    },
    {
      args: '(first: 1, after: "nonsense")',
      type: 'INVALID_CURSOR_ARGUMENTS',
      message: '`nonsense` does not appear to be a valid cursor.',
    },
  ])('teams$args: $type where it stands', async ({ args, type, message }) => {
    const { data, errors } = await asking(web())(
      `{ organization(login: "acme") { teams${args} { nodes { id } } } viewer { login } }`,
    )
    expect(data).toEqual({ organization: null, viewer: { login: 'golden-path[bot]' } })
    expect(errors).toMatchObject([{ type, path: ['organization', 'teams'], message }])
  })

  it('a connection that is only counted needs no boundaries', async () => {
    const { data, errors } = await asking(web())('{ organization(login: "acme") { teams { totalCount } } }')
    expect(errors).toBeUndefined()
    expect(data).toEqual({ organization: { teams: { totalCount: 0 } } })
  })

  it.each(['one.codeowners', 'Repository.codeowners'])('a forced fault at %s', async graphqlPath => {
    const faults: GraphqlFault[] = [
      { graphqlPath, type: 'SERVICE_UNAVAILABLE', message: 'Something went wrong.' },
    ]
    const ask = asking(web(), { faults: () => faults })
    const query = '{ one: repository(owner: "acme", name: "web") { name codeowners { errors { line } } } }'
    const broken = await ask(query)
    expect(broken.data).toEqual({ one: { name: 'web', codeowners: null } })
    expect(broken.errors).toMatchObject([
      { type: 'SERVICE_UNAVAILABLE', path: ['one', 'codeowners'], message: 'Something went wrong.' },
    ])
    faults.length = 0
    expect((await ask(query)).errors).toBeUndefined()
  })

  it('more objects than the query may read: the rest are null with RESOURCE_LIMITS_EXCEEDED', async () => {
    const { data, errors } = await asking(web(), { objects: 2 })(
      `{ repository(owner: "acme", name: "web") {
        a: object(expression: "main:README.md") { oid } b: object(expression: "main:none") { oid } c: object(expression: "main:") { oid }
      } }`,
    )
    expect(data?.repository).toEqual({ a: expect.anything(), b: null, c: null })
    expect(errors).toMatchObject([
      {
        type: 'RESOURCE_LIMITS_EXCEEDED',
        path: ['repository', 'c'],
        message: 'Resource limits for this query exceeded.',
      },
    ])
  })

  it('a real field that is not emulated says so instead of answering nothing', async () => {
    const { data, errors } = await asking(web())(
      '{ repository(owner: "acme", name: "web") { name codeOfConduct { id } } }',
    )
    expect(data).toEqual({ repository: { name: 'web', codeOfConduct: null } })
    expect(errors).toMatchObject([{ type: 'NOT_EMULATED', path: ['repository', 'codeOfConduct'] }])
  })
})

describe('what a query costs', () => {
  it.each([
    ['a plain look-up', '{ repository(owner: "acme", name: "web") { id } }', 1, 0],
    [
      "the example of GitHub's documentation, rounded to 51",
      `{ organization(login: "acme") { repositories(first: 100) { nodes { pullRequests(first: 50) { nodes { labels(first: 60) { nodes { id } } } } } } } }`,
      51,
      305_100,
    ],
    [
      'a connection in a fragment, its size in a variable',
      'query ($n: Int!) { organization(login: "acme") { ...teams } } fragment teams on Organization { teams(first: $n) { nodes { members(first: 10) { nodes { login } } } } }',
      1,
      220,
    ],
  ])('%s', async (_, query, cost, nodeCount) => {
    const { data } = await asking(web())(
      query.replace('{', '{ rateLimit { cost nodeCount }'),
      query.includes('$n') ? { n: 20 } : {},
    )
    expect(data?.rateLimit).toEqual({ cost, nodeCount })
  })

  it("is taken from the front's counters when it gives them", async () => {
    const ask = asking(web(), {
      charge: (_, points) => ({
        limit: 6000,
        used: 40 + points,
        remaining: 5960 - points,
        reset: 1_800_000_000,
      }),
    })
    const { data } = await ask('{ rateLimit { cost limit used remaining resetAt } }')
    expect(data?.rateLimit).toEqual({
      cost: 1,
      limit: 6000,
      used: 41,
      remaining: 5959,
      resetAt: '2027-01-15T08:00:00Z',
    })
  })

  it('in time: 50 repositories with 10 files each within 200 ms', async () => {
    const acme = smallWorld()
    const names = Array.from({ length: 50 }, (_, index) => `service-${index}`)
    for (const name of names)
      acme.addRepository(
        name,
        Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`f${at}.yaml`, `n: ${name}`])),
      )
    const files = Array.from(
      { length: 10 },
      (_, at) => `f${at}: object(expression: "HEAD:f${at}.yaml") { ... on Blob { oid text } }`,
    )
    const query = `{ ${names.map((name, at) => `r${at}: repository(owner: "acme", name: "${name}") { name ${files.join(' ')} }`).join('\n')} }`
    const ask = asking(acme.world)
    // Once before the clock: reading the schema takes 150 ms, once a process.
    await ask('{ viewer { login } }')
    // The best of three, each parsed anew: a busy machine must not fail this.
    let best = Number.POSITIVE_INFINITY
    for (const round of [1, 2, 3]) {
      const start = performance.now()
      const { data, errors } = await ask(`# ${round}\n${query}`)
      best = Math.min(best, performance.now() - start)
      expect(errors).toBeUndefined()
      expect(Object.keys(data ?? {})).toHaveLength(50)
    }
    expect(best).toBeLessThan(200)
  })
})
