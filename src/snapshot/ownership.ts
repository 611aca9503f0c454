import { type Codeowners, type CodeownersOwner, honouredCodeowners, ownersOf } from './files/codeowners.ts'
import type { Account, EntityDocument, Fact, FileState, Location } from './snapshot.ts'

/** Owners to be looked up. */
export interface OwnerMentions {
  /** `group:default/payments`, lower case. */
  refs: string[]
  /** `@acme/payments`, `@jane`, lower case; e-mail addresses can't be looked up. */
  handles: string[]
}

type Files = Readonly<Record<string, Fact<FileState>>>

/** A hostile file may name any number; beyond this many nobody's owners are looked up. */
const mostMentions = 1_000

export const ownerMentions = (entities: readonly EntityDocument[], files: Files): OwnerMentions => {
  const codeowners = honouredCodeowners(files)
  const rules = codeowners.known ? (codeowners.value?.rules ?? []) : []
  return {
    refs: firstOf(entities.map(entity => entity.owner?.ref)),
    handles: firstOf(rules.flatMap(rule => rule.owners.map(handleOf))),
  }
}

const firstOf = (mentions: readonly (string | undefined)[]): string[] =>
  [...new Set(mentions.filter(mention => mention !== undefined))].slice(0, mostMentions)

/** `undefined` for what is no GitHub user or team. */
export const handleOf = ({ text, kind }: CodeownersOwner): string | undefined =>
  kind === 'user' || kind === 'team' ? text.toLowerCase() : undefined

/** What one source says about who owns what. */
export interface OwnershipClaim {
  source: 'catalog-info' | 'codeowners'
  /** As written. */
  owners: string[]
  /** Comparable between sources: `team:payments`, `user:jane`. What has no such form is left out. */
  principals: string[]
  location: Location
}

export const claimOfEntity = (
  entity: EntityDocument,
  accounts: Readonly<Record<string, Fact<Account>>>,
): OwnershipClaim | undefined => {
  if (!entity.owner) return undefined
  const { text, ref, location } = entity.owner
  const account = ref ? accounts[ref] : undefined
  // A group of the catalogue may stand for a team of another name; whoever resolved it says which.
  const handle = account?.known ? /@[\w./-]+/.exec(account.value.as ?? '')?.[0] : undefined
  const principals = [ref ? principalOfRef(ref) : undefined, handle ? principalOfHandle(handle) : undefined]
  return {
    source: 'catalog-info',
    owners: [text],
    principals: principals.filter(principal => principal !== undefined),
    location,
  }
}

/** The claim of the rule that decides for a path. */
export const claimOnPath = (codeowners: Codeowners, path: string): OwnershipClaim | undefined => {
  const rule = ownersOf(codeowners, path)
  return rule && claimOfRule(codeowners.path, rule)
}

export const claimOfRule = (path: string, rule: Codeowners['rules'][number]): OwnershipClaim => ({
  source: 'codeowners',
  owners: rule.owners.map(owner => owner.text),
  principals: rule.owners
    .map(handleOf)
    .filter(handle => handle !== undefined)
    .map(principalOfHandle),
  location: { path, line: rule.line, column: rule.column },
})

/** `group:default/payments` and `@acme/payments` are the same people. */
const principalOfRef = (ref: string): string | undefined => {
  const [, kind, name] = /^(group|user):default\/(.+)$/.exec(ref) ?? []
  return kind && name ? `${kind === 'group' ? 'team' : 'user'}:${name}` : undefined
}

const principalOfHandle = (handle: string): string => {
  const [owner = '', team] = handle.toLowerCase().slice(1).split('/')
  return team ? `team:${team}` : `user:${owner}`
}
