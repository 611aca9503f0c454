import type { Hono } from 'hono'
import { Refusal } from '../auth.ts'
import { issue } from '../format-issue.ts'
import type { World } from '../world.ts'
import { type Environment, page, repositoryOf } from './answer.ts'

/** Writing issues is emulate's; listing them is not, since GitHub lists pull requests among them. */
export function issueRoutes(rest: Hono<Environment>, world: World): void {
  rest.get('/repos/:owner/:repo/issues', context => {
    const repo = repositoryOf(world, context)
    if (!repo.has_issues && !world.pullRequests(repo.id).length)
      throw new Refusal(410, 'Issues has been disabled in this repository.')
    const {
      state = 'open',
      labels,
      creator,
      since,
      sort = 'created',
      direction = 'desc',
    } = context.req.query()
    const named = (row: { label_ids: number[] }) => row.label_ids.map(id => world.db.labels.get(id)?.name)
    const key = (row: { created_at: string; updated_at: string; comments: number }) =>
      sort === 'updated'
        ? row.updated_at
        : sort === 'comments'
          ? `${row.comments}`.padStart(9, '0')
          : row.created_at
    const rows = world.db.issues
      .findBy('repo_id', repo.id)
      .filter(row => state === 'all' || row.state === state)
      .filter(row => !labels || labels.split(',').every(label => named(row).includes(label)))
      .filter(row => !creator || world.userById(row.user_id)?.login === botLogin(creator))
      .filter(row => !since || row.updated_at >= new Date(since).toISOString())
      .sort((a, b) => (direction === 'asc' ? 1 : -1) * (key(a).localeCompare(key(b)) || a.number - b.number))
    return context.json(page(context, rows).map(row => issue(world, row)))
  })

  // emulate says "Not Found" for both; GitHub tells a branch without a rule from one that is not there.
  rest.get('/repos/:owner/:repo/branches/:branch{.+}/protection', async (context, next) => {
    const repo = repositoryOf(world, context)
    const branch = context.req.param('branch')
    if (!world.ref(repo.id, `refs/heads/${branch}`)) throw new Refusal(404, 'Branch not found')
    if (!world.branchProtection(repo.id, branch)) throw new Refusal(404, 'Branch not protected')
    await next()
  })
}

/** GitHub takes an app's bot as `app/slug` too. */
const botLogin = (creator: string): string => creator.replace(/^app\/(.+)$/, '$1[bot]')
