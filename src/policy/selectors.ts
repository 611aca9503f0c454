import { glob } from '../snapshot/linear-glob.ts'
import type { Fact, Metadata, Snapshot } from '../snapshot/snapshot.ts'
import type { Selector } from './policy.ts'
import { visibilities } from './schema.ts'

/** `undecided` is a sentence's end without a full stop: which fact is missing and why. */
export type Selection = true | false | { undecided: string }

/**
 * Whether a selector holds for a repository, in three values: what is unknown decides nothing, but a `false` beside
 * it still does (and a `true` in `any`).
 */
export const selects = (selector: Selector, snapshot: Snapshot): Selection =>
  every(conditions(selector), condition => condition(snapshot))

type Test = (snapshot: Snapshot) => Selection

const conditions = (selector: Selector): Test[] => {
  const { any, all, not, names, topics, properties, visibility, language, templates } = selector
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
    templates && (snapshot => isMadeBy(templates, snapshot)),
    any && (snapshot => some(any, each => selects(each, snapshot))),
    all && (snapshot => every(all, each => selects(each, snapshot))),
    not && (snapshot => negated(selects(not, snapshot))),
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

const isMadeBy = (templates: readonly string[], snapshot: Snapshot): Selection => {
  const made = snapshot.entities.flatMap(entity => (entity.template ? [entity.template.ref] : []))
  if (made.some(ref => has(templates, ref))) return true
  const catalogue = snapshot.files['catalog-info.yaml']
  return catalogue && !catalogue.known
    ? { undecided: `the template that made it can't be read: ${catalogue.detail}` }
    : false
}

const every = <T>(list: readonly T[], decide: (each: T) => Selection): Selection => {
  let result: Selection = true
  for (const each of list) {
    const decided = decide(each)
    if (decided === false) return false
    if (decided !== true && result === true) result = decided
  }
  return result
}

const negated = (selection: Selection): Selection => (typeof selection === 'boolean' ? !selection : selection)

const some = <T>(list: readonly T[], decide: (each: T) => Selection): Selection =>
  negated(every(list, each => negated(decide(each))))
