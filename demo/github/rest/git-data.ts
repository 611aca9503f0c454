import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import { fileChanges } from '../file-changes.ts'
import { apiOf } from '../format.ts'
import { changedFile, commit as commitJson, gitCommit } from '../format-commit.ts'
import * as git from '../git.ts'
import { forbiddenWorkflow, isAncestor, isRefName, workflowRefusal } from '../ref-update.ts'
import type { CommitRow, RepoRow } from '../rows.ts'
import type { World } from '../world.ts'
import { type Asked, asText, type Body, bodyOf, type Environment, found, repositoryOf } from './answer.ts'
import { authorOf } from './pulls.ts'

const MAXIMUM_FILES = 300

/** Commits and refs of git's own. Blobs, trees and contents are emulate's. */
export function gitDataRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world

  rest.post('/repos/:owner/:repo/git/commits', async context => {
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const message = asText(body.message)
    const tree = asText(body.tree) ?? ''
    if (message === undefined) throw new Refusal(422, 'Invalid request.\n\n"message" wasn\'t supplied.')
    if (!world.tree(repo.id, tree)) throw new Refusal(422, 'Tree SHA does not exist')
    const parents = Array.isArray(body.parents) ? body.parents.map(each => `${each}`) : []
    for (const parent of parents)
      if (!world.commit(repo.id, parent))
        throw new Refusal(422, 'Parent SHA does not exist or is not a commit object')
    const caller = context.get('caller')
    const actor = accountOf(world, caller)
    if (!actor) throw new Refusal(401, 'Requires authentication')
    const self = authorOf(actor)
    const author = identityOf(body.author, self.date)
    const committer = identityOf(body.committer, self.date)
    const row = git.writeCommit(db, repo.id, {
      message,
      tree,
      parents,
      author: author ?? self,
      committer: committer ?? author ?? self,
      userId: author ? byEmail(author.email) : actor.databaseId,
      // Only what an app commits as itself is signed by GitHub: a name that it gave could be anybody's.
      isSigned: caller.kind === 'installation' && !author && !committer,
    })
    return context.json(gitCommit(world, repo, row), 201)
  })
  const byEmail = (email: string) =>
    db.users.all().find(row => email === row.email || email === `${row.login}@users.noreply.github.com`)?.id

  rest.get('/repos/:owner/:repo/git/commits/:sha{[0-9a-f]{40}}', context => {
    const repo = repositoryOf(world, context)
    return context.json(gitCommit(world, repo, rowOf(repo, context.req.param('sha'))))
  })
  // Registered after every longer route below a commit.
  rest.get('/repos/:owner/:repo/commits/:ref{.+}', async (context, next) => {
    const repo = repositoryOf(world, context)
    const ref = context.req.param('ref')
    if (/\/(comments|branches-where-head)$/.test(ref)) return next()
    const sha = world.commitSha(repo.id, ref)
    if (!sha) throw new Refusal(422, `No commit found for SHA: ${ref}`)
    const row = rowOf(repo, sha)
    const parent = row.parent_shas[0] ? rowOf(repo, row.parent_shas[0]).tree_sha : undefined
    const files = fileChanges(world, repo.id, parent, row.tree_sha)
    const additions = files.reduce((sum, each) => sum + each.additions, 0)
    const deletions = files.reduce((sum, each) => sum + each.deletions, 0)
    return context.json({
      ...commitJson(world, repo, row),
      stats: { total: additions + deletions, additions, deletions },
      files: files.slice(0, MAXIMUM_FILES).map(change => changedFile(world, repo, sha, change)),
    })
  })
  function rowOf(repo: RepoRow, sha: string): CommitRow {
    const own = db.commits.findBySha(repo.id, sha)
    return found(own ?? (world.commit(repo.id, sha) ? db.commits.findOneBy('sha', sha) : undefined))
  }

  // The contents API commits as whoever asks and signs it, unless a name is given.
  const contents = async (context: Asked, next: () => Promise<void>) => {
    const body = (await context.req.raw
      .clone()
      .json()
      .catch(() => ({}))) as Body
    await next()
    if (context.res.status > 201 || body.author || body.committer) return
    const answer = (await context.res.clone().json()) as { commit?: { sha?: string } }
    const row = db.commits.findBySha(repositoryOf(world, context).id, answer.commit?.sha ?? '')
    if (row) db.commits.update(row.id, { verified: true })
  }
  rest.put('/repos/:owner/:repo/contents/:path{.+}', contents)
  rest.delete('/repos/:owner/:repo/contents/:path{.+}', contents)

  const refuseWorkflows = (context: Asked, repo: RepoRow, sha: string) => {
    const path = forbiddenWorkflow(world, context.get('caller'), repo.id, sha)
    if (path)
      throw new Refusal(403, workflowRefusal(path), {
        headers: { 'x-accepted-github-permissions': 'contents=write,workflows=write' },
      })
  }
  rest.post('/repos/:owner/:repo/git/refs', async context => {
    const repo = repositoryOf(world, context)
    const body = await bodyOf(context)
    const [ref, sha] = [asText(body.ref) ?? '', asText(body.sha) ?? '']
    if (!isRefName(ref)) throw new Refusal(422, `${ref} is not a valid ref name.`)
    if (!world.commit(repo.id, sha)) throw new Refusal(422, 'Object does not exist')
    if (exact(repo, ref)) throw new Refusal(422, 'Reference already exists')
    // Git keeps refs as files: one can't be another's folder.
    const clash = world
      .refs(repo.id, 'refs/')
      .some(({ qualifiedName: other }) => isInside(ref, other) || isInside(other, ref))
    if (clash) throw new Refusal(422, 'Reference update failed')
    refuseWorkflows(context, repo, sha)
    git.setRef(db, repo.id, ref, sha)
    return context.json(refJson(repo, ref, sha), 201)
  })
  // Protection of branches is emulate's: what is refused here is what it does not know.
  rest.patch('/repos/:owner/:repo/git/refs/:ref{.+}', async (context, next) => {
    const repo = repositoryOf(world, context)
    const ref = `refs/${context.req.param('ref')}`
    const body = (await context.req.raw
      .clone()
      .json()
      .catch(() => ({}))) as Body
    const sha = asText(body.sha) ?? ''
    const current = exact(repo, ref)
    if (!current) throw new Refusal(422, 'Reference does not exist')
    if (!world.commit(repo.id, sha)) throw new Refusal(422, 'Object does not exist')
    if (body.force !== true && !isAncestor(world, repo.id, current.sha, sha))
      throw new Refusal(422, 'Update is not a fast forward')
    refuseWorkflows(context, repo, sha)
    await next()
  })
  rest.delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (context, next) => {
    const repo = repositoryOf(world, context)
    const ref = `refs/${context.req.param('ref')}`
    if (!exact(repo, ref)) throw new Refusal(422, 'Reference does not exist')
    await next()
  })
  const exact = (repo: RepoRow, ref: string) =>
    world.refs(repo.id, 'refs/').find(each => each.qualifiedName === ref)
  const refJson = (repo: RepoRow, ref: string, sha: string) => {
    const api = `${apiOf(world)}/repos/${repo.full_name}/git`
    const node = db.refs.findBy('repo_id', repo.id).find(row => row.ref === ref)?.node_id ?? ''
    return {
      ref,
      node_id: node,
      url: `${api}/${ref}`,
      object: { sha, type: 'commit', url: `${api}/commits/${sha}` },
    }
  }
}

const isInside = (inner: string, outer: string): boolean => inner.startsWith(`${outer}/`)

function identityOf(given: unknown, now: string): git.Identity | undefined {
  if (!given || typeof given !== 'object') return undefined
  const { name, email, date } = given as Body
  if (typeof name !== 'string' || typeof email !== 'string')
    throw new Refusal(422, 'Invalid request.\n\n"name" and "email" are needed.')
  if (date !== undefined && Number.isNaN(Date.parse(`${date}`)))
    throw new Refusal(422, 'Invalid request.\n\n"date" is no timestamp.')
  return { name, email, date: date === undefined ? now : `${date}` }
}
