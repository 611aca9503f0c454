import { describe, expect, it } from 'vitest'
import type { GitHub } from '../../../src/github.ts'
import { RateLimited } from '../../../src/request-budget.ts'
import type { SettingName } from '../../../src/snapshot/github/setting-names.ts'
import { readSettings } from '../../../src/snapshot/github/settings.ts'

/** What GitHub answers to one path: a body, or a refusal in its words. */
type Answer = { body: unknown } | { status: number; message: string } | Error

const githubThat = (answers: Record<string, Answer>): { github: GitHub; asked: string[] } => {
  const asked: string[] = []
  const request: GitHub['request'] = async route => {
    const path = route.replace('GET /repos/acme/payments', '')
    asked.push(path)
    const answer = answers[path.replace(/\?.*$/, '')]
    if (!answer) throw new Error(`The test answers nothing to ${path}`)
    if (answer instanceof Error) throw answer
    if ('status' in answer) throw Object.assign(new Error(answer.message), { status: answer.status })
    return { status: 200, data: answer.body, headers: {} }
  }
  const notAsked = () => Promise.reject(new Error('not asked'))
  return { github: { request, graphql: notAsked, mutate: notAsked }, asked }
}

const read = async (
  name: SettingName,
  answers: Record<string, Answer>,
  visibility: 'private' | 'public' = 'private',
) => {
  const { github, asked } = githubThat(answers)
  const repository = { owner: 'acme', name: 'payments', defaultBranch: 'main', visibility }
  const fact = (await readSettings(github, repository, [name]))[name]
  return { fact, asked }
}

const refused: Answer = { status: 403, message: 'Resource not accessible by integration' }
const unlicensed: Answer = {
  status: 403,
  message: 'Code Security must be enabled for this repository to use code scanning.',
}
const setUp = (state: string, languages: string[] = []): Answer => ({ body: { state, languages } })
const analysis = (key = '.github/workflows/codeql.yml:analyze'): Answer => ({
  body: [{ created_at: '2026-11-20T08:00:00Z', analysis_key: key }],
})
const never: Answer = { status: 404, message: 'no analysis found' }
const status = (name: 'enabled' | 'disabled') => ({ status: name })
const settings = (...[scanning, protection]: ('enabled' | 'disabled')[]): Answer => ({
  body: {
    security_and_analysis: {
      secret_scanning: status(scanning ?? 'disabled'),
      secret_scanning_push_protection: status(protection ?? 'disabled'),
    },
  },
})

const [setUpPath, analysesPath, alertsPath] = ['default-setup', 'analyses', 'alerts'].map(
  name => `/code-scanning/${name}`,
) as [string, string, string]

