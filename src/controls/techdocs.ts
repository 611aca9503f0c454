import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { documentationShown } from './support/documentation-shown.ts'

const path = 'catalog-info.yaml'
const annotation = 'backstage.io/techdocs-ref'
const elsewhere = 'backstage.io/techdocs-entity'

const messages = {
  nothing: 'There is no Component, System or Template whose documentation could be shown.',
  unannotated: ({ kind, name }: EntityDocument): string =>
    `${kind} ${quoted(name ?? '')} has no ${annotation}. Expected "${annotation}: dir:." so that Backstage shows its documentation.`,
  outside: (value: string): string => `The documentation is at ${quoted(value)}, which is not read from here`,
  malformed: (value: string): string =>
    `${annotation} is ${quoted(value)}. Expected "dir:." or the directory that holds mkdocs.yml.`,
  missing: (what: string, entity: EntityDocument): string =>
    `${plain(entity.path)} points to documentation in this repository, and ${plain(what)} doesn't exist. Expected it there.`,
  ownDirectory: (mkdocs: string, directory: string): string =>
    `${plain(mkdocs)} keeps the pages in ${quoted(directory)}, whose index.md was not read`,
}

const documented = new Set(['component', 'system', 'template'])

export const techdocs: Control = {
  id: 'techdocs',
  title: 'TechDocs present',
  why: 'Whoever is called at night needs the documentation where the service is found.',
  satisfies: evidenceOf('techdocs'),
  reads: { files: [path, 'mkdocs.yml', 'mkdocs.yaml', 'docs/index.md'], facts: [], entities: true },
  check: snapshot => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const entities = snapshot.entities.filter(
      ({ kind, judgement }) =>
        documented.has(kind?.toLowerCase() ?? '') && judgement !== 'skeleton' && kind !== undefined,
    )
    return entities.length === 0 ? notApplicable(messages.nothing) : judged(snapshot, entities)
  },
  fix: (snapshot, context) => {
    const outcome = techdocs.check(snapshot, context)
    return outcome.status === 'fail' ? documentationShown(snapshot) : undefined
  },
}

const judged = (snapshot: Snapshot, entities: readonly EntityDocument[]): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  const components = entities.filter(({ kind }) => kind?.toLowerCase() === 'component')
  // A System or Template beside its Components needs no pages of its own.
  for (const entity of components.length > 0 ? components : entities) {
    const looked = look(snapshot, entity)
    if (looked.status === 'fail') findings.push(...looked.findings)
    if (looked.status === 'unknown') open.push(looked.message)
  }
  return failIfAny(bounded(findings), () =>
    open.length > 0
      ? undecided(`${listed([...new Set(open)], 2)}.`)
      : pass('Backstage finds mkdocs.yml and a first page.'),
  )
}

type Look =
  | { status: 'pass' }
  | { status: 'fail'; findings: Finding[] }
  | { status: 'unknown'; message: string }

const look = (snapshot: Snapshot, entity: EntityDocument): Look => {
  if (entity.annotations[elsewhere]) return { status: 'pass' }
  const value = entity.annotations[annotation]
  const location = { path: entity.path, line: entity.line }
  if (value === undefined)
    return {
      status: 'fail',
      findings: [
        {
          message: messages.unannotated(entity),
          location,
          next: `Add "${annotation}: dir:." under metadata.annotations, mkdocs.yml beside ${plain(entity.path)} and docs/index.md`,
        },
      ],
    }
  if (value.startsWith('url:')) return { status: 'unknown', message: messages.outside(value) }
  const directory = value.startsWith('dir:') ? directoryOf(entity.path, value.slice(4)) : undefined
  if (directory === undefined)
    return {
      status: 'fail',
      findings: [{ message: messages.malformed(value), location, next: `Write "${annotation}: dir:."` }],
    }
  return pages(snapshot, entity, directory)
}

const pages = (snapshot: Snapshot, entity: EntityDocument, directory: string): Look => {
  const location = { path: entity.path, line: entity.line }
  const lacks = (what: string): Look => ({
    status: 'fail',
    findings: [{ message: messages.missing(what, entity), location, next: `Add ${plain(what)}` }],
  })
  const [long, short] = [file(snapshot, `${directory}mkdocs.yml`), file(snapshot, `${directory}mkdocs.yaml`)]
  const configuration = [long, short].find(fact => fact.known && fact.value.exists)
  if (!configuration?.known || !configuration.value.exists) {
    const unread = [long, short].find(fact => !fact.known)
    return unread && !unread.known
      ? { status: 'unknown', message: unread.detail }
      : lacks(`${directory}mkdocs.yml`)
  }
  const named = /^docs_dir:[ \t]*["']?([^\s"'#]{1,200})/m.exec(configuration.value.text)?.[1]
  const pagesIn = (named ?? 'docs').replace(/^\.\//, '').replace(/\/+$/, '')
  const index = file(snapshot, `${directory}${pagesIn}/index.md`)
  if (index.known) return index.value.exists ? { status: 'pass' } : lacks(`${directory}${pagesIn}/index.md`)
  return {
    status: 'unknown',
    message: named ? messages.ownDirectory(`${directory}mkdocs.yml`, pagesIn) : index.detail,
  }
}

/** `services/pay/` for `dir:.` in services/pay/catalog-info.yaml; `undefined` when it leads out of the repository. */
const directoryOf = (from: string, reference: string): string | undefined => {
  const segments = from.split('/').slice(0, -1)
  for (const segment of reference.trim().split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return undefined
  }
  return segments.map(segment => `${segment}/`).join('')
}
