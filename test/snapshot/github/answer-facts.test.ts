import { describe, expect, it } from 'vitest'
import type { GraphqlError } from '../../../src/github.ts'
import { readFacts } from '../../../src/snapshot/github/answer-facts.ts'
import { type RepositoryShape, repositoryShape } from '../../../src/snapshot/github/answer-shape.ts'
import type { FactName } from '../../../src/snapshot/snapshot.ts'

/** GitHub's answers in part, with errors, or cut short; whole ones are in facts-at-github.test.ts. */

const answer = (more: object = {}): RepositoryShape =>
  repositoryShape.parse({
    databaseId: 1,
    name: 'web',
    url: 'https://github.com/acme/web',
    visibility: 'PRIVATE',
    isArchived: false,
    isFork: false,
    isTemplate: false,
    isEmpty: false,
    hasIssuesEnabled: true,
    owner: { login: 'acme', databaseId: 2 },
    defaultBranchRef: {
      name: 'main',
      target: { oid: 'a'.repeat(40) },
      branchProtectionRule: classic(),
      rules: { totalCount: 0, nodes: [] },
    },
    ...more,
  })

const classic = (more: object = {}) => ({
  pattern: 'main',
  requiresApprovingReviews: true,
  requiredApprovingReviewCount: 1,
  requiresCodeOwnerReviews: false,
  allowsForcePushes: false,
  allowsDeletions: false,
  requiresStatusChecks: false,
  requiredStatusChecks: [],
  dismissesStaleReviews: true,
  requireLastPushApproval: true,
  isAdminEnforced: true,
  bypassPullRequestAllowances: { totalCount: 0, nodes: [] },
  ...more,
})

const protectedBy = (branchProtectionRule: object | null, ...rules: object[]) => ({
  defaultBranchRef: {
    name: 'main',
    branchProtectionRule,
    rules: { totalCount: rules.length, nodes: rules },
  },
})

const rule = (bypass: object[] | undefined, parameters: object = {}) => ({
  type: 'PULL_REQUEST',
  repositoryRuleset: {
    name: 'baseline',
    bypassActors: bypass ? { totalCount: bypass.length, nodes: bypass } : null,
  },
  parameters,
})

const actor = (more: object) => ({
  bypassMode: 'ALWAYS',
  organizationAdmin: false,
  enterpriseOwner: false,
  deployKey: false,
  repositoryRoleName: null,
  actor: null,
  ...more,
})

const forbidden = (...path: (string | number)[]): GraphqlError => ({
  type: 'FORBIDDEN',
  path: ['repository', ...path],
  message: 'Resource not accessible by integration',
})

const read = (name: FactName, repository: RepositoryShape, ...errors: GraphqlError[]) =>
  readFacts([name], repository, errors)[name]

describe('what a ruleset requires', () => {
  it('are checks by name, and workflows by their file', () => {
    const workflows = {
      type: 'WORKFLOWS',
      parameters: { workflows: [{ path: '.github/workflows/scan.yml' }] },
    }
    const fact = read('protection', answer(protectedBy(null, workflows)))
    expect(fact).toMatchObject({
      known: true,
      value: { requiredChecks: [], requiredWorkflows: ['.github/workflows/scan.yml'] },
    })
  })
})

describe('who may pass by what guards the branch', () => {
  const cases: [string, object, string[] | undefined][] = [
    ['nobody, where there is neither rule nor protection', protectedBy(null), []],
    [
      'administrators, whom protection does not bind',
      protectedBy(classic({ isAdminEnforced: false })),
      ['role admin'],
    ],
    [
      'a team, an app and a person',
      protectedBy(
        classic({
          bypassPullRequestAllowances: {
            totalCount: 3,
            nodes: [
              { actor: { combinedSlug: 'acme/platform' } },
              { actor: { slug: 'renovate' } },
              { actor: { login: 'ada' } },
            ],
          },
        }),
      ),
      ['app renovate', 'team acme/platform', 'user ada'],
    ],
    [
      'everybody a ruleset names, each once',
      protectedBy(
        null,
        rule([
          actor({ organizationAdmin: true }),
          actor({ repositoryRoleName: 'Maintain', bypassMode: 'PULL_REQUEST' }),
          actor({ deployKey: true }),
        ]),
        rule([actor({ organizationAdmin: true })]),
      ),
      ['deploy keys', 'role maintain by pull request', 'role organization admin'],
    ],
    ['unseen, where a ruleset does not show its list', protectedBy(classic(), rule(undefined)), undefined],
    [
      'unseen, where the list is longer than what was asked for',
      protectedBy(
        classic({ bypassPullRequestAllowances: { totalCount: 51, nodes: [{ actor: { login: 'ada' } }] } }),
      ),
      undefined,
    ],
  ]
  it.each(cases)('%s', (_, more, bypass) => {
    const fact = read('protection', answer(more))
    expect(fact).toMatchObject({ known: true })
    expect(fact).toHaveProperty('value.bypass', bypass)
  })

  it('not being shown it leaves the rest of the protection known', () => {
    const hidden = forbidden('defaultBranchRef', 'rules', 'nodes', 0, 'repositoryRuleset', 'bypassActors')
    const fact = read('protection', answer(protectedBy(null, rule(undefined))), hidden)
    expect(fact).toMatchObject({ known: true, value: { requiresPullRequest: true } })
  })
})

