import type { Reads } from '../controls/control.ts'
import type { GitHub } from '../github.ts'
import { resolveAccounts } from './accounts.ts'
import { readCatalogue } from './catalogue.ts'
import { completeFiles, type Files } from './complete.ts'
import { directoryOf } from './files/tree-files.ts'
import { CommitGone, type RepositoryAnswer } from './github/answer.ts'
import { askRepository } from './github/ask.ts'
import { maximumFilesAQuery } from './github/query.ts'
import { isSetting } from './github/setting-names.ts'
import { readSettings, settingsSubject } from './github/settings.ts'
import { readTree } from './github/tree.ts'
import { globPaths, isNothing, type Missing, missingFrom } from './missing.ts'
import { ownerMentions } from './ownership.ts'
import { absentFile, type RepositoryFacts, type Snapshot } from './snapshot.ts'
import type { Sources } from './take.ts'

/**
 * The snapshot with what the plan reads and it lacks, at the commit it was taken at; nothing that it has is asked for again.
 *
 * `takenAt` stays: files are those of the commit, whenever they are read, and the store must not take this for a newer look
 * than one that came meanwhile. A fact that is read now has the time of reading as its `at`. What `missingFrom` still names
 * afterwards could not be had; asking again at once would be in vain. Throws `RepositoryNotVisible`, `CommitGone`,
 * `RateLimited`, or the client's error.
 */
export async function complete(
  snapshot: Snapshot,
  plan: Reads,
  sources: Sources,
  now: Date,
): Promise<Snapshot> {
  const missing = missingFrom(snapshot, plan)
  if (isNothing(missing)) return snapshot
  const { github } = sources
  const read = fileReader(snapshot, github)

  const facts = missing.facts.filter(name => !isSetting(name))
  const [files, answer] = await read(missing.files, facts, missing.tree)
  const tree = missing.tree
    ? await readTree(github, snapshot.repository, answer?.commit, undefined)
    : snapshot.tree
  const known: Files = { ...snapshot.files, ...files }
  const matched = tree.known ? globPaths(tree.value, plan).filter(path => !Object.hasOwn(known, path)) : []
  const [more] = await read(matched)

  const { files: all, entities } = await completeFiles(
    { ...known, ...more },
    snapshot.repository.url,
    async paths => (await read(paths))[0],
    async () => tree,
  )
  return {
    ...snapshot,
    facts: { ...snapshot.facts, ...(await readFacts(snapshot, missing, answer, sources, now)) },
    files: all,
    tree,
    ...(missing.tree ? { treeOid: answer?.commit?.treeOid, treeGlobs: undefined } : {}),
    entities,
    accounts: {
      ...snapshot.accounts,
      ...(await newAccounts({ ...snapshot, files: all, entities }, sources)),
    },
  }
}

/** Files at the snapshot's commit, as many a query as one answer holds. The first query brings the facts. */
const fileReader =
  (snapshot: Snapshot, github: GitHub) =>
  async (
    paths: readonly string[],
    facts: Missing['facts'] = [],
    commit = false,
  ): Promise<[Files, RepositoryAnswer?]> => {
    const { sha } = snapshot.target
    const files: Files = {}
    // Where there was no commit there was no file.
    if (sha === '') for (const path of paths) files[path] = absentFile('github')
    const waiting = sha === '' ? [] : [...paths]
    let first: RepositoryAnswer | undefined
    while (waiting.length > 0 || (!first && (facts.length > 0 || (commit && sha !== '')))) {
      const batch = waiting.splice(0, maximumFilesAQuery)
      const answer = await askRepository(github, {
        nodeId: snapshot.repository.nodeId,
        at: sha || 'HEAD',
        files: batch,
        directories: [...new Set(batch.map(directoryOf))],
        facts: first ? [] : facts,
      })
      if (sha !== '' && !answer.commit)
        throw new CommitGone(`GitHub has no commit ${sha}: the branch it was on is gone.`)
      first ??= answer
      for (const [path, fact] of answer.files) files[path] = fact
    }
    return [files, first]
  }

async function readFacts(
  snapshot: Snapshot,
  missing: Missing,
  answer: RepositoryAnswer | undefined,
  sources: Sources,
  now: Date,
): Promise<Partial<RepositoryFacts>> {
  const settings = await readSettings(
    sources.github,
    settingsSubject(snapshot.repository, snapshot.facts.metadata),
    missing.facts.filter(isSetting),
  )
  const told: Partial<RepositoryFacts> = {
    ...answer?.facts,
    properties: sources.properties,
    twoFactor: sources.twoFactor,
    ...settings,
  }
  return Object.fromEntries(
    missing.facts.flatMap(name => {
      const fact = told[name]
      return fact ? [[name, fact.known ? { ...fact, at: now.toISOString() } : fact]] : []
    }),
  )
}

/** Owners whom a file names that was not read before. */
async function newAccounts(
  { entities, files, accounts }: Snapshot,
  sources: Sources,
): Promise<Snapshot['accounts']> {
  const isNew = (name: string): boolean => !Object.hasOwn(accounts, name)
  const named = ownerMentions(entities, files)
  const [refs, handles] = [named.refs.filter(isNew), named.handles.filter(isNew)]
  if (refs.length + handles.length === 0) return {}
  const catalogue = await readCatalogue(sources.catalogue, { refs: [], ownerRefs: refs, templateRefs: [] })
  return resolveAccounts({ refs, handles }, sources.directory, catalogue.accounts)
}
