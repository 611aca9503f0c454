import {
  type Codeowners,
  codeownersPaths,
  honouredCodeowners,
  ownersOf,
  tooManyToMatch,
} from '../snapshot/files/codeowners.ts'
import { matchesPattern, parsePattern } from '../snapshot/files/codeowners-pattern.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { codeownersText, newCodeowners, withFirstRule } from './support/codeowners-edit.ts'
import { catalogueOwner } from './support/owner-handle.ts'
import { given, names } from './support/parameter.ts'

const messages = {
  missing: (asked: readonly string[]): string =>
    `There is no CODEOWNERS file in .github, at the root or in docs. Expected one with owners for ${listed(asked.map(quoted), 5)}.`,
  uncovered: (path: string, asked: string, free: readonly string[], all: number): string =>
    `${path} names no owner for ${free.length.toLocaleString('en')} of the ${all.toLocaleString('en')} files under ${quoted(asked)}: ${listed(free.map(plain), 3)}. Expected an owner for each.`,
  nothing: 'No file of the repository is one that the policy asks owners for.',
  tooMany: 'There are too many files and rules to compare each with each',
}

const paths = names(['*'], 'patterns as CODEOWNERS writes them, such as [/src/payments/, "*.tf"]')

export const codeownersCover: Control = {
  id: 'codeowners-cover',
  title: 'CODEOWNERS covers the files',
  why: 'A change to a file that nobody owns is reviewed by nobody in particular.',
  satisfies: evidenceOf('codeowners-cover'),
  reads: { files: [...codeownersPaths], facts: ['metadata'], tree: true },
  parameters: { paths },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const asked = given(context, 'paths', paths)
    const fact = honouredCodeowners(snapshot.files)
    if (!fact.known)
      return unreadableFile(
        codeownersPaths.find(path => snapshot.files[path]?.known === false) ?? codeownersPaths[0],
        fact,
      )
    if (!snapshot.tree.known) return undecided(`${snapshot.tree.detail}.`)
    const files = snapshot.tree.value.flatMap(({ path, type }) => (type === 'blob' ? [path] : []))
    return fact.value
      ? judged(fact.value, asked, files)
      : fail({
          message: messages.missing(asked),
          next: 'Add .github/CODEOWNERS with a line such as: * @organisation/team',
        })
  },
  fix: (snapshot, context) => {
    const outcome = codeownersCover.check(snapshot, context)
    const owner = catalogueOwner(snapshot)
    const fact = honouredCodeowners(snapshot.files)
    if (outcome.status !== 'fail' || owner === undefined || !fact.known || fact.value?.problem !== undefined)
      return undefined
    const codeowners = fact.value
    const asked = given(context, 'paths', paths)
    const missing = codeowners ? uncovered(snapshot, codeowners, asked) : asked
    const text = (codeowners && codeownersText(snapshot, codeowners)) ?? ''
    const edited = missing
      .toReversed()
      .reduce((before, pattern) => withFirstRule(before, `${pattern} ${owner}`), text)
    return {
      why: `Names ${quoted(owner)}, the owner of the catalogue, for files that nobody owns; later lines still decide before it.`,
      edits: [{ path: codeowners?.path ?? newCodeowners, text: edited }],
    }
  },
}

/** Those of the patterns under which a file has no owner. */
const uncovered = (snapshot: Snapshot, codeowners: Codeowners, asked: readonly string[]): string[] => {
  const files = snapshot.tree.known ? snapshot.tree.value : []
  const free = files.flatMap(({ path, type }) =>
    type === 'blob' && (ownersOf(codeowners, path)?.owners.length ?? 0) === 0 ? [path] : [],
  )
  return asked.filter(pattern => {
    const parsed = parsePattern(pattern)
    return free.some(path => pattern === '*' || matchesPattern(parsed, path))
  })
}

const judged = (codeowners: Codeowners, asked: readonly string[], files: readonly string[]): Outcome => {
  const patterns = asked.map(pattern => ({ pattern, parsed: parsePattern(pattern) }))
  const meant = patterns.map(({ pattern, parsed }) => ({
    pattern,
    files: pattern === '*' ? files : files.filter(path => matchesPattern(parsed, path)),
  }))
  const all = [...new Set(meant.flatMap(each => each.files))]
  if (all.length === 0) return notApplicable(messages.nothing)
  if (codeowners.problem === undefined && tooManyToMatch(codeowners, all))
    return undecided(`${messages.tooMany}.`)
  const free = new Set(all.filter(path => (ownersOf(codeowners, path)?.owners.length ?? 0) === 0))
  const findings = meant.flatMap(({ pattern, files: under }): Finding[] => {
    const left = under.filter(path => free.has(path))
    return left.length === 0
      ? []
      : [
          {
            message: messages.uncovered(codeowners.path, pattern, left, under.length),
            location: { path: codeowners.path, line: 1 },
            next: `Add a line such as: ${plain(pattern)} @organisation/team`,
          },
        ]
  })
  return failIfAny(findings, () =>
    pass(
      all.length === 1
        ? `${codeowners.path} names an owner for the one file that is asked for.`
        : `${codeowners.path} names an owner for each of the ${all.length.toLocaleString('en')} files that are asked for.`,
    ),
  )
}
