import type { EnvironmentSeed, ReleaseSeed, SecuritySeed } from './seed.ts'
import { insertNode } from './store.ts'
import type { BypassActor, SecuritySettings } from './vocabulary.ts'
import type { World } from './world.ts'

/** What a repository is set to beside its files and rules: security, environments, releases, and who may pass by rules. */

/** Only what is named is changed. */
export function setSecurity(world: World, repositoryId: number, seed: SecuritySeed): void {
  const now = new Date().toISOString()
  const before = world.security(repositoryId)
  const change: Partial<SecuritySettings> = {}
  for (const name of ['advancedSecurity', 'secretScanning', 'pushProtection', 'privateReporting'] as const)
    if (seed[name] !== undefined) change[name] = seed[name]
  if (seed.secrets)
    change.secretAlerts = [
      ...before.secretAlerts.map(alert => ({ ...alert, state: 'resolved' as const })),
      ...seed.secrets.map((kind, index) => ({
        number: before.secretAlerts.length + index + 1,
        kind,
        state: 'open' as const,
        createdAt: now,
      })),
    ]
  const { codeScanning: scan } = seed
  if (scan)
    change.codeScanning = {
      setUp: scan.setUp ?? before.codeScanning.setUp,
      languages: scan.languages ?? before.codeScanning.languages,
      analysedAt:
        scan.analysed === false ? undefined : (scan.analysed ?? before.codeScanning.analysedAt ?? now),
      openAlerts: scan.alerts ?? before.codeScanning.openAlerts,
    }
  if (seed.workflowToken !== undefined || seed.workflowsApprove !== undefined)
    change.workflowToken = {
      permissions: seed.workflowToken ?? before.workflowToken.permissions,
      canApprovePullRequests: seed.workflowsApprove ?? before.workflowToken.canApprovePullRequests,
    }
  if (seed.dependencies !== undefined) change.dependencies = seed.dependencies || undefined
  // Neither is to be had without it.
  if (change.secretScanning || scan?.setUp) change.advancedSecurity ??= true
  world.extras.security.set(repositoryId, { ...before, ...change })
}

export function setEnvironments(
  world: World,
  repositoryId: number,
  seeds: Record<string, EnvironmentSeed | null>,
): void {
  const environments = Object.entries(seeds).map(([name, seed]) => ({
    name,
    reviewers: seed?.reviewers ?? [],
    preventsSelfReview: seed?.['prevent-self-review'] ?? false,
    branches: seed?.branches ?? ('all' as const),
  }))
  world.extras.environments.set(repositoryId, environments)
}

export function addRelease(world: World, repositoryId: number, seed: ReleaseSeed): void {
  const { db } = world
  const published = seed.published ?? new Date().toISOString()
  const release = insertNode(db.releases, 'Release', {
    repo_id: repositoryId,
    tag_name: seed.tag,
    target_commitish: db.repos.get(repositoryId)?.default_branch ?? 'main',
    name: seed.tag,
    body: seed.notes ?? null,
    draft: seed.draft ?? false,
    prerelease: seed.prerelease ?? false,
    author_id: 0,
    published_at: seed.draft ? null : published,
  })
  for (const name of seed.assets ?? [])
    insertNode(db.releaseAssets, 'ReleaseAsset', {
      repo_id: repositoryId,
      release_id: release.id,
      name,
      label: null,
      state: 'uploaded',
      content_type: 'application/octet-stream',
      size: 1,
      download_count: 0,
    })
}

const kinds = ['app', 'team', 'user', 'role', 'organization-admin', 'deploy-key'] as const

/** `role maintain`, `app renovate by pull request`, `organization-admin` */
export function bypassActor(text: string): BypassActor {
  const [kind, name = ''] = text.replace(/ by pull request$/, '').split(' ')
  const known = kinds.find(each => each === kind)
  if (!known) throw new Error(`"${text}" does not begin with one of ${kinds.join(', ')}`)
  return { kind: known, name, onlyByPullRequest: text.endsWith(' by pull request') }
}
