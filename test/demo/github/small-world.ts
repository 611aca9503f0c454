import {
  copyHistory,
  type Files,
  setRef,
  writeBlob,
  writeCommit,
  writeTree,
} from '../../../demo/github/git.ts'
import { createGraphql, type GraphqlOptions } from '../../../demo/github/graphql.ts'
import type { RepoRow } from '../../../demo/github/rows.ts'
import { insertNode, Store } from '../../../demo/github/store.ts'
import { type Caller, createWorld, MEMBERS_TEAM } from '../../../demo/github/world.ts'

export const ORIGIN = 'http://127.0.0.1:4010'
const NOW = '2026-11-22T10:00:00Z'

/** Everything the app is granted; a test takes one away to see what GitHub would refuse. */
export const PERMISSIONS = {
  metadata: 'read',
  administration: 'read',
  contents: 'write',
  checks: 'write',
  issues: 'write',
  members: 'read',
  pull_requests: 'write',
  vulnerability_alerts: 'read',
}

export function installation(
  without: readonly (keyof typeof PERMISSIONS)[] = [],
  repositoryIds: number[] | 'all' = 'all',
): Caller {
  const held = Object.entries(PERMISSIONS).filter(([name]) => !without.some(each => each === name))
  const permissions = Object.fromEntries(held)
  return { kind: 'installation', appId: 1, installationId: 7, account: 'acme', permissions, repositoryIds }
}

/** A file: its text or bytes, or a symbolic link's target, or a submodule's commit. */
export type Content = string | Buffer | { link: string } | { submodule: string }

/** An organisation `acme` with a team and two members, in the state that the emulated GitHub itself keeps. */
export function smallWorld() {
  const world = createWorld(new Store(), ORIGIN)
  const { db } = world
  const acme = insertNode(db.orgs, 'Org', { login: 'acme', description: null, name: 'Acme', email: null })
  const [ada, ben] = ['ada', 'ben', 'acme-fork'].map(login => addUser(login, 'User'))
  addUser('golden-path[bot]', 'Bot')
  db.apps.insert({
    app_id: 1,
    slug: 'golden-path',
    name: 'Golden Path',
    private_key: '',
    permissions: {},
    events: [],
    webhook_url: null,
    webhook_secret: null,
    description: null,
  })
  addTeam(MEMBERS_TEAM, [ada?.login ?? '', ben?.login ?? ''])

  function addUser(login: string, type: 'User' | 'Bot') {
    return insertNode(db.users, 'User', { login, type, site_admin: false, name: null, email: null })
  }

  function addTeam(slug: string, logins: string[], privacy: 'closed' | 'secret' = 'closed') {
    const team = insertNode(db.teams, 'Team', {
      name: slug,
      slug,
      description: null,
      privacy,
      permission: 'pull',
      org_id: acme.id,
      parent_id: null,
      members_count: 0,
      repos_count: 0,
    })
    for (const login of logins) {
      const user = db.users.findOneBy('login', login)
      db.teamMembers.insert({
        team_id: team.id,
        user_id: user?.id ?? 0,
        role: login === 'ada' ? 'maintainer' : 'member',
      })
    }
    return team
  }

  function addRepository(name: string, files: Record<string, Content> = {}, more: Partial<RepoRow> = {}) {
    const owner = more.owner_type === 'User' ? db.users.get(more.owner_id ?? 0)?.login : 'acme'
    const row = insertNode(db.repos, 'Repository', {
      name,
      full_name: `${owner}/${name}`,
      owner_id: acme.id,
      owner_type: 'Organization',
      private: true,
      visibility: 'private',
      description: null,
      homepage: null,
      fork: false,
      forked_from_id: null,
      language: 'TypeScript',
      languages: { TypeScript: 900, Shell: 100 },
      forks_count: 0,
      stargazers_count: 0,
      watchers_count: 0,
      size: 1,
      default_branch: 'main',
      open_issues_count: 0,
      topics: ['payments', 'pci'],
      has_issues: true,
      has_projects: false,
      has_wiki: false,
      has_pages: false,
      has_downloads: false,
      has_discussions: false,
      archived: false,
      disabled: false,
      pushed_at: NOW,
      allow_rebase_merge: true,
      allow_squash_merge: true,
      allow_merge_commit: true,
      allow_auto_merge: false,
      delete_branch_on_merge: false,
      allow_forking: true,
      is_template: false,
      license: null,
      ...more,
    })
    if (Object.keys(files).length > 0) setRef(db, row.id, 'refs/heads/main', commit(row.id, files))
    return row
  }

  function commit(repositoryId: number, contents: Record<string, Content>, parents: string[] = []): string {
    const files: Files = new Map()
    for (const [path, content] of Object.entries(contents)) {
      if (typeof content === 'object' && 'submodule' in content) {
        files.set(path, { mode: '160000', type: 'commit', sha: content.submodule })
        continue
      }
      const link = typeof content === 'object' && 'link' in content
      const blob = writeBlob(db, repositoryId, Buffer.from(link ? content.link : content))
      files.set(path, { mode: link ? '120000' : '100644', type: 'blob', sha: blob.sha, size: blob.size })
    }
    const author = { name: 'Ada', email: 'ada@example.com', date: NOW }
    const tree = writeTree(db, repositoryId, files).sha
    return writeCommit(db, repositoryId, { message: 'Add files', tree, parents, author }).sha
  }

  /** A pull request from a fork that nobody here may see. */
  function addForkPullRequest(
    base: RepoRow,
    contents: Record<string, Content>,
  ): { number: number; head: string } {
    const owner = db.users.findOneBy('login', 'acme-fork')
    const fork = addRepository(
      base.name,
      {},
      {
        fork: true,
        forked_from_id: base.id,
        owner_type: 'User',
        owner_id: owner?.id ?? 0,
      },
    )
    const baseSha = world.commitSha(base.id, 'main') ?? ''
    copyHistory(db, base.id, fork.id, baseSha)
    const head = commit(fork.id, contents, [baseSha])
    copyHistory(db, fork.id, base.id, head)
    const row = insertNode(db.pullRequests, 'PullRequest', {
      repo_id: base.id,
      number: 1,
      title: 'From a fork',
      body: null,
      state: 'open',
      locked: false,
      user_id: owner?.id ?? 0,
      assignee_ids: [],
      label_ids: [],
      requested_reviewer_ids: [],
      requested_team_ids: [],
      head_ref: 'fix',
      head_sha: head,
      head_repo_id: fork.id,
      base_ref: 'main',
      base_sha: baseSha,
      base_repo_id: base.id,
      merged: false,
      merged_at: null,
      merged_by_id: null,
      merge_commit_sha: null,
      mergeable: true,
      draft: false,
      closed_at: null,
      comments: 0,
      commits: 1,
      additions: 0,
      deletions: 0,
      changed_files: 1,
    })
    return { number: row.number, head }
  }

  return { world, db, addUser, addTeam, addRepository, addForkPullRequest, commit }
}

/** Asks as the installation unless told otherwise. */
export function asking(world: ReturnType<typeof createWorld>, options: GraphqlOptions = {}) {
  const answer = createGraphql(world, options)
  return (query: string, variables: Record<string, unknown> = {}, caller: Caller = installation()) =>
    answer({ query, variables, caller })
}
