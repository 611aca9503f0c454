import type { AppRow } from '../rows.ts'
import type { Account } from '../world.ts'
import { organizationNode } from './organization.ts'
import type { GraphqlNode, Reading } from './reading.ts'

/**
 * An organisation, a person as a `User`, an App's account as a `Bot`. GraphQL writes a bot's login without the `[bot]`
 * that REST puts after it.
 */
export function accountNode(reading: Reading, account: Account): GraphqlNode {
  if (account.type === 'Organization') return organizationNode(reading, account)
  if (account.type === 'User') return { __typename: 'User', ...accountFields(reading, account) }
  const login = account.login.replace(/\[bot\]$/, '')
  return {
    __typename: 'Bot',
    ...accountFields(reading, account),
    login,
    url: `${reading.world.url}/apps/${login}`,
    resourcePath: `/apps/${login}`,
  }
}

/** Somebody who is gone is null, like GitHub's ghost. */
export function accountOrNull(reading: Reading, account: Account | undefined): GraphqlNode | null {
  return account ? accountNode(reading, account) : null
}

/** GitHub types the viewer as a `User` even for an App, and there keeps the `[bot]`. */
export function viewerNode(reading: Reading): GraphqlNode | null {
  const account = viewer(reading)
  return account ? { __typename: 'User', ...accountFields(reading, account) } : null
}

export function viewer({ world, caller }: Reading): Account | undefined {
  if (caller.kind === 'person') return world.account(caller.login)
  if (caller.kind === 'anonymous') return undefined
  const app = world.db.apps.all().find(each => each.app_id === caller.appId)
  return app && world.account(`${app.slug}[bot]`)
}

function accountFields(reading: Reading, account: Account) {
  const { world } = reading
  return {
    id: account.nodeId,
    databaseId: account.databaseId,
    login: account.login,
    name: account.name ?? null,
    email: account.email ?? '',
    avatarUrl: `${world.url}/avatars/u/${account.databaseId}`,
    url: `${world.url}/${account.login}`,
    resourcePath: `/${account.login}`,
    createdAt: account.createdAt,
    updatedAt: account.createdAt,
    isViewer: () => viewer(reading)?.databaseId === account.databaseId,
    organization: ({ login }: { login: string }) => {
      const found = world.organisation(login)
      const belongs = found && world.members(login).some(each => each.user.databaseId === account.databaseId)
      return belongs ? organizationNode(reading, found) : null
    },
  }
}

export function appNode(reading: Reading, app: AppRow): GraphqlNode {
  return {
    __typename: 'App',
    id: Buffer.from(`0:App${app.app_id}`).toString('base64'),
    databaseId: app.app_id,
    slug: app.slug,
    name: app.name,
    description: app.description,
    createdAt: app.created_at,
    updatedAt: app.updated_at,
    url: `${reading.world.url}/apps/${app.slug}`,
  }
}
