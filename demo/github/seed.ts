import * as git from './git.ts'
import type { BranchProtectionRow, RepoRow, TeamPermission, Visibility } from './rows.ts'
import { addRelease, bypassActor, setEnvironments, setSecurity } from './seed-settings.ts'
import { insertNode, nodeId } from './store.ts'
import type { DependabotAlert, PropertyValue, Ruleset, Severity } from './vocabulary.ts'
import { MEMBERS_TEAM, type World } from './world.ts'

export type FileSeed =
  | string
  | Uint8Array
  | { symlink: string }
  | { submodule: string }
  | { content: string | Uint8Array; executable?: boolean }
export interface ProtectionSeed {
  /** The default branch unless said. */
  branch?: string
  'pull-request'?: boolean
  approvals?: number
  'code-owners'?: boolean
  'dismiss-stale'?: boolean
  'last-push-approval'?: boolean
  /** Who needs no review: `app renovate`, `team platform`, `user jane`. */
  bypass?: string[]
  'status-checks'?: string[]
  'enforce-admins'?: boolean
  'signed-commits'?: boolean
  'linear-history'?: boolean
  'force-pushes'?: boolean
  deletions?: boolean
}
export type RulesetSeed = Pick<Ruleset, 'name' | 'rules'> &
  Partial<Pick<Ruleset, 'target' | 'enforcement' | 'refNames' | 'repositoryNames'>> & {
    /** `role maintain`, `app renovate`, `team platform`, `organization-admin`, `deploy-key`; with `by pull request` at the end. */
    bypass?: string[]
  }
export interface AlertSeed {
  package: string
  severity: Severity
  state?: DependabotAlert['state']
  ecosystem?: string
  manifest?: string
  ghsa?: string
  cve?: string
  summary?: string
  range?: string
  fixed?: string
  /** Of a dismissed one: why, in GitHub's word and in somebody's own, and who did it. */
  reason?: string
  comment?: string
  by?: string
}
export interface SecuritySeed {
  advancedSecurity?: boolean
  secretScanning?: boolean
  pushProtection?: boolean
  /** Kinds of secrets that were found and are open: `aws_access_key_id`. */
  secrets?: string[]
  codeScanning?: {
    setUp?: 'default' | 'uploaded'
    languages?: string[]
    /** ISO 8601; the time of seeding unless said, `false` for no analysis yet. */
    analysed?: string | false
    alerts?: number
  }
  privateReporting?: boolean
  workflowToken?: 'read' | 'write'
  workflowsApprove?: boolean
  /** Names of packages that the dependency graph finds; false switches it off. */
  dependencies?: string[] | false
}
export interface ReleaseSeed {
  tag: string
  notes?: string
  assets?: string[]
  draft?: boolean
  prerelease?: boolean
  published?: string
}
export interface EnvironmentSeed {
  /** `ada`, or `acme/payments` for a team. */
  reviewers?: string[]
  'prevent-self-review'?: boolean
  branches?: 'all' | 'protected' | 'selected'
}
export interface RepositorySeed {
  private?: boolean
  visibility?: Visibility
  archived?: boolean
  /** True, or the OWNER/NAME it was forked from. */
  fork?: boolean | string
  template?: boolean
  empty?: boolean
  issues?: boolean
  topics?: string[]
  properties?: Record<string, PropertyValue>
  description?: string
  language?: string
  /** Bytes by language. */
  languages?: Record<string, number>
  'default-branch'?: string
  protection?: ProtectionSeed | true
  rulesets?: RulesetSeed[]
  /** False switches Dependabot alerts off. */
  alerts?: AlertSeed[] | false
  /** What GitHub sees in LICENSE unless said. */
  license?: { key: string; name: string; spdx_id: string }
  security?: SecuritySeed
  environments?: Record<string, EnvironmentSeed | null>
  /** The oldest first. */
  releases?: ReleaseSeed[]
  /** People with direct access, members or not. */
  collaborators?: Record<string, TeamPermission>
  files?: Record<string, FileSeed>
}
export interface OrganisationSeed {
  login: string
  name?: string
  /** Who the user token speaks for: an owner of the organisation. */
  owner?: string
  /** Members. */
  users?: (string | { login: string; name?: string; email?: string })[]
  /** People who exist on this GitHub and do not belong. */
  outsiders?: string[]
  /** Members must have a second factor. */
  twoFactor?: boolean
  teams?: {
    slug: string
    name?: string
    description?: string
    privacy?: 'closed' | 'secret'
    members?: string[]
    repositories?: Record<string, TeamPermission>
  }[]
  rulesets?: RulesetSeed[]
  repositories?: Record<string, RepositorySeed | null>
}

