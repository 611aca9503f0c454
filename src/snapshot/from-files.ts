import { completeFiles } from './complete.ts'
import { fileFact } from './files/file-fact.ts'
import { treeOfFiles } from './files/tree-of-files.ts'
import { ownerMentions } from './ownership.ts'
import {
  type Account,
  absentFile,
  type Fact,
  type FileState,
  known,
  nothingKnown,
  type RepositoryFacts,
  type Snapshot,
  snapshotVersion,
  type Unknown,
  unknown,
} from './snapshot.ts'

/** What is told of a repository that is nowhere. */
export interface ToldRepository {
  name: string
  /** Every file there is, by path. */
  files: Readonly<Record<string, string>>
  facts: Partial<RepositoryFacts>
  /** Owners that exist, as files name them in lower case; which ones do is unknown when absent. */
  accounts?: readonly string[]
}

const untold = (what: string): Unknown => unknown('offline', `${what} was not told`)

/** A snapshot of files that are told, as if they were a repository. Pure but for letting others have the thread. */
export async function snapshotFromFiles(told: ToldRepository, now: Date): Promise<Snapshot> {
  const source = 'told'
  const first = Object.fromEntries(
    Object.entries(told.files).map(([path, text]): [string, Fact<FileState>] => [
      path,
      fileFact(path, { kind: 'file', text, bytes: Buffer.byteLength(text) }, source),
    ]),
  )
  const tree = known(treeOfFiles(Object.keys(told.files)), source)
  const { files, entities } = await completeFiles(
    first,
    '',
    async paths => Object.fromEntries(paths.map(path => [path, absentFile(source)])),
    async () => tree,
  )
  const named = ownerMentions(entities, files)
  return {
    version: snapshotVersion,
    repository: {
      id: 0,
      nodeId: '',
      name: told.name,
      owner: '',
      ownerId: 0,
      installationId: 0,
      url: '',
    },
    target: { kind: 'directory', ref: '', sha: '' },
    takenAt: now.toISOString(),
    facts: { ...nothingKnown(name => untold(`What GitHub knows of ${name}`)), ...told.facts },
    files,
    tree,
    entities,
    accounts: accountsOf([...named.refs, ...named.handles], told.accounts),
    catalogue: Object.fromEntries(
      entities.flatMap(({ ref }) => (ref ? [[ref, untold(`What the catalogue has under ${ref}`)]] : [])),
    ),
    templates: Object.fromEntries(
      entities.flatMap(({ template }) => (template ? [[template.ref, untold(template.ref)]] : [])),
    ),
    whole: true,
  }
}

const accountsOf = (
  names: readonly string[],
  existing: readonly string[] | undefined,
): Record<string, Fact<Account>> =>
  Object.fromEntries(
    names.map(name => [
      name,
      existing ? known({ exists: existing.includes(name) }, 'told') : untold(`Whether ${name} exists`),
    ]),
  )
