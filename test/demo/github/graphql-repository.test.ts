import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asking, installation, ORIGIN, smallWorld } from './small-world.ts'

/** The kind of query that the app asks of one repository: everything a verdict needs, in one request. */
const SNAPSHOT = readFileSync(new URL('snapshot-like.graphql', import.meta.url), 'utf8')

function payments() {
  const acme = smallWorld()
  const row = acme.addRepository('payments', {
    'catalog-info.yaml': 'kind: Component\n',
    '.github/CODEOWNERS': '* @acme/nobody\n',
    'src/main.ts': 'export {}\n',
  })
  acme.db.branchProtections.insert({
    repo_id: row.id,
    branch_name: 'main',
    required_status_checks: { strict: true, contexts: ['golden-path'] },
    enforce_admins: true,
    required_pull_request_reviews: {
      required_approving_review_count: 2,
      dismiss_stale_reviews: true,
      require_code_owner_reviews: true,
    },
    restrictions: null,
    required_linear_history: false,
    allow_force_pushes: false,
    allow_deletions: false,
    required_signatures: false,
  })
  acme.world.extras.rulesets.push({
    databaseId: 5,
    nodeId: 'ruleset-5',
    name: 'Main is reviewed',
    target: 'branch',
    enforcement: 'active',
    sourceType: 'Organization',
    source: 'acme',
    refNames: { include: ['~DEFAULT_BRANCH'], exclude: [] },
    repositoryNames: { include: ['~ALL'], exclude: [] },
    rules: [
      { type: 'deletion' },
      { type: 'pull_request', parameters: { required_approving_review_count: 1 } },
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'build', integration_id: 9 }, { context: 'test' }],
        },
      },
    ],
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
  })
  acme.world.extras.alerts.push({
    number: 1,
    nodeId: 'alert-1',
    repositoryId: row.id,
    state: 'open',
    severity: 'medium',
    ecosystem: 'npm',
    package: 'lodash',
    manifestPath: 'web/package-lock.json',
    scope: 'runtime',
    ghsaId: 'GHSA-1111-2222-3333',
    summary: 'Prototype pollution',
    vulnerableVersionRange: '< 4.17.21',
    firstPatchedVersion: '4.17.21',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
  })
  return { ...acme, row, sha: acme.world.commitSha(row.id, 'main') ?? '' }
}

