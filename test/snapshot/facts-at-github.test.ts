import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_PERMISSIONS, type RepositorySeed } from '../../demo/github/start.ts'
import { AppOctokit, createGitHubClients, type GitHub } from '../../src/github.ts'
import { complete } from '../../src/snapshot/complete-snapshot.ts'
import { readDirectory } from '../../src/snapshot/github/directory.ts'
import { missingFrom } from '../../src/snapshot/missing.ts'
import { type FactName, factNames, known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { type Sources, type TakeRequest, takeSnapshot } from '../../src/snapshot/take.ts'
import { type Ask, openStage, type Stage } from '../demo/github/support.ts'

/** The facts as the emulated GitHub gives them, with the permissions that a test leaves the app. */

const secured: RepositorySeed = {
  private: true,
  languages: { TypeScript: 9_000, Shell: 100 },
  protection: {
    approvals: 1,
    'dismiss-stale': true,
    'last-push-approval': true,
    'enforce-admins': true,
    bypass: ['app renovate', 'user ada'],
  },
  alerts: [
    { package: 'lodash', severity: 'high' },
    {
      package: 'minimist',
      severity: 'medium',
      state: 'dismissed',
      reason: 'not_used',
      comment: 'Only in a test',
      by: 'ada',
    },
  ],
  security: {
    secretScanning: true,
    pushProtection: true,
    secrets: ['aws_access_key_id'],
    codeScanning: { setUp: 'default', languages: ['go'], analysed: '2026-11-20T08:00:00Z', alerts: 2 },
    workflowToken: 'write',
    workflowsApprove: true,
    dependencies: ['express', 'zod'],
  },
  environments: { production: { reviewers: ['ada'], 'prevent-self-review': true, branches: 'protected' } },
  releases: [
    {
      tag: 'v1.0.0',
      notes: 'The first',
      assets: ['web.tgz', 'web.tgz.sig'],
      published: '2026-01-01T00:00:00Z',
    },
    { tag: 'v2.0.0-rc.1', prerelease: true },
    { tag: 'v2.0.0', draft: true },
  ],
  collaborators: { ada: 'maintain', zoe: 'push' },
  files: {
    LICENSE: 'Apache License\nVersion 2.0\n',
    '.github/SECURITY.md': 'Write to us\n',
    CODEOWNERS: '* @ada\n',
  },
}

let stage: Stage
let person: Ask
beforeAll(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['ada'],
      outsiders: ['zoe'],
      repositories: {
        secured,
        plain: {
          private: true,
          files: { 'README.md': '# plain\n', 'deploy/a.tf': 'a\n', 'deploy/b.tf': 'b\n' },
        },
        open: { files: { 'README.md': '# open\n' }, security: { privateReporting: true } },
        ruled: {
          files: { 'README.md': '# ruled\n' },
          rulesets: [
            {
              name: 'reviewed',
              bypass: ['role maintain by pull request'],
              rules: [{ type: 'pull_request', parameters: { dismiss_stale_reviews_on_push: true } }],
            },
          ],
        },
      },
    },
  })
  person = stage.person
})
afterAll(() => stage.stop())

const clients = new Map<string, Promise<GitHub>>()

/** The app's own client, with what it was granted less `withheld`. */
const clientWithout = (...withheld: string[]): Promise<GitHub> => {
  const client = clients.get(withheld.join()) ?? openClient(withheld)
  clients.set(withheld.join(), client)
  return client
}

const openClient = async (withheld: string[]): Promise<GitHub> => {
  const left = Object.fromEntries(
    Object.entries(DEFAULT_PERMISSIONS).filter(([name]) => !withheld.includes(name)),
  )
  const { body } = await stage.app('POST', '/app/installations/1001/access_tokens', { permissions: left })
  const octokit = new AppOctokit({ auth: { token: body.token }, baseUrl: `${stage.github.url}/api/v3` })
  return createGitHubClients({ auth: async () => octokit, dryRun: true }).asInstallation(1001)
}

