import { expandTarget, isGlobTarget } from '../snapshot/entities/location-globs.ts'
import {
  type EntityDocument,
  type Fact,
  file,
  isUnreadable,
  known,
  type Snapshot,
} from '../snapshot/snapshot.ts'
import { entityValue } from './fact-variables.ts'

/** A Component of a repository, and where it lies. */
export interface Component {
  name: string
  /** `services/pay/`, of its catalog-info.yaml; '' at the root. */
  directory: string
  /** As `component` in an expression. */
  value: Readonly<Record<string, unknown>>
}

/** Each Component of the repository, in the order of its files. Unknown while its catalog-info.yaml is. */
export const componentsOf = (snapshot: Snapshot): Fact<Component[]> => {
  const facts = entityFiles(snapshot).map(path => file(snapshot, path))
  const withheld = facts.find(fact => !fact.known && !isUnreadable(fact))
  if (withheld && !withheld.known) return withheld
  return known(snapshot.entities.filter(isComponent).map(componentOf), 'snapshot')
}

/** The files that describe entities: the one at the root, and those that it and they point to. */
export const entityFiles = ({ files, tree, entities }: Snapshot): string[] => {
  const targets = entities.flatMap(entity => entity.targets.flatMap(({ path }) => path ?? []))
  const meant = targets.flatMap(path =>
    isGlobTarget(path) ? (tree.known ? expandTarget(path, tree.value) : []) : [path],
  )
  return ['catalog-info.yaml', ...meant.filter(path => files[path])]
}

const isComponent = ({ kind, judgement }: EntityDocument): boolean =>
  kind?.toLowerCase() === 'component' && judgement !== 'skeleton'

const componentOf = (entity: EntityDocument): Component => {
  const directory = entity.path.slice(0, entity.path.lastIndexOf('/') + 1)
  return {
    name: entity.name ?? entity.path,
    directory,
    value: { ...entityValue(entity), directory },
  }
}