describe('a repository over GraphQL', () => {
  it("answers the app's kind of query in full, with no error", async () => {
    const { world, row, sha } = payments()
    const { data, errors } = await asking(world)(SNAPSHOT, {
      owner: 'acme',
      name: 'payments',
      catalog: `${sha}:catalog-info.yaml`,
      missing: `${sha}:docs/index.md`,
      root: `${sha}:`,
    })
    expect(errors).toBeUndefined()
    expect(data?.repository).toMatchObject({
      databaseId: row.id,
      nameWithOwner: 'acme/payments',
      url: `${ORIGIN}/acme/payments`,
      visibility: 'PRIVATE',
      isEmpty: false,
      owner: { __typename: 'Organization', login: 'acme', databaseId: 1 },
      primaryLanguage: { name: 'TypeScript' },
      languages: { totalSize: 1000, edges: [{ size: 900, node: { name: 'TypeScript' } }, { size: 100 }] },
      repositoryTopics: { nodes: [{ topic: { name: 'payments' } }, { topic: { name: 'pci' } }] },
      defaultBranchRef: {
        name: 'main',
        target: { __typename: 'Commit', oid: sha },
        branchProtectionRule: {
          pattern: 'main',
          requiresApprovingReviews: true,
          requiredApprovingReviewCount: 2,
          requiresCodeOwnerReviews: true,
          requiresStatusChecks: true,
          requiredStatusCheckContexts: ['golden-path'],
          requiredStatusChecks: [{ context: 'golden-path', app: null }],
          isAdminEnforced: true,
          allowsForcePushes: false,
        },
        rules: {
          nodes: [
            { type: 'DELETION', parameters: null, repositoryRuleset: { name: 'Main is reviewed' } },
            {
              type: 'PULL_REQUEST',
              parameters: { __typename: 'PullRequestParameters', requiredApprovingReviewCount: 1 },
            },
            {
              type: 'REQUIRED_STATUS_CHECKS',
              parameters: {
                requiredStatusChecks: [
                  { context: 'build', integrationId: 9 },
                  { context: 'test', integrationId: null },
                ],
              },
            },
          ],
        },
      },
      rulesets: {
        nodes: [{ enforcement: 'ACTIVE', source: { __typename: 'Organization', login: 'acme' } }],
      },
      codeowners: { errors: [{ line: 1, column: 3, kind: 'Unknown owner', path: '.github/CODEOWNERS' }] },
      vulnerabilityAlerts: {
        totalCount: 1,
        nodes: [
          {
            state: 'OPEN',
            securityVulnerability: {
              severity: 'MODERATE',
              package: { ecosystem: 'NPM', name: 'lodash' },
              firstPatchedVersion: { identifier: '4.17.21' },
            },
          },
        ],
      },
      catalog: { byteSize: 16, isBinary: false, isTruncated: false, text: 'kind: Component\n' },
      missing: null,
      root: { entries: [{ name: '.github', type: 'tree', mode: 16384 }, {}, {}] },
    })
    expect(data?.rateLimit).toMatchObject({ cost: 1, limit: 5000, remaining: 4999, used: 1, nodeCount: 250 })
  })

  it('is found by node id and under its former name, unless renames are not to be followed', async () => {
    const { world, row } = payments()
    world.extras.formerNames.set('acme/old', row.id)
    const { data, errors } = await asking(world)(
      `query ($id: ID!) {
        node(id: $id) { ... on Repository { name } }
        nodes(ids: [$id, "MDo="]) { __typename }
        followed: repository(owner: "acme", name: "old") { name }
        strict: repository(owner: "acme", name: "old", followRenames: false) { name }
      }`,
      { id: row.node_id },
    )
    expect(data).toMatchObject({
      node: { name: 'payments' },
      nodes: [{ __typename: 'Repository' }, null],
      followed: { name: 'payments' },
      strict: null,
    })
    expect(errors).toMatchObject([
      { type: 'NOT_FOUND', path: ['strict'] },
      { type: 'NOT_FOUND', path: ['nodes', 1] },
    ])
  })

  it('answers null for alerts that are switched off and for a CODEOWNERS that is not there', async () => {
    const { world, row, commit } = payments()
    world.extras.alertsDisabled.add(row.id)
    const bare = commit(row.id, { 'README.md': 'hello' })
    const { data, errors } = await asking(world)(
      `query ($ref: String) { repository(owner: "acme", name: "payments") {
        hasVulnerabilityAlertsEnabled vulnerabilityAlerts(first: 1) { totalCount } codeowners(refName: $ref) { errors { line } }
      } }`,
      { ref: bare },
    )
    expect(errors).toBeUndefined()
    expect(data?.repository).toEqual({
      hasVulnerabilityAlertsEnabled: false,
      vulnerabilityAlerts: null,
      codeowners: null,
    })
  })

  it('gives an empty repository no default branch', async () => {
    const acme = smallWorld()
    acme.addRepository('empty')
    const { data } = await asking(acme.world)(
      '{ repository(owner: "acme", name: "empty") { isEmpty defaultBranchRef { name } object(expression: "HEAD:") { oid } } }',
    )
    expect(data?.repository).toEqual({ isEmpty: true, defaultBranchRef: null, object: null })
  })

  it('lists issues by state and label, and pull requests apart from them', async () => {
    const { world, db, row } = payments()
    for (const [number, state] of [
      [1, 'open'],
      [2, 'closed'],
    ] as const)
      db.issues.insert({
        repo_id: row.id,
        node_id: `issue-${number}`,
        number,
        title: `Issue ${number}`,
        body: null,
        state,
        state_reason: null,
        locked: false,
        user_id: world.account('golden-path[bot]')?.databaseId ?? 0,
        assignee_ids: [],
        label_ids: [],
        comments: 0,
        closed_at: null,
        is_pull_request: false,
      })
    const { data } = await asking(world)(
      `{ repository(owner: "acme", name: "payments") {
        issues(first: 10, states: [OPEN]) { totalCount nodes { number viewerDidAuthor author { __typename login } } }
      } viewer { login } }`,
    )
    expect(data).toMatchObject({
      repository: {
        issues: {
          totalCount: 1,
          nodes: [{ number: 1, viewerDidAuthor: true, author: { __typename: 'Bot', login: 'golden-path' } }],
        },
      },
      viewer: { login: 'golden-path[bot]' },
    })
  })
})

describe('what the installation may not see', () => {
  it.each([
    {
      without: 'administration',
      field: 'defaultBranchRef { branchProtectionRule { pattern } }',
      path: ['defaultBranchRef', 'branchProtectionRule'],
    },
    {
      without: 'vulnerability_alerts',
      field: 'vulnerabilityAlerts(first: 1) { totalCount }',
      path: ['vulnerabilityAlerts'],
    },
    {
      without: 'contents',
      field: 'file: object(expression: "main:catalog-info.yaml") { oid }',
      path: ['file'],
    },
    { without: 'contents', field: 'codeowners { errors { line } }', path: ['codeowners'] },
    { without: 'issues', field: 'issue(number: 1) { title }', path: ['issue'] },
    { without: 'pull_requests', field: 'pullRequest(number: 1) { title }', path: ['pullRequest'] },
  ] as const)('without $without, $path is null with FORBIDDEN and the rest is answered', async row => {
    const { world } = payments()
    const { data, errors } = await asking(world)(
      `{ repository(owner: "acme", name: "payments") { name ${row.field} } }`,
      {},
      installation([row.without]),
    )
    expect(data?.repository).toMatchObject({ name: 'payments' })
    expect(errors).toEqual([
      {
        type: 'FORBIDDEN',
        path: ['repository', ...row.path],
        extensions: { saml_failure: false },
        locations: [expect.anything()],
        message: 'Resource not accessible by integration',
      },
    ])
  })

  it('a private repository outside the installation does not exist', async () => {
    const { world, row } = payments()
    const outside = installation([], [row.id + 1])
    const { data, errors } = await asking(world)(
      '{ repository(owner: "acme", name: "payments") { name } organization(login: "acme") { repositories(first: 5) { totalCount } } }',
      {},
      outside,
    )
    expect(data).toEqual({ repository: null, organization: { repositories: { totalCount: 0 } } })
    expect(errors).toEqual([
      {
        type: 'NOT_FOUND',
        path: ['repository'],
        locations: [{ line: 1, column: 3 }],
        message: "Could not resolve to a Repository with the name 'acme/payments'.",
      },
    ])
  })
})
