import { treeOfFiles } from '../../snapshot/files/tree-of-files.ts'
import { ownerMentions } from '../../snapshot/ownership.ts'
import { plain } from '../../snapshot/quoted-text.ts'
import {
  type Fact,
  known,
  nothingKnown,
  type RenderedRepository,
  type Skeleton,
  type Snapshot,
  unknown,
} from '../../snapshot/snapshot.ts'
import { standInName, standInOwner } from '../../snapshot/templates/skeleton-parameters.ts'

/** How a control's answer is known again that waits for nothing but the repository itself. */
export const onceItExists = 'only once the repository exists'

const notYet = (what: string) => unknown('not-configured', `${what}, which is decided ${onceItExists}`)

/**
 * The repository that a template would make, as a snapshot of it would say it: its files are all known, and everything that
 * GitHub or the catalogue would know of it is not.
 */
export const serviceFrom = (
  skeleton: Skeleton,
  { files, entities }: RenderedRepository,
  home: Snapshot,
): Snapshot => {
  const named = ownerMentions(entities, files)
  const byRef = <T>(refs: readonly string[], fact: (ref: string) => Fact<T>): Record<string, Fact<T>> =>
    Object.fromEntries(refs.map(ref => [ref, fact(ref)]))
  return {
    version: home.version,
    repository: {
      ...home.repository,
      id: 0,
      nodeId: '',
      name: entities.find(({ name }) => name !== undefined)?.name ?? standInName,
      url: '',
    },
    target: { kind: 'directory', ref: '', sha: '' },
    takenAt: home.takenAt,
    facts: nothingKnown(name => notYet(`Nothing is known of the ${name} of a service that is not made yet`)),
    files,
    tree: known(treeOfFiles(Object.keys(files)), 'skeleton'),
    entities,
    accounts: byRef([...named.refs, ...named.handles], ref => {
      if (ref === standInOwner) return notYet(`${ref} stands in for an owner that somebody will choose`)
      return home.accounts[ref] ?? notYet(`${plain(ref)} was not looked up`)
    }),
    catalogue: byRef(
      entities.flatMap(({ ref }) => ref ?? []),
      ref =>
        notYet(`Whether ${plain(ref)} is free in the catalogue depends on the name somebody will choose`),
    ),
    templates: byRef(
      entities.flatMap(({ template }) => template?.ref ?? []),
      ref =>
        ref === skeleton.template
          ? known({ exists: true, title: ref, requires: skeleton.requires }, 'skeleton')
          : notYet(`${plain(ref)} was not looked up`),
    ),
    whole: true,
  }
}