export const DEFAULT_OWNER = 'olivia-owner'
/** One date for all seeded commits, so that the same files have the same commit everywhere. */
const SEEDED_AT = '2026-01-05T09:00:00Z'

export function seedUser(
  world: World,
  login: string,
  extra: { name?: string; email?: string; bot?: boolean } = {},
) {
  const known = world.account(login)
  if (known) return known
  const data = {
    login,
    type: extra.bot ? ('Bot' as const) : ('User' as const),
    site_admin: false,
    name: extra.name ?? null,
    email: extra.email ?? null,
    avatar_url: '',
    gravatar_id: '',
    company: null,
    blog: '',
    location: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
  }
  insertNode(world.db.users, extra.bot ? 'Bot' : 'User', data)
  return world.account(login)
}

export function seedOrganisation(world: World, seed: OrganisationSeed): void {
  const { db } = world
  // emulate's routes hand out an organisation's whole row: the fields it reads are all here.
  const org = insertNode(db.orgs, 'Organization', {
    login: seed.login,
    description: null,
    name: seed.name ?? seed.login,
    email: null,
    ...{
      company: null,
      blog: '',
      location: null,
      twitter_username: null,
      is_verified: false,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      members_can_create_repositories: true,
      // What a person may do is decided before emulate is asked; it would look at the team alone.
      default_repository_permission: 'write',
      billing_email: null,
    },
  })
  const all = seedTeam(world, org.id, { slug: MEMBERS_TEAM })
  const join = (
    login: string,
    role: 'member' | 'maintainer',
    extra: { name?: string; email?: string } = {},
  ) => {
    const user = seedUser(world, login, extra)
    const isIn = db.teamMembers.findBy('team_id', all.id).some(row => row.user_id === user?.databaseId)
    if (user && !isIn) db.teamMembers.insert({ team_id: all.id, user_id: user.databaseId, role })
  }
  join(seed.owner ?? DEFAULT_OWNER, 'maintainer')
  for (const entry of seed.users ?? [])
    if (typeof entry === 'string') join(entry, 'member')
    else join(entry.login, 'member', entry)
  for (const login of seed.outsiders ?? []) seedUser(world, login)
  if (seed.twoFactor) world.extras.twoFactor.add(seed.login)
  for (const [name, repository] of Object.entries(seed.repositories ?? {}))
    seedRepository(world, seed.login, name, repository ?? {})
  for (const team of seed.teams ?? []) {
    const row = seedTeam(world, org.id, team)
    for (const login of team.members ?? []) {
      join(login, 'member')
      const user = world.account(login)
      if (user) db.teamMembers.insert({ team_id: row.id, user_id: user.databaseId, role: 'member' })
    }
    for (const [name, permission] of Object.entries(team.repositories ?? {})) {
      const repository = world.repository(seed.login, name)
      if (!repository) throw new Error(`Team ${team.slug} names ${seed.login}/${name}, which is not there`)
      db.teamRepos.insert({ team_id: row.id, repo_id: repository.databaseId, permission })
    }
  }
  for (const ruleset of seed.rulesets ?? []) addRuleset(world, ruleset, { organisation: seed.login })
}

function seedTeam(world: World, orgId: number, team: NonNullable<OrganisationSeed['teams']>[number]) {
  return insertNode(world.db.teams, 'Team', {
    name: team.name ?? team.slug,
    slug: team.slug,
    description: team.description ?? null,
    privacy: team.privacy ?? 'closed',
    permission: 'pull',
    org_id: orgId,
    parent_id: null,
    members_count: team.members?.length ?? 0,
    repos_count: Object.keys(team.repositories ?? {}).length,
  })
}

