import { requiredControls, versionAnnotation } from '../catalogue.ts'
import { expandBraces, isTrueGlob, pathMatcher } from '../files/linear-glob.ts'
import {
  type EntityDocument,
  type Fact,
  type FileState,
  known,
  type Snapshot,
  type TemplateContract,
  type TemplateEntry,
} from '../snapshot.ts'

/** A repository that we look at and that holds a Template of the name asked for. */
export interface TemplateHolder {
  repository: string
  /** `https://github.com/acme/service-template` */
  url: string
  entry: TemplateEntry
}

/**
 * Which contract a template's name stands for. Where Backstage holds it, the repository that Backstage has it from says
 * what it asks, since our snapshot of that is newer than Backstage's; anybody else who claims the name is not heard. Where
 * Backstage doesn't hold it, a single repository that does is believed, and two decide nothing.
 */
export function chooseTemplate(
  inCatalogue: Fact<TemplateEntry>,
  holders: readonly TemplateHolder[],
): Fact<TemplateEntry> {
  if (inCatalogue.known && inCatalogue.value.exists) {
    const { location = '' } = inCatalogue.value
    // GitHub's addresses are the same in either case.
    const rightful = holders.find(({ url }) => location.toLowerCase().startsWith(`url:${url}/`.toLowerCase()))
    return rightful ? known(rightful.entry, 'snapshot') : inCatalogue
  }
  const [only, second] = holders
  if (!only) return inCatalogue
  if (!second) return known(only.entry, 'snapshot')
  return known(
    only.entry.exists
      ? { ...only.entry, problem: `${only.repository} and ${second.repository} both claim its name` }
      : only.entry,
    'snapshot',
  )
}

/** A Template of a repository and what it asks of what it makes, as that repository says it now: perhaps nothing. */
export interface OwnContract {
  /** `template:default/payments-service` */
  ref: string
  contract: TemplateContract
  /** What it makes is known, too. */
  rendered: boolean
}

/** Kept with each service that came from it. */
const mostCharacters = 64 * 1024

/**
 * What the valid Templates of this repository ask for now. Pure.
 * @param readBy what a control reads, by its id: the files of the skeleton that the contract keeps. Without it all are kept,
 * as far as there is room.
 */
export const contractsOf = (
  snapshot: Snapshot,
  readBy?: (control: string) => readonly string[] | undefined,
): OwnContract[] => {
  const found = new Map<string, OwnContract>()
  for (const skeleton of snapshot.skeletons ?? []) {
    // The first example stands for the template: its files are what services are compared with.
    if (found.has(skeleton.template)) continue
    const patterns = readBy && skeleton.requires.flatMap(control => readBy(control) ?? [])
    found.set(skeleton.template, {
      ref: skeleton.template,
      rendered: skeleton.rendered.known,
      contract: {
        ...(skeleton.version === undefined ? {} : { version: skeleton.version }),
        commit: snapshot.target.sha,
        since: snapshot.takenAt,
        requires: skeleton.requires,
        ...(skeleton.rendered.known ? keptFiles(skeleton.rendered.value.files, patterns) : { files: {} }),
        ...(patterns ? { reads: [...new Set(patterns)].toSorted() } : {}),
        ...(skeleton.rendered.known ? exampleOf(skeleton.rendered.value.entities) : {}),
      },
    })
  }
  for (const { kind, judgement, ref, annotations } of snapshot.entities) {
    if (kind?.toLowerCase() !== 'template' || judgement !== 'valid') continue
    if (ref === undefined || found.has(ref) || requiredControls(annotations).length > 0) continue
    const version = annotations[versionAnnotation]
    found.set(ref, {
      ref,
      rendered: true,
      contract: {
        ...(version === undefined ? {} : { version }),
        commit: snapshot.target.sha,
        since: snapshot.takenAt,
        requires: [],
        files: {},
      },
    })
  }
  return [...found.values()]
}

