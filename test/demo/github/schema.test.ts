import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemsOf } from './openapi.ts'
import { type Ask, base64, openStage, type Stage } from './support.ts'

let stage: Stage
let installation: Ask
beforeAll(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['mona'],
      teams: [{ slug: 'web', members: ['mona'], repositories: { site: 'push' } }],
      rulesets: [{ name: 'org', rules: [{ type: 'deletion' }] }],
      repositories: {
        site: {
          private: true,
          description: 'The site',
          topics: ['pci'],
          language: 'TypeScript',
          properties: { 'data-class': 'cardholder' },
          protection: { approvals: 1 },
          rulesets: [{ name: 'own', rules: [{ type: 'non_fast_forward' }] }],
          alerts: [{ package: 'lodash', severity: 'high', cve: 'CVE-2021-23337', fixed: '4.17.21' }],
          security: {
            pushProtection: true,
            secretScanning: true,
            secrets: ['aws_access_key_id'],
            codeScanning: { setUp: 'default', languages: ['javascript-typescript'], alerts: 2 },
            dependencies: ['express'],
          },
          environments: {
            production: {
              reviewers: ['mona', 'acme/web'],
              'prevent-self-review': true,
              branches: 'protected',
            },
            staging: null,
          },
          files: { 'README.md': '# site\n', CODEOWNERS: '* @acme/web\n*.x @nobody\n', LICENSE: 'MIT\n' },
        },
        tools: { files: { 'README.md': '# tools\n' }, security: { privateReporting: true } },
      },
    },
  })
  installation = await stage.installation()
  const sha = (await stage.person('GET', '/repos/acme/site/git/ref/heads/main')).body.object.sha
  await stage.person('POST', '/repos/acme/site/git/refs', { ref: 'refs/heads/change', sha })
  await stage.person('PUT', '/repos/acme/site/contents/new.txt', {
    message: 'new',
    content: base64('new'),
    branch: 'change',
  })
  await stage.person('POST', '/repos/acme/site/pulls', { title: 'Change', head: 'change', base: 'main' })
  await stage.person('POST', `/repos/acme/site/statuses/${sha}`, { state: 'success', context: 'ci' })
  await installation('POST', '/repos/acme/site/check-runs', {
    name: 'golden-path',
    head_sha: sha,
    conclusion: 'failure',
    output: {
      title: 'No',
      summary: 'Not yet',
      annotations: [
        {
          path: 'README.md',
          start_line: 1,
          end_line: 1,
          annotation_level: 'failure',
          message: 'Here',
          start_column: 1,
          end_column: 2,
        },
      ],
    },
  })
})
afterAll(() => stage.stop())

