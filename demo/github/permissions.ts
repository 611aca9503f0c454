import { Refusal } from './auth.ts'
import type { Caller, Level } from './vocabulary.ts'
import type { World } from './world.ts'

/** What an installation's token must hold, by route under /repos/:owner/:repo. The first line that fits decides. */
const REPOSITORY_ROUTES: [method: RegExp, path: RegExp, permissions: string, level?: Level][] = [
  [/GET/, /^$/, 'metadata'],
  [/.*/, /^$/, 'administration'],
  [/.*/, /^\/(transfer|generate)$/, 'administration'],
  [
    /GET/,
    /^\/(languages|topics|forks|license|collaborators|rulesets|rules|properties|contributors|tags)/,
    'metadata',
  ],
  [/.*/, /^\/properties/, 'repository_custom_properties'],
  [/.*/, /^\/(topics|forks|collaborators|rulesets|teams|vulnerability-alerts|keys)/, 'administration'],
  [/.*/, /^\/branches\/.+\/protection/, 'administration'],
  [/.*/, /^\/(commits\/.+\/check-(runs|suites)|check-runs|check-suites)/, 'checks'],
  [/.*/, /^\/(commits\/.+\/status(es)?|statuses\/.+)$/, 'statuses'],
  [/PUT|DELETE/, /^\/contents\/\.github\/workflows\//, 'workflows'],
  [/PUT/, /^\/pulls\/\d+\/merge$/, 'contents'],
  [/GET/, /^\/commits\/[^/]+\/pulls$/, 'pull_requests'],
  [/.*/, /^\/pulls/, 'pull_requests'],
  // Comments, labels and assignees of a pull request are an issue's; either permission will do.
  [/.*/, /^\/(issues|labels|milestones)/, 'issues|pull_requests'],
  [/.*/, /^\/dependabot/, 'vulnerability_alerts'],
  [/GET/, /^\/private-vulnerability-reporting$/, 'metadata'],
  [
    /.*/,
    /^\/(private-vulnerability-reporting|code-scanning\/default-setup|actions\/permissions)/,
    'administration',
  ],
  [/.*/, /^\/code-scanning/, 'security_events'],
  [/.*/, /^\/secret-scanning/, 'secret_scanning_alerts'],
  [/GET/, /^\/dependency-graph/, 'contents'],
  [/GET/, /^\/environments/, 'actions'],
  [/.*/, /^\/environments/, 'administration'],
  [/.*/, /^\/hooks/, 'repository_hooks'],
  [/.*/, /^\/actions/, 'actions'],
  [/.*/, /^\/dispatches$/, 'contents'],
  [
    /.*/,
    /^\/(contents|git|commits|compare|branches|readme|tarball|zipball|codeowners|merges|releases)/,
    'contents',
  ],
]
const ORGANISATION_ROUTES: [method: RegExp, path: RegExp, permissions: string, level?: Level][] = [
  [/GET/, /^(\/repos)?$/, 'metadata'],
  [/.*/, /^\/repos$/, 'administration'],
  [/.*/, /^\/(teams|members|memberships|public_members)/, 'members'],
  [/.*/, /^\/properties/, 'organization_custom_properties'],
  [/.*/, /^\/rulesets/, 'organization_administration', 'write'],
  [/.*/, /^\/dependabot/, 'vulnerability_alerts'],
  [/.*/, /^\/hooks/, 'organization_hooks'],
  [/.*/, /^/, 'organization_administration'],
]
const APP_ROUTE = /^\/(app|app\/.+|(orgs|users)\/[^/]+\/installation|repos\/[^/]+\/[^/]+\/installation)$/

/** Throws what GitHub would answer to this caller at this route; returns when it may go on. */
export function permit(world: World, caller: Caller, method: string, path: string): void {
  if (APP_ROUTE.test(path)) {
    if (caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
    return
  }
  if (caller.kind === 'app') throw new Refusal(403, 'Resource not accessible by integration')
  const inRepository = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path)
  if (inRepository) {
    const [, owner = '', name = '', rest = ''] = inRepository
    const repository = world.repository(owner, decodeURIComponent(name))
    if (!repository || !world.sees(caller, repository.databaseId)) throw new Refusal(404, 'Not Found')
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead && !world.isInstalledOn(caller, repository.databaseId)) refuse()
    if (!isRead && caller.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
    if (!isRead && caller.kind === 'person')
      requireRole(world.personPermission(repository.databaseId, caller.login), method, rest)
    // What anyone may read of a public repository needs no permission, nor the installation.
    const isOpen = isRead && !repository.isPrivate && OPEN.test(rest)
    if (!isOpen) require(world, caller, REPOSITORY_ROUTES, method, rest)
    return
  }
  const inOrganisation = /^\/orgs\/([^/]+)(.*)$/.exec(path)
  if (!inOrganisation) return
  const [, login = '', rest = ''] = inOrganisation
  if (!world.organisation(login)) throw new Refusal(404, 'Not Found')
  if (caller.kind === 'installation' && caller.account !== world.organisation(login)?.login)
    throw new Refusal(404, 'Not Found')
  require(world, caller, ORGANISATION_ROUTES, method, rest)
}
const OPEN =
  /^($|\/(contents|git|commits(?!.*check-)|compare|branches(?!.*protection)|readme|tarball|languages|topics))/

function require(
  world: World,
  caller: Caller,
  routes: typeof REPOSITORY_ROUTES,
  method: string,
  rest: string,
): void {
  if (caller.kind !== 'installation') return
  const found = routes.find(([methods, path]) => isMethod(methods, method) && path.test(rest))
  if (!found) refuse()
  const [, , permissions, fixed] = found
  const level = fixed ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')
  // Everyone who is installed may read metadata.
  if (permissions === 'metadata' && level === 'read') return
  if (!permissions.split('|').some(permission => world.may(caller, permission, level)))
    refuse(
      permissions
        .split('|')
        .map(name => `${name}=${level}`)
        .join('; '),
    )
}

/** Anybody who can read may open issues and pull requests and fork; settings want an administrator. */
function requireRole(role: ReturnType<World['personPermission']>, method: string, rest: string): void {
  const permissions = REPOSITORY_ROUTES.find(
    ([methods, path]) => isMethod(methods, method) && path.test(rest),
  )?.[2]
  if (!permissions || permissions.includes('pull_requests') || /^\/(forks|generate)$/.test(rest)) return
  const isSetting = /^(administration|repository_)/.test(permissions)
  const allowed = isSetting ? ['admin'] : ['admin', 'maintain', 'write']
  if (!allowed.includes(role))
    throw new Refusal(
      403,
      isSetting ? 'Must have admin rights to Repository.' : 'Must have push access to repository.',
    )
}
const isMethod = (methods: RegExp, method: string): boolean =>
  new RegExp(`^(${methods.source})$`).test(method === 'HEAD' ? 'GET' : method)

function refuse(accepted?: string): never {
  throw new Refusal(403, 'Resource not accessible by integration', {
    headers: accepted ? { 'x-accepted-github-permissions': accepted } : {},
  })
}
