import { type Store, type Tables, tables } from './store.ts'
import type * as V from './vocabulary.ts'
import { accessIn } from './world/access.ts'
import { conversationIn } from './world/conversation.ts'
import { gitObjectsIn } from './world/git-objects.ts'
import { peopleIn } from './world/people.ts'
import { repositoriesIn } from './world/repositories.ts'
import { rulesIn } from './world/rules.ts'
import { securityIn } from './world/security.ts'

export type * from './vocabulary.ts'
export { MEMBERS_TEAM } from './world/people.ts'
export { matches } from './world/rules.ts'

/** What emulate keeps no rows for. */
export interface Extras {
  /** A lower-cased former OWNER/NAME to the repository's id: GitHub redirects until the name is taken again. */
  formerNames: Map<string, number>
  properties: Map<number, Record<string, V.PropertyValue>>
  rulesets: V.Ruleset[]
  alerts: V.DependabotAlert[]
  /** Repositories with Dependabot alerts switched off; GitHub answers 403 on the list and null in GraphQL. */
  alertsDisabled: Set<number>
  /** Issues and comments that a transfer took away or brought: no events of their own. */
  movedIssues: Set<number>
  movedComments: Set<number>
  /** `REPOSITORY/NUMBER` of an issue that is gone, and where it went; undefined when it was deleted. */
  goneIssues: Map<string, { repositoryId: number; number: number } | undefined>
  /** By repository; what is not here is as GitHub sets it up. */
  security: Map<number, Partial<V.SecuritySettings>>
  environments: Map<number, V.Environment[]>
  /** What emulate's rows of branch protection have no column for, by the row's id. */
  protections: Map<number, { requiresLastPushApproval: boolean; bypass: V.BypassActor[] }>
  /** Logins of organisations whose members must have a second factor. */
  twoFactor: Set<string>
  tokens: Map<string, { caller: V.Caller; expiresAt?: number }>
}

export type World = ReturnType<typeof createWorld>

/**
 * The state of the emulated GitHub as functions. Nothing here checks permissions: ask `may` and `sees` first.
 * `url` is the server's own, without a path: pages hang off it, the API off `${url}/api/v3`.
 */
export function createWorld(store: Store, url: string) {
  const db: Tables = tables(store)
  const extras: Extras = {
    formerNames: new Map(),
    properties: new Map(),
    rulesets: [],
    alerts: [],
    alertsDisabled: new Set(),
    movedIssues: new Set(),
    movedComments: new Set(),
    goneIssues: new Map(),
    security: new Map(),
    environments: new Map(),
    protections: new Map(),
    twoFactor: new Set(),
    tokens: new Map(),
  }
  const repositories = repositoriesIn(db, extras.formerNames)
  const objects = gitObjectsIn(db, repositories.userById)
  const people = peopleIn(db, repositories, objects)
  return {
    url,
    db,
    extras,
    ...repositories,
    ...objects,
    ...people,
    ...conversationIn(db, repositories.userById),
    ...rulesIn(db, extras, repositories.repositoryById),
    ...securityIn(extras, repositories, objects.object),
    ...accessIn(db, extras, repositories, people),
  }
}
