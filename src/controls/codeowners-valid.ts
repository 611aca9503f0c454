import {
  type Codeowners,
  codeownersPaths,
  honouredCodeowners,
  ownersOf,
  tooManyToMatch,
} from '../snapshot/files/codeowners.ts'
import { handleOf } from '../snapshot/ownership.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { CodeownersError, Snapshot, TreeEntry } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { codeownersRepair } from './support/codeowners-repair.ts'

const messages = {
  missing:
    'There is no CODEOWNERS file in .github, at the root or in docs. Expected one, so that a change is reviewed by those who answer for it.',
  empty: (path: string): string => `${path} holds no rule. Expected at least one, such as * @acme/payments.`,
  unknownOwner: (owner: string, nearest: string | undefined): string =>
    `${quoted(owner)} doesn't exist, or may not write to this repository. Expected a team or user with write access${nearest ? `; the nearest is ${quoted(nearest)}` : ''}.`,
  offline: (path: string): string =>
    `${path} is well written; whether its owners exist and may write can't be known`,
}

export const codeownersValid: Control = {
  id: 'codeowners-valid',
  title: 'CODEOWNERS valid',
  why: 'GitHub skips a line it does not understand without a word, and asks nobody to review.',
  satisfies: evidenceOf('codeowners-valid'),
  reads: { files: [...codeownersPaths], facts: ['codeownersErrors'] },
  check: snapshot => {
    const fact = honouredCodeowners(snapshot.files)
    if (!fact.known) return unreadableFile(unreadPath(snapshot), fact)
    const codeowners = fact.value
    if (!codeowners)
      return fail({
        message: messages.missing,
        next: 'Add .github/CODEOWNERS with a line such as: * @organisation/team',
      })
    if (codeowners.problem)
      return fail({
        message: `${codeowners.path} ${codeowners.problem}.`,
        location: { path: codeowners.path, line: 1 },
        next: 'Own directories instead of single files',
      })
    if (codeowners.rules.length === 0)
      return fail({
        message: messages.empty(codeowners.path),
        location: { path: codeowners.path, line: 1 },
        next: 'Add a line such as: * @organisation/team',
      })
    return judged(snapshot, codeowners)
  },
  fix: (snapshot, context) => {
    const outcome = codeownersValid.check(snapshot, context)
    return outcome.status === 'fail' ? codeownersRepair(snapshot, outcome.findings) : undefined
  },
}

const unreadPath = (snapshot: Snapshot): string =>
  codeownersPaths.find(path => snapshot.files[path]?.known === false) ?? codeownersPaths[0]

const judged = (snapshot: Snapshot, codeowners: Codeowners): Outcome => {
  const github = snapshot.facts.codeownersErrors
  const errors = github.known
    ? github.value.filter(error => error.path === codeowners.path || error.path === '')
    : []
  const findings: Finding[] = []
  const open: string[] = []
  const said = new Set<number>()
  for (const rule of codeowners.rules) {
    // GitHub takes some lines that are most likely mistaken; an unclear owner it accepts is one.
    const accepted =
      rule.status === 'undecided' && rule.owners.some(owner => owner.kind === 'unclear') && github.known
    if (rule.status === 'valid' || accepted) continue
    if (rule.status === 'undecided' && rule.owners.some(owner => owner.kind === 'unclear')) {
      open.push(...rule.problems.map(problem => problem.message))
      continue
    }
    said.add(rule.line)
    for (const problem of rule.problems)
      findings.push({
        message: `${problem.message}.`,
        location: { path: codeowners.path, line: rule.line, column: problem.column },
        next: `Change line ${rule.line}`,
      })
  }
  const byLine = Map.groupBy(errors, error => error.line)
  for (const [line, [error, ...more]] of byLine)
    if (error && !said.has(line)) {
      said.add(line)
      findings.push(githubFinding(error, [error, ...more], codeowners, snapshot))
    }
  findings.push(...missingAccounts(snapshot, codeowners, said))
  findings.sort((one, other) => (one.location?.line ?? 0) - (other.location?.line ?? 0))
  return failIfAny(bounded(findings), () => {
    if (!github.known) return undecided(`${messages.offline(codeowners.path)}: ${github.detail}.`)
    if (open.length > 0) return undecided(`${listed(open, 2)}.`)
    const rules =
      codeowners.rules.length === 1 ? '1 rule' : `${codeowners.rules.length.toLocaleString('en')} rules`
    return pass(
      `${codeowners.path}: ${rules}, and every owner exists and may write. ${coverage(snapshot, codeowners)}`,
    )
  })
}

