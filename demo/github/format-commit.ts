import type { FileChange } from './file-changes.ts'
import { apiOf, type Json, stamp, user } from './format.ts'
import type { CommitRow, RepoRow } from './rows.ts'
import type { World } from './world.ts'

/** GitHub signs what it commits itself on somebody's behalf. */
export function verification(row: CommitRow): Json {
  const signed = row.verified === true
  return {
    verified: signed,
    reason: signed ? 'valid' : 'unsigned',
    signature: signed ? '-----BEGIN PGP SIGNATURE-----\n\nemulated\n-----END PGP SIGNATURE-----\n' : null,
    payload: signed ? `tree ${row.tree_sha}\n` : null,
    verified_at: signed ? stamp(row.created_at) : null,
  }
}

const personOf = (name: string, email: string, date: string): Json => ({ name, email, date: stamp(date) })
const author = (row: CommitRow): Json => personOf(row.author_name, row.author_email, row.author_date)
const committer = (row: CommitRow): Json =>
  personOf(row.committer_name, row.committer_email, row.committer_date)

/** As `git/commits` gives it. */
export function gitCommit(world: World, repo: RepoRow, row: CommitRow): Json {
  const api = `${apiOf(world)}/repos/${repo.full_name}/git`
  const page = `${world.url}/${repo.full_name}/commit`
  return {
    sha: row.sha,
    node_id: row.node_id,
    url: `${api}/commits/${row.sha}`,
    html_url: `${page}/${row.sha}`,
    author: author(row),
    committer: committer(row),
    tree: { sha: row.tree_sha, url: `${api}/trees/${row.tree_sha}` },
    message: row.message,
    parents: row.parent_shas.map(sha => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/${sha}` })),
    verification: verification(row),
  }
}

/** As a list of commits and a comparison give it. */
export function commit(world: World, repo: RepoRow, row: CommitRow): Json {
  const api = `${apiOf(world)}/repos/${repo.full_name}`
  const page = `${world.url}/${repo.full_name}/commit`
  const by = world.userById(row.user_id)
  const account = by ? user(world, by) : null
  return {
    sha: row.sha,
    node_id: row.node_id,
    commit: {
      author: author(row),
      committer: committer(row),
      message: row.message,
      tree: { sha: row.tree_sha, url: `${api}/git/trees/${row.tree_sha}` },
      url: `${api}/git/commits/${row.sha}`,
      comment_count: 0,
      verification: verification(row),
    },
    url: `${api}/commits/${row.sha}`,
    html_url: `${page}/${row.sha}`,
    comments_url: `${api}/commits/${row.sha}/comments`,
    author: account,
    committer: account,
    parents: row.parent_shas.map(sha => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/${sha}`,
    })),
  }
}

/** A changed file, at the commit whose tree has it. */
export function changedFile(world: World, repo: RepoRow, at: string, change: FileChange): Json {
  const path = change.filename.split('/').map(encodeURIComponent).join('/')
  const page = `${world.url}/${repo.full_name}`
  return {
    sha: change.sha,
    filename: change.filename,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${page}/blob/${at}/${path}`,
    raw_url: `${page}/raw/${at}/${path}`,
    contents_url: `${apiOf(world)}/repos/${repo.full_name}/contents/${path}?ref=${at}`,
    ...(change.patch === undefined ? {} : { patch: change.patch }),
    ...(change.previous === undefined ? {} : { previous_filename: change.previous }),
  }
}
