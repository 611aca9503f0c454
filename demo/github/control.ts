import type { Hono } from 'hono'
import { accountOf, Refusal } from './auth.ts'
import { becauseOf, happen } from './cause.ts'
import { conversationControl } from './control-conversation.ts'
import type { Deliveries } from './deliveries.ts'
import { eventsOf } from './events.ts'
import type { Fault } from './faults.ts'
import { checkRun } from './format-check.ts'
import type { Front } from './front.ts'
import * as git from './git.ts'
import { isGraphqlFault } from './graphql/reading.ts'
import type { Limits } from './limits.ts'
import { deliveryJson } from './rest/apps.ts'
import { authorOf, mergedTree } from './rest/pulls.ts'
import { tellAlert } from './rest/security.ts'
import { tellSettings } from './rest/settings.ts'
import type { RepoRow } from './rows.ts'
import {
  type AlertSeed,
  addAlert,
  type EnvironmentSeed,
  type ProtectionSeed,
  protect,
  type SecuritySeed,
} from './seed.ts'
import { setEnvironments, setSecurity } from './seed-settings.ts'
import type { Caller } from './vocabulary.ts'
import type { World } from './world.ts'

interface Parts {
  world: World
  front: Front
  deliveries: Deliveries
  tokenFor(login: string): string
}

