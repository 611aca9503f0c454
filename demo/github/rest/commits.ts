import { gzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { happen } from '../cause.ts'
import * as format from '../format.ts'
import { pullRequest } from '../format-pull-request.ts'
import * as git from '../git.ts'
import { tarOf } from '../tar.ts'
import type { Tree, TreeEntry } from '../vocabulary.ts'
import type { World } from '../world.ts'
import { type Asked, asText, bodyOf, type Environment, found, invalid, page, repositoryOf } from './answer.ts'

/** GitHub cuts a recursive listing here, or at 7 MB. */
const MAXIMUM_ENTRIES = 100_000

interface Status {
  id: number
  repositoryId: number
  sha: string
  state: string
  context: string
  description: string | null
  targetUrl: string | null
  at: string
  login: string
}

/** What Backstage and others ask of commits and emulate does not answer. */
export function commitRoutes(rest: Hono<Environment>, world: World): void {
  const statuses: Status[] = []
  const shaOf = (context: Asked): string => {
    const ref = context.req.param('ref') ?? context.req.param('sha') ?? ''
    return found(world.commitSha(repositoryOf(world, context).id, ref))
  }

  rest.get('/repos/:owner/:repo/commits/:ref{.+}/status', context => {
    const repo = repositoryOf(world, context)
    const sha = shaOf(context)
    const latest = new Map(
      statuses
        .filter(each => each.repositoryId === repo.id && each.sha === sha)
        .map(each => [each.context, each]),
    )
    const all = [...latest.values()]
    const isBad = all.some(each => each.state === 'failure' || each.state === 'error')
    const isGood = all.length > 0 && all.every(each => each.state === 'success')
    const api = `${format.apiOf(world)}/repos/${repo.full_name}/commits/${sha}`
    return context.json({
      state: isBad ? 'failure' : isGood ? 'success' : 'pending',
      statuses: all.map(each => statusJson(each, false)),
      sha,
      total_count: all.length,
      repository: format.repository(world, repo),
      commit_url: api,
      url: `${api}/status`,
    })
  })
  rest.get('/repos/:owner/:repo/commits/:ref{.+}/statuses', context => {
    const repo = repositoryOf(world, context)
    const sha = shaOf(context)
    const own = statuses.filter(each => each.repositoryId === repo.id && each.sha === sha).reverse()
    return context.json(page(context, own).map(each => statusJson(each, true)))
  })
  rest.post('/repos/:owner/:repo/statuses/:sha', async context => {
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const state = asText(body.state) ?? ''
    if (!['error', 'failure', 'pending', 'success'].includes(state))
      throw invalid('Status', 'state', 'invalid')
    const status: Status = {
      id: statuses.length + 1,
      repositoryId: repo.id,
      sha: shaOf(context),
      state,
      context: asText(body.context) ?? 'default',
      description: asText(body.description) ?? null,
      targetUrl: asText(body.target_url) ?? null,
      at: new Date().toISOString(),
      login: accountOf(world, context.get('caller'))?.login ?? '',
    }
    statuses.push(status)
    return context.json(statusJson(status, true), 201)
  })
  function statusJson(status: Status, isFull: boolean) {
    const repo = world.db.repos.get(status.repositoryId)
    const creator = world.account(status.login)
    return {
      url: `${format.apiOf(world)}/repos/${repo?.full_name}/statuses/${status.sha}`,
      avatar_url: creator ? format.user(world, creator).avatar_url : null,
      id: status.id,
      node_id: `SC_${status.id}`,
      state: status.state,
      description: status.description,
      target_url: status.targetUrl,
      context: status.context,
      created_at: format.stamp(status.at),
      updated_at: format.stamp(status.at),
      ...(isFull ? { creator: creator ? format.user(world, creator) : null } : {}),
    }
  }

  rest.get('/repos/:owner/:repo/commits/:sha{[0-9a-f]+}/pulls', context => {
    const repo = repositoryOf(world, context)
    const sha = shaOf(context)
    const rows = world.db.pullRequests
      .findBy('repo_id', repo.id)
      .filter(
        row =>
          row.merge_commit_sha === sha ||
          git.history(world.db, repo.id, row.head_sha).some(commit => commit.sha === sha),
      )
      .filter(row => row.merge_commit_sha === sha || row.state === 'open')
    return context.json(page(context, rows).map(row => pullRequest(world, row)))
  })

  // Any value of `recursive` counts, `false` and `0` too. Backstage's search reads each entry's url: emulate has none.
  rest.get('/repos/:owner/:repo/git/trees/:ref{.+}', context => {
    const repo = repositoryOf(world, context)
    const api = `${format.apiOf(world)}/repos/${repo.full_name}/git`
    const ref = context.req.param('ref')
    const sha = world.commitSha(repo.id, ref)
    const root = found(world.tree(repo.id, sha ? (world.commit(repo.id, sha)?.treeSha ?? '') : ref))
    const isRecursive = context.req.query('recursive') !== undefined
    const entries = isRecursive ? below(repo.id, root) : root.entries
    return context.json({
      sha: root.sha,
      url: `${api}/trees/${root.sha}`,
      tree: entries.slice(0, MAXIMUM_ENTRIES).map(entry => ({
        path: entry.path,
        mode: entry.mode,
        type: entry.type,
        sha: entry.sha,
        ...(entry.type === 'blob'
          ? { size: entry.size ?? world.blob(repo.id, entry.sha)?.byteSize ?? 0 }
          : {}),
        // A submodule's commit is in another repository.
        ...(entry.type === 'commit' ? {} : { url: `${api}/${entry.type}s/${entry.sha}` }),
      })),
      truncated: entries.length > MAXIMUM_ENTRIES,
    })
  })
  function below(repositoryId: number, tree: Tree): TreeEntry[] {
    return tree.entries.flatMap(entry => {
      const inside = entry.type === 'tree' ? world.tree(repositoryId, entry.sha, `${entry.path}/`) : undefined
      return inside ? [entry, ...below(repositoryId, inside)] : [entry]
    })
  }

  // GitHub answers with a redirect to its archive host; the bytes come at once here, which clients take as well.
  rest.get('/repos/:owner/:repo/tarball/:ref{.+}', context => tarball(context))
  rest.get('/repos/:owner/:repo/tarball', context => tarball(context))
  function tarball(context: Asked) {
    const repo = repositoryOf(world, context)
    const sha = found(world.commitSha(repo.id, context.req.param('ref') ?? 'HEAD'))
    const files = git.flatten(world.db, repo.id, world.commit(repo.id, sha)?.treeSha ?? '')
    const folder = `${repo.full_name.replace('/', '-')}-${sha.slice(0, 7)}`
    const bytes = tarOf(folder, files, blobSha => world.blob(repo.id, blobSha)?.bytes() ?? Buffer.alloc(0))
    return context.body(new Uint8Array(gzipSync(bytes)), 200, {
      'content-type': 'application/x-gzip',
      'content-disposition': `attachment; filename=${folder}.tar.gz`,
    })
  }

  rest.post('/repos/:owner/:repo/dispatches', async context => {
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const action = asText(body.event_type)
    if (!action) throw new Refusal(422, 'Invalid request.\n\n"event_type" wasn\'t supplied.')
    const payload = { branch: repo.default_branch, client_payload: body.client_payload ?? {} }
    happen({ event: 'repository_dispatch', action, repositoryId: repo.id, payload })
    return context.body(null, 204)
  })
}
