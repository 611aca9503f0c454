import { directoryOf, nameOf } from '../snapshot/files/tree-files.ts'
import type { Component } from './component.ts'

export interface GuessedName {
  name: string
  /** What it was before it had to lose letters that Backstage does not take. */
  title?: string
  confidence: number
  because: string
  candidates: string[]
}

/** Backstage's limit. */
const longestName = 63

/** Says nothing without the name of the repository. */
const generic =
  /^(?:api|app|apps?|backend|frontend|server|client|web|website|site|ui|gui|worker|core|common|shared|lib|library|utils?|types|main|service|services|gateway|admin|docs|sdk|cli|mobile|dashboard|components|functions?|jobs?|db|database|model|config|auth)$/

/** What each component is called; each name once. In the order of the components. */
export const namesOf = (components: readonly Component[], repository: string): GuessedName[] => {
  const taken = new Set<string>()
  return components.map(component => {
    const guess = component.directory === '' ? ofRepository(repository) : ofPart(component, repository)
    const options = [guess.name, ...guess.candidates, withParent(component, repository)]
    const free = options.find(name => !taken.has(name)) ?? numbered(guess.name, taken)
    taken.add(free)
    if (free === guess.name) return guess
    return {
      ...guess,
      name: free,
      confidence: 0.6,
      candidates: guess.candidates.filter(each => each !== free),
    }
  })
}

const ofRepository = (repository: string): GuessedName => {
  const name = entityName(repository)
  if (name === undefined)
    return {
      name: 'component',
      confidence: 0.3,
      because: 'The name of the repository holds nothing that Backstage takes as a name',
      candidates: [],
    }
  const isCut = repository.length > longestName || name.length < repository.replaceAll(/[-_.]/g, '').length
  return {
    name,
    ...(isCut ? { title: repository } : {}),
    confidence: 0.95,
    because: 'It is the name of the repository',
    candidates: [],
  }
}

const ofPart = ({ directory, manifests }: Component, repository: string): GuessedName => {
  const own = manifests.find(
    ({ name, directory: at, ecosystem }) =>
      at === directory && name && ecosystem !== 'go' && ecosystem !== 'helm',
  )
  // `Shop.Api` is a name of .NET; in a catalogue words are parted by hyphens.
  const called = entityName(nameOf(directory).replaceAll('.', '-')) ?? 'component'
  const stated = own?.name ? entityName(own.name.replaceAll('.', '-')) : undefined
  const whole = entityName(repository) ?? 'repository'
  const chosen = stated ?? called
  const prefixed = joinedName(whole, called)
  const candidates = (name: string): string[] =>
    [...new Set([stated, prefixed, called])].filter(each => each !== undefined && each !== name).map(String)
  if (!generic.test(chosen))
    return {
      name: chosen,
      confidence: 0.85,
      because: stated && own ? `${own.path} calls it that` : `It is the name of its directory, ${directory}`,
      candidates: candidates(chosen),
    }
  return {
    name: prefixed,
    confidence: 0.7,
    because: `Its directory is ${directory}, and "${chosen}" alone could be anybody's: the name of the repository is put before it`,
    candidates: candidates(prefixed),
  }
}

const withParent = ({ directory }: Component, repository: string): string =>
  joinedName(
    entityName(repository) ?? 'repository',
    entityName(`${nameOf(directoryOf(directory))}-${nameOf(directory)}`) ?? 'component',
  )

const joinedName = (first: string, second: string): string =>
  second === first || second.startsWith(`${first}-`) ? second : (entityName(`${first}-${second}`) ?? second)

const numbered = (name: string, taken: ReadonlySet<string>): string => {
  for (let number = 2; ; number += 1) {
    const next = `${name.slice(0, longestName - 4)}-${number}`
    if (!taken.has(next)) return next
  }
}

/** As people write names in a catalogue: lower case, words apart. `undefined` when no letter is left. */
export const entityName = (text: string): string | undefined => {
  const apart = text
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z][a-z])/g, '$1-$2')
    .replace(/([A-Z]{2,})([A-Z][a-z])/g, '$1-$2')
    .replace(/([a-z\d])(API|SDK|CLI|UI|DB|BFF)(?![A-Za-z])/g, '$1-$2')
  const name = apart
    .toLowerCase()
    .replace(/[^a-z\d_.-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/[-_.]+(?=[-_.])/g, '')
    .replace(/^[-_.]+/, '')
    .slice(0, longestName)
    .replace(/[-_.]+$/, '')
  return name === '' ? undefined : name
}
