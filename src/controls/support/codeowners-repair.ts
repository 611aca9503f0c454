import {
  type Codeowners,
  type CodeownersOwner,
  type CodeownersRule,
  honouredCodeowners,
  ownersOf,
} from '../../snapshot/files/codeowners.ts'
import { handleOf } from '../../snapshot/ownership.ts'
import { listed, quoted } from '../../snapshot/quoted-text.ts'
import type { CodeownersError, Snapshot } from '../../snapshot/snapshot.ts'
import type { Finding, Fix } from '../control.ts'
import {
  codeownersText,
  newCodeowners,
  type OwnerChange,
  withFirstRule,
  withOwners,
} from './codeowners-edit.ts'
import { catalogueOwner, isAlive, isDead, isSlip } from './owner-handle.ts'
import { access } from './setting-fix.ts'

/** Makes a CODEOWNERS file that fails one that GitHub honours; nothing where one line of it is anybody's guess. */
export const codeownersRepair = (snapshot: Snapshot, findings: readonly Finding[]): Fix | undefined => {
  const fact = honouredCodeowners(snapshot.files)
  if (!fact.known) return undefined
  const codeowners = fact.value
  const owner = catalogueOwner(snapshot)
  if (!codeowners || (codeowners.problem === undefined && codeowners.rules.length === 0)) {
    if (owner === undefined) return undefined
    const text = (codeowners && codeownersText(snapshot, codeowners)) ?? ''
    return {
      why: `Names ${quoted(owner)}, the owner of the catalogue, for every file, so that a change is reviewed by those who answer for it.`,
      edits: [{ path: codeowners?.path ?? newCodeowners, text: withFirstRule(text, `* ${owner}`) }],
    }
  }
  return codeowners.problem === undefined ? ofLines(snapshot, codeowners, findings) : undefined
}

const ofLines = (
  snapshot: Snapshot,
  codeowners: Codeowners,
  findings: readonly Finding[],
): Fix | undefined => {
  const refused = refusedOwners(snapshot, codeowners)
  const mayNotWrite = new Set([...refused.values()].flatMap(each => [...each.values()]))
  const changes: OwnerChange[] = []
  const unable = new Set<string>()
  for (const line of new Set(findings.map(({ location }) => location?.line))) {
    const rule = codeowners.rules.find(each => each.line === line)
    const found =
      rule && changesOf(rule, snapshot, codeowners, refused.get(rule.line) ?? new Map(), mayNotWrite)
    if (!found) return undefined
    changes.push(...found.changes)
    for (const each of found.unable) unable.add(each)
  }
  // Half a repair would leave the control failing. What the file says is right where only access is missing.
  if (unable.size > 0 && changes.length > 0) return undefined
  if (unable.size > 0)
    return {
      why: 'GitHub asks nobody to review who may not write.',
      edits: [],
      settings: [
        {
          change: `Give ${listed([...unable])} the role Write, or name ${unable.size === 1 ? 'another owner' : 'other owners'}`,
          ...access,
        },
      ],
    }
  const text = codeownersText(snapshot, codeowners)
  const edited = text === undefined ? undefined : withOwners(text, changes)
  if (edited === undefined || edited === text) return undefined
  return { why: wordsFor(changes), edits: [{ path: codeowners.path, text: edited }] }
}

/** By line: the owners that GitHub refuses, by their column. */
const refusedOwners = (snapshot: Snapshot, { path }: Codeowners): Map<number, Map<number, string>> => {
  const { codeownersErrors } = snapshot.facts
  const errors = codeownersErrors.known ? codeownersErrors.value : []
  const byLine = new Map<number, Map<number, string>>()
  for (const error of errors) {
    const owner = ownerIn(error)
    if (owner === undefined || (error.path !== path && error.path !== '')) continue
    const ofLine = byLine.get(error.line) ?? new Map<number, string>()
    byLine.set(error.line, ofLine.set(error.column, owner.toLowerCase()))
  }
  return byLine
}

const ownerIn = ({ kind, source, column }: CodeownersError): string | undefined =>
  /unknown owner/i.test(kind) ? /^@\S+/.exec(source.slice(Math.max(0, column - 1)))?.[0] : undefined

const changesOf = (
  rule: CodeownersRule,
  snapshot: Snapshot,
  codeowners: Codeowners,
  refused: ReadonlyMap<number, string>,
  mayNotWrite: ReadonlySet<string>,
): { changes: OwnerChange[]; unable: string[] } | undefined => {
  const isWrong = (owner: CodeownersOwner): boolean =>
    owner.kind === 'invalid' || refused.has(owner.column) || isDead(handleOf(owner), snapshot)
  const wrong = rule.owners.filter(isWrong)
  // What is wrong with a pattern, or an owner that GitHub takes and nobody understands, is for a person.
  if (wrong.length === 0 || rule.problems.length > wrong.filter(({ kind }) => kind === 'invalid').length)
    return undefined
  const right = new Set(rule.owners.filter(owner => !isWrong(owner)).map(({ text }) => text.toLowerCase()))
  const unable = wrong.filter(owner => isAlive(handleOf(owner), snapshot)).map(({ text }) => text)
  const changes: OwnerChange[] = []
  for (const owner of wrong) {
    if (unable.includes(owner.text)) continue
    const meant = meantBy(owner, rule, snapshot, codeowners, right.size === 0)
    const isUsable = meant !== undefined && !mayNotWrite.has(meant.toLowerCase())
    const change = { line: rule.line, column: owner.column, from: owner.text }
    if (isUsable && !right.has(meant.toLowerCase())) {
      changes.push({ ...change, to: meant })
      right.add(meant.toLowerCase())
    } else if (right.size > 0 && (isUsable || isDead(handleOf(owner), snapshot))) changes.push(change)
    else return undefined
  }
  return { changes, unable }
}

/** Who was meant: the same with the sign that is missing or too many, the nearest that exists, or who owns it in the catalogue. */
const meantBy = (
  owner: CodeownersOwner,
  rule: CodeownersRule,
  snapshot: Snapshot,
  codeowners: Codeowners,
  nobodyElse: boolean,
): string | undefined => {
  if (owner.kind === 'invalid') {
    const text = owner.text.replace(/^@?/, '@').replace(/\/$/, '')
    const isOurs = text.toLowerCase().startsWith(`@${snapshot.repository.owner.toLowerCase()}/`)
    return isOurs && /^@[\w-]+\/[\w.-]+$/.test(text) ? text : undefined
  }
  const account = snapshot.accounts[handleOf(owner) ?? '']
  const nearest = account?.known && !account.value.exists ? account.value.nearest : undefined
  // A person in place of a team is another owner.
  if (nearest && nearest.includes('/') === (owner.kind === 'team') && isSlip(owner.text, nearest))
    return nearest
  const decides = ownersOf(codeowners, '\ufffd') === rule
  return decides && nobodyElse && isDead(handleOf(owner), snapshot) ? catalogueOwner(snapshot) : undefined
}

const wordsFor = (changes: readonly OwnerChange[]): string => {
  const replaced = changes.flatMap(({ from, to }) =>
    to === undefined ? [] : [`${quoted(from)} by ${quoted(to)}`],
  )
  const removed = changes.flatMap(({ from, to }) => (to === undefined ? [quoted(from)] : []))
  const parts = [
    ...(replaced.length > 0 ? [`replaces ${listed([...new Set(replaced)], 3)}`] : []),
    ...(removed.length > 0
      ? [`takes away ${listed([...new Set(removed)], 3)}, of whom nobody was asked to review`]
      : []),
  ].join(' and ')
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}, so that GitHub asks owners who exist.`
}
