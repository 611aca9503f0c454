import { diffArrays } from 'diff'
import type { FileEdit } from '../../src/controls/control.ts'
import { builtInControls } from '../../src/controls/index.ts'
import { type FixProposal, type ProposalOptions, proposeFixes } from '../../src/fix-proposal.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { resolveAccounts } from '../../src/snapshot/accounts.ts'
import { expandBraces, isTrueGlob } from '../../src/snapshot/files/linear-glob.ts'
import type { Directory } from '../../src/snapshot/github/directory.ts'
import { ownerMentions } from '../../src/snapshot/ownership.ts'
import { absentFile, file, known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { metadata } from './facts.ts'
import { type SnapshotParts, snapshotOf } from './snapshot.ts'

export const now = new Date('2026-11-22T12:00:00Z')

export const acme: Directory = {
  owner: 'acme',
  teams: [
    { id: 1, slug: 'payments' },
    { id: 2, slug: 'platform' },
    { id: 3, slug: 'search' },
  ],
  members: ['jane', 'Joe'],
}

export const directory = known(acme, 'test')

/** A repository with all its files told, in an organisation with the teams payments, platform and search. */
export const repositoryWith = async (
  files: Record<string, string>,
  parts: Omit<SnapshotParts, 'files' | 'tree'> = {},
): Promise<Snapshot> => {
  const read = [...builtInControls.values()].flatMap(control => control.reads.files.flatMap(expandBraces))
  const absent = Object.fromEntries(
    read.filter(path => !isTrueGlob(path)).map(path => [path, absentFile('test')]),
  )
  const snapshot = await snapshotOf({
    ...parts,
    files: { ...absent, ...files },
    facts: { metadata: metadata(), codeownersErrors: [], ...parts.facts },
    tree: Object.keys(files),
  })
  return {
    ...snapshot,
    accounts: {
      ...resolveAccounts(ownerMentions(snapshot.entities, snapshot.files), directory, {}),
      ...parts.accounts,
    },
  }
}

export const policyAsking = (require: string): Policy => {
  const parsed = parsePolicy(
    [{ path: 'golden-path.yml', text: `version: 1\nrules:\n  - name: R\n    require: { ${require} }\n` }],
    { version: 'test', library: builtInControls },
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.policy
}

/** Every control of the library is asked for, so that none may become worse unseen. */
export const everything = policyAsking([...builtInControls.keys()].map(id => `${id}: advise`).join(', '))

/** The one control's fix is looked for; all others are only watched. */
export const onlyAdvising = (id: string): Policy =>
  policyAsking(
    [...builtInControls.keys()].map(each => `${each}: ${each === id ? 'advise' : 'observe'}`).join(', '),
  )

export const propose = (
  snapshot: Snapshot,
  policy: Policy = everything,
  options: ProposalOptions = {},
): Promise<FixProposal> => proposeFixes(snapshot, policy, now, { directory, ...options })

/** `-2 owner: team-paymnts` and `+2 owner: payments`, with the number of the line in the text it is of. */
export const difference = (before: string, after: string): string[] => {
  let [old, made] = [0, 0]
  return diffArrays(before.split('\n'), after.split('\n')).flatMap(({ value, added, removed }) =>
    value.flatMap(line => {
      if (!added) old += 1
      if (!removed) made += 1
      return added ? [`+${made} ${line}`] : removed ? [`-${old} ${line}`] : []
    }),
  )
}

export const textAt = (snapshot: Snapshot, path: string): string => {
  const fact = file(snapshot, path)
  return fact.known && fact.value.exists ? fact.value.text : ''
}

/** By path. */
export const differences = (snapshot: Snapshot, edits: readonly FileEdit[]): Record<string, string[]> =>
  Object.fromEntries(edits.map(({ path, text }) => [path, difference(textAt(snapshot, path), text)]))
