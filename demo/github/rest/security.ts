import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import * as format from '../format.ts'
import type { RepoRow } from '../rows.ts'
import type { DependabotAlert } from '../vocabulary.ts'
import type { World } from '../world.ts'
import { type Asked, asText, bodyOf, type Environment, found, invalid, page, repositoryOf } from './answer.ts'

/** Dependabot's alerts, whether they are on, and what GitHub makes of CODEOWNERS. */
export function securityRoutes(rest: Hono<Environment>, world: World): void {
  const alertsOf = (repo: RepoRow): DependabotAlert[] => {
    const alerts = world.alerts(repo.id)
    if (!alerts) throw new Refusal(403, 'Dependabot alerts are disabled for this repository.')
    return alerts
  }
  const wanted = (context: Asked, alert: DependabotAlert): boolean =>
    Object.entries({
      state: alert.state,
      severity: alert.severity,
      ecosystem: alert.ecosystem,
      package: alert.package,
      scope: alert.scope,
    }).every(([field, value]) => (context.req.query(field)?.split(',') ?? [value]).includes(value))

  rest.get('/repos/:owner/:repo/dependabot/alerts', context => {
    const repo = repositoryOf(world, context)
    const alerts = alertsOf(repo)
      .filter(alert => wanted(context, alert))
      .sort((a, b) => b.number - a.number)
    return context.json(page(context, alerts).map(alert => alertJson(world, repo, alert)))
  })
  rest.get('/repos/:owner/:repo/dependabot/alerts/:number{[0-9]+}', context => {
    const repo = repositoryOf(world, context)
    const number = Number(context.req.param('number'))
    return context.json(alertJson(world, repo, found(alertsOf(repo).find(alert => alert.number === number))))
  })
  rest.patch('/repos/:owner/:repo/dependabot/alerts/:number{[0-9]+}', async context => {
    const repo = repositoryOf(world, context)
    const number = Number(context.req.param('number'))
    const alert = found(alertsOf(repo).find(each => each.number === number))
    const { state, dismissed_reason: reason, dismissed_comment: comment } = await bodyOf(context)
    if (state !== 'open' && state !== 'dismissed') throw invalid('DependabotAlert', 'state', 'invalid')
    const now = new Date().toISOString()
    alert.state = state
    alert.updatedAt = now
    alert.dismissedAt = state === 'dismissed' ? now : undefined
    alert.dismissedReason = state === 'dismissed' ? asText(reason) : undefined
    alert.dismissedComment = state === 'dismissed' ? asText(comment) : undefined
    alert.dismissedBy = state === 'dismissed' ? accountOf(world, context.get('caller'))?.login : undefined
    tellAlert(world, repo, alert, state === 'dismissed' ? 'dismissed' : 'reopened')
    return context.json(alertJson(world, repo, alert))
  })
  rest.get('/orgs/:org/dependabot/alerts', context => {
    const rows = world.repositoriesOf(context.req.param('org')).map(view => format.row(world, view))
    const all = rows.flatMap(repo => (world.alerts(repo.id) ?? []).map(alert => ({ repo, alert })))
    const chosen = all.filter(({ alert }) => wanted(context, alert))
    return context.json(
      page(context, chosen).map(({ repo, alert }) => ({
        ...alertJson(world, repo, alert),
        repository: format.repository(world, repo),
      })),
    )
  })
  rest.get('/repos/:owner/:repo/vulnerability-alerts', context => {
    if (!world.alerts(repositoryOf(world, context).id))
      throw new Refusal(404, 'Vulnerability alerts are disabled.')
    return context.body(null, 204)
  })
  rest.put('/repos/:owner/:repo/vulnerability-alerts', context => {
    world.extras.alertsDisabled.delete(repositoryOf(world, context).id)
    return context.body(null, 204)
  })
  rest.delete('/repos/:owner/:repo/vulnerability-alerts', context => {
    world.extras.alertsDisabled.add(repositoryOf(world, context).id)
    return context.body(null, 204)
  })
  rest.get('/repos/:owner/:repo/codeowners/errors', context => {
    const errors = world.codeowners(repositoryOf(world, context).id, context.req.query('ref'))
    return context.json({
      errors: found(errors).map(error => ({ ...error, suggestion: error.suggestion ?? null })),
    })
  })
}

/** Both events: GitHub still sends the older one, which names only the package. */
export function tellAlert(world: World, repo: RepoRow, alert: DependabotAlert, action: string): void {
  happen({
    event: 'dependabot_alert',
    action,
    repositoryId: repo.id,
    payload: { alert: alertJson(world, repo, alert) },
  })
  const older: Record<string, string> = {
    created: 'create',
    dismissed: 'dismiss',
    fixed: 'resolve',
    reopened: 'reopen',
  }
  const payload = {
    alert: {
      id: alert.number,
      number: alert.number,
      node_id: alert.nodeId,
      affected_package_name: alert.package,
      affected_range: alert.vulnerableVersionRange,
      fixed_in: alert.firstPatchedVersion ?? null,
      external_identifier: alert.cveId ?? alert.ghsaId,
      external_reference: `https://github.com/advisories/${alert.ghsaId}`,
      ghsa_id: alert.ghsaId,
      severity: alert.severity,
      state: alert.state,
      created_at: format.stamp(alert.createdAt),
    },
  }
  const name = older[action]
  if (name) happen({ event: 'repository_vulnerability_alert', action: name, repositoryId: repo.id, payload })
}

export function alertJson(world: World, repo: RepoRow, alert: DependabotAlert) {
  const api = `${format.apiOf(world)}/repos/${repo.full_name}/dependabot/alerts/${alert.number}`
  const orNull = (time: string | undefined) => (time ? format.stamp(time) : null)
  const dismisser = alert.dismissedBy ? world.account(alert.dismissedBy) : undefined
  const named = { ecosystem: alert.ecosystem, name: alert.package }
  const vulnerability = {
    package: named,
    severity: alert.severity,
    vulnerable_version_range: alert.vulnerableVersionRange,
    first_patched_version: alert.firstPatchedVersion ? { identifier: alert.firstPatchedVersion } : null,
  }
  const identifiers = [
    { type: 'GHSA', value: alert.ghsaId },
    ...(alert.cveId ? [{ type: 'CVE', value: alert.cveId }] : []),
  ]
  return {
    number: alert.number,
    state: alert.state,
    dependency: {
      package: named,
      manifest_path: alert.manifestPath,
      scope: alert.scope,
      relationship: 'direct',
    },
    security_advisory: {
      ghsa_id: alert.ghsaId,
      cve_id: alert.cveId ?? null,
      summary: alert.summary,
      description: alert.summary,
      severity: alert.severity,
      identifiers,
      references: [{ url: `https://github.com/advisories/${alert.ghsaId}` }],
      published_at: format.stamp(alert.createdAt),
      updated_at: format.stamp(alert.updatedAt),
      withdrawn_at: null,
      vulnerabilities: [vulnerability],
      cvss: { score: 7.5, vector_string: null },
      cwes: [],
    },
    security_vulnerability: vulnerability,
    url: api,
    html_url: `${world.url}/${repo.full_name}/security/dependabot/${alert.number}`,
    created_at: format.stamp(alert.createdAt),
    updated_at: format.stamp(alert.updatedAt),
    dismissed_at: orNull(alert.dismissedAt),
    dismissed_by: dismisser ? format.user(world, dismisser) : null,
    dismissed_reason: alert.dismissedReason ?? null,
    dismissed_comment: alert.dismissedComment ?? null,
    fixed_at: orNull(alert.fixedAt),
    auto_dismissed_at: null,
  }
}