/** GitHub's message holds the line and a pointer under it; its first line is the sentence. `errors`: all of the line. */
const githubFinding = (
  error: CodeownersError,
  errors: readonly CodeownersError[],
  { path }: Codeowners,
  snapshot: Snapshot,
): Finding => {
  const location = { path, line: error.line, column: error.column }
  const owners = errors
    .filter(({ kind }) => /unknown owner/i.test(kind))
    .map(({ source, column }) => /^\S+/.exec(source.slice(Math.max(0, column - 1)))?.[0])
    .filter(owner => owner?.startsWith('@'))
  const [owner] = owners
  if (owner !== undefined) {
    const account = snapshot.accounts[owner.toLowerCase()]
    const nearest = account?.known ? account.value.nearest : undefined
    return {
      message:
        owners.length === 1
          ? messages.unknownOwner(owner, nearest)
          : `${listed(owners.map(each => quoted(each ?? '')))} don't exist, or may not write to this repository. Expected teams or users with write access.`,
      location,
      next: nearest
        ? `Change it to ${plain(nearest)}`
        : `Give the owner write access, or name another in line ${error.line}`,
    }
  }
  const [first = ''] = error.message.split('\n')
  return {
    message: `GitHub says of line ${error.line}: ${plain(first.replace(/[.:]\s*$/, '') || error.kind)}.`,
    location,
    next: error.suggestion ? plain(error.suggestion) : `Change line ${error.line}`,
  }
}

/** Owners our directory knows not to exist, on lines that nothing was said of yet. */
const missingAccounts = (snapshot: Snapshot, codeowners: Codeowners, said: Set<number>): Finding[] => {
  const findings: Finding[] = []
  for (const rule of codeowners.rules) {
    if (said.has(rule.line)) continue
    for (const owner of rule.owners) {
      const account = snapshot.accounts[handleOf(owner) ?? '']
      if (!account?.known || account.value.exists) continue
      const { nearest } = account.value
      findings.push({
        message: messages.unknownOwner(owner.text, nearest),
        location: { path: codeowners.path, line: rule.line, column: owner.column },
        next: nearest ? `Change it to ${plain(nearest)}` : `Name an owner that exists in line ${rule.line}`,
      })
    }
  }
  return findings
}

const coverage = (snapshot: Snapshot, codeowners: Codeowners): string => {
  const owned = (path: string): boolean => (ownersOf(codeowners, path)?.owners.length ?? 0) > 0
  // Names no pattern can mean: only a rule for every file matches them.
  if (owned('\ufffd') && owned('\ufffd/\ufffd'))
    return 'Every file has an owner unless a later rule takes it away.'
  const files = snapshot.tree.known ? snapshot.tree.value.filter(isFile) : []
  const paths = files.map(({ path }) => path)
  if (files.length === 0 || tooManyToMatch(codeowners, paths))
    return 'No rule covers every file: a line that begins with * would.'
  const free = files.filter(({ path }) => !owned(path))
  return free.length === 0
    ? 'Every file has an owner.'
    : `${free.length} of ${files.length} files have none: ${listed(
        free.map(({ path }) => plain(path)),
        3,
      )}.`
}

const isFile = (entry: TreeEntry): boolean => entry.type === 'blob'
