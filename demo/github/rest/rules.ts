import type { Hono } from 'hono'
import { happen } from '../cause.ts'
import * as format from '../format.ts'
import { addRuleset, type RulesetSeed } from '../seed.ts'
import type { Ruleset } from '../vocabulary.ts'
import type { World } from '../world.ts'
import { asText, type Body, bodyOf, type Environment, found, invalid, page, repositoryOf } from './answer.ts'

/** Rulesets of a repository and of its organisation, and what they come to on one branch. */
export function ruleRoutes(rest: Hono<Environment>, world: World): void {
  const tell = (action: string, ruleset: Ruleset, organisation?: string) =>
    happen({
      event: 'repository_ruleset',
      action,
      repositoryId: ruleset.repositoryId,
      organisation,
      payload: {
        repository_ruleset: rulesetJson(world, ruleset, true),
        ...(action === 'edited' ? { changes: {} } : {}),
      },
    })
  const remove = (ruleset: Ruleset) => {
    world.extras.rulesets = world.extras.rulesets.filter(each => each !== ruleset)
  }

  rest.get('/repos/:owner/:repo/rulesets', context => {
    const repo = repositoryOf(world, context)
    const rulesets = world.rulesets(repo.id, context.req.query('includes_parents') !== 'false')
    return context.json(page(context, rulesets).map(each => rulesetJson(world, each, false)))
  })
  rest.get('/repos/:owner/:repo/rulesets/:id{[0-9]+}', context => {
    const id = Number(context.req.param('id'))
    const ruleset = world.rulesets(repositoryOf(world, context).id).find(each => each.databaseId === id)
    return context.json(rulesetJson(world, found(ruleset), true))
  })
  rest.post('/repos/:owner/:repo/rulesets', async context => {
    const repo = repositoryOf(world, context)
    const ruleset = addRuleset(world, seedOf(await bodyOf(context)), { repositoryId: repo.id })
    tell('created', ruleset)
    return context.json(rulesetJson(world, ruleset, true), 201)
  })
  rest.put('/repos/:owner/:repo/rulesets/:id{[0-9]+}', async context => {
    const id = Number(context.req.param('id'))
    const repo = repositoryOf(world, context)
    const ruleset = found(world.rulesets(repo.id, false).find(each => each.databaseId === id))
    Object.assign(ruleset, seedOf({ name: ruleset.name, ...(await bodyOf(context)) }), {
      updatedAt: new Date().toISOString(),
    })
    tell('edited', ruleset)
    return context.json(rulesetJson(world, ruleset, true))
  })
  rest.delete('/repos/:owner/:repo/rulesets/:id{[0-9]+}', context => {
    const id = Number(context.req.param('id'))
    const repo = repositoryOf(world, context)
    const ruleset = found(world.rulesets(repo.id, false).find(each => each.databaseId === id))
    remove(ruleset)
    tell('deleted', ruleset)
    return context.body(null, 204)
  })

  rest.get('/orgs/:org/rulesets', context => {
    const own = world.extras.rulesets.filter(
      each => !each.repositoryId && each.source === context.req.param('org'),
    )
    return context.json(page(context, own).map(each => rulesetJson(world, each, false)))
  })
  rest.post('/orgs/:org/rulesets', async context => {
    const login = found(world.organisation(context.req.param('org'))).login
    const ruleset = addRuleset(world, seedOf(await bodyOf(context)), { organisation: login })
    tell('created', ruleset, login)
    return context.json(rulesetJson(world, ruleset, true), 201)
  })
  rest.delete('/orgs/:org/rulesets/:id{[0-9]+}', context => {
    const id = Number(context.req.param('id'))
    const ruleset = found(world.extras.rulesets.find(each => !each.repositoryId && each.databaseId === id))
    remove(ruleset)
    tell('deleted', ruleset, ruleset.source)
    return context.body(null, 204)
  })

  rest.get('/repos/:owner/:repo/rules/branches/:branch{.+}', context => {
    const rules = world.rulesForBranch(repositoryOf(world, context).id, context.req.param('branch'))
    return context.json(
      page(context, rules).map(({ rule, ruleset }) => ({
        type: rule.type,
        ...(rule.parameters ? { parameters: rule.parameters } : {}),
        ruleset_source_type: ruleset.sourceType,
        ruleset_source: ruleset.source,
        ruleset_id: ruleset.databaseId,
      })),
    )
  })
}

function seedOf(body: Body): RulesetSeed {
  const name = asText(body.name)
  if (!name) throw invalid('RepositoryRuleset', 'name', 'missing_field')
  const conditions = body.conditions as
    | { ref_name?: Ruleset['refNames']; repository_name?: Ruleset['refNames'] }
    | undefined
  const given: RulesetSeed = { name, rules: Array.isArray(body.rules) ? body.rules : [] }
  if (body.target === 'branch' || body.target === 'tag' || body.target === 'push') given.target = body.target
  if (body.enforcement === 'active' || body.enforcement === 'evaluate' || body.enforcement === 'disabled')
    given.enforcement = body.enforcement
  if (conditions?.ref_name) given.refNames = conditions.ref_name
  if (conditions?.repository_name) given.repositoryNames = conditions.repository_name
  return given
}

/** A list shows no rules, conditions or bypass: they need the ruleset itself. */
function rulesetJson(world: World, ruleset: Ruleset, isFull: boolean) {
  const where = ruleset.repositoryId ? `repos/${ruleset.source}` : `orgs/${ruleset.source}`
  const page = ruleset.repositoryId
    ? `${ruleset.source}/rules`
    : `organizations/${ruleset.source}/settings/rules`
  return {
    id: ruleset.databaseId,
    name: ruleset.name,
    target: ruleset.target,
    source_type: ruleset.sourceType,
    source: ruleset.source,
    enforcement: ruleset.enforcement,
    node_id: ruleset.nodeId,
    _links: {
      self: { href: `${format.apiOf(world)}/${where}/rulesets/${ruleset.databaseId}` },
      html: { href: `${world.url}/${page}/${ruleset.databaseId}` },
    },
    created_at: format.stamp(ruleset.createdAt),
    updated_at: format.stamp(ruleset.updatedAt),
    ...(isFull
      ? {
          bypass_actors: [],
          conditions: {
            ref_name: ruleset.refNames,
            ...(ruleset.repositoryNames
              ? { repository_name: { ...ruleset.repositoryNames, protected: false } }
              : {}),
          },
          rules: ruleset.rules,
        }
      : {}),
  }
}
