import { distance } from 'fastest-levenshtein'
import type { Directory } from './github/directory.ts'
import { type Account, type Fact, known, type Unknown, unknown } from './snapshot.ts'

/**
 * Decides for each named owner whether it exists. Pure.
 * `refs`: entity refs (`group:default/payments`), `handles`: CODEOWNERS handles (`@acme/payments`, `@jane`), lower case.
 * An owner is a GitHub team or user, or a Group or User of the catalogue; it is known to be nobody only when both were asked.
 */
export function resolveAccounts(
  named: { refs: readonly string[]; handles: readonly string[] },
  directory: Fact<Directory>,
  inCatalogue: Record<string, Fact<Account>>,
): Record<string, Fact<Account>> {
  const accounts: Record<string, Fact<Account>> = {}
  const people = directory.known ? peopleOf(directory.value) : directory
  for (const ref of named.refs) accounts[ref] = resolveRef(ref, people, inCatalogue[ref])
  for (const handle of named.handles) accounts[handle] = resolveHandle(handle, people)
  return accounts
}

/** A look through 14,000 teams and people takes 5 ms, and nobody reads the second dozen of suggestions. */
const mostSuggestions = 20

interface People {
  known: true
  owner: string
  /** Each by its name in lower case. */
  teams: ReadonlyMap<string, string>
  members: ReadonlyMap<string, string>
  suggest: (name: string, kind: string) => string | undefined
}

function peopleOf(directory: Directory): People {
  const teams = new Map(directory.teams.map(({ slug }) => [slug.toLowerCase(), slug]))
  const members = new Map(directory.members.map(login => [login.toLowerCase(), login]))
  let left = mostSuggestions
  return {
    known: true,
    owner: directory.owner,
    teams,
    members,
    suggest: (name, kind) => {
      if (left-- <= 0) return undefined
      const bare = name.replace(/^(?:team|squad|group)[-_.]|[-_.](?:team|squad|group)$/i, '')
      return (
        nearestOwner(name, kind, teams, members) ??
        (bare === name || bare.length < 5 ? undefined : nearestOwner(bare, kind, teams, members))
      )
    },
  }
}

function resolveRef(
  ref: string,
  people: People | Unknown,
  catalogue: Fact<Account> | undefined,
): Fact<Account> {
  if (catalogue?.known && catalogue.value.exists) return catalogue
  const [, kind, namespace, name] = /^([^:]+):([^/]+)\/(.+)$/.exec(ref) ?? []
  if (!kind || !name) return unknown('partial-answer', `${ref} is not an entity ref`)
  if (namespace === 'default' && people.known) {
    const team = kind === 'group' ? people.teams.get(name) : undefined
    if (team) return known({ exists: true, as: `team @${people.owner}/${team}` }, 'directory')
    const login = kind === 'user' ? people.members.get(name) : undefined
    if (login) return known({ exists: true, as: `user @${login}` }, 'directory')
  }
  if (!people.known) return people
  if (catalogue && !catalogue.known && catalogue.reason !== 'not-configured') return catalogue
  return known(
    { exists: false, nearest: people.suggest(name, kind) },
    catalogue?.known ? 'directory and catalogue' : 'directory',
  )
}

function resolveHandle(handle: string, people: People | Unknown): Fact<Account> {
  if (!people.known) return people
  const [owner = '', slug] = handle.slice(1).split('/')
  if (slug === undefined) {
    const login = people.members.get(owner)
    // A person outside the organisation can be a collaborator: GitHub's own CODEOWNERS check decides that.
    return login
      ? known({ exists: true, as: `user @${login}` }, 'directory')
      : unknown('not-configured', `${handle} is no member of ${people.owner}`)
  }
  if (owner !== people.owner.toLowerCase()) return known({ exists: false, nearest: undefined }, 'directory')
  const team = people.teams.get(slug)
  if (team) return known({ exists: true, as: `team @${people.owner}/${team}` }, 'directory')
  const nearest = people.suggest(slug, 'group')
  return known({ exists: false, nearest: nearest && handleFor(nearest, people.owner) }, 'directory')
}

/** `@jane` for `user:jane`. */
const handleFor = (nearest: string, owner: string): string =>
  nearest.startsWith('user:') ? `@${nearest.slice(5)}` : `@${owner}/${nearest}`

/** The likeliest one meant: within a third of its letters, or the only one that holds the other. */
function nearestOwner(
  name: string,
  kind: string,
  teams: ReadonlyMap<string, string>,
  members: ReadonlyMap<string, string>,
): string | undefined {
  const wanted = name.toLowerCase().slice(0, 100)
  const parts = new Set(wanted.split(/[-_.]/))
  const holding: string[] = []
  let best: string | undefined
  let nearest = Math.max(2, Math.floor(wanted.length / 3)) + 1
  const consider = (other: string, text: string): void => {
    const apart = Math.abs(other.length - wanted.length) < nearest ? distance(wanted, other) : nearest
    if (apart < nearest) {
      best = text
      nearest = apart
    }
    if (other.length > 3 && parts.has(other)) holding.push(text)
  }
  for (const [other, slug] of teams) consider(other, kind === 'user' ? `group:${slug}` : slug)
  for (const [other, login] of members) consider(other, kind === 'user' ? login : `user:${login}`)
  return best ?? (holding.length === 1 ? holding[0] : undefined)
}