describe('the strictest of protection and rules', () => {
  const cases: [string, object, object][] = [
    [
      'classic protection alone',
      protectedBy(classic()),
      { dismissesStaleReviews: true, requiresLastPushApproval: true },
    ],
    [
      'classic protection that asks for no review dismisses none',
      protectedBy(classic({ requiresApprovingReviews: false })),
      { dismissesStaleReviews: false, requiresLastPushApproval: false },
    ],
    [
      'a ruleset alone',
      protectedBy(null, rule([], { dismissStaleReviewsOnPush: true, requireLastPushApproval: true })),
      { dismissesStaleReviews: true, requiresLastPushApproval: true },
    ],
    [
      'a looser ruleset beside it',
      protectedBy(classic(), rule([], { dismissStaleReviewsOnPush: false })),
      { dismissesStaleReviews: true },
    ],
  ]
  it.each(cases)('%s', (_, more, value) => {
    expect(read('protection', answer(more))).toMatchObject({ known: true, value })
  })
})

describe('what is not told', () => {
  it.each([
    ['licence', 'licenseInfo', { licenseInfo: null }],
    ['hasSecurityPolicy', 'isSecurityPolicyEnabled', { isSecurityPolicyEnabled: null }],
    ['hasDependencyAlerts', 'hasVulnerabilityAlertsEnabled', { hasVulnerabilityAlertsEnabled: null }],
  ])('%s is left out of the metadata when GitHub refuses it', (name, field, more) => {
    const { metadata } = readFacts([], answer(more), [forbidden(field)])
    expect(metadata).toMatchObject({ known: true, value: { visibility: 'private' } })
    expect(metadata).toHaveProperty(`value.${name}`, undefined)
  })

  it.each([
    ['none', null, ''],
    ['one that GitHub does not recognise', { spdxId: null }, 'NOASSERTION'],
    ['one that it does', { spdxId: 'MIT' }, 'MIT'],
  ])('a licence is told: %s', (_, licenseInfo, licence) => {
    expect(readFacts([], answer({ licenseInfo }), []).metadata).toHaveProperty('value.licence', licence)
  })

  const cases: [string, FactName, object, GraphqlError[], string, RegExp][] = [
    [
      'alerts that are off',
      'vulnerabilityAlerts',
      { vulnerabilityAlerts: null },
      [],
      'not-configured',
      /switched off/,
    ],
    [
      'dismissed ones too',
      'dismissedAlerts',
      { dismissedAlerts: null },
      [],
      'not-configured',
      /switched off/,
    ],
    [
      'alerts that may not be read',
      'dismissedAlerts',
      { dismissedAlerts: null },
      [forbidden('dismissedAlerts')],
      'permission',
      /"Dependabot alerts: read"/,
    ],
    [
      'collaborators, refused with a word',
      'collaborators',
      {},
      [forbidden('outsideCollaborators')],
      'permission',
      /"Members: read"/,
    ],
    [
      'collaborators, refused without one',
      'collaborators',
      { collaborators: null },
      [],
      'permission',
      /does not show/,
    ],
    [
      'collaborators that are too many for one answer',
      'collaborators',
      { collaborators: { totalCount: 101, edges: [] }, outsideCollaborators: { nodes: [] } },
      [],
      'partial-answer',
      /101 people/,
    ],
    [
      'a field that GitHub had no time for',
      'languages',
      {},
      [{ path: ['repository', 'languages'], message: 'Timed out' }],
      'partial-answer',
      /left languages out.*Timed out/,
    ],
  ]
  it.each(cases)('%s', (_, name, more, errors, reason, detail) => {
    const fact = read(name, answer(more), ...errors)
    expect(fact).toMatchObject({ known: false, reason, detail: expect.stringMatching(detail) })
  })

  it('a fact that was not asked for is not among those that were', () => {
    expect(readFacts(['topics'], answer(), [])).not.toHaveProperty('languages')
  })
})

it('the notes of a release are kept to 1,000 characters', () => {
  const release = { tagName: 'v1', description: 'a'.repeat(5_000), releaseAssets: { nodes: [] } }
  const fact = read('latestRelease', answer({ latestRelease: release }))
  expect(fact).toHaveProperty('value.notes', 'a'.repeat(1_000))
})