const keptFiles = (
  files: Readonly<Record<string, Fact<FileState>>>,
  patterns: readonly string[] | undefined,
): Pick<TemplateContract, 'files' | 'left'> => {
  const matches = patterns && matcherOf(patterns)
  const kept: [string, string][] = []
  const left: string[] = []
  let room = mostCharacters
  for (const path of Object.keys(files).sort()) {
    const fact = files[path]
    if (!fact?.known || !fact.value.exists || matches?.(path) === false) continue
    if (fact.value.text.length > room) left.push(path)
    else {
      room -= fact.value.text.length
      kept.push([path, fact.value.text])
    }
  }
  return { files: Object.fromEntries(kept), ...(left.length > 0 ? { left } : {}) }
}

const matcherOf = (patterns: readonly string[]): ((path: string) => boolean) => {
  const exact = new Set(patterns.filter(pattern => !isTrueGlob(pattern)).flatMap(expandBraces))
  const matches = pathMatcher(patterns)
  return path => exact.has(path) || matches(path)
}

const exampleOf = ([first]: readonly EntityDocument[]): Pick<TemplateContract, 'example'> =>
  first
    ? {
        example: {
          ...(first.name === undefined ? {} : { name: first.name }),
          ...(first.owner === undefined ? {} : { owner: first.owner.text }),
        },
      }
    : {}

/**
 * Whether the template is the same in two contracts, whenever and at whichever commit: by the files that were read for both.
 * What a control reads changes with the policy, and that is no change of the template.
 */
export const isSameContract = (a: TemplateContract, b: TemplateContract): boolean => {
  const isSameAsked = a.requires.join() === b.requires.join()
  const [inA, inB] = isSameAsked ? [wasRead(a), wasRead(b)] : [() => true, () => true]
  const textOf = ({ version, requires, files, example }: TemplateContract): string =>
    JSON.stringify([
      version,
      requires,
      Object.entries(files)
        .filter(([path]) => inA(path) && inB(path))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      example,
    ])
  return textOf(a) === textOf(b)
}

/** Which files a contract would hold if the template made them. */
export const wasRead = ({ reads }: TemplateContract): ((path: string) => boolean) =>
  reads ? matcherOf(reads) : () => true

/** What a service is held to, and why that. */
export interface HeldContract {
  requires: readonly string[]
  /** Of the contract; absent where the template has none. */
  version?: string
  /** `named`: the service names its version. `newest`: it names none. `unseen`: it names one that was never seen. */
  because: 'named' | 'newest' | 'unseen'
  /** Absent where only the catalogue knows the template. */
  contract?: TemplateContract
}

/** A service is held to the version it came from, as far as it says which that was; else to the newest. */
export const heldContract = (
  entry: Extract<TemplateEntry, { exists: true }>,
  version: string | undefined,
): HeldContract => {
  const [newest] = entry.contracts ?? []
  const named =
    version === undefined ? undefined : entry.contracts?.find(contract => contract.version === version)
  const contract = named ?? newest
  const held = contract?.version ?? entry.version
  return {
    requires: named?.requires ?? entry.requires,
    ...(held === undefined ? {} : { version: held }),
    because: version === undefined ? 'newest' : named || entry.version === version ? 'named' : 'unseen',
    ...(contract ? { contract } : {}),
  }
}

/** Newest, what it is held to, and what came before the newest. */
const mostContracts = 5

/**
 * The service as it would be if the template asked for this: the contract becomes the newest one. Evaluating the answer
 * tells which services would fail: a service that names an older version is still held to that. Pure; a service that
 * did not come from the template is answered as it was.
 */
export const withContract = (
  service: Snapshot,
  ref: string,
  contract: TemplateContract | TemplateEntry,
): Snapshot => {
  if (!service.entities.some(entity => entity.template?.ref === ref)) return service
  const fact = service.templates[ref]
  const before = fact?.known && fact.value.exists ? fact.value : undefined
  const entry: TemplateEntry =
    'exists' in contract
      ? contract
      : withNewest(before ?? { exists: true, title: ref, requires: [] }, contract)
  return { ...service, templates: { ...service.templates, [ref]: known(entry, 'preview') } }
}

const withNewest = (
  { version: _before, ...entry }: Extract<TemplateEntry, { exists: true }>,
  contract: TemplateContract,
): TemplateEntry => ({
  ...entry,
  requires: contract.requires,
  ...(contract.version === undefined ? {} : { version: contract.version }),
  contracts: [contract, ...(entry.contracts ?? []).filter(each => !isSameContract(each, contract))].slice(
    0,
    mostContracts,
  ),
})
