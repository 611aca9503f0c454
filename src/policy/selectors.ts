import { glob } from '../snapshot/files/linear-glob.ts'
import type { Fact, Metadata, Snapshot } from '../snapshot/snapshot.ts'
import { daysBetween } from './days.ts'
import { hasEntity, hasOwner, isMadeBy, isOwnedBy } from './entity-selectors.ts'
import type { Selector } from './policy.ts'
import { visibilities } from './schema.ts'
import { every, negated, type Selection, some } from './selection.ts'

/**
 * Whether a selector holds for a repository on a day (YYYY-MM-DD): what is unknown decides nothing, but a `false`
 * beside it still does (and a `true` in `any`).
 */
export const selects = (selector: Selector, snapshot: Snapshot, today: string): Selection =>
  every(conditionsOf(selector), condition => condition(snapshot, today))

type Test = (snapshot: Snapshot, today: string) => Selection

/** Kept: the same selector is asked of thousands of repositories. */
const conditionsOf = (selector: Selector): Test[] => {
  const before = kept.get(selector)
  if (before) return before
  const tests = conditions(selector)
  kept.set(selector, tests)
  return tests
}

const kept = new WeakMap<Selector, Test[]>()

const conditions = (selector: Selector): Test[] => {
  const { any, all, not, names, topics, properties, visibility, language, templates } = selector
  const { team, owner, entity, age } = selector
  const tests: (Test | undefined)[] = [
    names && (({ repository }) => names.some(name => glob(name, { ignoreCase: true })(repository.name))),
    topics &&
      (({ facts }) => decided('its topics', facts.topics, own => topics.some(topic => has(own, topic)))),
    visibility && (snapshot => isVisible(visibility, snapshot)),
    flag('archived', selector.archived, metadata => metadata.isArchived),
    flag('fork', selector.fork, metadata => metadata.isFork),
    flag('template', selector.template, metadata => metadata.isTemplate),
    language &&
      (({ facts }) =>
        told('primaryLanguage', 'its primary language', facts.metadata, own =>
          has(language, own.primaryLanguage ?? ''),
        )),
    properties &&
      (({ facts }) => decided('its custom properties', facts.properties, own => hasEach(own, properties))),
    age && ((snapshot, today) => isOfAge(age, snapshot, today)),
    templates && (snapshot => isMadeBy(templates, snapshot)),
    team && (snapshot => isOwnedBy(team, snapshot)),
    owner && (snapshot => hasOwner(owner, snapshot)),
    entity && (snapshot => hasEntity(entity, snapshot)),
    any && ((snapshot, today) => some(any, each => selects(each, snapshot, today))),
    all && ((snapshot, today) => every(all, each => selects(each, snapshot, today))),
    not && ((snapshot, today) => negated(selects(not, snapshot, today))),
  ]
  return tests.filter(test => test !== undefined)
}

const flag = (
  what: string,
  wanted: boolean | undefined,
  read: (metadata: Metadata) => boolean,
): Test | undefined =>
  wanted === undefined
    ? undefined
    : ({ facts }) =>
        decided(`whether it is ${article(what)}`, facts.metadata, metadata => read(metadata) === wanted)

const article = (what: string): string => (what === 'archived' ? what : `a ${what}`)

const decided = <T>(what: string, fact: Fact<T>, decide: (value: T) => boolean): Selection =>
  fact.known ? decide(fact.value) : { undecided: `${what} can't be read: ${fact.detail}` }

const isVisible = (wanted: readonly string[], { facts }: Snapshot): Selection =>
  // All three leave nothing to ask, so that the usual rule decides offline too.
  visibilities.every(each => wanted.includes(each)) ||
  told('visibility', 'its visibility', facts.metadata, metadata => wanted.includes(metadata.visibility))

/** What only GitHub knows of a repository, a working copy does not tell. */
const told = (
  field: NonNullable<Metadata['untold']>[number],
  what: string,
  fact: Fact<Metadata>,
  decide: (metadata: Metadata) => boolean,
): Selection =>
  fact.known && fact.value.untold?.includes(field)
    ? {
        undecided: `GitHub is not asked offline for ${what}${field === 'visibility' ? '; --visibility tells it' : ''}`,
      }
    : decided(what, fact, decide)

const has = (list: readonly string[], word: string): boolean =>
  list.some(each => each.toLowerCase() === word.toLowerCase())

const hasEach = (
  own: Record<string, string | string[]>,
  wanted: NonNullable<Selector['properties']>,
): boolean =>
  Object.entries(wanted).every(([name, values]) => {
    // Property names are case-insensitive at GitHub, their values are not.
    const key = Object.keys(own).find(each => each.toLowerCase() === name.toLowerCase())
    const mine = key === undefined ? [] : [own[key] ?? []].flat()
    return [values].flat().some(value => mine.includes(value))
  })

const isOfAge = (
  { over, under }: NonNullable<Selector['age']>,
  { facts }: Snapshot,
  today: string,
): Selection => {
  const created = facts.metadata.known ? facts.metadata.value.createdAt : undefined
  if (facts.metadata.known && created === undefined)
    return { undecided: "when it was created can't be read: only GitHub knows" }
  return decided('when it was created', facts.metadata, () => {
    const days = daysBetween((created ?? '').slice(0, 10), today)
    return (over === undefined || days > over) && (under === undefined || days < under)
  })
}