export function newRepositoryRow(
  owner: { databaseId: number; login: string; type: string },
  name: string,
  seed: Omit<RepositorySeed, 'files'>,
): Omit<RepoRow, 'id' | 'created_at' | 'updated_at' | 'node_id'> {
  const visibility = seed.visibility ?? (seed.private ? 'private' : 'public')
  return {
    name,
    full_name: `${owner.login}/${name}`,
    owner_id: owner.databaseId,
    owner_type: owner.type === 'Organization' ? 'Organization' : 'User',
    private: visibility !== 'public',
    visibility,
    description: seed.description ?? null,
    homepage: null,
    fork: Boolean(seed.fork),
    forked_from_id: null,
    language: seed.language ?? null,
    languages: seed.languages ?? (seed.language ? { [seed.language]: 10_000 } : {}),
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 0,
    default_branch: seed['default-branch'] ?? 'main',
    open_issues_count: 0,
    topics: seed.topics ?? [],
    has_issues: seed.issues ?? true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: seed.archived ?? false,
    disabled: false,
    pushed_at: null,
    allow_rebase_merge: true,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    allow_forking: true,
    is_template: seed.template ?? false,
    license: seed.license ?? null,
  }
}

export function seedRepository(world: World, login: string, name: string, seed: RepositorySeed): RepoRow {
  const owner = world.account(login)
  if (!owner) throw new Error(`${login}/${name} has no owner: ${login} is not there`)
  const { db } = world
  const row = insertNode(db.repos, 'Repository', newRepositoryRow(owner, name, seed))
  if (typeof seed.fork === 'string') {
    const [parentOwner = '', parentName = ''] = seed.fork.split('/')
    const parent = world.repository(parentOwner, parentName)
    if (parent) db.repos.update(row.id, { forked_from_id: parent.databaseId })
  }
  if (seed.properties) world.extras.properties.set(row.id, seed.properties)
  const files = Object.entries(seed.files ?? {})
  if (!seed.empty && files.length > 0) {
    commitFiles(world, row.id, `refs/heads/${row.default_branch}`, 'Initial commit', files)
    db.repos.update(row.id, { pushed_at: SEEDED_AT })
  }
  if (seed.protection) protect(world, row, seed.protection === true ? {} : seed.protection)
  for (const ruleset of seed.rulesets ?? []) addRuleset(world, ruleset, { repositoryId: row.id })
  if (seed.alerts === false) world.extras.alertsDisabled.add(row.id)
  else for (const alert of seed.alerts ?? []) addAlert(world, row.id, alert)
  if (seed.security) setSecurity(world, row.id, seed.security)
  if (seed.environments) setEnvironments(world, row.id, seed.environments)
  for (const release of seed.releases ?? []) addRelease(world, row.id, release)
  for (const [name, permission] of Object.entries(seed.collaborators ?? {})) {
    const user = seedUser(world, name)
    if (user) db.collaborators.insert({ repo_id: row.id, user_id: user.databaseId, permission })
  }
  return db.repos.get(row.id) ?? row
}

function commitFiles(
  world: World,
  repositoryId: number,
  ref: string,
  message: string,
  files: [string, FileSeed][],
): void {
  const { db } = world
  const tree: git.Files = new Map()
  const put = (path: string, mode: string, content: string | Uint8Array) => {
    const blob = git.writeBlob(db, repositoryId, Buffer.from(content as Uint8Array))
    tree.set(path, { mode, type: 'blob', sha: blob.sha, size: blob.size })
  }
  for (const [path, file] of files) {
    if (typeof file === 'string' || file instanceof Uint8Array) put(path, '100644', file)
    else if ('symlink' in file) put(path, '120000', file.symlink)
    else if ('submodule' in file) tree.set(path, { mode: '160000', type: 'commit', sha: file.submodule })
    else put(path, file.executable ? '100755' : '100644', file.content)
  }
  const author = { name: 'Seed', email: 'seed@users.noreply.github.com', date: SEEDED_AT }
  const commit = git.writeCommit(db, repositoryId, {
    message,
    tree: git.writeTree(db, repositoryId, tree).sha,
    parents: [],
    author,
  })
  git.setRef(db, repositoryId, ref, commit.sha)
}