const sourcesOf = async (github: GitHub, more: Partial<Sources> = {}): Promise<Sources> => ({
  github,
  directory: known({ owner: 'acme', teams: [], members: ['ada'] }, 'directory'),
  properties: known({}, 'directory'),
  twoFactor: known(true, 'directory'),
  registered: [],
  templates: async () => ({}),
  ...more,
})

const requestFor = async (name: string, more: Partial<TakeRequest> = {}): Promise<TakeRequest> => {
  const { body } = await person('GET', `/repos/acme/${name}`)
  return {
    repository: {
      id: body.id,
      nodeId: body.node_id,
      name,
      owner: 'acme',
      ownerId: 1,
      installationId: 1001,
      url: '',
    },
    kind: 'default-branch',
    plan: { files: ['catalog-info.yaml'], facts: [...factNames] },
    now: new Date('2026-11-22T12:00:00Z'),
    ...more,
  }
}

const take = async (
  name: string,
  withheld: string[] = [],
  more: Partial<TakeRequest> = {},
): Promise<Snapshot> =>
  takeSnapshot(await requestFor(name, more), await sourcesOf(await clientWithout(...withheld)))

/** By route, without what the test's own token cost. */
const asked = async (): Promise<Record<string, number>> => {
  const { byRoute } = await stage.control('GET', '/requests')
  return Object.fromEntries(
    Object.entries<number>(byRoute).filter(([route]) => !route.includes('/app/installations')),
  )
}

describe('everything granted', () => {
  let snapshot: Snapshot
  beforeAll(async () => {
    snapshot = await take('secured')
  })

  it.each<[FactName, unknown]>([
    ['languages', { TypeScript: 9_000, Shell: 100 }],
    [
      'latestRelease',
      {
        exists: true,
        tag: 'v1.0.0',
        publishedAt: '2026-01-01T00:00:00Z',
        notes: 'The first',
        assets: ['web.tgz', 'web.tgz.sig'],
      },
    ],
    [
      'dismissedAlerts',
      [
        {
          number: 2,
          severity: 'moderate',
          package: 'minimist',
          reason: 'not_used',
          comment: 'Only in a test',
          dismissedBy: 'ada',
        },
      ],
    ],
    [
      'collaborators',
      [
        { login: 'ada', permission: 'maintain', outside: false },
        { login: 'zoe', permission: 'write', outside: true },
      ],
    ],
    [
      'environments',
      [{ name: 'production', requiredReviewers: 1, preventsSelfReview: true, branches: 'protected' }],
    ],
    ['secretScanning', { enabled: true, pushProtection: true }],
    ['secretAlerts', [expect.objectContaining({ number: 1, kind: 'aws access key id' })]],
    [
      'codeScanning',
      { setUp: 'default', languages: ['go'], analysedAt: '2026-11-20T08:00:00Z', openAlerts: 2 },
    ],
    ['workflowToken', { permissions: 'write', canApprovePullRequests: true }],
    ['sbom', { packages: 2 }],
    ['twoFactor', true],
    [
      'metadata',
      expect.objectContaining({ licence: 'Apache-2.0', hasSecurityPolicy: true, hasDependencyAlerts: true }),
    ],
    [
      'protection',
      expect.objectContaining({
        dismissesStaleReviews: true,
        requiresLastPushApproval: true,
        bypass: ['app renovate', 'user ada'],
      }),
    ],
  ])('%s', (name, value) => {
    expect(snapshot.facts[name]).toMatchObject({ known: true })
    expect(snapshot.facts[name]).toHaveProperty('value', value)
  })

  it('a plain repository has none of it, and knows so', async () => {
    const { facts } = await take('plain')
    expect(facts).toMatchObject({
      latestRelease: { known: true, value: { exists: false } },
      collaborators: { known: true, value: [] },
      environments: { known: true, value: [] },
      dismissedAlerts: { known: true, value: [] },
      secretScanning: { known: true, value: { enabled: false } },
      secretAlerts: { known: false, reason: 'not-configured' },
      codeScanning: { known: false, reason: 'licence' },
      privateVulnerabilityReporting: { known: false, reason: 'not-configured' },
      metadata: { known: true, value: { licence: '', hasSecurityPolicy: false } },
      protection: { known: true, value: { bypass: [] } },
    })
  })

  it('a public repository may be scanned and reported to', async () => {
    expect((await take('open')).facts).toMatchObject({
      privateVulnerabilityReporting: { known: true, value: true },
      codeScanning: { known: true, value: { setUp: 'none' } },
    })
  })

  it('who may pass by a ruleset is not shown, and the rest of the protection is', async () => {
    const { protection } = (await take('ruled')).facts
    expect(protection).toMatchObject({
      known: true,
      value: { requiresPullRequest: true, dismissesStaleReviews: true },
    })
    expect(protection).toHaveProperty('value.bypass', undefined)
  })
})

