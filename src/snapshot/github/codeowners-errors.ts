import { type Codeowners, honouredCodeowners } from '../files/codeowners.ts'
import { handleOf } from '../ownership.ts'
import {
  type CodeownersError,
  type Fact,
  type FileState,
  known,
  type Snapshot,
  unknown,
} from '../snapshot.ts'

/**
 * What GitHub would say of CODEOWNERS with these files: what it said of lines that are still there. Of a new line it has said nothing;
 * where that names an owner of whom nobody knows that they are there, or whom GitHub refused before, the whole is unknown. Whether a
 * new owner may write shows on the pull request only.
 */
export const codeownersErrorsAfter = (
  snapshot: Snapshot,
  files: Readonly<Record<string, Fact<FileState>>>,
  accounts: Snapshot['accounts'],
): Fact<CodeownersError[]> => {
  const errors = snapshot.facts.codeownersErrors
  const [before, after] = [honouredIn(snapshot.files), honouredIn(files)]
  if (!errors.known || before?.text === after?.text) return errors
  const refused = new Set(errors.value.map(refusedOwner))
  const trusted = new Set(handlesIn(before).filter(handle => !refused.has(handle)))
  const doubtful = handlesIn(after).find(handle => {
    if (trusted.has(handle)) return false
    const account = accounts[handle]
    return refused.has(handle)
      ? !handlesIn(before).includes(handle)
      : !account?.known || !account.value.exists
  })
  if (doubtful !== undefined)
    return unknown('not-configured', `Whether ${doubtful} exists and may write, only GitHub can tell`)
  if (!before || !after || before.codeowners.path !== after.codeowners.path) return known([], errors.source)
  const at = linesKept(before.text.split('\n'), after.text.split('\n'))
  return {
    ...errors,
    value: errors.value.flatMap(error => {
      const line = at.get(error.line)
      return line === undefined ? [] : [{ ...error, line }]
    }),
  }
}

const refusedOwner = ({ source, column }: CodeownersError): string | undefined =>
  /^@\S+/.exec(source.slice(Math.max(0, column - 1)))?.[0].toLowerCase()

const handlesIn = (read: { codeowners: Codeowners } | undefined): string[] =>
  (read?.codeowners.rules ?? []).flatMap(({ owners }) => owners.flatMap(owner => handleOf(owner) ?? []))

const honouredIn = (
  files: Readonly<Record<string, Fact<FileState>>>,
): { codeowners: Codeowners; text: string } | undefined => {
  const fact = honouredCodeowners(files)
  const content = fact.known && fact.value ? files[fact.value.path] : undefined
  return fact.known && fact.value && content?.known && content.value.exists
    ? { codeowners: fact.value, text: content.value.text }
    : undefined
}

/** Numbers of lines that are still there, by what they were: in order, so that equal lines keep apart. */
const linesKept = (old: readonly string[], lines: readonly string[]): Map<number, number> => {
  const places = Map.groupBy(lines.keys(), index => lines[index] ?? '')
  const next = new Map<string, number>()
  const kept = new Map<number, number>()
  for (const [index, line] of old.entries()) {
    const taken = next.get(line) ?? 0
    const at = places.get(line)?.[taken]
    next.set(line, taken + 1)
    if (at !== undefined) kept.set(index + 1, at + 1)
  }
  return kept
}
