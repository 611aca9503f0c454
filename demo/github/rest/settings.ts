import type { Hono } from 'hono'
import { Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import * as format from '../format.ts'
import type { RepoRow } from '../rows.ts'
import type { Caller, Environment as Deployment, SecretAlert, SecuritySettings } from '../vocabulary.ts'
import type { World } from '../world.ts'
import { type Asked, type Environment, page, repositoryOf } from './answer.ts'

/** What GraphQL does not have of a repository's settings: scanning, the dependency graph, workflows, environments. */
export function settingsRoutes(rest: Hono<Environment>, world: World): void {
  const of = (context: Asked): { repo: RepoRow; settings: SecuritySettings } => {
    const repo = repositoryOf(world, context)
    return { repo, settings: world.security(repo.id) }
  }
  const scanned = (context: Asked) => {
    const found = of(context)
    if (!found.settings.advancedSecurity)
      throw new Refusal(403, 'Code Security must be enabled for this repository to use code scanning.')
    return found
  }

  rest.get('/repos/:owner/:repo/code-scanning/default-setup', context => {
    const { codeScanning } = scanned(context).settings
    const isConfigured = codeScanning.setUp === 'default'
    return context.json({
      state: isConfigured ? 'configured' : 'not-configured',
      languages: codeScanning.languages,
      query_suite: 'default',
      updated_at: isConfigured ? (codeScanning.analysedAt ?? null) : null,
      schedule: isConfigured ? 'weekly' : null,
    })
  })
  rest.get('/repos/:owner/:repo/code-scanning/analyses', context => {
    const { repo, settings } = scanned(context)
    const { analysedAt } = settings.codeScanning
    const ref = `refs/heads/${repo.default_branch}`
    if (!analysedAt || (context.req.query('ref') ?? ref) !== ref) throw new Refusal(404, 'no analysis found')
    return context.json(page(context, [analysisJson(world, repo, settings, analysedAt)]))
  })
  rest.get('/repos/:owner/:repo/code-scanning/alerts', context => {
    const { repo, settings } = scanned(context)
    if (!settings.codeScanning.analysedAt) throw new Refusal(404, 'no analysis found')
    const { openAlerts, analysedAt } = settings.codeScanning
    // Only open ones are kept.
    const count = (context.req.query('state') ?? 'open') === 'open' ? openAlerts : 0
    const alerts = Array.from({ length: count }, (_, index) =>
      codeScanningAlertJson(world, repo, index + 1, analysedAt),
    )
    return context.json(page(context, alerts))
  })
  rest.get('/repos/:owner/:repo/secret-scanning/alerts', context => {
    const { repo, settings } = of(context)
    if (!settings.secretScanning) throw new Refusal(404, 'Secret scanning is disabled on this repository.')
    const state = context.req.query('state')
    const kept = settings.secretAlerts.filter(alert => !state || alert.state === state)
    const alerts = (context.req.query('direction') === 'asc' ? kept : kept.toReversed()).map(alert =>
      secretAlertJson(world, repo, alert, context.req.query('hide_secret') === 'true'),
    )
    return context.json(page(context, alerts))
  })
  rest.get('/repos/:owner/:repo/private-vulnerability-reporting', context => {
    const { repo, settings } = of(context)
    if (repo.private)
      throw new Refusal(422, 'Private vulnerability reporting is for public repositories only.')
    return context.json({ enabled: settings.privateReporting })
  })
  rest.get('/repos/:owner/:repo/actions/permissions/workflow', context => {
    const { workflowToken } = of(context).settings
    return context.json({
      default_workflow_permissions: workflowToken.permissions,
      can_approve_pull_request_reviews: workflowToken.canApprovePullRequests,
    })
  })
  rest.get('/repos/:owner/:repo/dependency-graph/sbom', context => {
    const { repo, settings } = of(context)
    if (!settings.dependencies) throw new Refusal(404, 'Not Found')
    return context.json(sbomJson(repo, settings.dependencies))
  })
  rest.get('/repos/:owner/:repo/environments', context => {
    const { repo } = of(context)
    const all = world.environments(repo.id)
    return context.json({
      total_count: all.length,
      environments: page(context, all).map((each, index) => environmentJson(world, repo, each, index)),
    })
  })
}

/** Only for those who administer the repository; for others GitHub leaves the field out. */
export function securityAndAnalysis(world: World, repo: RepoRow, caller: Caller): format.Json {
  const isAdministrator =
    caller.kind === 'person'
      ? world.personPermission(repo.id, caller.login) === 'admin'
      : world.isInstalledOn(caller, repo.id) && world.may(caller, 'administration')
  return isAdministrator ? { security_and_analysis: settingsJson(world.security(repo.id)) } : {}
}

const status = (enabled: boolean) => ({ status: enabled ? 'enabled' : 'disabled' })

const settingsJson = (settings: SecuritySettings): format.Json => ({
  secret_scanning: status(settings.secretScanning),
  secret_scanning_push_protection: status(settings.pushProtection),
  dependabot_security_updates: status(false),
})

/** The webhooks that the difference amounts to. */
export function tellSettings(world: World, repo: RepoRow, before: SecuritySettings): void {
  const after = world.security(repo.id)
  const where = { repositoryId: repo.id }
  if (JSON.stringify(settingsJson(before)) !== JSON.stringify(settingsJson(after)))
    happen({
      event: 'security_and_analysis',
      ...where,
      payload: { changes: { from: { security_and_analysis: settingsJson(before) } } },
    })
  for (const alert of after.secretAlerts) {
    const known = before.secretAlerts.find(each => each.number === alert.number)
    if (known?.state === alert.state) continue
    const payload = { alert: secretAlertJson(world, repo, alert, true) }
    happen({ event: 'secret_scanning_alert', action: known ? 'resolved' : 'created', ...where, payload })
  }
  const difference = after.codeScanning.openAlerts - before.codeScanning.openAlerts
  if (difference !== 0)
    happen({
      event: 'code_scanning_alert',
      action: difference > 0 ? 'created' : 'fixed',
      ...where,
      payload: {
        alert: codeScanningAlertJson(world, repo, 1, after.codeScanning.analysedAt ?? repo.created_at),
        ref: `refs/heads/${repo.default_branch}`,
        commit_oid: world.ref(repo.id, repo.default_branch)?.sha ?? '',
      },
    })
}

const apiOf = (world: World, repo: RepoRow): string => `${format.apiOf(world)}/repos/${repo.full_name}`

function analysisJson(world: World, repo: RepoRow, settings: SecuritySettings, analysedAt: string) {
  const key =
    settings.codeScanning.setUp === 'default'
      ? 'dynamic/github-code-scanning/codeql'
      : '.github/workflows/codeql.yml'
  return {
    ref: `refs/heads/${repo.default_branch}`,
    commit_sha: world.ref(repo.id, repo.default_branch)?.sha ?? '0'.repeat(40),
    analysis_key: `${key}:analyze`,
    environment: '{}',
    category: `${key}:analyze`,
    error: '',
    created_at: format.stamp(analysedAt),
    results_count: settings.codeScanning.openAlerts,
    rules_count: 67,
    id: repo.id,
    url: `${apiOf(world, repo)}/code-scanning/analyses/${repo.id}`,
    sarif_id: '6c81cd8e-b078-4ac3-a3be-1dad7dbd0b53',
    tool: { name: 'CodeQL', guid: null, version: '2.20.0' },
    deletable: true,
    warning: '',
  }
}

function codeScanningAlertJson(world: World, repo: RepoRow, number: number, createdAt: string) {
  const api = `${apiOf(world, repo)}/code-scanning/alerts/${number}`
  return {
    number,
    created_at: format.stamp(createdAt),
    url: api,
    html_url: `${world.url}/${repo.full_name}/security/code-scanning/${number}`,
    instances_url: `${api}/instances`,
    state: 'open',
    dismissed_by: null,
    dismissed_at: null,
    dismissed_reason: null,
    rule: { id: 'js/zipslip', severity: 'error', description: 'Arbitrary file write', name: 'js/zipslip' },
    tool: { name: 'CodeQL', guid: null, version: '2.20.0' },
    most_recent_instance: { ref: `refs/heads/${repo.default_branch}`, state: 'open' },
  }
}

function secretAlertJson(world: World, repo: RepoRow, alert: SecretAlert, isHidden: boolean) {
  const api = `${apiOf(world, repo)}/secret-scanning/alerts/${alert.number}`
  return {
    number: alert.number,
    created_at: format.stamp(alert.createdAt),
    updated_at: null,
    url: api,
    html_url: `${world.url}/${repo.full_name}/security/secret-scanning/${alert.number}`,
    locations_url: `${api}/locations`,
    state: alert.state,
    resolution: alert.state === 'resolved' ? 'revoked' : null,
    resolved_at: null,
    resolved_by: null,
    secret_type: alert.kind,
    secret_type_display_name: alert.kind.replaceAll('_', ' '),
    ...(isHidden ? {} : { secret: 'emulated-secret' }),
    push_protection_bypassed: false,
    push_protection_bypassed_by: null,
    push_protection_bypassed_at: null,
  }
}

function sbomJson(repo: RepoRow, dependencies: readonly string[]) {
  const packageOf = (name: string, id: string) => ({
    SPDXID: id,
    name,
    versionInfo: '1.0.0',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
  })
  const own = `SPDXRef-com.github.${repo.full_name.replace('/', '-')}`
  return {
    sbom: {
      SPDXID: 'SPDXRef-DOCUMENT',
      spdxVersion: 'SPDX-2.3',
      creationInfo: { created: '2026-01-05T09:00:00Z', creators: ['Tool: GitHub.com-Dependency-Graph'] },
      name: `com.github.${repo.full_name}`,
      dataLicense: 'CC0-1.0',
      documentNamespace: `https://spdx.org/spdxdocs/protobom/${repo.id}`,
      packages: [
        ...dependencies.map(name => packageOf(name, `SPDXRef-npm-${name}`)),
        packageOf(`com.github.${repo.full_name}`, own),
      ],
      relationships: [
        { relationshipType: 'DESCRIBES', spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: own },
        ...dependencies.map(name => ({
          relationshipType: 'DEPENDS_ON',
          spdxElementId: own,
          relatedSpdxElement: `SPDXRef-npm-${name}`,
        })),
      ],
    },
  }
}

function environmentJson(world: World, repo: RepoRow, environment: Deployment, index: number) {
  const owner = repo.full_name.split('/')[0] ?? ''
  const reviewers = environment.reviewers.flatMap(name => {
    const team = name.includes('/') ? world.team(owner, name.split('/')[1] ?? '') : undefined
    const account = world.account(name)
    if (team) return [{ type: 'Team', reviewer: format.team(world, team) }]
    return account ? [{ type: 'User', reviewer: format.user(world, account) }] : []
  })
  const id = repo.id * 100 + index
  const rule = (type: string, more: object = {}) => ({ id, node_id: `GA_${id}_${type}`, type, ...more })
  const hasPolicy = environment.branches !== 'all'
  return {
    id,
    node_id: `EN_${id}`,
    name: environment.name,
    url: `${apiOf(world, repo)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${world.url}/${repo.full_name}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: format.stamp(repo.created_at),
    updated_at: format.stamp(repo.created_at),
    protection_rules: [
      ...(reviewers.length > 0
        ? [
            rule('required_reviewers', {
              prevent_self_review: environment.preventsSelfReview,
              reviewers,
            }),
          ]
        : []),
      ...(hasPolicy ? [rule('branch_policy')] : []),
    ],
    deployment_branch_policy: hasPolicy
      ? {
          protected_branches: environment.branches === 'protected',
          custom_branch_policies: environment.branches === 'selected',
        }
      : null,
  }
}
