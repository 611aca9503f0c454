import type { Hono } from 'hono'
import { Refusal } from '../auth.ts'
import { fileChanges } from '../file-changes.ts'
import { apiOf } from '../format.ts'
import { changedFile, commit } from '../format-commit.ts'
import * as git from '../git.ts'
import type { RepoRow } from '../rows.ts'
import type { World } from '../world.ts'
import { type Asked, type Environment, found, page, repositoryOf } from './answer.ts'

const MAXIMUM_FILES = 300
const MAXIMUM_COMMITS = 250

/** What a head has that its base has not, from where the two parted: `main...fix`, by branch, sha or `owner:branch`. */
export function compareRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  rest.get('/repos/:owner/:repo/compare/:basehead{.+}', context => {
    const repo = repositoryOf(world, context)
    const [, from = '', to = ''] = /^(.+?)\.\.\.(.+)$/.exec(context.req.param('basehead')) ?? []
    const base = found(shaOf(context, repo, from))
    const head = found(shaOf(context, repo, to))
    const shared = git.mergeBase(db, repo.id, base, head)
    if (!shared) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`)
    const rowOf = (sha: string) => found(db.commits.findBySha(repo.id, sha))
    const ahead = git.commitsBetween(db, repo.id, base, head)
    const behind = git.commitsBetween(db, repo.id, head, base)
    const files = fileChanges(world, repo.id, rowOf(shared).tree_sha, rowOf(head).tree_sha)
    const isPaged = context.req.query('page') !== undefined || context.req.query('per_page') !== undefined
    // Whatever page of commits is asked for, the files come with the first.
    const isFirst = (Number(context.req.query('page')) || 1) === 1
    const address = `/repos/${repo.full_name}/compare/${context.req.param('basehead')}`
    const html = `${world.url}/${repo.full_name}/compare`
    return context.json({
      url: apiOf(world) + address,
      html_url: `${html}/${from}...${to}`,
      permalink_url: `${html}/${base.slice(0, 7)}...${head.slice(0, 7)}`,
      diff_url: `${html}/${from}...${to}.diff`,
      patch_url: `${html}/${from}...${to}.patch`,
      base_commit: commit(world, repo, rowOf(base)),
      merge_base_commit: commit(world, repo, rowOf(shared)),
      status: statusOf(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: (isPaged ? page(context, ahead) : ahead.slice(-MAXIMUM_COMMITS)).map(row =>
        commit(world, repo, row),
      ),
      ...(isFirst
        ? { files: files.slice(0, MAXIMUM_FILES).map(change => changedFile(world, repo, head, change)) }
        : {}),
    })
  })

  /** `owner:branch` and `owner:repository:branch` name another repository of the same network, if it may be seen. */
  function shaOf(context: Asked, repo: RepoRow, revision: string): string | undefined {
    const [login, second, third] = revision.split(':')
    if (second === undefined) return world.commitSha(repo.id, revision)
    const name = third === undefined ? undefined : second
    const there = networkOf(repo).find(
      row =>
        world.repositoryById(row.id)?.owner.login.toLowerCase() === login?.toLowerCase() &&
        (name === undefined || row.name.toLowerCase() === name.toLowerCase()),
    )
    if (!there || !world.sees(context.get('caller'), there.id)) return undefined
    const sha = world.commitSha(there.id, third ?? second)
    if (sha) git.copyHistory(db, there.id, repo.id, sha)
    return sha
  }
  function networkOf(repo: RepoRow): RepoRow[] {
    const parent = repo.forked_from_id ? db.repos.get(repo.forked_from_id) : undefined
    const siblings = parent ? [parent, ...db.repos.findBy('forked_from_id', parent.id)] : []
    return [repo, ...db.repos.findBy('forked_from_id', repo.id), ...siblings]
  }
}

function statusOf(ahead: number, behind: number): 'identical' | 'ahead' | 'behind' | 'diverged' {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}