describe('without a permission its facts are unknown and name it, and nothing else is', () => {
  const hidden: [permission: string, named: string, facts: FactName[]][] = [
    ['actions', 'Actions: read', ['environments']],
    ['security_events', 'Code scanning alerts: read', ['codeScanning']],
    ['secret_scanning_alerts', 'Secret scanning alerts: read', ['secretAlerts']],
    ['vulnerability_alerts', 'Dependabot alerts: read', ['dismissedAlerts', 'vulnerabilityAlerts']],
    [
      'administration',
      'Administration: read',
      ['collaborators', 'protection', 'secretScanning', 'workflowToken'],
    ],
  ]
  it.each(hidden)('%s', async (permission, named, facts) => {
    const snapshot = await take('secured', [permission])
    const unknowns = factNames.filter(name => {
      const fact = snapshot.facts[name]
      return !fact.known && fact.reason === 'permission'
    })
    expect(unknowns.sort()).toEqual(facts.sort())
    for (const name of facts)
      expect(snapshot.facts[name]).toHaveProperty('detail', expect.stringContaining(`"${named}"`))
  })

  it('whether Dependabot alerts are on is then not told, at the price of a second query that a push does not pay', async () => {
    const first = await take('secured', ['vulnerability_alerts'])
    expect(first.facts.metadata).toMatchObject({ known: true, value: { licence: 'Apache-2.0' } })
    expect(first.facts.metadata).toHaveProperty('value.hasDependencyAlerts', undefined)
    await stage.control('DELETE', '/requests')
    await take('secured', ['vulnerability_alerts'], { before: first, settings: first })
    expect(await asked()).toEqual({ 'POST /graphql query': 1 })
  })
})

describe('whether an organisation asks for a second factor', () => {
  const twoFactor = async (accountType: 'Organization' | 'User', ...withheld: string[]) => {
    const directory = await readDirectory(await clientWithout(...withheld), 'acme', accountType)
    return directory.known ? directory.value.twoFactor : directory
  }

  it('is read with its people, in the same request', async () => {
    await clientWithout()
    await stage.control('DELETE', '/requests')
    expect(await twoFactor('Organization')).toMatchObject({ known: true, value: false })
    expect(await asked()).toEqual({ 'POST /graphql query': 1 })
    await stage.control('POST', '/settings', { organisation: 'acme', twoFactor: true })
    expect(await twoFactor('Organization')).toMatchObject({ known: true, value: true })
  })

  it('is not shown without the permission, and the people are', async () => {
    expect(await twoFactor('Organization', 'organization_administration')).toMatchObject({
      known: false,
      reason: 'permission',
      detail: expect.stringContaining('organisation permission "Administration: read"'),
    })
  })

  it("does not arise for a person's account", async () => {
    expect(await twoFactor('User')).toMatchObject({ known: false, reason: 'not-configured' })
  })
})