export function protect(world: World, repo: RepoRow, seed: ProtectionSeed): void {
  const wantsReviews =
    seed['pull-request'] ??
    (seed.approvals !== undefined || seed['code-owners'] !== undefined || seed['status-checks'] === undefined)
  const data: Omit<BranchProtectionRow, 'id' | 'created_at' | 'updated_at'> = {
    repo_id: repo.id,
    branch_name: seed.branch ?? repo.default_branch,
    required_status_checks: seed['status-checks'] ? { strict: false, contexts: seed['status-checks'] } : null,
    enforce_admins: seed['enforce-admins'] ?? false,
    required_pull_request_reviews: wantsReviews
      ? {
          required_approving_review_count: seed.approvals ?? 1,
          dismiss_stale_reviews: seed['dismiss-stale'] ?? false,
          require_code_owner_reviews: seed['code-owners'] ?? false,
        }
      : null,
    restrictions: null,
    required_linear_history: seed['linear-history'] ?? false,
    allow_force_pushes: seed['force-pushes'] ?? false,
    allow_deletions: seed.deletions ?? false,
    required_signatures: seed['signed-commits'] ?? false,
  }
  const rules = world.db.branchProtections
  const known = rules.findBy('repo_id', repo.id).find(row => row.branch_name === data.branch_name)
  const row = known ? (rules.update(known.id, data) ?? known) : rules.insert(data)
  world.extras.protections.set(row.id, {
    requiresLastPushApproval: seed['last-push-approval'] ?? false,
    bypass: (seed.bypass ?? []).map(bypassActor),
  })
}

export function addRuleset(
  world: World,
  seed: RulesetSeed,
  where: { repositoryId?: number; organisation?: string },
): Ruleset {
  const databaseId = Math.max(100, ...world.extras.rulesets.map(known => known.databaseId)) + 1
  const now = new Date().toISOString()
  const ruleset: Ruleset = {
    databaseId,
    nodeId: nodeId('RepositoryRuleset', databaseId),
    name: seed.name,
    target: seed.target ?? 'branch',
    enforcement: seed.enforcement ?? 'active',
    sourceType: where.repositoryId ? 'Repository' : 'Organization',
    source: world.db.repos.get(where.repositoryId ?? 0)?.full_name ?? where.organisation ?? '',
    repositoryId: where.repositoryId,
    refNames: seed.refNames ?? { include: ['~DEFAULT_BRANCH'], exclude: [] },
    repositoryNames: where.repositoryId
      ? undefined
      : (seed.repositoryNames ?? { include: ['~ALL'], exclude: [] }),
    rules: seed.rules,
    bypass: (seed.bypass ?? []).map(bypassActor),
    createdAt: now,
    updatedAt: now,
  }
  world.extras.rulesets.push(ruleset)
  return ruleset
}

export function addAlert(world: World, repositoryId: number, seed: AlertSeed): DependabotAlert {
  const number = world.extras.alerts.filter(alert => alert.repositoryId === repositoryId).length + 1
  const now = new Date().toISOString()
  const alert: DependabotAlert = {
    number,
    nodeId: nodeId('RepositoryVulnerabilityAlert', repositoryId * 1000 + number),
    repositoryId,
    state: seed.state ?? 'open',
    severity: seed.severity,
    ecosystem: seed.ecosystem ?? 'npm',
    package: seed.package,
    manifestPath: seed.manifest ?? 'package-lock.json',
    scope: 'runtime',
    ghsaId: seed.ghsa ?? 'GHSA-2222-3333-4444',
    cveId: seed.cve,
    summary: seed.summary ?? `A ${seed.severity} vulnerability in ${seed.package}`,
    vulnerableVersionRange: seed.range ?? '< 1.0.0',
    firstPatchedVersion: seed.fixed,
    createdAt: now,
    updatedAt: now,
    fixedAt: seed.state === 'fixed' ? now : undefined,
    dismissedAt: seed.state === 'dismissed' ? now : undefined,
    dismissedReason: seed.state === 'dismissed' ? (seed.reason ?? 'tolerable_risk') : undefined,
    dismissedComment: seed.state === 'dismissed' ? seed.comment : undefined,
    dismissedBy: seed.state === 'dismissed' ? seed.by : undefined,
  }
  world.extras.alerts.push(alert)
  return alert
}
