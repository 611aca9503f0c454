import { type Account, type Fact, file, known, type Snapshot } from '../snapshot/snapshot.ts'
import type { Component } from './component.ts'
import { componentsOf, ownPaths } from './components.ts'
import { type DraftComponent, draftOf } from './draft.ts'
import { entityName, namesOf } from './name.ts'
import type { CatalogInfoProposal, Guess, LeftLine, ProposedFile } from './proposal.ts'
import { readManifests } from './read-manifests.ts'
import { surroundingsOf } from './surroundings.ts'
import { type ComponentLines, writeComponent, writeLocation } from './write.ts'

const rootFile = 'catalog-info.yaml'

/** Stands in lines that are left, so that the rest can be proven. */
const standIns = { type: 'service', lifecycle: 'production', owner: 'somebody' } as const

/**
 * The catalogue file that a person would write for this repository; `undefined` when it has one, when what it is made
 * of is not known, and when it is nothing that a catalogue holds. Pure. Every file of it is valid for Backstage once the lines that are left are filled in.
 */
export const proposeCatalogInfo = (snapshot: Snapshot): CatalogInfoProposal | undefined => {
  const { tree } = snapshot
  if (!tree.known || isNoComponent(snapshot) || hasCatalogFile(snapshot)) return undefined
  const paths = ownPaths(tree.value.flatMap(({ path, type }) => (type === 'blob' ? [path] : [])))
  if (paths.length === 0) return undefined
  const around = surroundingsOf(snapshot)
  const all = new Set(paths)
  const components = componentsOf(paths, readManifests(snapshot, paths))
  const names = namesOf(components, snapshot.repository.name)
  const drafts = components.flatMap((component, index): DraftComponent[] => {
    const name = names[index]
    const path = fileOf(component)
    // A part that somebody described already keeps its file.
    return name && (path === rootFile || !all.has(path)) ? [draftOf(component, path, name, around, all)] : []
  })
  const targets = components.map(fileOf).filter(path => path !== rootFile)
  const written = write(drafts, targets, entityName(snapshot.repository.name) ?? 'components')
  return {
    ...written,
    guesses: drafts.flatMap(({ guesses }): Guess[] => guesses),
    accounts: accountsOf(drafts, snapshot),
  }
}

/** Nobody can change an archived one, a fork is somebody else's software, and `.github` holds what all the others share. */
const isNoComponent = ({ facts: { metadata }, repository }: Snapshot): boolean =>
  repository.name === '.github' || (metadata.known && (metadata.value.isArchived || metadata.value.isFork))

const hasCatalogFile = (snapshot: Snapshot): boolean =>
  [rootFile, 'catalog-info.yml'].some(path => {
    const fact = file(snapshot, path)
    // Not to be able to read it is no proof that there is none.
    if (fact.known) return fact.value.exists
    return (
      snapshot.files[path] !== undefined ||
      (snapshot.tree.known && snapshot.tree.value.some(each => each.path === path))
    )
  })

const fileOf = ({ directory }: Component): string =>
  directory === '' ? rootFile : `${directory}/${rootFile}`

const write = (
  drafts: readonly DraftComponent[],
  targets: readonly string[],
  location: string,
): Pick<CatalogInfoProposal, 'edits' | 'left' | 'proof'> => {
  const left: LeftLine[] = []
  const make = (lines: (draft: DraftComponent) => ComponentLines, isProof: boolean): ProposedFile[] => {
    const texts = new Map<string, string>()
    for (const draft of drafts) {
      const { text, left: open } = writeComponent(lines(draft))
      texts.set(draft.path, text)
      if (!isProof)
        left.push(
          ...open.map(({ field, line, candidates }) => ({ path: draft.path, line, field, candidates })),
        )
    }
    if (targets.length > 0) {
      const root = texts.get(rootFile)
      const pointer = writeLocation(location, targets)
      texts.set(rootFile, root === undefined ? pointer : `${root}---\n${pointer}`)
    }
    return [...texts]
      .sort(([a], [b]) => (a === rootFile ? -1 : b === rootFile ? 1 : a < b ? -1 : 1))
      .map(([path, text]) => ({ path, text }))
  }
  const edits = make(draft => draft.lines, false)
  const proof = make(({ lines }) => {
    const filled = (field: keyof typeof standIns) => ({
      ...lines[field],
      value: lines[field].value ?? lines[field].candidates[0] ?? standIns[field],
    })
    return { ...lines, type: filled('type'), lifecycle: filled('lifecycle'), owner: filled('owner') }
  }, true)
  return { edits, left, proof }
}

const accountsOf = (
  drafts: readonly DraftComponent[],
  { repository }: Snapshot,
): Record<string, Fact<Account>> => {
  const accounts: Record<string, Fact<Account>> = {}
  for (const { lines } of drafts) {
    const name = lines.owner.value ?? lines.owner.candidates[0] ?? standIns.owner
    const ref = name.startsWith('user:') ? `user:default/${name.slice(5)}` : `group:default/${name}`
    accounts[ref] = known(
      {
        exists: true,
        as: name.startsWith('user:') ? `user @${name.slice(5)}` : `team @${repository.owner}/${name}`,
      },
      lines.owner.value === undefined ? 'stand-in' : 'proposal',
    )
  }
  return accounts
}