/** `/_emulator/*`: what a test does to GitHub itself, and what it may look at. No token is asked for. */
export function controlRoutes(web: Hono, { world, front, deliveries, tokenFor }: Parts): void {
  const { counters, faults, limits } = front
  web.onError((error, context) => {
    const status = error instanceof Refusal ? error.status : 400
    return context.json({ message: error.message }, status as 400)
  })

  const asOwner: Caller = { kind: 'person', login: ownerOf(world) }
  async function cause<T>(work: () => T, login?: string): Promise<T> {
    const caller: Caller = login ? { kind: 'person', login } : asOwner
    const done = (found: Parameters<typeof eventsOf>[1]) => {
      for (const happening of eventsOf(world, found)) deliveries.send(happening, accountOf(world, caller))
    }
    return becauseOf(caller, async () => work(), done)
  }
  conversationControl(web, { world, repositoryNamed, cause })

  web.get('/_emulator/requests', context => context.json(counters.read()))
  web.delete('/_emulator/requests', context => {
    counters.reset()
    return context.body(null, 204)
  })
  web.get('/_emulator/faults', context => context.json(faults.list()))
  web.post('/_emulator/faults', async context => {
    const given: unknown = await context.req.json()
    for (const fault of Array.isArray(given) ? given : [given])
      if (isGraphqlFault(fault)) faults.addGraphql(fault)
      else if (typeof fault?.match === 'string') faults.add(fault as Fault)
      else throw new Refusal(422, '"match" is needed: part of "METHOD /path"')
    return context.json(faults.list(), 201)
  })
  web.delete('/_emulator/faults', context => {
    faults.clear()
    return context.body(null, 204)
  })
  web.get('/_emulator/limits', context => context.json({ ...limits.read(), refused: limits.refused() }))
  web.post('/_emulator/limits', async context => {
    limits.set((await context.req.json()) as Limits)
    return context.json(limits.read())
  })
  web.delete('/_emulator/limits', context => {
    limits.set({})
    return context.body(null, 204)
  })

  web.get('/_emulator/state', context => context.json(stateOf(world)))
  web.get('/_emulator/deliveries', context => {
    const all = context.req.query('payload')
      ? deliveries.all().map(each => ({ ...deliveryJson(each), payload: JSON.parse(each.request.body) }))
      : deliveries.all().map(each => deliveryJson(each))
    return context.json(all)
  })
  web.post('/_emulator/redeliver/:guid', context => {
    const guid = context.req.param('guid')
    const again = deliveries.redeliver(each => each.guid === guid)
    if (!again) throw new Refusal(404, `No delivery has the GUID ${guid}`)
    return context.json({ id: again.id, guid }, 202)
  })
  /** `{"url": null}` stops deliveries from being made at all. */
  web.post('/_emulator/webhook', async context => {
    const { url } = (await context.req.json()) as { url: string | null }
    deliveries.setUrl(url ?? undefined)
    return context.json({ url })
  })
  web.post('/_emulator/tokens', async context => {
    const { login } = (await context.req.json()) as { login: string }
    return context.json({ login, token: tokenFor(login) }, 201)
  })

  /** `{"installation": 1001, "permissions": {…}, "repositories": ["web"] | "all", "suspended": true}`, at once. */
  web.post('/_emulator/permissions', async context => {
    const given = (await context.req.json()) as {
      installation?: number
      permissions?: Record<string, string>
      repositories?: string[] | 'all'
      suspended?: boolean
    }
    const rows = world.db.installations.all()
    const row = given.installation ? rows.find(each => each.installation_id === given.installation) : rows[0]
    if (!row) throw new Refusal(404, `There is no installation ${given.installation}`)
    const chosen = Array.isArray(given.repositories)
      ? given.repositories.flatMap(name => world.repository(row.account_login, name)?.databaseId ?? [])
      : undefined
    const isSuspended = given.suspended ?? row.suspended_at !== null
    const updated = await cause(() =>
      world.db.installations.update(row.id, {
        permissions: given.permissions ?? row.permissions,
        suspended_at: isSuspended ? (row.suspended_at ?? new Date().toISOString()) : null,
        ...(given.repositories
          ? {
              repository_selection: chosen ? ('selected' as const) : ('all' as const),
              repository_ids: chosen ?? [],
            }
          : {}),
      }),
    )
    for (const token of world.extras.tokens.values())
      if (token.caller.kind === 'installation' && token.caller.installationId === row.installation_id)
        token.caller = {
          ...token.caller,
          permissions: given.permissions ?? token.caller.permissions,
          repositoryIds: given.repositories ? (chosen ?? 'all') : token.caller.repositoryIds,
        }
    return context.json(updated)
  })

  function repositoryNamed(fullName: string): RepoRow {
    const [owner = '', name = ''] = fullName.split('/')
    const row = world.repositoryRow(owner, name)
    if (!row) throw new Refusal(404, `There is no repository ${fullName}`)
    return row
  }

  /** `{"repository": "acme/web", "protection": {"approvals": 1} | null}` */
  web.post('/_emulator/protection', async context => {
    const { repository, protection } = (await context.req.json()) as {
      repository: string
      protection: ProtectionSeed | null
    }
    const row = repositoryNamed(repository)
    await cause(() => {
      if (protection) protect(world, row, protection)
      else
        for (const rule of world.db.branchProtections.findBy('repo_id', row.id))
          world.db.branchProtections.delete(rule.id)
    })
    return context.json(world.branchProtections(row.id))
  })
  /** `{"repository": "acme/web", "alert": {"package": "lodash", "severity": "high"}}`, or `"fix": 1` for a number. */
  web.post('/_emulator/alerts', async context => {
    const given = (await context.req.json()) as { repository: string; alert?: AlertSeed; fix?: number }
    const row = repositoryNamed(given.repository)
    const alert = await cause(() => {
      const known = world.extras.alerts.find(
        each => each.repositoryId === row.id && each.number === given.fix,
      )
      const found = given.alert ? addAlert(world, row.id, given.alert) : known
      if (!found) throw new Refusal(404, `${given.repository} has no alert ${given.fix}`)
      if (!given.alert) Object.assign(found, { state: 'fixed', fixedAt: new Date().toISOString() })
      tellAlert(world, row, found, given.alert ? 'created' : 'fixed')
      return found
    })
    return context.json(alert, 201)
  })
  /** `{"repository": "acme/web", "security": {…}, "environments": {…}}` as in org.yaml, or `{"organisation": "acme", "twoFactor": true}`. */
  web.post('/_emulator/settings', async context => {
    const given = (await context.req.json()) as {
      repository?: string
      security?: SecuritySeed
      environments?: Record<string, EnvironmentSeed | null>
      organisation?: string
      twoFactor?: boolean
    }
    if (given.organisation) {
      if (!world.organisation(given.organisation))
        throw new Refusal(404, `There is no organisation ${given.organisation}`)
      const { twoFactor } = world.extras
      if (given.twoFactor) twoFactor.add(given.organisation)
      else twoFactor.delete(given.organisation)
      return context.json({ twoFactor: twoFactor.has(given.organisation) })
    }
    const row = repositoryNamed(given.repository ?? '')
    await cause(() => {
      const before = world.security(row.id)
      if (given.security) setSecurity(world, row.id, given.security)
      if (given.environments) setEnvironments(world, row.id, given.environments)
      tellSettings(world, row, before)
    })
    return context.json({ security: world.security(row.id), environments: world.environments(row.id) })
  })
  /** `{"repository": "acme/web", "checkRun": 5, "action": "fix"}`: somebody presses a button of a check run. */
  web.post('/_emulator/requested-action', async context => {
    const given = (await context.req.json()) as {
      repository: string
      checkRun: number
      action: string
      by?: string
    }
    const row = repositoryNamed(given.repository)
    const run = world.db.checkRuns.get(given.checkRun)
    if (run?.repo_id !== row.id)
      throw new Refusal(404, `${given.repository} has no check run ${given.checkRun}`)
    await cause(() => {
      const payload = {
        check_run: checkRun(world, run, { inDelivery: true }),
        requested_action: { identifier: given.action },
      }
      happen({ event: 'check_run', action: 'requested_action', repositoryId: row.id, payload })
    }, given.by)
    return context.json({}, 202)
  })
  /** `{"repository": "acme/web", "pullRequests": [3]}`: what a merge queue does before it merges. */
  web.post('/_emulator/merge-group', async context => {
    const given = (await context.req.json()) as { repository: string; pullRequests: number[] }
    const row = repositoryNamed(given.repository)
    const group = await cause(() => mergeGroup(world, row, given.pullRequests))
    return context.json(group, 201)
  })
}