describe('what it costs', () => {
  beforeEach(() => stage.control('DELETE', '/requests'))

  it('one query, for a plan without settings', async () => {
    const facts: FactName[] = ['languages', 'latestRelease', 'collaborators', 'dismissedAlerts', 'protection']
    await take('secured', [], { plan: { files: [], facts } })
    expect(await asked()).toEqual({ 'POST /graphql query': 1 })
  })

  it('one query, where settings are kept: with the time they were read at, refused ones too', async () => {
    const before = await take('plain')
    await stage.control('DELETE', '/requests')
    const later = { settings: before, before, now: new Date('2026-11-23T12:00:00Z') }
    const { facts } = await take('plain', [], later)
    expect(await asked()).toEqual({ 'POST /graphql query': 1 })
    expect(facts.workflowToken).toMatchObject({ known: true, at: '2026-11-22T12:00:00.000Z' })
    expect(facts.codeScanning).toMatchObject({ known: false, reason: 'licence' })
    const again = await take('plain', [], { ...later, settings: { ...before, facts, takenAt: 'later' } })
    expect(again.facts.workflowToken).toHaveProperty('at', '2026-11-22T12:00:00.000Z')
  })

  it('a request for a setting that was never asked for, or that GitHub was too busy for', async () => {
    const before = await take('plain')
    before.facts.workflowToken = unknown('unavailable', '502')
    before.facts.sbom = unknown('partial-answer', 'sbom was not asked for')
    await stage.control('DELETE', '/requests')
    await take('plain', [], { settings: before, before })
    expect(await asked()).toEqual({
      'POST /graphql query': 1,
      'GET /repos/:owner/:repo/actions/permissions/workflow': 1,
      'GET /repos/:owner/:repo/dependency-graph/sbom': 1,
    })
  })
})

describe('completing a stored snapshot for another plan', () => {
  const plan = {
    files: ['catalog-info.yaml', 'README.md', 'deploy/*.tf'],
    facts: ['languages', 'workflowToken'] as FactName[],
  }
  let stored: Snapshot
  beforeEach(async () => {
    stored = await take('plain', [], { plan: { files: ['catalog-info.yaml'], facts: ['topics'] } })
    await stage.control('DELETE', '/requests')
  })
  const completed = async (snapshot: Snapshot) =>
    complete(snapshot, plan, await sourcesOf(await clientWithout()), new Date('2026-11-25T00:00:00Z'))

  it('reads what is missing and nothing else, at the commit of the snapshot', async () => {
    await person('PUT', '/repos/acme/plain/contents/deploy/c.tf', {
      message: 'c',
      content: Buffer.from('c').toString('base64'),
    })
    await stage.control('DELETE', '/requests')
    const after = await completed(stored)
    expect(missingFrom(after, plan)).toEqual({ files: [], facts: [], tree: false })
    expect(after.target).toEqual(stored.target)
    expect(after.takenAt).toBe(stored.takenAt)
    expect(after.files['README.md']).toMatchObject({ known: true, value: { text: '# plain\n' } })
    expect(Object.keys(after.files).filter(path => path.startsWith('deploy/'))).toEqual([
      'deploy/a.tf',
      'deploy/b.tf',
    ])
    expect(after.facts.workflowToken).toMatchObject({ known: true, at: '2026-11-25T00:00:00.000Z' })
    expect(after.facts.topics).toEqual(stored.facts.topics)
    // Files and facts, the list of files, the files of the glob, one setting.
    expect(await asked()).toEqual({
      'POST /graphql query': 2,
      'GET /repos/:owner/:repo/git/trees/:sha': 1,
      'GET /repos/:owner/:repo/actions/permissions/workflow': 1,
    })
  })

  it('costs nothing where nothing is missing', async () => {
    const after = await completed(stored)
    await stage.control('DELETE', '/requests')
    expect(await completed(after)).toBe(after)
    expect(await asked()).toEqual({})
  })

  it('looks up an owner whom a file names that was not read before', async () => {
    const snapshot = await take('secured', [], { plan: { files: [], facts: [] } })
    const after = await complete(
      snapshot,
      { files: ['CODEOWNERS', '.github/CODEOWNERS'], facts: [] },
      await sourcesOf(await clientWithout()),
      new Date(),
    )
    expect(after.accounts).toMatchObject({ '@ada': { known: true, value: { exists: true } } })
  })

  it('says that the commit is gone instead of emptying the repository', async () => {
    const gone = { ...stored, target: { ...stored.target, sha: 'f'.repeat(40) } }
    await expect(completed(gone)).rejects.toThrow(/no commit f{40}/)
  })
})