const r = { owner: 'acme', repo: 'site', org: 'acme', ref: 'main', team_slug: 'web', username: 'mona' }
const asInstallation: [route: string, status: number, parameters?: Record<string, string | number>][] = [
  ['GET /repos/{owner}/{repo}', 200],
  ['GET /orgs/{org}/repos', 200],
  ['GET /installation/repositories', 200],
  ['GET /repos/{owner}/{repo}/topics', 200],
  ['GET /repos/{owner}/{repo}/license', 200],
  ['GET /repos/{owner}/{repo}/teams', 200],
  ['GET /repos/{owner}/{repo}/codeowners/errors', 200],
  ['GET /repos/{owner}/{repo}/properties/values', 200],
  ['GET /repos/{owner}/{repo}/rulesets', 200],
  ['GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', 200, { ruleset_id: 102 }],
  ['GET /repos/{owner}/{repo}/rules/branches/{branch}', 200, { branch: 'main' }],
  ['GET /repos/{owner}/{repo}/dependabot/alerts', 200],
  ['GET /repos/{owner}/{repo}/dependabot/alerts/{alert_number}', 200, { alert_number: 1 }],
  ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 200],
  ['GET /repos/{owner}/{repo}/commits/{ref}/check-suites', 200],
  ['GET /repos/{owner}/{repo}/commits/{ref}/status', 200],
  ['GET /repos/{owner}/{repo}/commits/{ref}/statuses', 200],
  ['GET /repos/{owner}/{repo}/check-runs/{check_run_id}', 200, { check_run_id: 1 }],
  ['GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', 200, { check_run_id: 1 }],
  ['GET /repos/{owner}/{repo}/git/trees/{tree_sha}', 200, { tree_sha: 'main?recursive=1' }],
  ['GET /repos/{owner}/{repo}/issues', 200],
  ['GET /repos/{owner}/{repo}/pulls', 200],
  ['GET /repos/{owner}/{repo}/pulls/{pull_number}', 200, { pull_number: 1 }],
  ['GET /repos/{owner}/{repo}/pulls/{pull_number}/files', 200, { pull_number: 1 }],
  ['GET /repos/{owner}/{repo}/collaborators/{username}/permission', 200],
  ['GET /repos/{owner}/{repo}/code-scanning/default-setup', 200],
  ['GET /repos/{owner}/{repo}/code-scanning/analyses', 200],
  ['GET /repos/{owner}/{repo}/code-scanning/alerts', 200],
  ['GET /repos/{owner}/{repo}/secret-scanning/alerts', 200],
  ['GET /repos/{owner}/{repo}/private-vulnerability-reporting', 200, { repo: 'tools' }],
  ['GET /repos/{owner}/{repo}/actions/permissions/workflow', 200],
  ['GET /repos/{owner}/{repo}/dependency-graph/sbom', 200],
  ['GET /repos/{owner}/{repo}/environments', 200],
  ['GET /orgs/{org}/teams', 200],
  ['GET /orgs/{org}/teams/{team_slug}', 200],
  ['GET /orgs/{org}/teams/{team_slug}/members', 200],
  ['GET /orgs/{org}/teams/{team_slug}/repos', 200],
  ['GET /orgs/{org}/members', 200],
  ['GET /orgs/{org}/properties/values', 200],
  ['GET /orgs/{org}/properties/schema', 200],
  ['GET /orgs/{org}/rulesets', 200],
  ['GET /orgs/{org}/dependabot/alerts', 200],
  ['GET /rate_limit', 200],
]
const asApp: typeof asInstallation = [
  ['GET /app', 200],
  ['GET /app/installations/{installation_id}', 200, { installation_id: 1001 }],
  ['POST /app/installations/{installation_id}/access_tokens', 201, { installation_id: 1001 }],
  ['GET /orgs/{org}/installation', 200],
  ['GET /repos/{owner}/{repo}/installation', 200],
  ['GET /app/hook/config', 200],
  ['GET /app/hook/deliveries', 200],
  ['GET /app/hook/deliveries/{delivery_id}', 200, { delivery_id: 10_000_000_001 }],
]
const fill = (template: string, parameters: object) =>
  Object.entries({ ...r, ...parameters }).reduce(
    (path, [name, value]) => path.replace(`{${name}}`, `${value}`),
    template,
  )

test.each(asInstallation)('%s answers as GitHub describes it', async (route, status, parameters = {}) => {
  const [method = '', template = ''] = route.split(' ')
  const answer = await installation(method, fill(template, parameters))
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
  expect(problemsOf(route, status, answer.body)).toEqual([])
})

test.each(asApp)('%s answers the app as GitHub describes it', async (route, status, parameters = {}) => {
  await stage.github.deliveries.settled()
  const [method = '', template = ''] = route.split(' ')
  const answer = await stage.app(method, fill(template, parameters))
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
  expect(problemsOf(route, status, answer.body)).toEqual([])
})

test('the list of installations holds what one of them is described as', async () => {
  // The description of the list itself wants an account to be a person and an enterprise at once.
  const { body } = await stage.app('GET', '/app/installations')
  expect(body).toHaveLength(1)
  expect(problemsOf('GET /app/installations/{installation_id}', 200, body[0])).toEqual([])
})
