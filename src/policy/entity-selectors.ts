import { honouredCodeowners } from '../snapshot/files/codeowners.ts'
import { glob } from '../snapshot/files/linear-glob.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import type { Selector } from './policy.ts'
import { type Selection, some } from './selection.ts'

/** What selectors ask about the entities of a repository, and about who the repository names as its owners. */

/** Whether an entity in it was made by one of the templates. */
export const isMadeBy = (templates: readonly string[], snapshot: Snapshot): Selection => {
  const wanted = new Set(templates.map(ref => ref.toLowerCase()))
  return anyEntity(snapshot, 'the template that made it', ({ template }) =>
    wanted.has(template?.ref.toLowerCase() ?? ''),
  )
}

/** Whether one and the same entity has all that is asked. */
export const hasEntity = (wanted: NonNullable<Selector['entity']>, snapshot: Snapshot): Selection =>
  anyEntity(snapshot, 'its entities', entity =>
    (['kind', 'type', 'lifecycle', 'system'] as const).every(key => {
      const globs = wanted[key]
      const own = key === 'system' ? systemNames(entity.system) : [entity[key] ?? []].flat()
      return globs === undefined || own.some(each => matchesAny(globs, each))
    }),
  )

export const hasOwner = (owners: readonly string[], snapshot: Snapshot): Selection =>
  anyEntity(snapshot, 'the owners of its entities', ({ owner }) =>
    [owner?.ref ?? [], owner?.text ?? []].flat().some(each => matchesAny(owners, each)),
  )

/** Whether CODEOWNERS, or an entity, names one of the teams as owner. */
export const isOwnedBy = (teams: readonly string[], snapshot: Snapshot): Selection => {
  const organisation = snapshot.repository.owner.toLowerCase()
  const wanted = new Set(teams.map(team => teamKey(team.toLowerCase(), organisation)))
  return some([inCodeowners, inEntities], ask => ask(wanted, organisation, snapshot))
}

type AskTeams = (wanted: ReadonlySet<string>, organisation: string, snapshot: Snapshot) => Selection

const inCodeowners: AskTeams = (wanted, organisation, { files }) => {
  const codeowners = honouredCodeowners(files)
  if (!codeowners.known) return { undecided: `the teams that own it can't be read: ${codeowners.detail}` }
  const owners = (codeowners.value?.rules ?? []).flatMap(rule =>
    rule.status === 'invalid' ? [] : rule.owners,
  )
  return owners.some(
    ({ kind, text }) => kind === 'team' && wanted.has(teamKey(text.toLowerCase(), organisation)),
  )
}

const inEntities: AskTeams = (wanted, organisation, snapshot) => {
  const what = 'the teams that own it'
  return some<() => Selection>(
    [
      () =>
        anyEntity(snapshot, what, ({ owner }) => {
          const team = /^group:default\/(.+)$/.exec(owner?.ref ?? '')?.[1]
          return team !== undefined && wanted.has(teamKey(team, organisation))
        }),
      // A group of the catalogue may stand for a team of another name; whoever resolved it says which.
      () =>
        some(realEntities(snapshot), ({ owner }) => {
          const account = owner?.ref === undefined ? undefined : snapshot.accounts[owner.ref]
          if (!account) return false
          if (!account.known) return { undecided: `${what} can't be known: ${account.detail}` }
          const team = /@[\w-]+\/[\w.-]+/.exec(account.value.as ?? '')?.[0]
          return team !== undefined && wanted.has(teamKey(team.toLowerCase(), organisation))
        }),
    ],
    ask => ask(),
  )
}

/** `payments` and `@acme/payments` are the same team in acme; where nobody says whose the repository is, by slug alone. */
const teamKey = (written: string, organisation: string): string => {
  const [owner, slug] = written.startsWith('@') ? written.slice(1).split('/') : [organisation, written]
  return organisation === '' ? (slug ?? '') : `${owner}/${slug}`
}

const anyEntity = (
  snapshot: Snapshot,
  what: string,
  holds: (entity: EntityDocument) => boolean,
): Selection => {
  if (realEntities(snapshot).some(holds)) return true
  const unread = unreadEntities(snapshot)
  return unread === undefined ? false : { undecided: `${what} can't be read: ${unread}` }
}

/** A skeleton of a template is filled in elsewhere: what it says is nothing of this repository. */
const realEntities = ({ entities }: Snapshot): EntityDocument[] =>
  entities.filter(entity => entity.judgement !== 'skeleton')

/** Why there may be entities that nobody could read. What a repository broke itself must not take it out of a rule. */
const unreadEntities = ({ files, entities }: Snapshot): string | undefined => {
  const paths = [
    'catalog-info.yaml',
    ...entities.flatMap(({ targets }) => targets.flatMap(each => each.path ?? [])),
  ]
  const fact = paths.map(path => files[path]).find(each => each?.known === false)
  if (fact?.known === false) return fact.detail
  const broken = entities.find(({ judgement, kind }) => judgement === 'invalid' && kind === undefined)
  if (broken) return `${broken.path}:${broken.line} is no entity that can be read`
  const open = entities.find(({ judgement }) => judgement === 'undecided')
  return open && `a value of ${open.path}:${open.line} could not be read`
}

const matchesAny = (globs: readonly string[], text: string): boolean =>
  globs.some(pattern => glob(pattern, { ignoreCase: true })(text))

/** `payments`, `default/payments` and `system:default/payments` are the same system. */
const systemNames = (written: string | undefined): string[] => {
  if (written === undefined) return []
  const [, namespace = 'default', name] = /^(?:system:)?(?:([^/]+)\/)?(.+)$/i.exec(written) ?? []
  const ref = `system:${namespace}/${name}`
  return [written, ref, ...(namespace.toLowerCase() === 'default' && name ? [name] : [])]
}
