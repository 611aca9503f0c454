import type { Json } from './format.ts'
import { repository, stamp, user } from './format.ts'
import * as git from './git.ts'
import type { CommitRow, RefRow } from './rows.ts'
import type { Account } from './vocabulary.ts'
import type { World } from './world.ts'

/** GitHub puts at most this many commits into a push; the rest is only to be had by asking. */
const MAXIMUM_COMMITS = 2048

/** The payload of a push: what a ref pointed at before and does now, told commit by commit. */
export function pushPayload(
  world: World,
  before: RefRow | undefined,
  after: RefRow | undefined,
  pusher: Account | undefined,
): Json {
  const row = after ?? before
  const repo = row && world.db.repos.get(row.repo_id)
  if (!row || !repo) throw new Error('A push needs a ref of a repository that is there')
  const { db } = world
  const commits = after ? newCommits(world, before?.sha, after) : []
  const isForced = Boolean(
    before && after && !git.history(db, repo.id, after.sha).some(commit => commit.sha === before.sha),
  )
  const page = `${world.url}/${repo.full_name}`
  const range = `${before?.sha.slice(0, 12) ?? '0'.repeat(12)}...${after?.sha.slice(0, 12) ?? '0'.repeat(12)}`
  const told = commits.slice(-MAXIMUM_COMMITS).map(commit => commitPayload(world, repo.id, page, commit))
  const head = after ? db.commits.findBySha(repo.id, after.sha) : undefined
  const owner = world.repositoryById(repo.id)?.owner
  return {
    ref: row.ref,
    before: before?.sha ?? git.ZERO_SHA,
    after: after?.sha ?? git.ZERO_SHA,
    created: !before,
    deleted: !after,
    forced: isForced,
    base_ref: null,
    compare:
      before || commits.length !== 1 ? `${page}/compare/${range}` : `${page}/commit/${commits[0]?.sha}`,
    commits: told,
    head_commit: head ? commitPayload(world, repo.id, page, head) : null,
    pusher: { name: pusher?.login ?? 'unknown', email: pusher?.email ?? null },
    repository: {
      ...repository(world, repo),
      // In a push, and only there, GitHub gives these as seconds and the owner with name and e-mail.
      created_at: Math.floor(Date.parse(repo.created_at) / 1000),
      pushed_at: Math.floor(Date.parse(repo.pushed_at ?? repo.created_at) / 1000),
      stargazers: repo.stargazers_count,
      master_branch: repo.default_branch,
      owner: owner ? { name: owner.login, email: owner.email ?? null, ...user(world, owner) } : null,
      ...(owner?.type === 'Organization' ? { organization: owner.login } : {}),
    },
  }
}

/** A new branch brings what no other branch of the repository has; a push to a known one what it did not have. */
function newCommits(world: World, before: string | undefined, after: RefRow): CommitRow[] {
  const { db } = world
  if (before) return git.commitsBetween(db, after.repo_id, before, after.sha)
  const known = new Set(
    db.refs
      .findBy('repo_id', after.repo_id)
      .filter(ref => ref.id !== after.id && ref.ref.startsWith('refs/heads/'))
      .flatMap(ref => git.history(db, after.repo_id, ref.sha).map(commit => commit.sha)),
  )
  return git.commitsBetween(db, after.repo_id, undefined, after.sha).filter(commit => !known.has(commit.sha))
}

function commitPayload(world: World, repositoryId: number, page: string, commit: CommitRow): Json {
  const { db } = world
  const parent = db.commits.findBySha(repositoryId, commit.parent_shas[0] ?? '')
  const by = world.userById(commit.user_id)
  const author = { name: commit.author_name, email: commit.author_email, username: by?.login }
  return {
    id: commit.sha,
    tree_id: commit.tree_sha,
    distinct: true,
    message: commit.message,
    timestamp: stamp(commit.committer_date),
    url: `${page}/commit/${commit.sha}`,
    author,
    committer: { name: commit.committer_name, email: commit.committer_email, username: by?.login },
    ...git.changedPaths(db, repositoryId, parent?.tree_sha, commit.tree_sha),
  }
}
