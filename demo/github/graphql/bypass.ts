import type { BypassActor, Ruleset } from '../world.ts'
import { accountOrNull, appNode } from './accounts.ts'
import { connection, type Page } from './connection.ts'
import { teamNode } from './organization.ts'
import type { GraphqlNode, Reading } from './reading.ts'

/** Who may change a ruleset sees who may pass by it. */
export const mayChange = ({ world, caller }: Reading, ruleset: Ruleset): boolean =>
  caller.kind === 'person' ||
  world.may(caller, ruleset.repositoryId ? 'administration' : 'organization_administration', 'write')

export const bypassActors = (reading: Reading, ruleset: Ruleset, page: Page) =>
  connection(ruleset.bypass ?? [], page, actor => ({
    __typename: 'RepositoryRulesetBypassActor',
    id: Buffer.from(`${ruleset.nodeId}:${actor.kind}:${actor.name}`).toString('base64'),
    bypassMode: actor.onlyByPullRequest ? 'PULL_REQUEST' : 'ALWAYS',
    organizationAdmin: actor.kind === 'organization-admin',
    enterpriseOwner: false,
    deployKey: actor.kind === 'deploy-key',
    repositoryRoleName: actor.kind === 'role' ? actor.name : null,
    repositoryRoleDatabaseId: actor.kind === 'role' ? 1 : null,
    actor: bypassActorNode(reading, ruleset.source.split('/')[0] ?? '', actor),
  }))

/** Null for a role and for who is gone. */
export function bypassActorNode(
  reading: Reading,
  organisation: string,
  { kind, name }: BypassActor,
): GraphqlNode | null {
  const { world } = reading
  if (kind === 'user') return accountOrNull(reading, world.account(name))
  if (kind === 'app') {
    const app = world.db.apps.findOneBy('slug', name)
    // An app that is installed elsewhere has no row here, and a name all the same.
    return app ? appNode(reading, app) : { __typename: 'App', slug: name, name }
  }
  const team = kind === 'team' ? world.team(organisation, name) : undefined
  return team ? teamNode(reading, team) : null
}
