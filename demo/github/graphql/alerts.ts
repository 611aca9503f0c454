import type { DependabotAlert, Repository } from '../world.ts'
import { accountOrNull } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { notFound } from './errors.ts'
import type { GraphqlNode, Reading } from './reading.ts'
import { repositoryNode } from './repository.ts'

export interface AlertArguments extends Page {
  states?: readonly string[] | null
  dependencyScopes?: readonly string[] | null
}

/** Null where alerts are switched off: that nothing is known is not that nothing is wrong. */
export function alertsOf(reading: Reading, repository: Repository, args: AlertArguments) {
  const alerts = reading.world
    .alerts(repository.databaseId)
    ?.filter(alert => !args.states || args.states.includes(alert.state.toUpperCase()))
    .filter(alert => !args.dependencyScopes || args.dependencyScopes.includes(alert.scope.toUpperCase()))
    .sort((left, right) => left.number - right.number)
  return alerts ? connection(alerts, args, alert => alertNode(reading, repository, alert)) : null
}

export function alertByNumber(reading: Reading, repository: Repository, number: number): GraphqlNode {
  const alert = reading.world.alerts(repository.databaseId)?.find(each => each.number === number)
  if (!alert)
    throw notFound(`Could not resolve to a RepositoryVulnerabilityAlert with the number of ${number}.`)
  return alertNode(reading, repository, alert)
}

export function alertNode(reading: Reading, repository: Repository, alert: DependabotAlert): GraphqlNode {
  // REST says "medium" where GraphQL says MODERATE.
  const severity = alert.severity === 'medium' ? 'MODERATE' : alert.severity.toUpperCase()
  const advisory = () => ({
    __typename: 'SecurityAdvisory',
    id: Buffer.from(`SecurityAdvisory:${alert.ghsaId}`).toString('base64'),
    ghsaId: alert.ghsaId,
    summary: alert.summary,
    description: alert.summary,
    severity,
    classification: 'GENERAL',
    origin: 'UNSPECIFIED',
    permalink: `${reading.world.url}/advisories/${alert.ghsaId}`,
    publishedAt: alert.createdAt,
    updatedAt: alert.updatedAt,
    withdrawnAt: null,
    identifiers: [
      { type: 'GHSA', value: alert.ghsaId },
      ...(alert.cveId ? [{ type: 'CVE', value: alert.cveId }] : []),
    ],
    references: [],
  })
  return {
    __typename: 'RepositoryVulnerabilityAlert',
    id: alert.nodeId,
    number: alert.number,
    state: alert.state.toUpperCase(),
    dependencyScope: alert.scope.toUpperCase(),
    vulnerableManifestPath: alert.manifestPath,
    vulnerableManifestFilename: alert.manifestPath.split('/').at(-1),
    vulnerableRequirements: alert.vulnerableVersionRange,
    createdAt: alert.createdAt,
    fixedAt: alert.fixedAt ?? null,
    dismissedAt: alert.dismissedAt ?? null,
    dismissReason: alert.dismissedReason ?? null,
    dismissComment: alert.dismissedComment ?? null,
    dismisser: () => accountOrNull(reading, reading.world.account(alert.dismissedBy ?? '')),
    autoDismissedAt: alert.state === 'auto_dismissed' ? alert.updatedAt : null,
    securityAdvisory: advisory,
    securityVulnerability: {
      __typename: 'SecurityVulnerability',
      advisory,
      severity,
      updatedAt: alert.updatedAt,
      vulnerableVersionRange: alert.vulnerableVersionRange,
      package: { ecosystem: alert.ecosystem.toUpperCase(), name: alert.package },
      firstPatchedVersion: alert.firstPatchedVersion ? { identifier: alert.firstPatchedVersion } : null,
    },
    repository: () => repositoryNode(reading, repository),
  }
}
