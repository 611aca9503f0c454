import { listed, quoted } from '../../snapshot/quoted-text.ts'
import { type EntityDocument, file, type Snapshot } from '../../snapshot/snapshot.ts'
import type { FileEdit, Fix } from '../control.ts'
import { type EntityChange, withChanges } from './catalogue-text.ts'

const annotation = 'backstage.io/techdocs-ref'
const asPages = 'dir:.'

/**
 * Shows pages that are there already: adds the annotation, and mkdocs.yml where it is missing. Pages that nobody wrote are not
 * made up: an empty one would tell nothing at night.
 */
export const documentationShown = (snapshot: Snapshot): Fix | undefined => {
  const changes: EntityChange[] = []
  const configurations = new Map<string, FileEdit>()
  for (const entity of documentedOf(snapshot)) {
    if (entity.annotations['backstage.io/techdocs-entity']) continue
    const directory = entity.path.slice(0, entity.path.lastIndexOf('/') + 1)
    const value = entity.annotations[annotation]
    if (value !== undefined && !['.', './', asPages, 'dir:./'].includes(value.trim())) {
      if (hasPages(snapshot, entity, value)) continue
      return undefined
    }
    if (value === undefined || !value.startsWith('dir:'))
      changes.push({ entity, settings: [{ path: ['metadata', 'annotations', annotation], value: asPages }] })
    if (isThere(snapshot, `${directory}mkdocs.yml`) || isThere(snapshot, `${directory}mkdocs.yaml`)) continue
    if (!isThere(snapshot, `${directory}docs/index.md`)) return undefined
    const path = `${directory}mkdocs.yml`
    configurations.set(path, { path, text: configurationFor(entity, snapshot) })
  }
  const annotated = withChanges(snapshot, changes)
  if (!annotated || annotated.length + configurations.size === 0) return undefined
  const made = [...configurations.keys()].map(quoted)
  return {
    why: `${[
      ...(annotated.length > 0 ? [`Tells Backstage where the documentation is (${annotation})`] : []),
      ...(made.length > 0 ? [`adds ${listed(made, 3)} for the pages that are there`] : []),
    ]
      .join(' and ')
      .replace(/^./, first => first.toUpperCase())}.`,
    edits: [...annotated, ...configurations.values()],
  }
}

/** Those whose documentation is asked for: the Components, or where there is none the Systems and Templates. */
const documentedOf = ({ entities }: Snapshot): EntityDocument[] => {
  const of = (...kinds: string[]): EntityDocument[] =>
    entities.filter(
      ({ kind, judgement }) => judgement !== 'skeleton' && kinds.includes(kind?.toLowerCase() ?? ''),
    )
  const components = of('component')
  return components.length > 0 ? components : of('system', 'template')
}

const hasPages = (snapshot: Snapshot, { path }: EntityDocument, value: string): boolean => {
  const [, below] = /^dir:(?:\.\/)?([\w-]+(?:\/[\w-]+)*)\/?$/.exec(value.trim()) ?? []
  const directory = `${path.slice(0, path.lastIndexOf('/') + 1)}${below}/`
  return (
    below !== undefined && ['mkdocs.yml', 'mkdocs.yaml'].some(name => isThere(snapshot, directory + name))
  )
}

const isThere = (snapshot: Snapshot, path: string): boolean => {
  const fact = file(snapshot, path)
  return fact.known && fact.value.exists
}

const configurationFor = ({ name }: EntityDocument, { repository }: Snapshot): string =>
  `site_name: ${JSON.stringify(name ?? repository.name)}\nplugins:\n  - techdocs-core\n`