/** A branch gh-readonly-queue/BASE/pr-N-SHA whose commit merges the pull requests into the base in turn. */
function mergeGroup(world: World, repo: RepoRow, numbers: number[]) {
  const pulls = numbers.map(number => world.pullRequest(repo.id, number))
  const [first] = pulls
  const base = first && world.ref(repo.id, `refs/heads/${first.baseRefName}`)
  const actor = world.account(ownerOf(world))
  if (!first || !base || !actor) throw new Refusal(422, 'A merge group needs pull requests that are there')
  let tip = base.sha
  for (const pull of pulls) {
    const tree = pull && mergedTree(world, repo.id, tip, pull.headSha)
    if (!pull || !tree) throw new Refusal(422, `Pull request ${pull?.number} cannot be merged`)
    const message = `Merge pull request #${pull.number}`
    const parents = [tip, pull.headSha]
    tip = git.writeCommit(world.db, repo.id, { message, tree, parents, author: authorOf(actor) }).sha
  }
  const head = `refs/heads/gh-readonly-queue/${base.name}/pr-${first.number}-${base.sha}`
  git.setRef(world.db, repo.id, head, tip)
  const commit = world.commit(repo.id, tip)
  const group = {
    head_sha: tip,
    head_ref: head,
    base_sha: base.sha,
    base_ref: base.qualifiedName,
    head_commit: {
      id: tip,
      tree_id: commit?.treeSha,
      message: commit?.message,
      timestamp: commit?.committer.date,
      author: { name: commit?.author.name, email: commit?.author.email },
      committer: { name: commit?.committer.name, email: commit?.committer.email },
    },
  }
  happen({
    event: 'merge_group',
    action: 'checks_requested',
    repositoryId: repo.id,
    payload: { merge_group: group },
  })
  return group
}

const ownerOf = (world: World): string => {
  const login = world.db.installations.all()[0]?.account_login ?? ''
  return world.members(login).find(member => member.role === 'admin')?.user.login ?? ''
}

function stateOf(world: World) {
  const isBot = (account: { type: string } | undefined) => account?.type === 'Bot'
  const repositories = world.db.repos.all().map(row => [
    row.full_name,
    {
      checkRuns: world.checkRuns(row.id).map(run => ({
        headSha: run.headSha,
        name: run.name,
        status: run.status,
        conclusion: run.conclusion ?? null,
        title: run.title ?? null,
      })),
      issues: world.issues(row.id).map(issue => ({
        number: issue.number,
        title: issue.title,
        state: issue.state,
        byApp: isBot(issue.author),
        labels: issue.labels,
        locked: issue.isLocked,
      })),
      pullRequests: world.pullRequests(row.id).map(pull => ({
        number: pull.number,
        title: pull.title,
        state: pull.state,
        byApp: isBot(pull.author),
        branch: pull.headRefName,
        draft: pull.isDraft,
        merged: pull.state === 'merged',
      })),
    },
  ])
  return { repositories: Object.fromEntries(repositories) }
}