describe('what GitHub says is known', () => {
  const cases: [string, SettingName, Record<string, Answer>, unknown][] = [
    [
      'secret scanning with push protection',
      'secretScanning',
      { '': settings('enabled', 'enabled') },
      { enabled: true, pushProtection: true },
    ],
    [
      'secret scanning that is off',
      'secretScanning',
      { '': settings('disabled') },
      { enabled: false, pushProtection: false },
    ],
    [
      'open secrets, by kind and without the secret',
      'secretAlerts',
      {
        '/secret-scanning/alerts': {
          body: [
            {
              number: 7,
              created_at: '2026-11-01T00:00:00Z',
              secret_type: 'aws_access_key_id',
              secret: 'AKIA…',
            },
          ],
        },
      },
      [{ number: 7, kind: 'aws_access_key_id', createdAt: '2026-11-01T00:00:00Z' }],
    ],
    [
      'code scanning by the default set-up',
      'codeScanning',
      {
        [setUpPath]: setUp('configured', ['go']),
        [analysesPath]: analysis('dynamic/github-code-scanning/codeql:analyze'),
        [alertsPath]: { body: [{}, {}] },
      },
      { setUp: 'default', languages: ['go'], analysedAt: '2026-11-20T08:00:00Z', openAlerts: 2 },
    ],
    [
      'code scanning by default that has not run yet',
      'codeScanning',
      { [setUpPath]: setUp('configured', ['go']), [analysesPath]: never },
      { setUp: 'default', languages: ['go'] },
    ],
    [
      'analyses that a workflow uploads',
      'codeScanning',
      { [setUpPath]: setUp('not-configured'), [analysesPath]: analysis(), [alertsPath]: { body: [] } },
      { setUp: 'uploaded', languages: [], analysedAt: '2026-11-20T08:00:00Z', openAlerts: 0 },
    ],
    [
      'no code scanning at all',
      'codeScanning',
      { [setUpPath]: setUp('not-configured'), [analysesPath]: never },
      { setUp: 'none', languages: [] },
    ],
    [
      'an analysis whose key tells the set-up that may not be read',
      'codeScanning',
      {
        [setUpPath]: refused,
        [analysesPath]: analysis('dynamic/github-code-scanning/codeql:analyze'),
        [alertsPath]: { body: [] },
      },
      { setUp: 'default', languages: [], analysedAt: '2026-11-20T08:00:00Z', openAlerts: 0 },
    ],
    [
      'code scanning that is switched off for the repository',
      'codeScanning',
      {
        [setUpPath]: { status: 403, message: 'Code scanning is not enabled for this repository.' },
        [analysesPath]: { status: 403, message: 'Code scanning is not enabled for this repository.' },
      },
      { setUp: 'none', languages: [] },
    ],
    [
      'a token that may write',
      'workflowToken',
      {
        '/actions/permissions/workflow': {
          body: { default_workflow_permissions: 'write', can_approve_pull_request_reviews: true },
        },
      },
      { permissions: 'write', canApprovePullRequests: true },
    ],
    [
      'the packages of the SBOM without the repository itself',
      'sbom',
      {
        '/dependency-graph/sbom': {
          body: {
            sbom: {
              packages: [{ SPDXID: 'SPDXRef-own' }, { SPDXID: 'SPDXRef-npm-express' }],
              relationships: [{ relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-own' }],
            },
          },
        },
      },
      { packages: 1 },
    ],
    [
      'environments with their reviewers and branches',
      'environments',
      {
        '/environments': {
          body: {
            environments: [
              {
                name: 'production',
                protection_rules: [
                  { type: 'wait_timer' },
                  { type: 'required_reviewers', prevent_self_review: true, reviewers: [{}, {}] },
                ],
                deployment_branch_policy: { protected_branches: true },
              },
              {
                name: 'preview',
                protection_rules: [],
                deployment_branch_policy: { protected_branches: false },
              },
              { name: 'staging', deployment_branch_policy: null },
            ],
          },
        },
      },
      [
        { name: 'production', requiredReviewers: 2, preventsSelfReview: true, branches: 'protected' },
        { name: 'preview', requiredReviewers: 0, preventsSelfReview: false, branches: 'selected' },
        { name: 'staging', requiredReviewers: 0, preventsSelfReview: false, branches: 'all' },
      ],
    ],
  ]
  it.each(cases)('%s', async (_, name, answers, value) => {
    const { fact } = await read(name, answers)
    expect(fact).toEqual({ known: true, value, source: 'github' })
  })

  it('private reporting of a public repository', async () => {
    const answers = { '/private-vulnerability-reporting': { body: { enabled: true } } }
    const { fact } = await read('privateVulnerabilityReporting', answers, 'public')
    expect(fact).toMatchObject({ known: true, value: true })
  })

  it('secrets are asked for without being shown', async () => {
    const { asked } = await read('secretAlerts', { '/secret-scanning/alerts': { body: [] } })
    expect(asked).toEqual([expect.stringContaining('hide_secret=true')])
    // Where there are more than a hundred, those that are open the longest decide.
    expect(asked).toEqual([expect.stringContaining('sort=created&direction=asc')])
  })
})

describe('what GitHub does not say is unknown, and says what would make it known', () => {
  const cases: [string, SettingName, Record<string, Answer>, reason: string, detail: RegExp][] = [
    [
      'the settings of security, which GitHub leaves out without a word',
      'secretScanning',
      { '': { body: { name: 'payments' } } },
      'permission',
      /"Administration: read"/,
    ],
    [
      'secret scanning on a plan without it',
      'secretScanning',
      { '': { body: { security_and_analysis: {} } } },
      'licence',
      /does not offer secret scanning/,
    ],
    [
      'secrets without the permission',
      'secretAlerts',
      { '/secret-scanning/alerts': refused },
      'permission',
      /"Secret scanning alerts: read"/,
    ],
    [
      'secrets that nobody looks for',
      'secretAlerts',
      {
        '/secret-scanning/alerts': {
          status: 404,
          message: 'Secret scanning is disabled on this repository.',
        },
      },
      'not-configured',
      /switched off/,
    ],
    [
      'code scanning without the licence',
      'codeScanning',
      { [setUpPath]: unlicensed },
      'licence',
      /Code Security/,
    ],
    [
      'code scanning without the licence, in the words of before 2025',
      'codeScanning',
      {
        [setUpPath]: refused,
        [analysesPath]: {
          status: 403,
          message: 'Advanced Security must be enabled for this repository to use code scanning.',
        },
      },
      'licence',
      /Advanced Security/,
    ],
    [
      'the analyses without the permission',
      'codeScanning',
      { [setUpPath]: setUp('configured'), [analysesPath]: refused },
      'permission',
      /"Code scanning alerts: read"/,
    ],
    [
      'the set-up without the permission, where there is no analysis to tell it',
      'codeScanning',
      { [setUpPath]: refused, [analysesPath]: never },
      'permission',
      /"Administration: read"/,
    ],
    [
      "the workflow token's rights",
      'workflowToken',
      { '/actions/permissions/workflow': refused },
      'permission',
      /"Administration: read"/,
    ],
    ['environments', 'environments', { '/environments': refused }, 'permission', /"Actions: read"/],
    [
      'environments of which one answer lists a part',
      'environments',
      { '/environments': { body: { total_count: 101, environments: [{ name: 'a' }] } } },
      'partial-answer',
      /101 deployment environments, of which GitHub listed 1/,
    ],
    ['the SBOM', 'sbom', { '/dependency-graph/sbom': refused }, 'permission', /"Contents: read"/],
    [
      'the SBOM where the dependency graph is off',
      'sbom',
      { '/dependency-graph/sbom': { status: 404, message: 'Not Found' } },
      'not-configured',
      /dependency graph is switched off/,
    ],
    [
      'a refusal in words nobody expected',
      'workflowToken',
      { '/actions/permissions/workflow': { status: 403, message: 'Forbidden by enterprise policy' } },
      'permission',
      /403: Forbidden by enterprise policy/,
    ],
    [
      'an outage',
      'workflowToken',
      { '/actions/permissions/workflow': { status: 502, message: 'Bad gateway' } },
      'unavailable',
      /did not answer.*Bad gateway/,
    ],
  ]
  it.each(cases)('%s', async (_, name, answers, reason, detail) => {
    const { fact } = await read(name, answers)
    expect(fact).toMatchObject({ known: false, reason })
    expect(fact).toHaveProperty('detail', expect.stringMatching(detail))
    expect(fact).toHaveProperty('detail', expect.not.stringMatching(/\.$/))
  })

  it('private reporting of a private repository, without asking', async () => {
    const { fact, asked } = await read('privateVulnerabilityReporting', {})
    expect(fact).toMatchObject({ known: false, reason: 'not-configured' })
    expect(asked).toEqual([])
  })
})

it('a limit of GitHub is no fact: the look is put off', async () => {
  const limited = new RateLimited('GitHub asks to wait 60 s', 60)
  await expect(read('workflowToken', { '/actions/permissions/workflow': limited })).rejects.toBe(limited)
})

it('an answer of another shape makes its own fact unknown, and no other', async () => {
  const { github } = githubThat({
    '/actions/permissions/workflow': { body: 'hello' },
    '/environments': { body: { environments: [] } },
  })
  const repository = { owner: 'acme', name: 'payments', visibility: 'private' } as const
  const facts = await readSettings(github, repository, ['workflowToken', 'environments'])
  expect(facts).toMatchObject({
    workflowToken: { known: false, reason: 'unavailable', detail: expect.stringContaining('shape') },
    environments: { known: true, value: [] },
  })
})
