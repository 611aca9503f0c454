import { createPublicKey, randomBytes, verify } from 'node:crypto'
import type { AppRow, InstallationRow } from './rows.ts'
import type { Caller } from './vocabulary.ts'
import type { World } from './world.ts'

/** An answer that is not a success, in GitHub's words. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Record<string, string>
  constructor(
    status: number,
    message: string,
    extra: { errors?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.headers = extra.headers ?? {}
    this.body = {
      message,
      ...(extra.errors ? { errors: extra.errors } : {}),
      documentation_url: 'https://docs.github.com/rest',
      status: `${status}`,
    }
  }
}

/** GitHub refuses a token that lives longer. */
const MAXIMUM_JWT_SECONDS = 600
const INSTALLATION_TOKEN_MS = 60 * 60 * 1000

/** Who the header speaks for. Throws 401 for what was never issued, has run out or is not signed with the app's key. */
export function authenticate(world: World, header: string | undefined): Caller {
  const token = tokenOf(header)
  if (!token) return { kind: 'anonymous' }
  if (token.split('.').length === 3) return appCaller(world, token)
  const caller = world.callerOf(token)
  if (!caller) throw new Refusal(401, 'Bad credentials')
  if (caller.kind === 'installation' && isSuspended(world, caller.installationId))
    throw new Refusal(403, 'This installation has been suspended')
  return caller
}

const isSuspended = (world: World, installationId: number): boolean =>
  Boolean(world.db.installations.findOneBy('installation_id', installationId)?.suspended_at)

function tokenOf(header: string | undefined): string | undefined {
  const basic = /^basic\s+(.+)$/i.exec(header ?? '')?.[1]
  if (basic) return Buffer.from(basic, 'base64').toString('utf8').split(':')[1]
  return /^(?:bearer|token)\s+(.+)$/i.exec(header ?? '')?.[1]?.trim()
}

function appCaller(world: World, token: string): Caller {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const parse = (part: string): Record<string, unknown> => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    } catch {
      throw new Refusal(401, 'A JSON web token could not be decoded')
    }
  }
  const { alg } = parse(head)
  const { iss, iat, exp } = parse(claims)
  const app = world.db.apps.all().find(row => `${row.app_id}` === `${iss}` || clientId(row) === iss)
  if (!app) throw new Refusal(401, "'Issuer' claim ('iss') must be an Integer")
  const signed = Buffer.from(`${head}.${claims}`)
  const isOurs = verify(
    'RSA-SHA256',
    signed,
    createPublicKey(app.private_key),
    Buffer.from(signature, 'base64url'),
  )
  if (alg !== 'RS256' || !isOurs) throw new Refusal(401, 'A JSON web token could not be decoded')
  const now = Math.floor(Date.now() / 1000)
  if (typeof exp !== 'number' || exp <= now)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  if (exp > now + MAXIMUM_JWT_SECONDS)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
  if (typeof iat !== 'number' || iat > now + 60)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  return { kind: 'app', appId: app.app_id }
}

export const clientId = (app: AppRow): string => `Iv1.${app.app_id.toString(16).padStart(16, '0')}`

/** `POST /app/installations/:id/access_tokens`: all of the installation, or the part that was asked for. */
export function issueToken(
  world: World,
  installation: InstallationRow,
  wanted: { permissions?: Record<string, string>; repositoryIds?: number[] },
): { token: string; expiresAt: string; permissions: Record<string, string> } {
  const permissions = wanted.permissions ?? installation.permissions
  const order = ['read', 'write', 'admin']
  for (const [name, level] of Object.entries(permissions))
    if (order.indexOf(level) > order.indexOf(installation.permissions[name] ?? ''))
      throw new Refusal(422, 'The permissions requested are not granted to this installation.')
  const own = installation.repository_selection === 'all' ? ('all' as const) : installation.repository_ids
  const token = `ghs_${randomBytes(18).toString('hex')}`
  const expiresAt = Date.now() + INSTALLATION_TOKEN_MS
  world.extras.tokens.set(token, {
    expiresAt,
    caller: {
      kind: 'installation',
      appId: installation.app_id,
      installationId: installation.installation_id,
      account: installation.account_login,
      permissions,
      repositoryIds: wanted.repositoryIds ?? own,
    },
  })
  return { token, expiresAt: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'), permissions }
}

/** The caller in emulate's terms. A person stands as owner where the organisation says so. */
export function emulateUser(world: World, caller: Caller): object | undefined {
  if (caller.kind === 'person') {
    const user = world.account(caller.login)
    return user && { login: user.login, id: user.databaseId, scopes: ['repo', 'user', 'admin:org'] }
  }
  if (caller.kind !== 'installation') return undefined
  const account = world.account(caller.account)
  const bot = botOf(world, caller.appId)
  return {
    login: bot,
    id: world.account(bot)?.databaseId,
    scopes: [],
    installation: {
      appId: caller.appId,
      installationId: caller.installationId,
      accountId: account?.databaseId,
      accountType: account?.type,
      repositorySelection: caller.repositoryIds === 'all' ? 'all' : 'selected',
      repositoryIds: caller.repositoryIds === 'all' ? [] : caller.repositoryIds,
      permissions: caller.permissions,
    },
  }
}

export const botOf = (world: World, appId: number): string =>
  `${world.db.apps.all().find(app => app.app_id === appId)?.slug ?? `app-${appId}`}[bot]`

/** The account that shows as author and sender of what the caller does. */
export function accountOf(world: World, caller: Caller) {
  if (caller.kind === 'person') return world.account(caller.login)
  if (caller.kind === 'installation' || caller.kind === 'app')
    return world.account(botOf(world, caller.appId))
  return undefined
}
