import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { component } from '../support/snapshot.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** What changes around a repository without a commit to it: teams, members, properties, protection. */

const policy = `version: 1
rules:
  - name: Every service has an accountable owner
    require: { owner-exists: enforce, codeowners-valid: enforce }
  - name: Cardholder data is protected
    for: { properties: { data-class: cardholder } }
    require: { default-branch-protected: enforce }
`

const files = (name: string, owner: string, codeowner: string) => ({
  files: { 'catalog-info.yaml': component(name, owner), CODEOWNERS: `# Who\n\n* ${codeowner}\n` },
})

let stage: Stage

beforeAll(async () => {
  stage = await openStage({
    users: ['jane', 'joe'],
    teams: [
      { slug: 'payments', members: ['jane'], repositories: { api: 'push', cards: 'push' } },
      { slug: 'search', members: ['joe'], repositories: { finder: 'push' } },
      {
        slug: 'platform',
        members: ['joe'],
        repositories: { '.github': 'push', early: 'push', personal: 'push' },
      },
    ],
    repositories: {
      '.github': {
        files: { 'golden-path.yml': policy, ...files('policy', 'platform', '@acme/platform').files },
      },
      api: files('api', 'payments', '@acme/payments'),
      cards: {
        ...files('cards', 'payments', '@acme/payments'),
        properties: { 'data-class': 'cardholder' },
        protection: { approvals: 1 },
      },
      finder: files('finder', 'search', '@acme/search'),
      early: files('early', 'team-to-come', '@acme/platform @joe'),
      personal: files('personal', 'user:joe', '@joe'),
    },
  })
  for (const name of ['api', 'cards', 'finder', 'personal']) await stage.headCheck(name, 'success')
  await stage.headCheck('early', 'failure')
  await stage.settled()
}, 60_000)

afterAll(() => stage?.close())

/** As the organisation's owner does it in the settings: emulate's REST has no route for teams. */
const propertyOf = (repository: string, name: string, value: string | null) =>
  stage.somebody.ask('PATCH', `/repos/acme/${repository}/properties/values`, {
    properties: [{ property_name: name, value }],
  })

describe('a team', () => {
  it('that is renamed leaves those who name it without an owner', async () => {
    await stage.somebody.ask('PATCH', '/orgs/acme/teams/search', { name: 'discovery' })
    await stage.headCheck('finder', 'failure')
    const page = await stage.page('finder', await stage.somebody.head('finder'))
    expect(page.summary).toContain('search')
    await stage.settled()
    expect(await stage.issues('finder')).toHaveLength(1)
    await stage.headCheck('api', 'success')
  })

  it('that is made is the owner of those who named it before', async () => {
    await stage.somebody.ask('POST', '/orgs/acme/teams', { name: 'team-to-come', privacy: 'closed' })
    await stage.somebody.ask('PUT', '/orgs/acme/teams/platform/repos/acme/early', { permission: 'push' })
    await stage.headCheck('early', 'success')
  })

  it('that is deleted fails those who name it', async () => {
    await stage.somebody.ask('DELETE', '/orgs/acme/teams/team-to-come')
    await stage.headCheck('early', 'failure')
  })
})

describe('a person who leaves', () => {
  it('is an owner no more', async () => {
    await stage.somebody.ask('DELETE', '/orgs/acme/members/joe')
    await stage.headCheck('personal', 'failure')
  })
})

describe('a custom property', () => {
  it('brings a rule to a repository, and takes it away', async () => {
    await propertyOf('api', 'data-class', 'cardholder')
    await stage.headCheck('api', 'failure')
    await propertyOf('api', 'data-class', null)
    await stage.headCheck('api', 'success')
  })
})

describe('branch protection', () => {
  it('that is taken away fails, and passes when it is back', async () => {
    await stage.seen.control('POST', 'protection', { repository: 'acme/cards', protection: null })
    await stage.headCheck('cards', 'failure')
    await stage.seen.control('POST', 'protection', { repository: 'acme/cards', protection: { approvals: 1 } })
    await stage.headCheck('cards', 'success')
  })

  it('may come from a ruleset', async () => {
    await stage.seen.control('POST', 'protection', { repository: 'acme/cards', protection: null })
    await stage.headCheck('cards', 'failure')
    await stage.somebody.ask('POST', '/repos/acme/cards/rulesets', {
      name: 'baseline',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        { type: 'pull_request', parameters: { required_approving_review_count: 1 } },
        { type: 'non_fast_forward' },
        { type: 'deletion' },
      ],
    })
    await stage.headCheck('cards', 'success')
  })
})

describe('an owner in CODEOWNERS who does not exist', () => {
  it('is marked at its line', async () => {
    const sha = await stage.somebody.commit('api', {
      CODEOWNERS: '# Who\n\n* @acme/payments\n/docs @acme/paymets\n',
    })
    await stage.check('api', sha, 'failure')
    const page = await stage.page('api', sha)
    expect(await stage.annotations('api', page.id)).toMatchObject([
      {
        path: 'CODEOWNERS',
        start_line: 4,
        annotation_level: 'failure',
        message: expect.stringContaining('@acme/payments'),
      },
    ])
  })
})
