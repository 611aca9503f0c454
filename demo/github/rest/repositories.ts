import type { Hono } from 'hono'
import { accountOf, Refusal } from '../auth.ts'
import * as format from '../format.ts'
import * as git from '../git.ts'
import type { RepoRow, Visibility } from '../rows.ts'
import { newRepositoryRow } from '../seed.ts'
import { insertNode } from '../store.ts'
import type { World } from '../world.ts'
import {
  type Asked,
  asText,
  type Body,
  bodyOf,
  type Environment,
  found,
  invalid,
  page,
  repositoryOf,
} from './answer.ts'
import { securityAndAnalysis } from './settings.ts'

/** Repositories themselves: read, made, forked, changed, renamed, given away and removed. */
export function repositoryRoutes(rest: Hono<Environment>, world: World): void {
  const { db } = world
  const actorOf = (context: Asked) => {
    const actor = accountOf(world, context.get('caller'))
    if (!actor) throw new Refusal(401, 'Requires authentication')
    return actor
  }
  const mayAdminister = (context: Asked, repo: RepoRow) => {
    const caller = context.get('caller')
    if (caller.kind === 'person' && world.personPermission(repo.id, caller.login) !== 'admin')
      throw new Refusal(403, 'Must have admin rights to Repository.')
  }

  rest.get('/repos/:owner/:repo', context => {
    const repo = repositoryOf(world, context)
    return context.json({
      ...format.repository(world, repo, { full: true }),
      ...securityAndAnalysis(world, repo, context.get('caller')),
    })
  })
  rest.get('/orgs/:org/repos', context => {
    const { type, sort, direction } = context.req.query()
    const caller = context.get('caller')
    const views = world
      .repositoriesOf(context.req.param('org'))
      .filter(view => world.sees(caller, view.databaseId))
      .filter(view => !type || type === 'all' || type === 'member' || typeOf(view).includes(type))
    const key = (view: (typeof views)[number]) =>
      sort === 'full_name'
        ? view.nameWithOwner
        : sort === 'updated'
          ? view.updatedAt
          : sort === 'pushed'
            ? (view.pushedAt ?? '')
            : view.createdAt
    const order = (direction ?? (sort === 'full_name' ? 'asc' : 'desc')) === 'asc' ? 1 : -1
    // GitHub's order of things created in the same second is that of their ids.
    views.sort((a, b) => order * (key(a).localeCompare(key(b)) || a.databaseId - b.databaseId))
    return context.json(page(context, views).map(view => format.repository(world, format.row(world, view))))
  })

  rest.post('/orgs/:org/repos', async context => create(context, context.req.param('org')))
  rest.post('/user/repos', async context => create(context, actorOf(context).login))
  async function create(context: Asked, login: string) {
    const body = await bodyOf(context)
    const row = make(login, body)
    if (body.auto_init === true) {
      const readme = git.writeBlob(db, row.id, Buffer.from(`# ${row.name}\n`))
      commitTo(
        context,
        row,
        new Map([['README.md', { mode: '100644', type: 'blob', sha: readme.sha, size: readme.size }]]),
      )
    }
    return context.json(
      format.repository(world, format.row(world, { databaseId: row.id }), { full: true }),
      201,
    )
  }
  function make(login: string, body: Body, fork?: RepoRow): RepoRow {
    const owner = found(world.account(login))
    const name = asText(body.name)
    if (!name || !/^[\w.-]{1,100}$/.test(name))
      throw invalid('Repository', 'name', 'invalid', 'Repository creation failed.')
    if (db.repos.findOneBy('full_name', `${owner.login}/${name}`))
      throw new Refusal(422, 'Repository creation failed.', {
        errors: [
          {
            resource: 'Repository',
            code: 'custom',
            field: 'name',
            message: 'name already exists on this account',
          },
        ],
      })
    const visibility = asText(body.visibility) as Visibility | undefined
    const data = newRepositoryRow(owner, name, {
      visibility: fork?.visibility ?? visibility ?? (body.private === true ? 'private' : 'public'),
      description: asText(body.description) ?? fork?.description ?? undefined,
      issues: body.has_issues !== false,
      template: body.is_template === true,
      fork: fork !== undefined,
      language: fork?.language ?? undefined,
      'default-branch': fork?.default_branch,
    })
    // The old name's redirect ends when somebody takes the name.
    world.extras.formerNames.delete(`${owner.login}/${name}`.toLowerCase())
    return insertNode(db.repos, 'Repository', { ...data, forked_from_id: fork?.id ?? null })
  }
  function commitTo(context: Asked, row: RepoRow, files: git.Files): void {
    const actor = actorOf(context)
    const author = {
      name: actor.name ?? actor.login,
      email: actor.email ?? `${actor.login}@users.noreply.github.com`,
      date: new Date().toISOString(),
    }
    const tree = git.writeTree(db, row.id, files).sha
    const data = { message: 'Initial commit', tree, parents: [], author, userId: actor.databaseId }
    git.setRef(db, row.id, `refs/heads/${row.default_branch}`, git.writeCommit(db, row.id, data).sha)
  }

  rest.post('/repos/:owner/:repo/forks', async context => {
    const parent = repositoryOf(world, context)
    const body = await bodyOf(context)
    const login = asText(body.organization) ?? actorOf(context).login
    const existing = world.repositoryRow(login, asText(body.name) ?? parent.name)
    if (existing?.forked_from_id === parent.id)
      return context.json(format.repository(world, existing, { full: true }), 202)
    const row = make(login, { name: asText(body.name) ?? parent.name }, parent)
    db.repos.update(parent.id, { forks_count: parent.forks_count + 1 })
    for (const ref of world.refs(parent.id)) {
      if (body.default_branch_only === true && ref.name !== parent.default_branch) continue
      git.copyHistory(db, parent.id, row.id, ref.sha)
      git.setRef(db, row.id, ref.qualifiedName, ref.sha)
    }
    return context.json(
      format.repository(world, format.row(world, { databaseId: row.id }), { full: true }),
      202,
    )
  })
  rest.post('/repos/:owner/:repo/generate', async context => {
    const template = repositoryOf(world, context)
    if (!template.is_template) throw new Refusal(404, 'Not Found')
    const body = await bodyOf(context)
    const row = make(asText(body.owner) ?? actorOf(context).login, body)
    const tip = world.ref(template.id, template.default_branch)
    const tree = tip && world.commit(template.id, tip.sha)?.treeSha
    if (tip && tree) {
      git.copyHistory(db, template.id, row.id, tip.sha)
      commitTo(context, row, git.flatten(db, template.id, tree))
    }
    return context.json(
      format.repository(world, format.row(world, { databaseId: row.id }), { full: true }),
      201,
    )
  })

  rest.patch('/repos/:owner/:repo', async context => {
    const repo = repositoryOf(world, context)
    mayAdminister(context, repo)
    const body = await bodyOf(context)
    const change: Partial<RepoRow> = {}
    const name = asText(body.name)
    if (name && name !== repo.name) rename(repo, change, repo.full_name.split('/')[0] ?? '', name)
    const texts = ['description', 'homepage', 'default_branch'] as const
    for (const field of texts)
      if (field in body) change[field] = asText(body[field]) ?? (null as unknown as string)
    if (change.default_branch && !world.ref(repo.id, `refs/heads/${change.default_branch}`))
      throw new Refusal(422, `The branch ${change.default_branch} was not found.`)
    const flags = [
      'archived',
      'has_issues',
      'has_wiki',
      'has_projects',
      'is_template',
      'delete_branch_on_merge',
      'allow_forking',
      'allow_merge_commit',
      'allow_squash_merge',
      'allow_rebase_merge',
      'allow_auto_merge',
    ] as const
    for (const field of flags) if (typeof body[field] === 'boolean') change[field] = body[field]
    const visibility =
      asText(body.visibility) ??
      (typeof body.private === 'boolean' ? (body.private ? 'private' : 'public') : undefined)
    if (visibility === 'public' || visibility === 'private' || visibility === 'internal')
      Object.assign(change, { visibility, private: visibility !== 'public' })
    const updated = found(db.repos.update(repo.id, change))
    return context.json(format.repository(world, updated, { full: true }))
  })
  function rename(repo: RepoRow, change: Partial<RepoRow>, login: string, name: string): void {
    const fullName = `${login}/${name}`
    const holder = db.repos.findOneBy('full_name', fullName)
    if (holder && holder.id !== repo.id) throw invalid('Repository', 'name', 'already_exists')
    world.extras.formerNames.set(repo.full_name.toLowerCase(), repo.id)
    world.extras.formerNames.delete(fullName.toLowerCase())
    Object.assign(change, { name, full_name: fullName })
  }
  rest.post('/repos/:owner/:repo/transfer', async context => {
    const repo = repositoryOf(world, context)
    mayAdminister(context, repo)
    const body = await bodyOf(context)
    const owner = world.account(asText(body.new_owner) ?? '')
    if (!owner) throw invalid('Repository', 'new_owner', 'invalid')
    const change: Partial<RepoRow> = {
      owner_id: owner.databaseId,
      owner_type: owner.type === 'Organization' ? 'Organization' : 'User',
    }
    rename(repo, change, owner.login, asText(body.new_name) ?? repo.name)
    for (const link of db.teamRepos.findBy('repo_id', repo.id)) db.teamRepos.delete(link.id)
    const updated = found(db.repos.update(repo.id, change))
    return context.json(format.repository(world, updated), 202)
  })
  rest.delete('/repos/:owner/:repo', context => {
    const repo = repositoryOf(world, context)
    mayAdminister(context, repo)
    for (const table of Object.values(db))
      for (const row of table.findBy('repo_id', repo.id)) table.delete(row.id)
    db.repos.delete(repo.id)
    world.extras.rulesets = world.extras.rulesets.filter(ruleset => ruleset.repositoryId !== repo.id)
    world.extras.alerts = world.extras.alerts.filter(alert => alert.repositoryId !== repo.id)
    world.extras.properties.delete(repo.id)
    world.extras.security.delete(repo.id)
    world.extras.environments.delete(repo.id)
    for (const [old, id] of world.extras.formerNames) if (id === repo.id) world.extras.formerNames.delete(old)
    return context.body(null, 204)
  })

  rest.get('/repos/:owner/:repo/topics', context =>
    context.json({ names: repositoryOf(world, context).topics }),
  )
  rest.put('/repos/:owner/:repo/topics', async context => {
    const { names } = await bodyOf(context)
    if (!Array.isArray(names)) throw invalid('Repository', 'names', 'missing_field')
    const topics = names.map(name => `${name}`.toLowerCase())
    if (topics.some(topic => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(topic)))
      throw new Refusal(422, 'Validation Failed', {
        errors: [
          'Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.',
        ],
      })
    db.repos.update(repositoryOf(world, context).id, { topics })
    return context.json({ names: topics })
  })
  rest.get('/repos/:owner/:repo/license', context => {
    const repo = repositoryOf(world, context)
    const path = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].find(name => world.object(repo.id, `HEAD:${name}`))
    const file = path && world.object(repo.id, `HEAD:${path}`)
    if (!path || !file || file.kind !== 'blob') throw new Refusal(404, 'Not Found')
    const api = `${format.apiOf(world)}/repos/${repo.full_name}/contents/${path}?ref=${repo.default_branch}`
    const html = `${world.url}/${repo.full_name}/blob/${repo.default_branch}/${path}`
    const gitUrl = `${format.apiOf(world)}/repos/${repo.full_name}/git/blobs/${file.sha}`
    return context.json({
      name: path,
      path,
      sha: file.sha,
      size: file.byteSize,
      url: api,
      html_url: html,
      git_url: gitUrl,
      download_url: `${world.url}/${repo.full_name}/raw/${repo.default_branch}/${path}`,
      type: 'file',
      content: file.bytes().toString('base64'),
      encoding: 'base64',
      _links: { self: api, git: gitUrl, html },
      license: format.licence(world, repo),
    })
  })
}

const typeOf = (view: { isPrivate: boolean; isFork: boolean }): string[] => [
  view.isPrivate ? 'private' : 'public',
  view.isFork ? 'forks' : 'sources',
]
